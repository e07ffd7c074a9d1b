"""What the output tells the pipeline: one thing after the other, from code that must not wait."""

from __future__ import annotations

from collections import deque

from pipecat.frames.frames import BotStartedSpeakingFrame, BotStoppedSpeakingFrame, InputTransportMessageFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from vantum.core.events import Event

Report = Event | type[BotStartedSpeakingFrame] | type[BotStoppedSpeakingFrame]
"""An event goes upstream to the conversation; that the bot started or stopped speaking goes both ways."""


class Reports:
    """Pushes reports from ``output`` in the order in which they were told, however long each takes.

    They are noted with ``tell`` as things happen, and leave with ``push`` when all that happened is settled.
    """

    def __init__(self, output: FrameProcessor) -> None:
        self._output = output
        self._waiting: deque[Report] = deque()
        self._pushing = False

    def tell(self, *reports: Report) -> None:
        """Note what there is to report."""
        self._waiting.extend(reports)

    def push(self) -> None:
        """Push what was noted; never waits."""
        if self._waiting and not self._pushing:
            self._pushing = True
            self._output.create_task(self._push_all(), "reports")

    async def _push_all(self) -> None:
        try:
            while self._waiting:
                await self._push(self._waiting.popleft())
        finally:
            self._pushing = False

    async def _push(self, report: Report) -> None:
        if isinstance(report, type):
            await self._output.broadcast_frame(report)
        else:
            message = InputTransportMessageFrame(message=report)
            await self._output.push_frame(message, FrameDirection.UPSTREAM)
