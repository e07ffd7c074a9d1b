"""The form of an analyst's answer: the values that are asked for, each wrapped with its quote, and their bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vantum.core.analysis.schema import Group, Json, Leaf, all_of, asked, wrapped
from vantum.core.outreach.outcome import Disposition
from vantum.core.transcript import Speaker

MOST_OBJECTIONS: Final = 10
SENTENCES: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that every analysis has. ``by`` is who must have said the quote, None for either side.

    ``facts``: whether its numbers and dates must occur in the quote; a grade has none.
    """

    leaf: Leaf
    by: Speaker | None = Speaker.CALLER
    facts: bool = True


SENTIMENT: Final = Asked(
    Leaf("number", {"type": "number", "minimum": -1, "maximum": 1}, "The caller's, from their words alone"),
    facts=False,
)
INTEREST: Final = Asked(
    Leaf("integer", {"type": "integer", "minimum": 0, "maximum": 100}, "By the rubric"), facts=False
)
DISPOSITION: Final = Asked(
    Leaf("string", {"type": "string", "enum": [str(one) for one in Disposition]}, "How the call came out"),
    facts=False,
)
OBJECTION: Final = Asked(Leaf("string", {"type": "string", "maxLength": 200}, "In a few words"))
NEXT_STEP: Final = Asked(
    Leaf("string", {"type": "string", "maxLength": 300}, "What was agreed to happen"), by=None
)
CALLBACK: Final = Asked(
    Leaf("string", {"type": "string", "maxLength": 120}, "The promised time, word for word as it was said"),
    by=None,
)
SENTENCE: Final = Asked(
    Leaf("string", {"type": "string", "maxLength": 300}, "One sentence of the summary"), by=None
)


def form(fields: Group) -> Json:
    """The strict JSON Schema of a whole answer, with the campaign's ``fields`` under ``data``."""
    return all_of(
        {
            "sentiment": wrapped(SENTIMENT.leaf),
            "interest": wrapped(INTEREST.leaf),
            "disposition": wrapped(DISPOSITION.leaf),
            "objections": {"type": "array", "items": wrapped(OBJECTION.leaf)},
            "next_step": wrapped(NEXT_STEP.leaf),
            "callback": wrapped(CALLBACK.leaf),
            "summary": {"type": "array", "items": wrapped(SENTENCE.leaf)},
            "data": asked(fields),
            "confidence": {"type": "number", "description": "0 to 1: how sure you are of the whole"},
        }
    )
