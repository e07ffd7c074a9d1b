from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from processors.embedded.word_times import word_times


def test_each_word_begins_at_its_mark() -> None:
    assert word_times("Hi, I am Ava.", [(0, 0.0), (4, 0.3), (6, 0.5), (9, 0.7)]) == (
        ("Hi,", 0.0),
        ("I", 0.3),
        ("am", 0.5),
        ("Ava.", 0.7),
    )


def test_a_mark_inside_a_word_counts_for_it() -> None:
    assert word_times("“quoted”", [(1, 0.2)]) == (("“quoted”", 0.2),)


def test_what_is_not_spoken_begins_with_the_word_before() -> None:
    assert word_times("- yes - no", [(2, 0.1), (8, 0.6)]) == (
        ("-", 0.0),
        ("yes", 0.1),
        ("-", 0.1),
        ("no", 0.6),
    )


def test_several_marks_in_a_word_count_as_the_first() -> None:
    assert word_times("1,250", [(0, 0.1), (2, 0.9)]) == (("1,250", 0.1),)


@given(st.text(), st.lists(st.tuples(st.integers(0, 50), st.floats(-1, 10))))
def test_the_words_are_those_of_the_text_and_time_never_goes_back(
    text: str, marks: list[tuple[int, float]]
) -> None:
    timed = word_times(text, marks)
    assert [word for word, _ in timed] == text.split()
    times = [seconds for _, seconds in timed]
    assert times == sorted(times)
    assert all(seconds >= 0 for seconds in times)
