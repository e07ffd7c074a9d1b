"""Knows when a question has reached the language model: only from then on can an interruption cancel it.

Interruptions overtake what waits at the entrance of a processor. One that came before the question was taken in
would be over when the model begins, and a stale answer would be heard.
"""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import Frame, LLMContextFrame
from pipecat.processors.frame_processor import FrameProcessor

LANDING_SECONDS = 0.05
"""A processor that has not begun with the question by then has it in a queue that an interruption empties."""


class Landing:
    """Watches the processor that questions are sent to."""

    def __init__(self) -> None:
        self._landed = asyncio.Event()
        self._landed.set()

    def watch(self, processor: FrameProcessor) -> None:
        """Questions go to ``processor``."""
        processor.add_event_handler("on_before_process_frame", self._begins)

    def sent(self) -> None:
        """A question is sent."""
        self._landed.clear()

    async def wait(self) -> None:
        """Wait until no question is on its way."""
        if self._landed.is_set():
            return
        try:
            async with asyncio.timeout(LANDING_SECONDS):
                await self._landed.wait()
        except TimeoutError:
            self._landed.set()

    async def _begins(self, _: FrameProcessor, frame: Frame) -> None:
        if isinstance(frame, LLMContextFrame):
            self._landed.set()
