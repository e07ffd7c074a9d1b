"""The play-out buffer: until when something is heard, and when marks go back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.local_carrier.playout import MOST_MARKS, PlayOut


def test_what_comes_is_played_one_after_the_other() -> None:
    playout = PlayOut()
    assert not playout.heard(0)
    playout.play(100, 160)
    playout.play(110, 160)
    assert [playout.heard(at) for at in (100, 419, 420)] == [True, True, False]
    playout.play(1000, 160)
    assert [playout.heard(at) for at in (1159, 1160)] == [True, False]


def test_a_mark_goes_back_when_what_is_before_it_was_played() -> None:
    playout = PlayOut()
    playout.mark(0, "nothing before")
    playout.play(100, 160)
    playout.mark(100, "first")
    playout.play(100, 160)
    playout.mark(100, "second")
    assert list(playout.due(259)) == ["nothing before"]
    assert list(playout.due(260)) == ["first"]
    assert list(playout.due(10_000)) == ["second"]
    assert list(playout.due(10_000)) == []


def test_a_clear_silences_and_gives_all_marks_back() -> None:
    playout = PlayOut()
    playout.play(0, 8000)
    playout.mark(0, "cleared")
    playout.clear(500)
    assert not playout.heard(500)
    assert list(playout.due(500)) == ["cleared"]
    playout.play(600, 160)
    assert playout.heard(759)
    assert not playout.heard(760)


def test_a_clear_of_nothing_is_harmless() -> None:
    playout = PlayOut()
    playout.clear(500)
    playout.play(0, 160)
    assert [playout.heard(at) for at in (159, 160)] == [True, False]


def test_marks_are_bounded() -> None:
    playout = PlayOut()
    for _ in range(MOST_MARKS):
        playout.mark(0, "mark")
    with pytest.raises(ValueError, match="More than 1000 marks wait"):
        playout.mark(0, "mark")


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 400), st.booleans())))
def test_marks_go_back_in_their_order_and_each_once(course: list[tuple[int, int, bool]]) -> None:
    playout, now = PlayOut(), 0
    back: list[str] = []
    for place, (wait, samples, cleared) in enumerate(course):
        now += wait
        playout.play(now, samples)
        playout.mark(now, str(place))
        if cleared:
            playout.clear(now)
        back += playout.due(now)
    back += playout.due(now + 400 * len(course))
    assert back == [str(place) for place in range(len(course))]
