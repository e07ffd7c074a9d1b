"""What the turns of a call came to, from what was heard, what was recognised and what the model was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.conversation.caller import Caller, Said
from benchmarks.conversation.playout import Run
from benchmarks.conversation.voice import LONGEST_ANSWER, word_numbers

EARLY_SECONDS = 0.3
"""An answer that begins this short before the caller's last sound is one to the whole turn."""
SILENT_SECONDS = 0.2
"""A silence so long is one; words follow each other without any."""
LOOK_SECONDS = 5.0
GOES_ON_SECONDS = 2.0
"""The bot that is heard so long after a sound of the caller has gone on."""
OVER_SECONDS = 4.0
HEARD_JUST_NOW_SECONDS = 0.1
FINAL_WITHIN_SECONDS = 2.0
LATER_REQUESTS = 3
HOLD_SECONDS = 0.6


class Part(StrEnum):
    """What is measured."""

    LATENCY = "latency"
    INTERRUPTION = "interruption"
    BACKCHANNEL = "backchannel"
    NOISE = "noise"
    PAUSE = "pause"
    HEARD = "heard"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Trial:
    """One turn: whether it came out as it should, its figure (seconds or words; None for none), and why not."""

    part: Part
    good: bool
    figure: float | None = None
    note: str = ""


def latencies(caller: Caller, spoken: Sequence[Said]) -> list[Trial]:
    """Seconds from the last sound of the caller to the first of the answer."""
    begins = [run.begin for run in caller.heard.runs()]
    trials = []
    for said, until in _with_next(spoken):
        answer = next((at for at in begins if said.began < at < until), None)
        figure = None if answer is None else answer - said.ended
        trials.append(Trial(Part.LATENCY, answer is not None, figure, "" if answer else "not answered"))
    return trials


def interruptions(caller: Caller, spoken: Sequence[Said]) -> list[Trial]:
    """Seconds to silence, and by how many words the context is off from what was heard."""
    runs = caller.heard.runs()
    trials = []
    for said in spoken:
        run = _heard_at(runs, said.began)
        if run is None:
            trials += [
                Trial(part, False, note="the bot was silent") for part in (Part.INTERRUPTION, Part.HEARD)
            ]
            continue
        gaps = caller.heard.gaps(said.began, said.began + LOOK_SECONDS, SILENT_SECONDS)
        silent = gaps[0][0] - said.began if gaps else None
        trials.append(Trial(Part.INTERRUPTION, silent is not None, silent, "" if gaps else "went on"))
        kept = _words_kept(caller, run, said)
        off = None if kept is None else float(kept - run.words)
        note = f"{run.words} heard, {kept} kept"
        trials.append(Trial(Part.HEARD, off is not None and abs(off) <= 1, off, note))
    return trials


def backchannels(caller: Caller, spoken: Sequence[tuple[Said, str]]) -> list[Trial]:
    """Seconds for which the bot is held after the backchannel's final."""
    runs, requests = caller.heard.runs(), caller.requests
    leaked = " ".join(requests[-1].said_by("user")).lower() if requests else ""
    trials = []
    for said, text in spoken:
        run = _heard_at(runs, said.began)
        final = next(
            (at for at, _ in caller.ear.finals if said.began < at < said.ended + FINAL_WITHIN_SECONDS), None
        )
        if run is None or final is None:
            trials.append(Trial(Part.BACKCHANNEL, False, note="the bot was silent"))
            continue
        gaps = caller.heard.gaps(said.began, min(said.ended + OVER_SECONDS, run.end))
        held = max([0.0, *(end - final for _, end in gaps)])
        went_on = _went_on(run, said)
        problems = {
            "did not go on": not went_on,
            "held too long": held > HOLD_SECONDS,
            "is in the context": text.lower().strip(".") in leaked,
        }
        wrong = ", ".join(name for name, so in problems.items() if so)
        trials.append(Trial(Part.BACKCHANNEL, not wrong, held if went_on else None, wrong))
    return trials


def noises(caller: Caller, spoken: Sequence[Said]) -> list[Trial]:
    """Seconds of dead air after the noise ended."""
    runs = caller.heard.runs()
    trials = []
    for said in spoken:
        run = _heard_at(runs, said.began)
        if run is None:
            trials.append(Trial(Part.NOISE, False, note="the bot was silent"))
            continue
        went_on = _went_on(run, said)
        until = said.ended + OVER_SECONDS
        until = min(until, run.end) if went_on else until
        dead = sum(end - begin for begin, end in caller.heard.gaps(said.ended, until))
        trials.append(Trial(Part.NOISE, went_on, dead, "" if went_on else "did not go on"))
    return trials


def pauses(caller: Caller, spoken: Sequence[Said]) -> list[Trial]:
    """Nothing is heard before the caller has finished, and one answer after it."""
    trials = []
    for count, early in _answers(caller, spoken):
        note = "answered in the pause" if early else "" if count == 1 else f"answered {count} times"
        trials.append(Trial(Part.PAUSE, not note, note=note))
    return trials


def random_turns(caller: Caller, spoken: Sequence[Said]) -> list[Trial]:
    """Each turn has one answer."""
    return [
        Trial(Part.RANDOM, count == 1, float(count), "" if count == 1 else f"answered {count} times")
        for count, _ in _answers(caller, spoken)
    ]


def _answers(caller: Caller, spoken: Sequence[Said]) -> list[tuple[int, bool]]:
    """For each turn how many answers were heard, and whether one began before the caller had finished."""
    runs = caller.heard.runs()
    found = []
    for said, until in _with_next(spoken):
        begins = [run.begin for run in runs if said.began < run.begin < until]
        found.append((len(begins), any(at < said.ended - EARLY_SECONDS for at in begins)))
    return found


def _with_next(spoken: Sequence[Said]) -> list[tuple[Said, float]]:
    """Each turn with the moment at which the next one begins."""
    begins = [said.began for said in spoken[1:]]
    return list(zip(spoken, [*begins, float("inf")], strict=True))


def _heard_at(runs: Sequence[Run], moment: float) -> Run | None:
    """What was being heard at a moment."""
    return next(
        (run for run in runs if run.begin < moment and run.end > moment - HEARD_JUST_NOW_SECONDS), None
    )


def _went_on(run: Run, said: Said) -> bool:
    """Whether the words went on where they had stopped, or the answer was over meanwhile."""
    return run.end > said.ended + GOES_ON_SECONDS or run.words >= LONGEST_ANSWER - 1


def _words_kept(caller: Caller, run: Run, said: Said) -> int | None:
    """How many words of an answer later requests hold; None when there was none to look at."""
    later = [request for request in caller.requests if request.at > said.began][:LATER_REQUESTS]
    if not later:
        return None
    kept = [word_numbers(text) for text in later[-1].said_by("assistant")]
    return next((len(words) for words in reversed(kept) if words and words[0] == run.first), 0)
