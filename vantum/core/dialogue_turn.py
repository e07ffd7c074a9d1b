"""One turn of a scripted dialogue: a state and what the caller said become a reply and the next state.

The law: an objection is answered and the question asked again; a day and time is read back and only a clear
yes makes it a promise; nobody is asked the same thing for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from vantum.core.day_time import NOTHING_YET, DayTime, find_day_time
from vantum.core.dialogue_script import Disposition, Expected, Objection, Script, Step
from vantum.core.intent import hard_intent
from vantum.core.intent_table import Intent
from vantum.core.words import BREAK, negated, plain

# Right answers in other words scored 0.77 and more, unrelated sentences 0.69 and less.
FUZZY_ENOUGH = 0.75

Matcher = Callable[[str, str], float]
"""How nearly a sentence says an example phrase, 0..1; both are plain words."""


class Phase(Enum):
    """What the agent waits for: an answer, a clear yes to what it read back, or nothing any more."""

    ASKING = auto()
    CONFIRMING = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class State:
    """Where the dialogue is: ``at`` a step, or at an exit once ended. ``raised`` are the objections so far."""

    at: str
    phase: Phase = Phase.ASKING
    slot: DayTime = NOTHING_YET
    misses: int = 0
    raised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, what the caller was understood to mean, and how the call came out once it is over."""

    text: str
    state: State
    intent: str | None = None
    disposition: Disposition | None = None


def question(script: Script, state: State) -> str:
    """What the agent asks in this state; once ended, its last sentence."""
    if state.phase is Phase.ENDED:
        return script.exits[state.at].say.replace("{slot}", state.slot.spoken)
    step = script.steps[state.at]
    match step.slot, state.slot:
        case None, _:
            return step.say
        case slot, value if state.phase is Phase.CONFIRMING:
            return slot.confirm.replace("{slot}", value.spoken)
        case slot, DayTime(day=str(day)):
            return slot.ask_time.replace("{day}", day[0].upper() + day[1:])
        case slot, DayTime(time=str(time)):
            return slot.ask_day.replace("{time}", time[0].upper() + time[1:])
        case _:
            return step.say


def answer(script: Script, state: State, said: str, match: Matcher) -> Reply:
    """The reply to what the caller said."""
    words = plain(said)
    if state.phase is Phase.ENDED:
        return _after_the_end(script, state, words)
    step = script.steps[state.at]
    heard = _take_slot(step, state, words)
    intent = understand(script, step, words, match)
    reply = _reply(script, step, state, heard, intent, words)
    return replace(reply, intent=intent)


def understand(script: Script, step: Step, words: str, match: Matcher) -> str | None:
    """The intent of plain words at a step: a hard pattern that leads somewhere, else the nearest example."""
    hard = hard_intent(words)
    if hard is Intent.ACK or (step.slot and hard in {Intent.YES, Intent.NO}):
        return hard
    if hard in step.expects or hard in script.objections:
        return hard
    if step.slot and find_day_time(words) != NOTHING_YET:
        return None
    return _nearest((step.expects, script.objections), words, match)


def _nearest(
    groups: tuple[Mapping[str, Expected], Mapping[str, Objection]], words: str, match: Matcher
) -> str | None:
    negative = negated(words)
    scores = [
        (match(words, phrase), intent)
        for group in groups
        for intent, entry in group.items()
        for phrase in entry.phrases
        if negated(phrase) is negative
    ]
    best, intent = max(scores, key=lambda scored: scored[0], default=(0.0, None))
    return intent if best >= FUZZY_ENOUGH else None


def _reply(script: Script, step: Step, state: State, heard: State, intent: str | None, words: str) -> Reply:
    changed = heard.slot != state.slot
    expected = step.expects.get(intent or "")
    if expected and not changed and state.slot == NOTHING_YET:
        return _go(script, heard, expected.goto, words, expected.say)
    objection = script.objections.get(intent or "")
    if objection and intent and objection.goto != step.id:
        return _object(script, heard, intent, objection, words)
    if changed:
        return _ask(script, replace(heard, misses=0))
    if step.slot and state.phase is Phase.CONFIRMING and intent == Intent.YES:
        return _go(script, state, step.slot.then, words)
    if state.slot != NOTHING_YET and intent == Intent.NO:
        return _miss(script, step, replace(state, slot=NOTHING_YET, phase=Phase.ASKING))
    if heard.phase is not state.phase:
        return _ask(script, heard)
    return _miss(script, step, state)


def _object(script: Script, state: State, intent: str, objection: Objection, words: str) -> Reply:
    times = state.raised.count(intent)
    after = replace(state, raised=(*state.raised, intent), misses=0)
    if objection.goto is not None and times >= len(objection.say):
        return _go(script, after, objection.goto, words)
    return _ask(script, after, objection.say[min(times, len(objection.say) - 1)])


def _miss(script: Script, step: Step, state: State) -> Reply:
    missed = replace(state, misses=state.misses + 1)
    if missed.misses > len(step.reprompts):
        return _go(script, state, script.give_up, "")
    return _ask(script, missed, step.reprompts[state.misses])


def _go(script: Script, state: State, target: str, words: str, first: str = "") -> Reply:
    if target in script.exits:
        ended = State(target, Phase.ENDED, state.slot, raised=state.raised)
        return replace(_ask(script, ended, first), disposition=script.exits[target].disposition)
    return _ask(script, _take_slot(script.steps[target], State(target, raised=state.raised), words), first)


def _ask(script: Script, state: State, first: str = "") -> Reply:
    return Reply(f" {BREAK} ".join(part for part in (first, question(script, state)) if part), state)


def _take_slot(step: Step, state: State, words: str) -> State:
    if step.slot is None:
        return state
    slot = state.slot.updated(find_day_time(words))
    return replace(state, slot=slot, phase=Phase.CONFIRMING if slot.complete else Phase.ASKING)


def _after_the_end(script: Script, state: State, words: str) -> Reply:
    removal = script.objections[Intent.DO_NOT_CALL].goto
    if removal and hard_intent(words) is Intent.DO_NOT_CALL:
        return replace(_go(script, state, removal, words), intent=Intent.DO_NOT_CALL)
    return replace(_ask(script, state), disposition=script.exits[state.at].disposition)
