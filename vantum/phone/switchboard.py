"""The switchboard: what Twilio asks and tells of our phone calls, and what we ask of them.

It holds the lines of the calls under way. Decisions are made in the core; what must outlive this process is in the
book; dialing is the dialer's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from loguru import logger

from transports.socket import Socket
from transports.twilio import twiml
from transports.twilio.rest import CarrierError, NewCall
from transports.twilio.signature import Signatures
from transports.twilio.webhook import AmdVerdict, DialResult, StatusCallback, StreamStatus, VoiceCall
from vantum.calls import Calls
from vantum.core.call_facts import Direction
from vantum.core.carrier_fault import Action, fault_of
from vantum.core.errors import CallStateError, CapacityError
from vantum.core.machine import answered_by
from vantum.core.phone_call import (
    Outcome,
    PhoneState,
    Progress,
    closed,
    is_reputation_signal,
    reported,
)
from vantum.live_call import LiveCall
from vantum.phone.book import CallBook, Change
from vantum.phone.carrier import Carrier
from vantum.phone.dialer import Dialer
from vantum.phone.directions import STREAM_SECONDS, Directions
from vantum.phone.lines import Lines
from vantum.phone.phone_call import PhoneCall
from vantum.phone.pipelines import Pipelines
from vantum.phone.streams import Streams
from vantum.phone.tokens import StreamTokens
from vantum.services import Services

SEAT_POLL_SECONDS: Final = 0.1
MOST_SIDS: Final = 100_000
"""Incoming calls that are remembered by the carrier's name."""
FULL: Final = (
    "We are sorry, all our lines are busy at the moment. Please call again in a few minutes. Goodbye."
)
NOBODY: Final = "I am sorry, nobody is free to take your call right now. Please try again later. Goodbye."
CONNECTING: Final = "One moment please, I am putting you through."
ANOTHER_CARRIER: Final = "The call was to be placed by another carrier than the one that is set now."


def everybody(_call_id: str) -> bool:
    """All calls that a process before this one left are to be taken up."""
    return True


def nobody(_call_id: str) -> bool:
    """None of them is."""
    return False


