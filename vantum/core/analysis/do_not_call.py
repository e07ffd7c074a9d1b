"""Does somebody wish not to be called any more? Decided by hard patterns in five languages.

The law: such a wish is honoured at once, so a model's opinion never outweighs it (47 CFR 64.1200(d)). A time ("not
before nine"), a name ("don't call me Bob") and calls to others are no such wish, unless "again" or "ever" stands with
them. In doubt it is a wish: a call that was not made harms nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vantum.core.analysis import wishes_english, wishes_german, wishes_hindi, wishes_romance
from vantum.core.analysis.quote import Found
from vantum.core.analysis.spoken_line import spoken_line
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.wish_rule import Rule
from vantum.core.transcript import Speaker

RULES: Final[tuple[Rule, ...]] = (
    *wishes_english.RULES,
    *wishes_german.RULES,
    *wishes_romance.RULES,
    *wishes_hindi.RULES,
)


def do_not_call(said: str) -> str | None:
    """The words in ``said`` that ask for no more calls, as they were said, or None. The language does not matter."""
    line = spoken_line(said)
    return next((quote for rule in RULES if (quote := rule.quote(line)) is not None), None)


def find_wish(turns: Sequence[Turn]) -> Found | None:
    """The caller's first wish not to be called any more, with its second of the audio."""
    for number, turn in enumerate(turns):
        quote = do_not_call(turn.text) if turn.role is Speaker.CALLER else None
        if quote is not None:
            begin = turn.text.index(quote)
            return Found(number, quote, turn.ms_at(begin), turn.ms_at(begin + len(quote)))
    return None
