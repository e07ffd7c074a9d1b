"""Who has the floor when the caller makes a sound."""

from __future__ import annotations

import pytest

from vantum.core.barge_in import BargeIn, Floor, decide


@pytest.mark.parametrize(
    ("floor", "interruptible", "decision"),
    [
        (Floor.NOTHING, True, BargeIn.IGNORE),
        (Floor.THINKING, True, BargeIn.CUT),
        (Floor.SPEAKING, True, BargeIn.CUT),
        (Floor.SPEAKING, False, BargeIn.IGNORE),
        (Floor.THINKING, False, BargeIn.IGNORE),
    ],
)
def test_speech_takes_the_floor(floor: Floor, interruptible: bool, decision: BargeIn) -> None:
    assert decide(floor, interruptible=interruptible) is decision