class Switchboard:
    """All phone calls of this process."""

    def __init__(
        self,
        calls: Calls,
        services: Services,
        pipelines: Pipelines,
        book: CallBook,
        rest: Carrier,
        signatures: Signatures,
        tokens: StreamTokens,
    ) -> None:
        self.book = book
        self.book.on_over = self._over
        self.dialer: Dialer
        self._calls = calls
        self._pipelines = pipelines
        self._carrier = services.settings.phone_carrier
        self._rest = rest
        self._directions = Directions(services.settings, signatures, tokens)
        self._lines = Lines(calls, book)
        self._streams = Streams(calls, services, pipelines, book, self._lines, self._left)
        self._by_sid: dict[str, str] = {}
        self._alerts = 0

    @property
    def alerts(self) -> int:
        """How often Twilio could not reach our stream since the start."""
        return self._alerts

    # --- what Twilio asks ---------------------------------------------------------------------------

    async def voice(self, asked: VoiceCall) -> str:
        """A call came in: TwiML that connects its stream, or says that there is no line free."""
        known = self._by_sid.get(asked.call_sid)
        if known is not None:
            # Asked again; for a call that is over that is a replay, and must cost nothing.
            begun = self.book.live(known) is not None or self._lines.find(known) is not None
            return self._directions.stream(known) if begun else twiml.hang_up()
        call_id = self.new_id()
        try:
            self._lines.open(call_id)
        except CapacityError as full:
            logger.warning("An incoming call was turned away.", reason=str(full))
            return twiml.hang_up(FULL)
        call = PhoneCall(
            id=call_id,
            direction=Direction.INBOUND,
            to_number=asked.to_number,
            from_number=asked.from_number,
            pipeline=self._pipelines.default.name,
            created_at=datetime.now(UTC),
            sid=asked.call_sid,
            progress=Progress(PhoneState.RINGING),
            carrier=self._carrier,
        )
        self._remember(asked.call_sid, call_id)
        try:
            await self.book.create(call)
        except OSError:
            del self._by_sid[asked.call_sid]
            self._over(call)
            raise
        asyncio.get_running_loop().call_later(STREAM_SECONDS, self._unclaimed, call_id)
        logger.info("A phone call came in.", call=call_id)
        return self._directions.stream(call_id)

    async def after(self, call_id: str) -> str:
        """The stream of a call is closed and the call goes on: on a new one, to a human, or to its end."""
        if self._streams.may_reopen(call_id):
            return self._directions.stream(call_id)
        return self._directions.after(await self.book.find(call_id))

    async def transferred(self, call_id: str, result: DialResult) -> str:
        """A transfer is over; nobody is left alone in silence."""
        answered = result.status in ("completed", "answered")
        logger.info("A transfer is over.", call=call_id, answered=answered)
        if (call := self.book.live(call_id)) is not None and call.direction is Direction.INBOUND:
            self._close(call_id, Outcome.COMPLETED, "The call was put through to a human.")
        return twiml.hang_up("" if answered else NOBODY)

    # --- what Twilio tells --------------------------------------------------------------------------

    async def status(self, call_id: str, told: StatusCallback) -> None:
        """A call came one step further."""
        call = await self.book.find(call_id)
        if call is None:
            return
        if not call.over and not call.sid:
            self.dialer.adopt(call_id, told.call_sid)
        if call.sid not in ("", told.call_sid):
            self.dialer.adopt(call_id, told.call_sid)
            return
        changed = await self.book.amend(
            call_id, lambda call: replace(call, progress=reported(call.progress, told.report))
        )
        unwanted = changed is not None and is_reputation_signal(changed.progress)
        if unwanted and not is_reputation_signal(call.progress):
            logger.warning("A call was rejected as unwanted.", call=call_id, sip=told.report.sip_code)

    async def verdict(self, call_id: str, told: AmdVerdict) -> None:
        """A human or a machine answered."""
        who = answered_by(told.answered_by)
        call = await self.book.amend(call_id, lambda call: replace(call, answered_by=who))
        line = self._lines.find(call_id)
        if call is not None and line is not None:
            line.judge(who)

    async def stream_status(self, call_id: str, told: StreamStatus) -> None:
        """A stream began, stopped or failed."""
        if told.error_code is None and not told.error:
            return
        fault = fault_of(400, told.error_code)
        if fault.action is Action.OVERLOAD:
            self._calls.admission.overloaded(time.monotonic())
        else:
            self._alerts += 1
        logger.error("Twilio had trouble with our stream.", call=call_id, meaning=fault.meaning)

    # --- the stream ---------------------------------------------------------------------------------

    def redeem(self, token: str) -> str | None:
        """The call whose stream may be opened with ``token``, once."""
        call_id = self._directions.redeem(token)
        return call_id if call_id is not None and self.book.live(call_id) is not None else None

    async def serve(self, call_id: str, socket: Socket) -> None:
        """Have the call on its stream, from beginning to end."""
        await self._streams.serve(call_id, socket)

    # --- what we ask of calls -----------------------------------------------------------------------

    def admit(self, call: PhoneCall) -> None:
        """Queue a call that is on disk."""
        self.dialer.submit(call)

    async def hang_up(self, call_id: str) -> None:
        """End a call, wherever it is; raises ``CallStateError`` when it is over."""
        call, line = self._known(call_id), self._lines.find(call_id)
        if line is not None and line.live is not None:
            line.live.hang_up("hung up on request")
            return
        try:
            await self.book.commit(call_id, _ending(Outcome.CANCELED, "The call was canceled on request."))
        finally:
            if call.sid:
                await self._end_at_carrier(call)

    async def say(self, call_id: str, words: str) -> None:
        """Have the bot say ``words`` next; raises ``CallStateError`` when nobody is on the line."""
        await self._talking(call_id).say(words)

    async def transfer(self, call_id: str, number: str, words: str) -> None:
        """Say ``words``, then put the call through to ``number``; raises ``CallStateError``."""
        live = self._talking(call_id)
        self.book.change(call_id, lambda call: replace(call, transferred_to=number))
        live.end_with(words or CONNECTING, "put through to a human")

    def request_of(self, call: PhoneCall) -> NewCall:
        """What Twilio is asked for to place ``call``."""
        return self._directions.request_of(call)

    async def ready(self, call_id: str) -> None:
        """Wait until there is a seat for an outgoing call, and take it; nothing for one that is over."""
        while self.book.live(call_id) is not None:
            # Asked before, because a call that waits is not one that was turned away.
            if self._lines.find(call_id) is not None or self._calls.refusal() is None:
                self._lines.open(call_id)
                return
            await asyncio.sleep(SEAT_POLL_SECONDS)

    def new_id(self) -> str:
        """An id for a call."""
        return self._calls.new_id()

    async def start(self, mine: Callable[[str], bool] = everybody) -> None:
        """Take up what the process before this one left, as far as it is ``mine``, and begin to dial."""
        self._calls.on_closing = self.close
        self._calls.on_draining = self.drain
        left = await self._reopened(mine)
        self.dialer.start()
        for call in left:
            self.dialer.resume(call)

    async def adopt(self, mine: Callable[[str], bool]) -> None:
        """Take up what another process left that is gone; the server was never down, and nothing waited too long."""
        for call in await self._reopened(mine):
            logger.info("A phone call is taken up.", call=call.id)
            self.dialer.resume(call, timedelta.max)

    async def _reopened(self, mine: Callable[[str], bool]) -> list[PhoneCall]:
        """The calls that are ``mine`` from here on; what the carrier calls those of others is known too."""
        recent = await self.book.reopen(mine)
        for call in recent:
            if call.sid:
                self.dialer.know(call.sid, call.id)
            if call.direction is Direction.INBOUND and mine(call.id):
                self._remember(call.sid, call.id)
        left = [call for call in recent if self.book.live(call.id) is call]
        for call in left:
            if call.carrier != self._carrier:
                # Never tried elsewhere: who was to be rung for show must not be called for real.
                self._close(call.id, Outcome.FAILED, ANOTHER_CARRIER)
        return [call for call in left if call.carrier == self._carrier]

    def drain(self) -> None:
        """No call is placed any more; what waits is placed by another process, when this one is gone."""
        self.dialer.pause()
        for call in self.book.open_calls():
            if call.requested_at is None and call.direction is Direction.OUTBOUND:
                self._lines.drop_unanswered(call.id)

    async def close(self) -> None:
        """No call is placed any more, and those that nobody has answered are canceled."""
        await self.dialer.close()
        unanswered = [call for call in self.book.open_calls() if call.direction is Direction.OUTBOUND]
        unanswered = [
            call for call in unanswered if call.sid and call.progress.state is not PhoneState.IN_PROGRESS
        ]
        for call in unanswered:
            self._close(call.id, Outcome.CANCELED, "The server was shut down before anybody answered.")
        for call in self.book.open_calls():
            # What waits to be dialed is placed by the next process.
            self._lines.drop_unanswered(call.id)
        await asyncio.gather(*(self._end_at_carrier(call) for call in unanswered))

    # --- inside -------------------------------------------------------------------------------------

    def _remember(self, sid: str, call_id: str) -> None:
        self._by_sid[sid] = call_id
        if len(self._by_sid) > MOST_SIDS:
            del self._by_sid[next(iter(self._by_sid))]

    def _unclaimed(self, call_id: str) -> None:
        """The stream of an incoming call never came."""
        line = self._lines.find(call_id)
        if line is not None and line.live is None:
            self._close(call_id, Outcome.FAILED, "Twilio never opened the call's stream.")

    def _left(self, call_id: str) -> None:
        """The stream is over. An incoming call that goes nowhere from here is over too."""
        call = self.book.live(call_id)
        if call is None or call.direction is Direction.OUTBOUND:
            return
        if call.transferred_to:
            # Whether the human ever answers is told by a callback, which may get lost.
            self.dialer.adopt(call_id, call.sid)
        else:
            self.book.change(call_id, _timed)
            self._close(call_id, Outcome.COMPLETED, "The call was completed.")

    def _close(self, call_id: str, outcome: Outcome, reason: str) -> None:
        self.book.change(call_id, _ending(outcome, reason))

    def _over(self, call: PhoneCall) -> None:
        """A call is over at the carrier: its line is given up, and its live call ends by itself."""
        self._lines.drop_unanswered(call.id)
        self._streams.wait_no_more(call.id)

    async def _end_at_carrier(self, call: PhoneCall) -> None:
        try:
            await self._rest.hang_up(call.sid, answered=call.progress.state is PhoneState.IN_PROGRESS)
        except CarrierError as error:
            if fault_of(error.status, error.code).action is not Action.IGNORE:
                logger.warning("Twilio did not end a call.", call=call.id, problem=str(error))

    def _known(self, call_id: str) -> PhoneCall:
        call = self.book.live(call_id)
        if call is None:
            raise CallStateError("The call is over.")
        return call

    def _talking(self, call_id: str) -> LiveCall:
        self._known(call_id)
        line = self._lines.find(call_id)
        if line is None or line.live is None:
            raise CallStateError("Nobody is on the line yet.")
        return line.live


def _ending(outcome: Outcome, reason: str) -> Change:
    return lambda call: replace(call, progress=closed(call.progress, outcome, reason))


def _timed(call: PhoneCall) -> PhoneCall:
    """Nobody but we tell how long an incoming call took."""
    if call.answered_at is None:
        return call
    seconds = round((datetime.now(UTC) - call.answered_at).total_seconds())
    return replace(call, progress=replace(call.progress, duration_seconds=seconds))
