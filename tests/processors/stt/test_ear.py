"""When the conversation is told that nobody hears the caller, and when that it is over."""

from __future__ import annotations

import pytest

from processors.stt.ear import LOST_SECONDS, PROOF_SECONDS, Ear
from vantum.core.events import HearingBack, HearingLost


def told(ear: Ear, until: float) -> list[tuple[float, type]]:
    """What is told at the times at which the ear wants to be asked."""
    news = []
    while (due := ear.due()) is not None and due <= until:
        event = ear.news(due)
        assert event is not None or ear.due() != due
        if event is not None:
            news.append((due, type(event)))
    return news


def test_who_hears_has_no_news() -> None:
    ear = Ear()
    assert (ear.due(), ear.news(5.0), ear.deaf) == (None, None, False)


def test_a_loss_is_told_after_two_seconds_once() -> None:
    ear = Ear()
    ear.lost(1.0)
    ear.lost(2.0)
    assert ear.deaf
    assert ear.news(1.0 + LOST_SECONDS - 0.1) is None
    assert told(ear, 60) == [(1.0 + LOST_SECONDS, HearingLost)]
    assert ear.news(60) is None


@pytest.mark.parametrize("way", ["heard", "back"])
def test_a_short_loss_is_not_told(way: str) -> None:
    ear = Ear()
    ear.lost(1.0)
    ear.back(2.0) if way == "back" else ear.heard()
    assert told(ear, 60) == []


@pytest.mark.parametrize("way", ["heard", "back"])
def test_that_it_is_over_is_told_at_once(way: str) -> None:
    ear = Ear()
    ear.lost(1.0)
    told(ear, 5)
    ear.back(6.0) if way == "back" else ear.heard()
    assert ear.due() == 0.0
    assert isinstance(ear.news(6.0), HearingBack)
    assert ear.due() is None


def test_a_link_that_is_up_is_no_proof_for_a_while_when_words_are_outstanding() -> None:
    ear = Ear()
    ear.asked()
    ear.lost(1.0)
    ear.back(1.1)
    assert told(ear, 4) == [(3.0, HearingLost)]
    assert told(ear, 60) == [(1.1 + PROOF_SECONDS, HearingBack)]
    assert not ear.deaf


def test_unless_it_breaks_again() -> None:
    ear = Ear()
    ear.asked()
    ear.lost(1.0)
    ear.back(1.1)
    ear.lost(3.5)
    assert told(ear, 60) == [(3.0, HearingLost)]
    assert ear.deaf


def test_words_are_proof() -> None:
    ear = Ear()
    ear.asked()
    ear.lost(1.0)
    told(ear, 5)
    ear.heard()
    ear.lost(6.0)
    ear.back(6.1)
    assert (ear.deaf, isinstance(ear.news(6.2), HearingBack)) == (False, True)
