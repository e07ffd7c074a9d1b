"""What a tool of the language model gives back, and how the model reads it: as JSON, and not too long."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic_core import to_json

from vantum.core.floor import FollowUp

MOST_CHARACTERS = 8_000
"""The longest result: it is read by the model in every later turn of the call."""
NOTE_CHARACTERS = 200
"""Room for what is said about a result that was cut."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A result that needs no answer: it is kept, and the model is not asked again for its sake.

    A model that called the tool without a word is asked all the same, or the caller would wait for nothing; not so
    when the call ends or the other side is to speak: then ``waits`` is True.
    """

    value: object = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The tool could not do it; ``sentence`` tells the model why, and what it may do instead."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Written:
    """A result as the model reads it: ``json`` has at most ``MOST_CHARACTERS``."""

    json: str
    follow_up: FollowUp = FollowUp.ALWAYS
    failed: bool = False


def written(outcome: object) -> Written:
    """Write down what a tool returned: ``Quiet``, ``Failed``, or any value that can be JSON."""
    match outcome:
        case Failed():
            return Written(_cut(_dumps({"error": outcome.sentence}), outcome.sentence), failed=True)
        case Quiet():
            value, follow_up = outcome.value, FollowUp.NEVER if outcome.waits else FollowUp.UNLESS_SPOKEN
        case _:
            value, follow_up = outcome, FollowUp.ALWAYS
    try:
        text = to_json(value, inf_nan_mode="null").decode()
    except (ValueError, TypeError, RecursionError):
        return written(Failed("The tool did its work, but its result cannot be written as JSON."))
    return Written(_cut(text, value if isinstance(value, str) else text), follow_up)


def _cut(text: str, source: str) -> str:
    """``text``, or if that is too long the beginning of ``source`` with a note: both are JSON."""
    if len(text) <= MOST_CHARACTERS:
        return text
    note = f"This is only the beginning: the whole has {len(source)} characters."
    keep = MOST_CHARACTERS - NOTE_CHARACTERS
    # Quotes and control characters grow in JSON, and no character shrinks.
    keep -= max(0, len(_dumps(source[:keep])) - keep)
    return _dumps({"beginning": source[: max(0, keep)], "note": note})


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
