"""Reads what is expected of a call from a scenario: one line of the list under ``expect``, one expectation."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, get_args

from vantum.core.events import ConversationState, Event
from vantum.simulation.document import Spot, words_of
from vantum.simulation.expectation import Bounds, Expectation, Span
from vantum.simulation.expected_events import EVENTS, Count, Counted, UserTurns
from vantum.simulation.expected_times import Ended, Held, Silent, Speaks, States, VoiceToVoice
from vantum.simulation.expected_words import (
    Asked,
    Context,
    ContextIs,
    Hears,
    NeverHeard,
    TranscriptHas,
    TranscriptIs,
)

WITHIN_SECONDS: Final = 0.02
"""How far a time may be from the one that is expected, unless the scenario says otherwise: half a packet."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): tuple(
            field.name for field in dataclasses.fields(kind)
        )
        for kind in get_args(Event)
    }
)
"""The names of the record's events, and the fields of each."""


def read_expectation(spot: Spot) -> Expectation:
    """The expectation in one item of the list."""
    entries = spot.fields((), READERS)
    if len(entries) != 1:
        spot.fail("this must be one expectation", "Begin each with a dash of its own.")
    ((name, value),) = entries.items()
    return READERS[name](value)


def _heard(spot: Spot) -> Expectation:
    text, span = _text_and_span(spot)
    return Hears(text, exactly=True, span=span)


def _heard_among(spot: Spot) -> Expectation:
    text, span = _text_and_span(spot)
    return Hears(text, exactly=False, span=span)


def _text_and_span(spot: Spot) -> tuple[str, Span]:
    if not spot.is_mapping():
        return spot.maybe_text(), Span()
    fields = spot.fields(("text",), ("from", "until"))
    return fields["text"].maybe_text(), _span(fields)


def _silent(spot: Spot) -> Expectation:
    return Silent(_span(spot.fields((), ("from", "until"))))


def _speaks(spot: Spot) -> Expectation:
    if not spot.is_mapping():
        return Speaks(_near(spot.number(), WITHIN_SECONDS), Span())
    fields = spot.fields((), ("at", "within", "from", "until"))
    if "at" in fields:
        return Speaks(_at(fields), Span())
    if "from" not in fields or "until" not in fields:
        spot.fail("nothing says when", "Write 'at', or both 'from' and 'until'.")
    return Speaks(None, _span(fields))


def _held(spot: Spot) -> Expectation:
    fields = spot.fields(("stretches",), ("within",)) if spot.is_mapping() else {"stretches": spot}
    pairs = tuple(item.numbers(2) for item in fields["stretches"].items())
    within = fields["within"].number() if "within" in fields else WITHIN_SECONDS
    return Held(tuple((begin, end) for begin, end in pairs), within)


def _asked(spot: Spot) -> Expectation:
    if not spot.is_mapping():
        return Asked(_bounds(spot))
    fields = spot.fields((), ("count", "last_has", "last_lacks"))
    return Asked(
        _bounds(fields["count"]) if "count" in fields else Bounds(1),
        words_of(fields["last_has"].items()) if "last_has" in fields else (),
        words_of(fields["last_lacks"].items()) if "last_lacks" in fields else (),
    )


def _ended(spot: Spot) -> Expectation:
    if not spot.is_mapping():
        return Ended(spot.text(), Bounds())
    fields = spot.fields((), ("reason", "at", "within"))
    return Ended(fields["reason"].text() if "reason" in fields else "", _at(fields))


def _event(spot: Spot) -> Expectation:
    fields = spot.fields(("name",), ("count", "where", "from", "until"))
    name = fields["name"].one_of(FIELDS)
    where = fields["where"].fields((), FIELDS[name]) if "where" in fields else {}
    count = _bounds(fields["count"]) if "count" in fields else Bounds(1)
    return Count(name, name, count, {key: value.data() for key, value in where.items()}, _span(fields))


def _counted(what: Counted) -> Callable[[Spot], Expectation]:
    def read(spot: Spot) -> Expectation:
        event, where = EVENTS[what]
        return Count(what.value, event, _bounds(spot), where)

    return read


def _context(spot: Spot) -> Expectation:
    return ContextIs(_dialogue(spot, ("user", "assistant", "call", "result")))


def _transcript(spot: Spot) -> Expectation:
    return TranscriptIs(_dialogue(spot, ("caller", "bot")))


def _dialogue(spot: Spot, speakers: tuple[str, ...]) -> Context:
    messages: list[tuple[str, object]] = []
    for item in spot.items():
        for speaker, value in item.fields((), speakers).items():
            messages.append((speaker, value.data() if speaker == "result" else value.text()))
    return tuple(messages)


def _states(spot: Spot) -> Expectation:
    return States(tuple(item.one_of([state.value for state in ConversationState]) for item in spot.items()))


def _bounds(spot: Spot) -> Bounds:
    """``3``, or ``{at_least: 1, at_most: 3}``."""
    if not spot.is_mapping():
        return Bounds(spot.number(), spot.number())
    fields = spot.fields((), ("at_least", "at_most"))
    least = fields["at_least"].number() if "at_least" in fields else 0.0
    most = fields["at_most"].number() if "at_most" in fields else math.inf
    if least > most:
        spot.fail("no number is both", "Write an 'at_most' that is not below 'at_least'.")
    return Bounds(least, most)


def _at(fields: Mapping[str, Spot]) -> Bounds:
    """``at``, give or take ``within``; any time without it."""
    within = fields["within"].number() if "within" in fields else WITHIN_SECONDS
    if "at" not in fields:
        return Bounds()
    return _bounds(fields["at"]) if fields["at"].is_mapping() else _near(fields["at"].number(), within)


def _near(at: float, within: float) -> Bounds:
    return Bounds(round(at - within, 9), round(at + within, 9))


def _span(fields: Mapping[str, Spot]) -> Span:
    since = fields["from"].number() if "from" in fields else 0.0
    until = fields["until"].number() if "until" in fields else math.inf
    if since > until:
        fields["until"].fail("this ends before it begins", "Write an 'until' that is not before 'from'.")
    return Span(since, until)


READERS: Final[Mapping[str, Callable[[Spot], Expectation]]] = MappingProxyType(
    {
        **{what.value: _counted(what) for what in Counted},
        "user_turns": lambda spot: UserTurns(_bounds(spot)),
        "heard": _heard,
        "heard_among": _heard_among,
        "never_heard": lambda spot: NeverHeard(spot.text()),
        "speaks": _speaks,
        "silent": _silent,
        "held": _held,
        "voice_to_voice": lambda spot: VoiceToVoice(_bounds(spot)),
        "context": _context,
        "transcript": _transcript,
        "transcript_has": lambda spot: TranscriptHas(spot.text()),
        "states": _states,
        "asked": _asked,
        "event": _event,
        "ended": _ended,
    }
)
"""What can be expected, by name."""
