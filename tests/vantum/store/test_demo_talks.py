"""The demo's conversations: what an analysis quotes was said, at the second that it names."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from vantum.core.analysis.verdict import Analysis, Evidence
from vantum.core.outreach.outcome import Disposition
from vantum.core.transcript import Speaker
from vantum.store.demo_stories import ASKED, GOODBYE, NEVER_AGAIN, OPENING, RARE, STORIES, Talk
from vantum.store.demo_talks import analysis_of, interest, spoken, turns_of
from vantum.store.models import Call

TALKS = tuple(
    dict.fromkeys(
        ring.talk for story in (*STORIES, *RARE.values(), ASKED) for ring in story if ring.talk is not None
    )
)
CALL = Call(id="call-1", org_id="org-1")
THURSDAY = datetime(2026, 11, 19, 14, 0)  # noqa: DTZ001 - the callee's own clock


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.summary[0])
def test_every_quote_was_said_by_the_callee_when_it_is_said_to_be(talk: Talk) -> None:
    turns = turns_of(CALL, talk)
    evidence = analysis_of(CALL, talk, THURSDAY).evidence
    assert evidence
    for each in evidence:
        turn = turns[int(str(each["turn"]))]
        assert (turn.role, turn.text) == (Speaker.CALLER, each["quote"])
        assert (turn.start_ms, turn.end_ms) == (each["start_ms"], each["end_ms"])


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.summary[0])
def test_both_speak_in_turns_and_nobody_before_the_other_is_done(talk: Talk) -> None:
    lines = spoken(talk)
    assert lines[0].words == OPENING
    asked = talk.disposition is Disposition.DO_NOT_CALL
    assert lines[-1].words == (NEVER_AGAIN if asked else GOODBYE)
    assert [line.words for line in lines[1::2]] == [said.words for said in talk.lines]
    assert {line.speaker for line in lines[::2]} == {Speaker.BOT}
    for earlier, later in pairwise(lines):
        assert earlier.start_ms < earlier.end_ms < later.start_ms


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.summary[0])
def test_what_an_analysis_says_is_proved(talk: Talk) -> None:
    row = analysis_of(CALL, talk, THURSDAY)
    # A value without a quote cannot be built.
    assert Analysis(
        model=row.model,
        sentiment=row.sentiment,
        interest=row.interest,
        disposition=row.disposition,
        objections=tuple(row.objections),
        next_step=row.next_step or None,
        callback=row.callback_words or None,
        summary=tuple(talk.summary),
        evidence=tuple(Evidence(**each) for each in row.evidence),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("usual", "day", "hour", "expected"),
    [
        (None, 19, 14, None),
        (50, 19, 14, 47),
        (50, 19, 10, 56),
        (50, 16, 10, 52),
        (97, 19, 11, 100),
        (0, 16, 9, 0),
    ],
)
def test_interest_depends_on_the_hour(usual: int | None, day: int, hour: int, expected: int | None) -> None:
    assert interest(usual, THURSDAY.replace(day=day, hour=hour)) == expected
