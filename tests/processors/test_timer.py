"""The timer goes off once, at the time that it was set to last, and never early."""

from __future__ import annotations

import time

import pytest
from pipecat.frames.frames import Frame, StartFrame, TextFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.timer import Timer
from vantum.testing import run_processor

FROM_NOW = list[float | None]


class Alarm(FrameProcessor):
    """Sets a timer to each of ``settings``, in seconds from its start or None, and tells when it went off."""

    def __init__(self, settings: FROM_NOW, *, then_cancel: bool = False) -> None:
        super().__init__()
        self.rang: list[float] = []
        self.zero = 0.0
        self._settings = settings
        self._then_cancel = then_cancel
        self._timer = Timer(self, self._ring)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        match frame:
            case StartFrame():
                self.zero = time.monotonic()
            case TextFrame():
                for at in self._settings:
                    self._timer.set(None if at is None else self.zero + at)
                if self._then_cancel:
                    self._timer.cancel()

    async def cleanup(self) -> None:
        self._timer.cancel()
        await super().cleanup()

    def times(self) -> list[float]:
        """When it went off, in seconds from its start."""
        return [round(at - self.zero, 9) for at in self.rang]

    async def _ring(self, now: float) -> None:
        assert now >= time.monotonic()
        self.rang.append(now)


@pytest.mark.parametrize(
    ("settings", "rang"),
    [
        ([1.5], [1.5]),
        ([1.5, 1.5], [1.5]),
        ([1.5, 3.0], [3.0]),
        ([3.0, 1.5], [1.5]),
        ([1.5, None], []),
        ([None], []),
        ([1.5, None, 2.0], [2.0]),
        ([-1.0], [0.5]),
    ],
)
async def test_the_last_setting_counts(settings: FROM_NOW, rang: list[float]) -> None:
    alarm = Alarm(settings)
    await run_processor(alarm, [(0.5, TextFrame("go"))], settle=5.0)
    assert alarm.times() == rang


async def test_a_timer_that_was_cancelled_does_not_go_off() -> None:
    alarm = Alarm([1.5], then_cancel=True)
    await run_processor(alarm, [TextFrame("go")], settle=5.0)
    assert alarm.times() == []


async def test_a_timer_goes_off_again_when_it_is_set_again() -> None:
    alarm = Alarm([1.5])
    await run_processor(alarm, [(0.0, TextFrame("go")), (2.0, TextFrame("again"))], settle=5.0)
    assert alarm.times() == [1.5, 2.0]


async def test_a_time_that_the_loop_takes_for_reached_is_reached() -> None:
    """A loop rounds: told the time before the one it was set to, the owner would set it again, for ever."""
    at = 1.7000000000000002
    alarm = Alarm([at])
    await run_processor(alarm, [TextFrame("go")], settle=5.0)
    assert alarm.rang[0] - alarm.zero >= at
