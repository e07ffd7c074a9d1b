"""The caller makes a sound while the bot has the floor: does the bot stop?"""

from __future__ import annotations

from enum import StrEnum


class Floor(StrEnum):
    """What the bot is doing."""

    NOTHING = "nothing"
    THINKING = "thinking"
    SPEAKING = "speaking"


class BargeIn(StrEnum):
    """What to do."""

    IGNORE = "ignore"
    CUT = "cut"


def decide(floor: Floor, *, interruptible: bool) -> BargeIn:
    """Real speech (the voice activity detector's start, or a transcript) takes the floor from the bot.

    An answer that is still being thought of is dropped too: the caller goes on, and gets one answer to both.
    """
    if floor is Floor.NOTHING or not interruptible:
        return BargeIn.IGNORE
    return BargeIn.CUT
