"""Cases as they come, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.vantum.core.legal.legal_cases import BERLIN, NOON, NUMBER, callee, case, consent, plan, zone
from vantum.core.legal.case import Case, LineType, Reason, Scope, Suppression
from vantum.core.legal.decision import Verdict
from vantum.core.legal.gate import decide
from vantum.core.legal.rule import WEEK, every
from vantum.core.legal.rules import RULESET_VERSION

NIGHT = NOON + timedelta(hours=12)
MORNING = datetime(2026, 11, 19, 14, tzinfo=UTC)
GERMANY = callee("DE", "", LineType.MOBILE, "+4915112345678")
AT_NIGHT = plan(every(WEEK, "01:00", "05:00"))
STOP = (Suppression(Scope.NUMBER, NUMBER, Reason.ASKED),)


@pytest.mark.parametrize(
    ("about", "verdict", "until"),
    [
        (case(), Verdict.ALLOW, None),
        (case(now=NIGHT), Verdict.DEFER, MORNING),
        (case(callee(line_type=LineType.UNKNOWN)), Verdict.BLOCK, None),
        (case(callee(line_type=LineType.UNKNOWN), consents=(consent(),)), Verdict.ALLOW, None),
        (case(callee(line_type=LineType.MOBILE), now=NIGHT, consents=(consent(),)), Verdict.DEFER, MORNING),
        (case(GERMANY, zones=(zone(BERLIN),)), Verdict.HUMAN_ONLY, None),
        (
            case(callee(line_type=LineType.MOBILE), consents=(consent(),), suppressions=STOP),
            Verdict.BLOCK,
            None,
        ),
        (case(now=NIGHT, suppressions=STOP), Verdict.BLOCK, None),
        (case(wanted=AT_NIGHT), Verdict.BLOCK, None),
        (case(zones=()), Verdict.BLOCK, None),
        (case(wanted=plan(language="xx")), Verdict.HUMAN_ONLY, None),
    ],
)
def test_the_verdict(about: Case, verdict: Verdict, until: datetime | None) -> None:
    decision = decide(about)
    assert (decision.verdict, decision.until) == (verdict, until)
    assert (decision.decided_at, decision.ruleset) == (about.now, RULESET_VERSION)


def test_every_rule_is_asked_and_says_where_it_comes_from() -> None:
    decision = decide(case(callee(state="FL"), suppressions=STOP))
    assert [finding.rule for finding in decision.findings] == [
        *("suppression", "calls_refused", "us_artificial_voice", "legal_hours", "hours_FL", "usual_windows"),
        *("most_in_24_hours_FL", "first_moment", "disclosure", "recording", "emotion"),
    ]
    assert all(finding.source and finding.words for finding in decision.findings)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (case(), "Every rule on time allows this moment."),
        (case(now=NIGHT), "The first moment that every rule on time allows is 2026-11-19T14:00:00+00:00."),
        (case(wanted=AT_NIGHT), "Within 30 days there is no moment that every rule on time allows."),
    ],
)
def test_how_long_to_wait_in_words(about: Case, words: str) -> None:
    (finding,) = (finding for finding in decide(about).findings if finding.rule == "first_moment")
    assert finding.words == words
