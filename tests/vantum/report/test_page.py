"""The page: its numbers stand there as text, nothing is loaded from anywhere, and no text becomes more than text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.vantum.report.sample import ANNA, EMPTY, EVIL, MALLORY, REPORT, read
from vantum.core.outreach.outcome import Disposition
from vantum.report.page import page
from vantum.report.person import article
from vantum.report.style import CSS
from vantum.report.values import Abandonment, Amount, Report

PAGE = page(REPORT)
FOUND = read(PAGE)


def rows(report: Report = REPORT) -> list[list[str]]:
    return read(page(report)).rows


def test_numbers_stand_on_the_page_as_text() -> None:
    found = FOUND.rows
    assert ["Leads", "12,000", "100 %"] in found
    assert ["Conversations", "1,200", "10.0 %"] in found
    assert ["Meetings", "30", "0.2 %"] in found
    assert ["Last 30 days", "3,050", "40", "1.3 %"] in found
    assert ["Whole campaign", "3,100", "100", "3.2 %"] in found
    assert ["too expensive", "210", "65.0 %"] in found
    assert ["10 to 30 s", "300", "25.0 %"] in found
    assert ["1 to 2 min", "0", "0 %"] in found
    assert ["no answer", "5,000", "55.6 %"] in found
    assert ["Telephone", "320.50 USD", "20.00 USD"] in found
    assert ["10:00", "-", "72 (31)", "-", "-", "-", "-", "-"] in found
    assert ["15:00", "-", "-", "? (4)", "-", "-", "-", "-"] in found


def test_the_most_important_stands_first() -> None:
    tiles = list(zip(FOUND.texts("b"), FOUND.texts("span"), strict=False))
    assert tiles == [
        ("12,000", "leads"),
        ("1,200", "conversations"),
        ("90", "interested"),
        ("30", "meetings"),
        ("0.30 USD", "cost per conversation"),
        ("1.3 %", "abandoned in 30 days (limit 3%)"),
    ]
    text = " ".join(words for _, words in FOUND.words)
    assert "360.50 USD in all: 0.30 USD per conversation, 3.00 USD per interested person." in text
    assert "Half of them were longer than 1:23 minutes." in text
    assert "The first 2 of 120, the most interested first." in text
    assert "Calls from 2026-11-16 to 2026-11-20 (UTC)." in text
    assert "Made by Vantum, 2026-11-21 18:00 UTC." in text


def test_calls_of_one_day_are_told_so() -> None:
    text = " ".join(words for _, words in read(page(replace(REPORT, last_call=REPORT.first_call))).words)
    assert "Calls on 2026-11-16 (UTC)." in text


def test_charts_have_a_table_beside_them_and_a_name_or_are_hidden() -> None:
    pictures = FOUND.all("svg")
    assert {each["class"] for each in pictures} == {"bar", "heat", "gauge"}
    for each in pictures:
        assert each.get("aria-hidden") == "true" or (each["role"] == "img" and each["aria-label"])
    assert all(each["scope"] in ("row", "col") for each in FOUND.all("th"))


def test_nothing_is_loaded_and_nothing_runs() -> None:
    assert FOUND.all("script") == FOUND.all("link") == FOUND.all("img") == FOUND.all("iframe") == []
    assert FOUND.values("href") == []
    assert FOUND.values("src") == ["data:audio/mpeg;base64,AAAA", "clips/a.mp3"]
    assert not [name for _, attributes in FOUND.elements for name in attributes if name.startswith("on")]
    assert "url(" not in CSS
    assert "@import" not in CSS
    (policy,) = [each["content"] for each in FOUND.all("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none'")


def test_no_text_becomes_more_than_text() -> None:
    assert PAGE.count("<style>") == PAGE.count("</style>") == 1
    assert FOUND.texts("title")[0] == f"Autumn {EVIL} - report"
    assert FOUND.texts("h1") == [f"Autumn {EVIL}"]
    assert f"we use {EVIL}" in FOUND.texts("th")
    assert FOUND.texts("h3") == ["Anna Weber", EVIL]
    assert MALLORY.email in FOUND.texts("dd")
    assert MALLORY.summary in FOUND.texts("dd")
    assert f"{MALLORY.title}, {MALLORY.company}" in FOUND.texts("p")
    assert f"“My name is {EVIL}.”" in FOUND.texts("p")


def test_the_page_is_a_whole_document() -> None:
    assert PAGE.startswith('<!doctype html>\n<html lang="en"><head>')
    assert PAGE.endswith("</html>\n")
    assert [each["content"] for each in FOUND.all("meta") if each.get("name") == "viewport"] == [
        "width=device-width, initial-scale=1"
    ]
    assert len(FOUND.all("h1")) == len(FOUND.all("main")) == 1
    for rule in ("prefers-color-scheme: dark", "@media print", "max-width: 560px"):
        assert rule in CSS


def test_each_class_that_is_used_has_a_style() -> None:
    used = {name for value in FOUND.values("class") for name in value.split()}
    assert used
    for name in used - {"heat", "gauge"}:
        assert re.search(rf"\.{name}\b", CSS), name


def test_a_campaign_without_calls_has_a_page_too() -> None:
    found = read(page(EMPTY))
    text = " ".join(words for _, words in found.words)
    for words in (
        "No call was placed yet.",
        "Nobody objected.",
        "Nobody has talked yet.",
        "No attempt is over yet.",
        "Nobody is interested yet.",
    ):
        assert words in text
    assert ["Leads", "0", "0 %"] in found.rows
    assert found.texts("b")[4:] == ["-", "0 %"]


@pytest.mark.parametrize(
    ("abandoned", "words", "class_"),
    [
        (30, "3.0 %, within the limit of the law", "good"),
        (31, "3.1 %, above the limit of the law", "bad"),
    ],
)
def test_the_limit_of_the_law_is_told(abandoned: int, words: str, class_: str) -> None:
    made = page(replace(REPORT, abandoned_month=Abandonment(1_000, abandoned)))
    assert f'<span class="{class_}">{words}</span>' in made


def test_costs_of_several_currencies_are_not_added() -> None:
    costs = (Amount("llm", "EUR", 6_000_000), Amount("stt", "USD", 12_000_000))
    text = " ".join(words for _, words in read(page(replace(REPORT, costs=costs))).words)
    assert "6.00 EUR in all; 12.00 USD in all: 0.0050 EUR + 0.0100 USD per conversation" in text


def test_all_people_are_there_without_a_word_on_more() -> None:
    text = " ".join(words for _, words in read(page(replace(REPORT, interested=2))).words)
    assert "the most interested first" not in text


def test_a_person_is_shown_with_their_words_and_the_sound() -> None:
    found = read(article(ANNA))
    facts = dict(zip(found.texts("dt"), found.texts("dd"), strict=True))
    assert facts == {
        "Next step": ANNA.next_step,
        "Call back": ANNA.callback,
        "Phone": ANNA.phone,
        "E-mail": ANNA.email,
        "Called": ANNA.called_at,
        "Summary": ANNA.summary,
    }
    assert found.texts("span") == ["meeting booked · interest 95"]
    assert found.texts("footer") == ["outcome, at 1:01", "answer, at 0:35"]
    assert found.all("audio") == [
        {
            "controls": "",
            "preload": "none",
            "src": "data:audio/mpeg;base64,AAAA",
            "aria-label": "The sound of: Tuesday at ten would be fine.",
        }
    ]


def test_of_who_was_erased_nothing_is_shown() -> None:
    nobody = replace(
        ANNA,
        **dict.fromkeys(("name", "title", "company", "phone", "email", "summary"), ""),
        **dict.fromkeys(("next_step", "callback", "called_at"), ""),
        interest=None,
        quotes=(),
        disposition=Disposition.CALLBACK,
    )
    found = read(article(nobody))
    assert [words for _, words in found.words] == ["Somebody whose data was erased", "callback"]
    assert read(article(replace(nobody, company="Acme"))).texts("h3") == ["Acme"]
