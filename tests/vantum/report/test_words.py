"""Numbers as people read them."""

from __future__ import annotations

import pytest

from vantum.report.words import clock, money, per_cent, whole


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0 %"), (1.0, "100 %"), (0.0251, "2.5 %"), (0.0004, "0.0 %")]
)
def test_shares(share: float, words: str) -> None:
    assert per_cent(share) == words


@pytest.mark.parametrize(
    ("micros", "words"),
    [
        (0, "0.00 USD"),
        (1_234_500_000, "1,234.50 USD"),
        (100_000, "0.10 USD"),
        (99_999, "0.1000 USD"),
        (8_500, "0.0085 USD"),
    ],
)
def test_money(micros: int, words: str) -> None:
    assert money(micros, "USD") == words


def test_counts_and_seconds() -> None:
    assert (whole(12_408), whole(0)) == ("12,408", "0")
    assert [clock(seconds) for seconds in (0.0, 9.9, 65.2, 3_600.0)] == ["0:00", "0:09", "1:05", "60:00"]
