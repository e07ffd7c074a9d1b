"""The media streams of phone calls: each is a live call on its line, from beginning to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from loguru import logger

from transports.connection import ConnectionLimits
from transports.socket import Socket
from transports.twilio.transport import TwilioTransport
from vantum.calls import Calls
from vantum.core.errors import CapacityError
from vantum.core.phone_call import StatusReport, reported
from vantum.live_call import LiveCall
from vantum.phone.book import CallBook
from vantum.phone.line import Line
from vantum.phone.lines import Lines
from vantum.phone.phone_call import PhoneCall
from vantum.phone.pipelines import Pipelines
from vantum.services import Services

TRY_AGAIN_LATER: Final = 1013
MESSAGES_PER_SECOND: Final = 2_000
"""Twilio sends 50 frames a second and catches up in bursts; this bounds what it may cost us."""


class Streams:
    """Serves streams; ``left`` is told of each call whose stream is over."""

    def __init__(
        self,
        calls: Calls,
        services: Services,
        pipelines: Pipelines,
        book: CallBook,
        lines: Lines,
        left: Callable[[str], None],
    ) -> None:
        self._calls = calls
        self._services = services
        self._pipelines = pipelines
        self._book = book
        self._lines = lines
        self._left = left

    async def serve(self, call_id: str, socket: Socket) -> None:
        """Have the call on its stream, from beginning to end."""
        await self._calls.turn()
        call = self._book.live(call_id)
        if call is not None and await self._reopened(call_id, socket):
            return
        line = None if call is None else self._free_line(call_id)
        if call is None or line is None:
            await socket.close(TRY_AGAIN_LATER, "there is no room for the call")
            return
        live = self._live(call, line, socket)
        self._answered(call)
        line.connect(live)
        try:
            await self._calls.run(live)
        finally:
            self._lines.drop(call_id)
            self._left(call_id)

    def may_reopen(self, call_id: str) -> bool:
        """Whether a call is under way whose stream was lost, or seems to be: it may be opened again."""
        line = self._lines.find(call_id)
        return line is not None and line.transport is not None and line.transport.resumable

    def wait_no_more(self, call_id: str) -> None:
        """The call is over at the carrier: a stream that it lost is not opened again."""
        line = self._lines.find(call_id)
        if line is not None and line.transport is not None:
            line.transport.wait_no_more()

    async def _reopened(self, call_id: str, socket: Socket) -> bool:
        """Whether the stream was one that a call under way had lost; it is over then."""
        line = self._lines.find(call_id)
        return line is not None and line.transport is not None and await line.transport.come_back(socket)

    def _free_line(self, call_id: str) -> Line | None:
        """The line that a stream may be opened on; None when it is taken, or when there is no seat for it."""
        try:
            # Without a line, it is the call of the process before this one.
            line = self._lines.open(call_id)
        except CapacityError as full:
            logger.warning("A call was answered and cannot be served.", call=call_id, reason=str(full))
            return None
        return line if line.live is None else None

    def _live(self, call: PhoneCall, line: Line, socket: Socket) -> LiveCall:
        settings = self._services.settings
        limits = ConnectionLimits(
            messages_per_second=MESSAGES_PER_SECOND,
            backlog_bytes=settings.max_backlog_bytes,
            idle_seconds=settings.idle_seconds,
        )
        resume_seconds = settings.resume_seconds
        transport = TwilioTransport(
            socket, call_sid=call.sid, limits=limits, resume_seconds=resume_seconds, name=str(call.carrier)
        )
        line.transport = transport
        facts = call.facts(transport.name, self._services.language_with(call.other_number))
        pipeline = self._pipelines.named(call.pipeline)
        return LiveCall(transport, pipeline, self._services, facts, watch=line.watch)

    def _answered(self, call: PhoneCall) -> None:
        """A stream is the proof that a call was answered, whatever callbacks are still on their way."""
        report = StatusReport(call.progress.sequence + 1, "in-progress")
        progress = replace(reported(call.progress, report), sequence=call.progress.sequence)
        now = datetime.now(UTC)
        self._book.change(call.id, lambda call: replace(call, progress=progress, answered_at=now))
