from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from vantum.core.analysis.turn import Mark, Turn
from vantum.core.transcript import Speaker

CALLER = Speaker.CALLER


@pytest.mark.parametrize(
    ("text", "start", "end", "marks"),
    [
        (" ", 0, 1, ()),
        ("yes", -1, 1, ()),
        ("yes", 2, 1, ()),
        ("yes", 0, 9, (Mark(4, 5),)),
        ("yes", 0, 9, (Mark(0, 10),)),
        ("yes no", 0, 9, (Mark(4, 5), Mark(2, 6))),
        ("yes no", 0, 9, (Mark(0, 6), Mark(4, 5))),
    ],
)
def test_what_makes_no_sense_cannot_be_built(
    text: str, start: int, end: int, marks: tuple[Mark, ...]
) -> None:
    with pytest.raises(ValueError, match="turn"):
        Turn(CALLER, text, start, end, marks=marks)


@pytest.mark.parametrize(
    ("offset", "ms"), [(0, 1000), (4, 2000), (8, 3000), (14, 4000), (17, 5000), (9, 4000), (99, 5000)]
)
def test_every_word_takes_its_share(offset: int, ms: int) -> None:
    assert Turn(CALLER, "one two three four", 1000, 5000).ms_at(offset if offset != 17 else 18) == ms


def test_known_times_are_kept_exactly() -> None:
    turn = Turn(Speaker.BOT, "one two three four", 0, 9000, marks=(Mark(0, 10), Mark(8, 5000)))
    assert [turn.ms_at(offset) for offset in (0, 4, 8, 14, 18)] == [10, 2505, 5000, 7000, 9000]


def test_a_script_without_spaces_is_shared_by_letters() -> None:
    assert Turn(CALLER, "不要再打电话", 0, 600).ms_at(3) == 300


@patient
@given(st.lists(st.sampled_from(["a", "bc", " ", "def "]), min_size=1).map("".join), st.integers(0, 9000))
def test_later_words_are_never_earlier(text: str, length: int) -> None:
    if text.strip():
        turn = Turn(CALLER, text, 100, 100 + length)
        times = [turn.ms_at(offset) for offset in range(len(text) + 1)]
        assert times == sorted(times)
        assert (times[0], times[-1]) == (100, 100 + length)
