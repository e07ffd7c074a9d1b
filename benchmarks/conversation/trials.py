"""The conversations that callers have for each part of the benchmark; what they make of it is in ``judging``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.conversation import judging
from benchmarks.conversation.caller import Caller, Said
from benchmarks.conversation.judging import Part, Trial
from benchmarks.conversation.speech import (
    BACKCHANNELS,
    CLEAR,
    CUTS,
    FINAL_SECONDS,
    INTERRUPTIONS,
    Report,
    Stretch,
    babble,
    halves,
    hiss,
    said,
)

ANSWER_SECONDS = 8.0
"""A turn that is not answered by then is not answered."""
BOUND_SECONDS = 0.3
"""An answer may begin so long before the last sound of the caller and still be one to the whole of it."""
QUIET_SECONDS = 1.0
INTERRUPTED_AFTER = (1.2, 4.0)
OVER_AFTER_SECONDS = 1.5
OVER_PAUSE_SECONDS = 4.5
NOISE_SECONDS = 1.0
PAUSE_SECONDS = 0.8
SHORT_PAUSES = (0.2, 0.7)
FINALS_AFTER = (0.03, FINAL_SECONDS, FINAL_SECONDS, FINAL_SECONDS, 0.4, 0.9, 1.8)
DOUBLES_AFTER = ((), (), (0.05,), (0.6,), (2.0,), (0.05, 1.5))
PAUSED_TURNS = 0.25
MOST_PER_CALL = 10
"""After so many turns a caller hangs up and calls again."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one caller does in a call of so many turns; the first of them has a number among all of the part."""

    parts: tuple[Part, ...]
    callers: int
    turns: int
    hold: Callable[[Caller, Sequence[int]], Awaitable[list[Trial]]]


async def clear_questions(caller: Caller, turns: Sequence[int]) -> list[Trial]:
    """Questions with a clear end, each answered before the next."""
    spoken = [await _ask(caller, turn) for turn in turns]
    return judging.latencies(caller, spoken)


async def interruptions(caller: Caller, turns: Sequence[int]) -> list[Trial]:
    """Each turn interrupts the answer to the one before it."""
    caller.model.long.add(caller.number)
    names = list(INTERRUPTIONS)
    spoken = []
    last = await caller.say(_clear(0))
    for turn in turns:
        if await caller.sound_after(last.ended, ANSWER_SECONDS) is None:
            last = await caller.say(_clear(turn))
            await caller.sound_after(last.ended, ANSWER_SECONDS)
        await asyncio.sleep(caller.chance.uniform(*INTERRUPTED_AFTER))
        name = names[turn % len(names)]
        last = await caller.say(said(name, INTERRUPTIONS[name]))
        spoken.append(last)
    await caller.sound_after(last.ended, ANSWER_SECONDS)
    return judging.interruptions(caller, spoken)


async def backchannels(caller: Caller, turns: Sequence[int]) -> list[Trial]:
    """Says "mhm" and its like into long answers, twice into each."""
    texts = [BACKCHANNELS[turn % len(BACKCHANNELS)] for turn in turns]
    spoken = await _over_the_bot(caller, [said("mhm", text) for text in texts])
    return judging.backchannels(caller, list(zip(spoken, texts, strict=True)))


async def noises(caller: Caller, turns: Sequence[int]) -> list[Trial]:
    """Makes noises over long answers: those that sound like a voice and those that do not."""
    made = [babble(NOISE_SECONDS) if turn % 2 == 0 else hiss(NOISE_SECONDS, caller.chance) for turn in turns]
    return judging.noises(caller, await _over_the_bot(caller, made))


async def pauses(caller: Caller, turns: Sequence[int]) -> list[Trial]:
    """Pauses inside a sentence, each time another recording."""
    spoken = []
    for turn in turns:
        spoken.append(await caller.say(*halves(CUTS[turn % len(CUTS)], PAUSE_SECONDS)))
        await _answered(caller, spoken[-1])
    return judging.pauses(caller, spoken)


async def random_turns(caller: Caller, turns: Sequence[int]) -> list[Trial]:
    """Whatever order a recogniser and a caller can bring about."""
    spoken = []
    for turn in turns:
        spoken.append(await caller.say(*_random_turn(turn)))
        await _answered(caller, spoken[-1])
    return judging.random_turns(caller, spoken)


CONVERSATIONS = (
    Conversation((Part.LATENCY,), callers=5, turns=50, hold=clear_questions),
    Conversation((Part.INTERRUPTION, Part.HEARD), callers=5, turns=50, hold=interruptions),
    Conversation((Part.BACKCHANNEL,), callers=5, turns=20, hold=backchannels),
    Conversation((Part.NOISE,), callers=5, turns=20, hold=noises),
    Conversation((Part.PAUSE,), callers=5, turns=10, hold=pauses),
    Conversation((Part.RANDOM,), callers=10, turns=500, hold=random_turns),
)


def calls_of(turns: int, callers: int) -> list[list[range]]:
    """For each caller its calls, for each call the numbers of its turns."""
    share = [range(turns * index // callers, turns * (index + 1) // callers) for index in range(callers)]
    return [
        [row[start : start + MOST_PER_CALL] for start in range(0, len(row), MOST_PER_CALL)]
        for row in share
        if len(row)
    ]


def _clear(turn: int) -> Stretch:
    name, text = list(CLEAR.items())[turn % len(CLEAR)]
    return said(name, text)


async def _ask(caller: Caller, turn: int) -> Said:
    spoken = await caller.say(_clear(turn))
    await _answered(caller, spoken)
    return spoken


async def _answered(caller: Caller, spoken: Said) -> None:
    """Wait for the whole answer, and a moment more; the bot may be silent in the middle of it, but not for long."""
    await caller.sound_after(spoken.ended - BOUND_SECONDS, ANSWER_SECONDS)
    await caller.silence_of(QUIET_SECONDS + caller.chance.uniform(0.0, 0.6))


async def _over_the_bot(caller: Caller, sounds: Sequence[Stretch]) -> list[Said]:
    """Make each sound while a long answer is heard; two to an answer, and a question at the end."""
    caller.model.long.add(caller.number)
    spoken: list[Said] = []
    for index, sound in enumerate(sounds):
        if index % 2 == 0:
            await caller.silence_of(QUIET_SECONDS)
            question = await caller.say(_clear(index // 2))
            await caller.sound_after(question.ended - BOUND_SECONDS, ANSWER_SECONDS)
            await asyncio.sleep(OVER_AFTER_SECONDS)
        spoken.append(await caller.say(sound))
        await asyncio.sleep(spoken[-1].ended + OVER_PAUSE_SECONDS - time.monotonic())
    question = await caller.say(_clear(0))
    await caller.sound_after(question.ended, ANSWER_SECONDS)
    return spoken


def _random_turn(turn: int) -> tuple[Stretch, ...]:
    chance = np.random.default_rng(turn)
    report = Report(
        final_after=FINALS_AFTER[chance.integers(len(FINALS_AFTER))],
        again_after=DOUBLES_AFTER[chance.integers(len(DOUBLES_AFTER))],
        interims=bool(chance.random() < 0.8),
        speech_started=bool(chance.random() < 0.8),
        split=bool(chance.random() < 0.3),
    )
    if chance.random() >= PAUSED_TURNS:
        return (replace(_clear(turn), report=report),)
    before, after = halves(CUTS[turn % len(CUTS)], chance.uniform(*SHORT_PAUSES))
    return before, replace(after, report=report)
