"""The switchboard: what Twilio asks and tells of our phone calls, and what we ask of them.

It holds the lines of the calls under way. Decisions are made in the core; what must outlive this process is in the
book; dialing is the dialer's.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import uuid_utils
from loguru import logger

from transports.connection import ConnectionLimits
from transports.socket import Socket
from transports.twilio import twiml
from transports.twilio.rest import CarrierError, NewCall, TwilioRest
from transports.twilio.signature import Signatures
from transports.twilio.transport import TwilioTransport
from transports.twilio.webhook import AmdVerdict, DialResult, StatusCallback, StreamStatus, VoiceCall
from vantum.calls import Calls, Seat
from vantum.core.call_facts import Direction
from vantum.core.carrier_fault import Action, fault_of
from vantum.core.errors import CallStateError, CapacityError
from vantum.core.machine import MachineAction, answered_by
from vantum.core.phone_call import (
    Outcome,
    PhoneState,
    StatusReport,
    closed,
    is_reputation_signal,
    left_voicemail,
    reported,
)
from vantum.live_call import LiveCall
from vantum.phone.book import CallBook
from vantum.phone.dialer import Dialer
from vantum.phone.line import Line
from vantum.phone.phone_call import PhoneCall
from vantum.phone.pipelines import Pipelines
from vantum.phone.tokens import StreamTokens
from vantum.services import Services

TRANSPORT: Final = "twilio"
MEDIA_PATH: Final = "/twilio/media/"
SEAT_POLL_SECONDS: Final = 0.1
TRY_AGAIN_LATER: Final = 1013
STREAM_SECONDS: Final = 60.0
"""How long Twilio may take to open the stream of a call that asked for its TwiML."""
ANSWER_SLACK_SECONDS: Final = 120.0
"""Beyond the ringing: a call may wait at Twilio before it is dialed, and take time to connect."""
TRANSFER_RING_SECONDS: Final = 30
MESSAGES_PER_SECOND: Final = 2_000
"""Twilio sends 50 frames a second and catches up in bursts; this bounds what it may cost us."""
FULL: Final = (
    "We are sorry, all our lines are busy at the moment. Please call again in a few minutes. Goodbye."
)
NOBODY: Final = "I am sorry, nobody is free to take your call right now. Please try again later. Goodbye."
CONNECTING: Final = "One moment please, I am putting you through."


class Switchboard:
    """All phone calls of this process."""

    def __init__(
        self,
        calls: Calls,
        services: Services,
        pipelines: Pipelines,
        book: CallBook,
        rest: TwilioRest,
        signatures: Signatures,
        tokens: StreamTokens,
    ) -> None:
        self.book = book
        self.dialer: Dialer
        self._calls = calls
        self._services = services
        self._pipelines = pipelines
        self._rest = rest
        self._signatures = signatures
        self._tokens = tokens
        self._lines: dict[str, Line] = {}
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
        if known is not None and self.book.live(known) is not None:
            return self._stream_twiml(known, STREAM_SECONDS)
        try:
            seat = self._calls.take_seat()
        except CapacityError as full:
            logger.warning("An incoming call was turned away.", reason=str(full))
            return twiml.hang_up(FULL)
        call = PhoneCall(
            id=str(uuid_utils.uuid7()),
            direction=Direction.INBOUND,
            to_number=asked.to_number,
            from_number=asked.from_number,
            pipeline=self._pipelines.default.name,
            created_at=datetime.now(UTC),
            sid=asked.call_sid,
        )
        call = replace(call, progress=replace(call.progress, state=PhoneState.RINGING))
        self._by_sid[asked.call_sid] = call.id
        self._open_line(call.id, self._line(call.id, seat))
        await self.book.create(call)
        asyncio.get_running_loop().call_later(STREAM_SECONDS, self._unclaimed, call.id)
        logger.info("A phone call came in.", call=call.id)
        return self._stream_twiml(call.id, STREAM_SECONDS)

    async def after(self, call_id: str) -> str:
        """The stream of a call is closed and the call goes on: to a human, or to its end."""
        call = await self.book.find(call_id)
        if call is None or not call.transferred_to:
            return twiml.hang_up()
        ours = call.from_number if call.direction is Direction.OUTBOUND else call.to_number
        action = self._signatures.url(f"/twilio/transferred/{call_id}")
        return twiml.transfer(call.transferred_to, ours, action, TRANSFER_RING_SECONDS)

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
        if changed is not None and changed.over:
            self._over(changed)

    async def verdict(self, call_id: str, told: AmdVerdict) -> None:
        """A human or a machine answered."""
        who = answered_by(told.answered_by)
        call = await self.book.amend(call_id, lambda call: replace(call, answered_by=who))
        line = self._lines.get(call_id)
        if call is None or line is None:
            return
        if line.judge(who) is not MachineAction.CARRY_ON:
            self.book.change(call_id, lambda call: replace(call, progress=left_voicemail(call.progress)))

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
        call_id = self._tokens.redeem(token)
        return call_id if call_id is not None and self.book.live(call_id) is not None else None

    async def serve(self, call_id: str, socket: Socket) -> None:
        """Have the call on its stream, from beginning to end."""
        call, line = self.book.live(call_id), self._lines.get(call_id) or self._late_line(call_id)
        if call is None or line is None:
            await socket.close(TRY_AGAIN_LATER, "there is no room for the call")
            return
        settings = self._services.settings
        limits = ConnectionLimits(MESSAGES_PER_SECOND, settings.max_backlog_bytes, settings.idle_seconds)
        transport = TwilioTransport(socket, call_sid=call.sid, limits=limits)
        facts = call.facts(TRANSPORT, settings.language)
        live = LiveCall(
            transport, self._pipelines.named(call.pipeline), self._services, facts, watch=line.watch
        )
        self._answered(call)
        line.connect(live)
        try:
            await self._calls.run(live)
        finally:
            self._left(call_id)

    # --- what we ask of calls -----------------------------------------------------------------------

    def admit(self, call: PhoneCall) -> None:
        """Queue a call that is on disk."""
        self.dialer.submit(call)

    async def hang_up(self, call_id: str) -> None:
        """End a call, wherever it is; raises ``CallStateError`` when it is over."""
        call, line = self._known(call_id), self._lines.get(call_id)
        if line is not None and line.live is not None:
            line.live.hang_up("hung up on request")
            return
        self._close(call_id, Outcome.CANCELED, "The call was canceled on request.")
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
        settings = self._services.settings
        url = self._signatures.url
        return NewCall(
            to=call.to_number,
            from_number=call.from_number,
            twiml=self._stream_twiml(call.id, settings.ring_seconds + ANSWER_SLACK_SECONDS),
            status_callback=url(f"/twilio/status/{call.id}"),
            amd_callback=url(f"/twilio/amd/{call.id}") if settings.detect_machines else None,
            ring_seconds=settings.ring_seconds,
            limit_seconds=int(settings.max_call_seconds),
        )

    async def ready(self, call_id: str) -> None:
        """Wait until there is a seat for an outgoing call, and take it; nothing for one that is over."""
        while self.book.live(call_id) is not None:
            try:
                seat = self._calls.take_seat()
            except CapacityError:
                await asyncio.sleep(SEAT_POLL_SECONDS)
                continue
            self._open_line(call_id, self._line(call_id, seat))
            return

    async def start(self) -> None:
        """Take up what the process before this one left, and begin to dial."""
        recent = await self.book.reopen()
        for call in recent:
            if call.sid:
                self.dialer.know(call.sid, call.id)
        self.dialer.start()
        for call in recent:
            if not call.over:
                self.dialer.resume(call)

    async def close(self) -> None:
        """No call is placed any more, and those that nobody has answered are canceled."""
        await self.dialer.close()
        unanswered = [call for call in self.book.open_calls() if call.direction is Direction.OUTBOUND]
        unanswered = [
            call for call in unanswered if call.sid and call.progress.state is not PhoneState.IN_PROGRESS
        ]
        for call in unanswered:
            self._close(call.id, Outcome.CANCELED, "The server was shut down before anybody answered.")
        await asyncio.gather(*(self._end_at_carrier(call) for call in unanswered))

    # --- inside -------------------------------------------------------------------------------------

    def _stream_twiml(self, call_id: str, seconds: float) -> str:
        token = self._tokens.mint(call_id, seconds)
        return twiml.connect_stream(
            self._signatures.websocket_url(MEDIA_PATH + token),
            self._signatures.url(f"/twilio/after/{call_id}"),
            self._signatures.url(f"/twilio/stream-status/{call_id}"),
            {"call_id": call_id},
        )

    def _open_line(self, call_id: str, line: Line) -> None:
        self._drop_line(call_id)
        self._lines[call_id] = line

    def _late_line(self, call_id: str) -> Line | None:
        """The line of a call that another process dialed; None when there is no seat for it."""
        try:
            self._open_line(call_id, self._line(call_id, self._calls.take_seat()))
        except CapacityError as full:
            logger.warning("A call was answered and cannot be served.", call=call_id, reason=str(full))
            return None
        return self._lines[call_id]

    def _line(self, call_id: str, seat: Seat) -> Line:
        return Line(seat, lambda change: self.book.change(call_id, change))

    def _drop_line(self, call_id: str) -> None:
        line = self._lines.pop(call_id, None)
        if line is not None:
            line.seat.release()

    def _unclaimed(self, call_id: str) -> None:
        """The stream of an incoming call never came."""
        line = self._lines.get(call_id)
        if line is not None and line.live is None:
            self._close(call_id, Outcome.FAILED, "Twilio never opened the call's stream.")

    def _answered(self, call: PhoneCall) -> None:
        """A stream is the proof that a call was answered, whatever callbacks are still on their way."""
        report = StatusReport(call.progress.sequence + 1, "in-progress")
        progress = replace(reported(call.progress, report), sequence=call.progress.sequence)
        self.book.change(call.id, lambda call: replace(call, progress=progress))

    def _left(self, call_id: str) -> None:
        """The stream is over. An incoming call that goes nowhere from here is over too."""
        self._drop_line(call_id)
        call = self.book.live(call_id)
        if call is not None and call.direction is Direction.INBOUND and not call.transferred_to:
            self._close(call_id, Outcome.COMPLETED, "The call was completed.")

    def _close(self, call_id: str, outcome: Outcome, reason: str) -> None:
        call = self.book.change(
            call_id, lambda call: replace(call, progress=closed(call.progress, outcome, reason))
        )
        if call is not None:
            self._over(call)

    def _over(self, call: PhoneCall) -> None:
        """A call is over at the carrier: its line is given up, and its live call ends by itself."""
        self._by_sid.pop(call.sid, None)
        line = self._lines.get(call.id)
        if line is not None and line.live is None:
            self._drop_line(call.id)
        if is_reputation_signal(call.progress):
            logger.warning("A call was rejected as unwanted.", call=call.id, sip=call.progress.sip_code)

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
        line = self._lines.get(call_id)
        if line is None or line.live is None:
            raise CallStateError("Nobody is on the line yet.")
        return line.live
