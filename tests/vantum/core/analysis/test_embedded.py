"""The analysis without a language model: an answer of the usual form, out of patterns, a script and a word score."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.script_file import load_script
from tests.vantum.core.analysis.calls import SHOP, call, patient
from tests.vantum.core.small_script import SMALL
from vantum.core.analysis.brief import Brief
from vantum.core.analysis.check import Checked, check
from vantum.core.analysis.embedded import MOST_REPLAYED, Meant, answer, meanings, sentences
from vantum.core.analysis.quote import LONGEST_QUOTE
from vantum.core.analysis.schema import Group, Json, read_schema
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import EMBEDDED, Analysis
from vantum.core.dialogue_script import Script
from vantum.core.outreach.outcome import Disposition

OUTREACH = load_script(Path(__file__).parents[4] / "pipelines" / "outreach_script.yaml")
WORDS = {"great": 0.8, "good": 0.4, "bad": -0.5, "terrible": -0.9}


def score(sentence: str) -> float:
    return sum(WORDS.get(word.strip(".,!?"), 0.0) for word in sentence.lower().split())


def same(words: str, phrase: str) -> float:
    return float(words == phrase)


def fits(schema: Json, value: object) -> str:
    return ""


def analysed(turns: tuple[Turn, ...], script: Script | None = None, language: str = "en") -> Analysis:
    return examined(turns, script, language).analysis


def examined(turns: tuple[Turn, ...], script: Script | None = None, language: str = "en") -> Checked:
    found = answer(turns, meanings(turns, script, same), score, Brief(language=language))
    return check(found, turns, Group(), fits, EMBEDDED)


@pytest.mark.parametrize(
    ("said", "disposition", "interest"),
    [
        ("Please take me off your list.", Disposition.DO_NOT_CALL, 0),
        ("I am not interested.", Disposition.NOT_INTERESTED, 15),
        ("Sorry, I am busy, call me tomorrow.", Disposition.CALLBACK, 70),
        ("Can I talk to a human please?", Disposition.CALLBACK, 70),
        ("Yes, I am interested.", Disposition.INTERESTED, 75),
        ("You have the wrong number.", Disposition.WRONG_PERSON, None),
        ("Please leave a message after the tone.", Disposition.VOICEMAIL, None),
        ("How much does it cost?", None, 55),
        ("Tell me more about it.", None, 55),
        ("I am busy right now.", None, None),
        ("Yes of course.", None, None),
        ("The weather is nice.", None, None),
    ],
)
def test_patterns_say_how_it_came_out(
    said: str, disposition: Disposition | None, interest: int | None
) -> None:
    result = examined(call("> Hello, I am Ada.", said))
    assert (result.analysis.disposition, result.analysis.interest) == (disposition, interest)
    assert result.findings == ()
    assert result.analysis.model == "embedded"
    assert result.analysis.confidence <= 0.3


def test_the_last_word_decides() -> None:
    turns = call("I am not interested.", "> It is free.", "Oh, then I am interested.")
    assert analysed(turns).disposition is Disposition.INTERESTED
    assert analysed(turns[::-1]).disposition is Disposition.NOT_INTERESTED


def test_a_promised_time_is_what_was_said() -> None:
    analysis = analysed(
        call("> Hello!", "I am busy.", "> When may we call?", "I am busy, call me tomorrow at ten.")
    )
    assert analysis.callback == "I am busy, call me tomorrow at ten."
    assert analysis.next_step == "Call back."
    assert analysed(call("Give me a human please.")).callback is None


def test_objections_are_told_once_each() -> None:
    analysis = analysed(
        call("I am not interested.", "> But…", "It is too expensive.", "> Oh.", "I am not interested.")
    )
    assert analysis.objections == ("not interested", "price")
    assert [one.turn for one in analysis.evidence if one.field.startswith("objections")] == [0, 2]


def test_an_answer_to_a_question_of_the_script_is_no_objection() -> None:
    (step,) = [step for step in OUTREACH.steps.values() if "by_phone" in step.expects]
    asked = call(f"> {OUTREACH.greeting}", "Sure go ahead.", f"> {step.say}", "By phone.")
    assert analysed(asked, OUTREACH).objections == ()
    turns = (*asked, *call("> May a colleague show you?", "We already use another company."))
    assert analysed(turns, OUTREACH).objections == ("have one",)


def test_the_summary_is_what_the_caller_said() -> None:
    analysis = analysed(
        call("> Hello!", "Who is this?", "> Ada.", "I am not interested.", "> Bye!", "Bye bye now.")
    )
    assert analysis.summary == ("Who is this?", "I am not interested.", "Bye bye now.")


@pytest.mark.parametrize(
    ("texts", "sentiment", "quote"),
    [
        (("That sounds great. I like trees.",), 0.4, "That sounds great."),
        (("It is bad.", "> great great great", "It was terrible!"), -0.7, "It was terrible!"),
        (("Really bad. It is so very good for all of us here.",), 0.25, "It is so very good for all of us here."),
        (("Good", "It is a bad house",), -0.35, "It is a bad house"),
        (("The house is red.",), None, ""),
        (("great",), None, ""),
        (("It is good. It is bad bad. good",), -0.3, "It is bad bad."),
    ],
)  # fmt: skip
def test_sentiment_is_the_mean_of_the_caller_s_words(
    texts: tuple[str, ...], sentiment: float | None, quote: str
) -> None:
    analysis = analysed(call(*texts))
    assert analysis.sentiment == sentiment
    assert [one.quote for one in analysis.evidence if one.field == "sentiment"] == [quote] * (
        sentiment is not None
    )


def test_the_words_of_other_languages_have_no_score() -> None:
    assert analysed(call("It is great."), language="de").sentiment is None


def test_a_mean_that_no_sentence_proves_is_unknown() -> None:
    assert analysed(call("That is a bad one.", "good good good good", "great")).sentiment == pytest.approx(
        0.47
    )
    assert analysed(call("That is a bad one.", "great!", "great!", "great!", "great!")).sentiment is None


def test_the_script_says_how_it_ended() -> None:
    turns = call("> " + SMALL.greeting, "Yes.", "> Thanks. When?", "Not at all.", "> So?", "No.")
    meant = meanings(turns, SMALL, same)
    assert [one.turn for one in meant] == [1, 3, 5]
    assert meant[0] == Meant(1, "yes", objects=False)
    ended = next(one for one in meant if one.disposition)
    analysis = analysed(turns, SMALL)
    assert analysis.disposition is ended.disposition
    assert next(one.turn for one in analysis.evidence if one.field == "disposition") == ended.turn


def test_of_a_long_call_the_end_is_replayed() -> None:
    turns = call(*["Hello there."] * (MOST_REPLAYED + 20))
    assert [one.turn for one in meanings(turns, SMALL, same)] == list(range(20, MOST_REPLAYED + 20))


def test_fields_of_a_campaign_stay_unknown() -> None:
    fields = read_schema({"type": "object", "properties": {"size": {"type": "integer"}}})
    found = answer(SHOP, meanings(SHOP, None, same), score, Brief())
    assert check(found, SHOP, fields, fits, EMBEDDED).analysis.data == {"size": None}


def test_a_sentence_is_no_longer_than_a_quote() -> None:
    (only,) = sentences("word " * 100)
    assert len(only) <= LONGEST_QUOTE
    assert only.endswith("word")
    assert list(sentences(" Yes! No? ... ")) == ["Yes!", "No?"]
    assert list(sentences("x" * 400)) == []


SAID = st.sampled_from(
    [
        "Yes.",
        "No thank you.",
        "I am busy, call me tomorrow.",
        "> So?",
        "great good bad",
        "word " * 90,
        "x" * 400,
        "…",
    ]
)


@patient
@given(st.lists(SAID, min_size=1, max_size=8), st.sampled_from([None, SMALL]))
def test_whatever_is_said_is_proved_or_unknown(texts: list[str], script: Script | None) -> None:
    turns = call(*texts, "Goodbye then.")
    assert all(one.quote in turns[one.turn].text for one in analysed(turns, script).evidence)
