from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from vantum.core.analysis.figures import missing
from vantum.core.analysis.number_words import CARDINALS, ORDINALS


@pytest.mark.parametrize(
    ("value", "quote"),
    [
        (12, "we have twelve people"),
        (12, "we have 12 people"),
        (12.0, "12"),
        (1200, "some 1,200 a month"),
        (1200, "some 1.200 im Monat"),
        (1200, "1 200 par mois"),
        (1.5, "1,5 million"),
        ("1,200 calls", "twelve hundred calls"),
        (2520, "two thousand five hundred and twenty"),
        (1_000_005, "a million and five"),
        (250, "zweihundertfünfzig Leute"),
        (25, "fünfundzwanzig"),
        (3000, "dreitausend"),
        (95, "quatre-vingt-quinze"),
        (71, "soixante et onze"),
        (35, "treinta y cinco"),
        (500, "cinco cientos"),
        (15, "पंद्रह लोग"),
        (300, "तीन सौ"),
        ("3 pm", "at three pm"),
        ("15:30", "um 15:30 Uhr"),
        ("15:30", "fifteen thirty"),
        ("2026-11-26", "the 26th of November 2026"),
        ("26 November", "November twenty sixth"),
        ("am 3.", "am dritten"),
        (1999, "nineteen ninety nine"),
        ("5550142", "five five five, oh one four two"),
        ("twelve people", "12 people"),
        ("one of them calls", "they call"),
        ("at once", "right now"),
        (True, "yes"),
        (None, ""),
        ("no numbers", ""),
        (0, "zero"),
    ],
)
def test_a_quote_that_names_them_misses_none(value: object, quote: str) -> None:
    assert missing(value, quote) == ()


@pytest.mark.parametrize(
    ("value", "quote", "absent"),
    [
        (12, "we have many people", ("12",)),
        (12, "112", ("12",)),
        (200, "two, and a hundred more", ("200",)),
        ("15:00", "at three", ("15", "00")),
        ("2026-11-26", "next Thursday", ("2026", "11", "26")),
        ("10 to 20", "ten", ("20",)),
        ("twenty one people", "twenty people", ("twenty one",)),
        ("two hundred", "two", ("two hundred",)),
        (-5, "5", ("-5",)),
    ],
)
def test_what_a_quote_does_not_name_is_told(value: object, quote: str, absent: tuple[str, ...]) -> None:
    assert missing(value, quote) == absent


@patient
@given(st.sampled_from(sorted(CARDINALS.items())))
def test_every_spelling_is_read(spelled: tuple[tuple[str, ...], int]) -> None:
    words, number = spelled
    assert missing(number, " ".join(words)) == ()
    assert missing(number + 100_000, " ".join(words)) == (str(number + 100_000),)


def test_the_tables_are_whole() -> None:
    for table, low in ((CARDINALS, 0), (ORDINALS, 1)):
        assert set(range(low, 100)) <= set(table.values())


@patient
@given(st.integers(0, 10**9))
def test_digits_prove_themselves(number: int) -> None:
    assert missing(number, f"it is {number:,}.") == ()
    assert missing(str(number), f"it is {number}") == ()


@patient
@given(st.text(alphabet="0123456789.,:' -abc", max_size=40))
def test_a_text_proves_its_own_figures(text: str) -> None:
    assert missing(text, text) == ()


@patient
@given(
    st.lists(
        st.sampled_from([" ".join(words) for words in CARDINALS] + ["and", "hundred", "tausend"]), max_size=6
    )
)
def test_a_text_proves_its_own_words(words: list[str]) -> None:
    assert missing(" ".join(words), " ".join(words)) == ()
