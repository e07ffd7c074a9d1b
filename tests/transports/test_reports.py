"""Reports reach the conversation in the order in which they were told, also when it is slow."""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import BotStartedSpeakingFrame, Frame, InputTransportMessageFrame, OutputDTMFFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from transports.reports import Reports
from vantum.core.events import UtteranceEnded, UtteranceStarted, WordsSpoken
from vantum.testing import run_processor

STARTED, SPOKEN, ENDED = UtteranceStarted("u"), WordsSpoken("u", "Hi."), UtteranceEnded("u", "Hi.", False)


class Reporter(FrameProcessor):
    """Tells three reports when a key comes, over a way on which each takes a second less than the one before."""

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
        self._reports = Reports(self)
        self._seconds = 3.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, OutputDTMFFrame):
            self._reports.tell(BotStartedSpeakingFrame, STARTED)
            self._reports.push()
            self._reports.tell(SPOKEN)
            self._reports.tell(ENDED)
            self._reports.push()
        else:
            await self.push_frame(frame, direction)

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        if isinstance(frame, InputTransportMessageFrame):
            self._seconds -= 1.0
            await asyncio.sleep(self._seconds)
        await super().push_frame(frame, direction)


async def test_reports_keep_their_order() -> None:
    run = await run_processor(Reporter(), [OutputDTMFFrame.from_string("1")], settle=5.0)
    assert [frame.message for frame in run.of(InputTransportMessageFrame)] == [STARTED, SPOKEN, ENDED]
    assert type(run.up[0].frame) is BotStartedSpeakingFrame
    assert run.times(InputTransportMessageFrame) == [2.0, 3.0, 3.0]
