"""What a voice is not given to say, and what only looks like markup."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vantum.core.speakable import Speakable

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A loaded machine makes no test fail."""

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def said(text: str) -> str:
    """The text as it is said, white space tidied up."""
    speakable = Speakable()
    return " ".join("".join(speakable.feed(char) for char in text + "\n").split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This is **bold**.", "This is bold."),
        ("*it* and _it_ and ***both***", "it and it and both"),
        ("**_x_** __init__", "x init"),
        ("**Price:**$5", "Price:$5"),
        ("super**bold**ly", "superboldly"),
        ("这是**重点**和*重点*。", "这是重点和重点。"),
        ("**Broken ** bold **", "Broken bold"),
        ("*", ""),
        ("**", ""),
        ("the last *", "the last"),
        ("~~gone~~", "gone"),
        ("run `make all` now", "run make all now"),
        ("`a` *5*", "a 5"),
        ("(_so_)", "(so)"),
    ],
)
def test_emphasis_is_removed(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3",
        "2*3",
        "2*(3+4)*5",
        "2**3",
        "a*b",
        "snake_case_name",
        "press the * key",
        "the _ sign",
        "Dial *67, then *123#.",
        "https://x.org/_next/a_/b",
        "about ~5",
        "me_too@example.com",
    ],
)
def test_stars_and_bars_inside_words_arithmetic_and_star_codes_stay(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n###### Small\n#\n#1 choice", "Title Small #1 choice"),
        ("- one\n* two\n+ three\n  • four\n-", "one two three four"),
        ("1. one\n2. two", "1. one 2. two"),
        ("> quoted\n>> > deep\n>5 left", "quoted deep >5 left"),
        ("a\n---\nb\n***\nc\n___ \nd\n====\n", "a b c d"),
        ("-5 degrees\n--x\n==\n=", "-5 degrees --x == ="),
        ("```python\nprint()\n```\nok", "print() ok"),
        ("```x``` and ``y``\n``\n``` no fence", "x and y no fence"),
        ("- **bold** item\n> - `x`", "bold item x"),
        ("2 - 3 > 1 # no", "2 - 3 > 1 # no"),
    ],
)
def test_block_markup_is_removed_at_the_start_of_a_line_only(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| Name | Price |\n|---|:-:|\n| Tea | $2 |\nend", "Name Price Tea $2 end"),
        ("| [a](b) | **c** |", "a c"),
        ("| a | b", "| a | b"),
        ("|x| and || and |||", "|x| and || and |||"),
        ("|| x", "|| x"),
        ("|", "|"),
        ("a | b | c |", "a | b | c |"),
        ("|-- no rule", "|-- no rule"),
    ],
)
def test_bars_are_removed_from_tables_only(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [our page](https://x.org/a_(b)).", "see our page."),
        ("![a cat](cat.png)", "a cat"),
        ('[**bold** text](x "title") [*it*](y)', "bold text it"),
        ("[](x)", ""),
        ("[laughs] yes", "[laughs] yes"),
        ("[a](b c)", "[a](b c)"),
        ("[a] (b)", "[a] (b)"),
        ("[[a](b)", "[a"),
        ("[a](b", "[a](b"),
        ("wow! ![", "wow! !["),
        ("[" + "a" * 600 + "](b)", "[" + "a" * 600 + "](b)"),
    ],
)
def test_a_link_is_its_text(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Wait.<break time="1s"/>Go.', "Wait. Go."),
        ("<speak><s>One.</s><s>Two.</s></speak>", "One. Two."),
        ("<b>un</b>real", "unreal"),
        ("<b>_x_</b>", "x"),
        ("<say-as interpret-as='date' format=\"a>b\" x=1>now</say-as>", "now"),
        ("a<br />b", "a b"),
        ("<a href=http://x.org/>y</a>", "y"),
        ("a < b", "a < b"),
        ("3 <5> 4", "3 <5> 4"),
        ("a <b and c> d", "a <b and c> d"),
        ("x <", "x <"),
        ("<tag open", "<tag open"),
        ("I <3 you", "I <3 you"),
    ],
)
def test_tags_are_removed(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Great\U0001f600!", "Great!"),
        ("Great!\U0001f600Next", "Great! Next"),
        (f"a {FAMILY} b", "a b"),
        ("go \U0001f1e9\U0001f1ea now", "go now"),
        ("ok \U0001f44d\U0001f3fd.", "ok ."),
        ("press 1\ufe0f\u20e3", "press 1"),
        ("I \u2764\ufe0f tea\u2122\ufe0f", "I tea\u2122"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f x", "x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("क्\u200dष", "क्\u200dष"),
        ("\U0001f600" * 600, ""),
        ("A → B, 20 °C, 5 €", "A → B, 20 °C, 5 €"),
    ],
)
def test_emoji_are_removed_whole(text: str, expected: str) -> None:
    assert said(text) == expected


def test_a_run_that_never_ends_is_not_held_for_ever() -> None:
    speakable = Speakable()
    for char in "a" + "*" * 5_000:
        speakable.feed(char)
    assert speakable.feed("b") == "b"


def test_plain_text_is_said_as_it_comes() -> None:
    speakable = Speakable()
    assert [speakable.feed(char) for char in "Hi, é."] == list("Hi, é.")


@patient
@given(st.text(alphabet="*_~`#<>[]()!|-=+ab1 \"'/\n\U0001f600\u200d\ufe0f", max_size=60))
def test_a_line_feed_settles_everything(text: str) -> None:
    fresh, used = Speakable(), Speakable()
    for char in text + "\n":
        used.feed(char)
    probe = "# **b** and [c](d)\n"
    assert [used.feed(char) for char in probe] == [fresh.feed(char) for char in probe]


@patient
@given(st.text(alphabet=st.characters(categories=["Ll", "Lu", "Lo", "Nd"], exclude_characters="\u3030")))
def test_words_are_said_unchanged(text: str) -> None:
    assert said(text) == " ".join(text.split())
