from __future__ import annotations

from vantum.core.intent_table import PATTERNS, REWRITES, Intent


def test_every_intent_has_a_pattern_and_the_order_is_the_order_of_respect() -> None:
    assert list(PATTERNS) == list(Intent)
    assert list(Intent)[:9] == [
        Intent.DO_NOT_CALL,
        Intent.HUMAN,
        Intent.NOT_INTERESTED,
        Intent.BUSY,
        Intent.ROBOT,
        Intent.WHO,
        Intent.PRICE,
        Intent.INFO,
        Intent.BYE,
    ]


def test_no_pattern_matches_silence() -> None:
    assert not any(pattern.search("") for pattern in PATTERNS.values())
    assert not any(pattern.search("") for pattern, _ in REWRITES)
