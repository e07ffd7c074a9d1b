"""What a caller means, decided by hard patterns.

The law: the order of the table is the order of respect. A wish to be left alone outranks everything, and a
yes is only a yes when nothing in the sentence takes it back. "Okay" and "mhm" say that the caller listens;
they are no consent. The patterns forgive what speech recognition gets wrong ("take me off you list").
"""

from __future__ import annotations

import re
from functools import lru_cache

from vantum.core.day_time import names_time
from vantum.core.intent_table import CALL_NOT, FOR_EVER, HEDGE, PATTERNS, REWRITES, Intent
from vantum.core.words import negated


@lru_cache(maxsize=1024)
def hard_intent(words: str) -> Intent | None:
    """The most binding meaning found in plain words, or ``None`` when no pattern is sure."""
    meant = _meant(words)
    intent = next((intent for intent, pattern in PATTERNS.items() if pattern.search(meant)), None)
    match intent:
        case Intent.NO if PATTERNS[Intent.YES].search(meant):
            return None
        case Intent.YES if negated(meant) or HEDGE.search(meant):
            return None
        case _:
            return intent


def _meant(words: str) -> str:
    for pattern, replacement in REWRITES:
        words = pattern.sub(replacement, words)
    return _timed_call(words).strip()


def _timed_call(words: str) -> str:
    found = CALL_NOT.search(words)
    if found is None or FOR_EVER.search(words):
        return words
    rest = found["rest"]
    if names_time(rest) or re.match(r"(?:right )?now\b", rest):
        return f"{words[: found.start()]} call me back {rest}"
    return words
