"""What one caller does: asks, listens, cuts in, agrees, loses the connection, comes back, leaves at any moment."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from benchmarks.soak.door import Door, Left, Opened
from benchmarks.soak.line import CallOverError
from benchmarks.soak.speech import BACKCHANNEL, CUTTING_IN, QUESTIONS
from benchmarks.soak.tally import Outcome, Tally

ANSWER_SECONDS = 10.0
"""A turn that is not answered by then is lost."""
SPEAKS_SECONDS = 20.0
BEGINS_SECONDS = (0.5, 2.0)
QUIET_SECONDS = 0.6
KNOCK_SECONDS = 0.4
CUT_IN_SECONDS = (0.1, 3.0)
AGREES_SECONDS = (0.3, 1.5)
NODDED_SECONDS = 1.0
"""What is said sooner after a nod is part of it to a recogniser, and the nod all that it hears."""
THINKS_SECONDS = (0.0, 1.5)
AWAY_SECONDS = (0.0, 4.0)


@dataclass(frozen=True, slots=True)
class Habits:
    """How often callers do what, as shares of 1, and how long a connection lasts, from .. to seconds."""

    knocks: float = 0.08
    drops: float = 0.25
    leaves_without_a_word: float = 0.2
    cuts_in: float = 0.35
    agrees: float = 0.2
    lasts: tuple[float, float] = (3.0, 70.0)


class Visit:
    """One caller, from ringing to leaving."""

    def __init__(self, door: Door, habits: Habits, chance: random.Random, tally: Tally, left: Left) -> None:
        self._door = door
        self._habits = habits
        self._chance = chance
        self._tally = tally
        self._left = left
        self._said = ""

    async def run(self) -> None:
        """Call once."""
        self._tally.calls += 1
        try:
            if self._happens(self._habits.knocks):
                await self._door.knock(self._chance.uniform(0.0, KNOCK_SECONDS))
            else:
                await self._stay(await self._door.open(self._chance))
        except CallOverError:
            self._tally.refused += 1

    async def _stay(self, here: Opened) -> None:
        wordless = False
        try:
            while await self._talked(here):
                if not self._happens(self._habits.drops):
                    wordless = self._happens(self._habits.leaves_without_a_word)
                    self._tally.hung_up += 1
                    return
                wordless = True
                here = await self._dropped(here)
                wordless = False
            self._tally.ended += 1
        finally:
            await (here.line.drop() if wordless else here.line.hang_up())
            self._note_left(here, wordless=wordless)

    async def _dropped(self, here: Opened) -> Opened:
        """Lose the connection, and come back to the call, or to another one."""
        self._tally.dropped += 1
        await here.line.drop()
        await asyncio.sleep(self._chance.uniform(*AWAY_SECONDS))
        back = await self._door.back(here, self._chance)
        if back.resumed:
            self._tally.resumed += 1
        else:
            self._note_left(here, wordless=True)
        return back

    async def _talked(self, here: Opened) -> bool:
        """Talk until the connection has lasted long enough; False when the server has ended it."""
        try:
            async with asyncio.timeout(self._chance.uniform(*self._habits.lasts)):
                await self._talk(here)
        except TimeoutError:
            return not here.line.over
        except CallOverError:
            return False
        return False

    async def _talk(self, here: Opened) -> None:
        line = here.line
        await asyncio.sleep(self._chance.uniform(*BEGINS_SECONDS))
        while True:
            await self._ask(here, self._other(QUESTIONS))
            kind = self._chance.random()
            if kind < self._habits.cuts_in:
                await asyncio.sleep(self._chance.uniform(*CUT_IN_SECONDS))
                await self._ask(here, self._other(CUTTING_IN))
            elif kind < self._habits.cuts_in + self._habits.agrees:
                await asyncio.sleep(self._chance.uniform(*AGREES_SECONDS))
                await line.say(BACKCHANNEL)
                await asyncio.sleep(NODDED_SECONDS)
            await line.silence(QUIET_SECONDS, SPEAKS_SECONDS)
            await asyncio.sleep(self._chance.uniform(*THINKS_SECONDS))

    async def _ask(self, here: Opened, text: str) -> None:
        """A turn: it is counted whatever becomes of it."""
        outcome = Outcome.LEFT
        try:
            asked = await here.line.say(text)
            answered = await here.line.answered(asked, ANSWER_SECONDS)
            outcome = Outcome.ANSWERED if answered else Outcome.LOST
        except CallOverError:
            outcome = Outcome.OVER
            raise
        finally:
            self._tally.turn(outcome, here.call, text)

    def _other(self, texts: tuple[str, ...]) -> str:
        """Something else than was said last: the same again might be the recogniser's doing, and is left out."""
        self._said = self._chance.choice([text for text in texts if text != self._said])
        return self._said

    def _note_left(self, here: Opened, *, wordless: bool) -> None:
        if here.call is not None:
            self._left(here.call, wordless)

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share
