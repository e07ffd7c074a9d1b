"""A report's values out of what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.vantum.report.sample import ANNA, NOW
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.report.summary import (
    LONGEST_TEXT,
    MOST_OBJECTIONS,
    MOST_QUOTES,
    Counted,
    named,
    report_of,
    spans_of,
)
from vantum.report.tally import Tally
from vantum.report.values import Amount, Bar, Quote
from vantum.store.reported_people import Promise, Talk, Winner
from vantum.store.reporting import Answered, Funnel, Head, Sum
from vantum.store.words import CostKind, CostState

CALLED_AT = datetime(2026, 11, 18, 17, 4, tzinfo=UTC)
HEAD = Head("Autumn", CampaignState.RUNNING, "Larkfield", "EUR", CALLED_AT, NOW)
COUNTED = Counted(
    head=HEAD,
    funnel=Funnel(100, 80, 40, 20, 5, 2),
    outcomes={AttemptOutcome.BUSY: 3, AttemptOutcome.NO_ANSWER: 50, AttemptOutcome.FAILED: 0},
    objections=Counter({"too expensive": 4, "Too  expensive": 5, "no time": 9, "  ": 3}),
    costs=(
        Sum(CostKind.TELEPHONY, "USD", CostState.ESTIMATED, 5),
        Sum(CostKind.TELEPHONY, "USD", CostState.FINAL, 7),
        Sum(CostKind.LLM, "EUR", CostState.FINAL, 1),
    ),
    tally=Tally(NOW),
)


def claim(field: str, quote: str, start_ms: int = 1_000, end_ms: int = 2_000) -> Mapping[str, object]:
    return {"field": field, "turn": 1, "quote": quote, "start_ms": start_ms, "end_ms": end_ms}


WINNER = Winner(
    name="Anna Weber",
    title="Head of Purchasing",
    company="Larkfield GmbH",
    phone="+493023125001",
    email="anna@larkfield.example",
    zone="Europe/Berlin",
    disposition=Disposition.MEETING_BOOKED,
    talk=Talk(
        CALLED_AT,
        95,
        "s" * 5_000,
        "n" * 5_000,
        (claim("disposition", "Tuesday at ten would be fine.", 61_200, 63_000),),
        "calls/a/recording.wav",
        "01a1fb91-b0b4-704b-bf0c-2702bf9e996d",
    ),
    callback=Promise(datetime(2026, 11, 24, 15, 0, tzinfo=UTC), "America/New_York"),
)


def test_what_was_counted_is_what_is_told() -> None:
    COUNTED.tally.add(Answered(CALLED_AT, NOW, abandoned=False, talked=True, interest=50, zone=""))
    report = report_of(COUNTED, [ANNA], NOW)
    assert [(bar.label, bar.count) for bar in report.funnel] == [
        ("Leads", 100),
        ("Dialed", 80),
        ("Reached", 40),
        ("Conversations", 20),
        ("Interested", 5),
        ("Meetings", 2),
    ]
    assert (report.campaign, report.organisation, report.state) == ("Autumn", "Larkfield", "running")
    assert (report.conversations, report.interested, report.people) == (1, 5, [ANNA])
    assert report.outcomes == [Bar("no answer", 50), Bar("busy", 3)]
    assert report.objections == (Bar("Too  expensive", 9), Bar("no time", 9))
    assert report.costs == [Amount("llm", "EUR", 1, 0), Amount("telephony", "USD", 12, 5)]
    assert report.abandoned_month.answered == 1


def test_rare_objections_are_one_bar_together() -> None:
    many = Counter({f"objection {index:02}": 20 - index for index in range(15)})
    report = report_of(replace(COUNTED, objections=many), [], NOW)
    assert len(report.objections) == MOST_OBJECTIONS + 1
    assert report.objections[-1] == Bar("all others", 8 + 7 + 6)


def test_without_costs_there_is_nothing_of_the_organisations_money() -> None:
    assert report_of(replace(COUNTED, costs=()), [], NOW).costs == [Amount("total", "EUR", 0)]


def test_a_person_is_named_by_their_own_clock() -> None:
    found = named(WINNER)
    assert found.recording == "calls/a/recording.wav"
    assert found.record_id == "01a1fb91-b0b4-704b-bf0c-2702bf9e996d"
    person = found.person
    assert person.called_at == "Wed 2026-11-18 18:04 CET"
    assert person.callback == "Tue 2026-11-24 10:00 EST"
    assert (person.interest, person.disposition) == (95, Disposition.MEETING_BOOKED)
    assert (len(person.summary), len(person.next_step)) == (LONGEST_TEXT, LONGEST_TEXT)
    assert person.quotes == (Quote("Tuesday at ten would be fine.", "outcome", 61.2),)


def test_who_was_never_analysed_is_named_all_the_same() -> None:
    found = named(replace(WINNER, talk=None, callback=None, zone=""))
    assert (found.recording, found.record_id, found.spans) == (None, None, ())
    person = found.person
    assert (person.interest, person.summary, person.next_step) == (None, "", "")
    assert (person.callback, person.called_at, person.quotes) == ("", "", ())
    talk = WINNER.talk
    assert talk is not None
    assert named(replace(WINNER, talk=replace(talk, called_at=None))).person.called_at == ""


def test_the_most_telling_quotes_come_first_and_each_once() -> None:
    evidence = [
        claim("summary[0]", "We have forty vans."),
        claim("data.fleet.size", "We have forty vans.", 4_000, 6_000),
        claim("objections[1]", "That is a lot of money.", 9_000, 9_500),
        claim("sentiment", "Lovely."),
        claim("interest", "Send me the offer.", 30_000, 31_000),
        claim("objections[0]", "I have no time.", 3_000, 3_500),
    ]
    spans = spans_of(evidence)
    assert [(span.quote.proves, span.quote.words) for span in spans] == [
        ("interest", "Send me the offer."),
        ("objection", "I have no time."),
        ("objection", "That is a lot of money."),
        ("answer", "We have forty vans."),
    ]
    assert [(span.start_ms, span.end_ms) for span in spans][-1] == (4_000, 6_000)
    assert len(spans_of([claim("interest", f"Words {index}") for index in range(9)])) == MOST_QUOTES


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"field": "interest", "quote": "x"},
        {"field": "interest", "quote": 5, "start_ms": 1, "end_ms": 2},
        {"field": "interest", "quote": "x", "start_ms": "1", "end_ms": 2},
        {"field": "interest", "quote": "  ", "start_ms": 1, "end_ms": 2},
        {"field": "sentiment", "quote": "x", "start_ms": 1, "end_ms": 2},
    ],
)
def test_what_is_no_evidence_is_left_out(evidence: Mapping[str, object]) -> None:
    assert spans_of([evidence]) == ()


@pytest.mark.parametrize(
    ("quote", "start_ms", "end_ms", "begin_ms"),
    [
        # Four words took two seconds: that is enough.
        ("We have forty vans.", 4_000, 6_000, 4_000),
        # They were seen a second too late.
        ("We have forty vans.", 5_500, 6_000, 4_200),
        # Only their end is known.
        ("We have forty vans.", 6_000, 6_000, 3_200),
        ("Yes.", 1_200, 1_200, 0),
    ],
)
def test_a_clip_begins_before_the_first_word(quote: str, start_ms: int, end_ms: int, begin_ms: int) -> None:
    (span,) = spans_of([claim("interest", quote, start_ms, end_ms)])
    assert (span.start_ms, span.end_ms) == (begin_ms, end_ms)
    assert span.quote.second == start_ms / 1000


def test_no_quote_begins_before_the_call() -> None:
    (span,) = spans_of([claim("interest", "x" * 5_000, -50, 10)])
    assert (span.quote.second, span.start_ms, len(span.quote.words)) == (0.0, 0, LONGEST_TEXT)
