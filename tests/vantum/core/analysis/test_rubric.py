from __future__ import annotations

from itertools import pairwise

from vantum.core.analysis.rubric import HIGHEST, MEANINGS, RUBRIC
from vantum.core.outreach.outcome import Disposition


def test_the_rubric_has_no_gap() -> None:
    assert (RUBRIC[0].low, RUBRIC[-1].high) == (0, 100)
    assert all(band.high + 1 == later.low for band, later in pairwise(RUBRIC))


def test_every_disposition_has_a_meaning_and_a_highest_interest() -> None:
    assert set(HIGHEST) == set(MEANINGS) == set(Disposition)
    assert set(HIGHEST.values()) <= {0, *(band.high for band in RUBRIC)}
