"""What a prospect does in a call, 20 ms at a time: speaks, listens, presses keys, and knows when to hang up.

Time is counted in ticks, and the bot is known by whether it can be heard: no clock, no socket.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vantum.core.mulaw import SILENCE
from vantum.local_carrier.prospect import Cue, Deed, HangsUp, Presses, Prospect, When

TICK_SECONDS: Final = 0.02
TICK_BYTES: Final = 160
PATIENCE_SECONDS: Final = 15.0
"""Nobody holds a receiver longer in which nothing is heard."""
SURE_SECONDS: Final = 1.0
"""What the carrier takes to be sure that the tone which it has heard was the last of a machine's greeting."""


@dataclass(frozen=True, slots=True)
class Tick:
    """What comes from a prospect in 20 ms: mu-law, keys, and whether it is known who they are, and they leave."""

    audio: bytes
    keys: str = ""
    verdict: bool = False
    leaves: bool = False


class Person:
    """A prospect who has answered; ``sounds`` is the mu-law at 8 kHz of what they do that can be heard."""

    def __init__(self, prospect: Prospect, sounds: Mapping[Deed, bytes]) -> None:
        self._sounds = sounds
        self._steps = deque(prospect.steps)
        self._verdict_after = prospect.verdict_after
        self._told = False
        self._done = 0
        self._mouth = b""
        self._ticks = 0
        self._heard = 0
        self._quiet = 0

    def tick(self, bot_speaks: bool) -> Tick:
        """The next 20 ms, in which the bot speaks or not."""
        self._listen(bot_speaks)
        keys, leaves = "", self._quiet >= _ticks(PATIENCE_SECONDS) and not self._bides_time()
        while not leaves and not self._mouth and self._steps and self._is_due(self._steps[0].when):
            match self._steps.popleft().deed:
                case HangsUp():
                    leaves = True
                case Presses() as pressed:
                    keys += pressed.keys
                    self._heard = self._quiet = 0
                case deed:
                    self._mouth = self._sounds[deed]
        audio, self._mouth = self._mouth[:TICK_BYTES], self._mouth[TICK_BYTES:]
        self._ticks += 1
        return Tick(audio.ljust(TICK_BYTES, bytes([SILENCE])), keys, self._is_known(), leaves)

    def _listen(self, bot_speaks: bool) -> None:
        if self._mouth:
            # What is said while one speaks oneself is no turn of the other.
            self._heard = self._quiet = 0
        elif bot_speaks:
            self._heard += 1
            self._quiet = 0
        else:
            self._quiet += 1

    def _is_due(self, when: When) -> bool:
        ticks = _ticks(when.seconds)
        match when.cue:
            case Cue.AT:
                return self._ticks >= ticks
            case Cue.AFTER_BOT:
                return self._heard > 0 and self._quiet >= ticks
            case Cue.OVER_BOT:
                return self._heard > 0 and self._heard >= ticks

    def _bides_time(self) -> bool:
        """Whether the next step comes by itself, however quiet it is."""
        return bool(self._steps) and self._steps[0].when.cue is Cue.AT

    def _is_known(self) -> bool:
        """Whether these are the 20 ms in which the carrier knows who answered."""
        self._done = 0 if self._steps or self._mouth else self._done + 1
        if self._verdict_after is None:
            known = self._done > _ticks(SURE_SECONDS)
        else:
            known = self._ticks >= _ticks(self._verdict_after)
        news = known and not self._told
        self._told = known
        return news


def _ticks(seconds: float) -> int:
    return round(seconds / TICK_SECONDS)
