"""The legal gate: everything that is known about a call becomes one decision with its reasons.

Law: every rule is asked, every time, and says what it found; the strictest finding is the verdict. What the gate
cannot see stays with others: the share of abandoned calls and the first word within two seconds belong to the dialer,
erasing and telling where a number came from to the store.
"""

from __future__ import annotations

from datetime import datetime

from vantum.core.legal.case import Case, utc
from vantum.core.legal.consent import consent_findings
from vantum.core.legal.decision import Decision, Finding, Verdict, strictest
from vantum.core.legal.duties import duties_of, duty_findings
from vantum.core.legal.hours import time_findings
from vantum.core.legal.moment import HORIZON, first_moment
from vantum.core.legal.rules import RULESET_VERSION
from vantum.core.legal.suppression import suppression_finding


def decide(case: Case) -> Decision:
    """May this call be placed at ``case.now``? The answer holds for that moment only."""
    moment = first_moment(case)
    findings = (
        suppression_finding(case),
        *consent_findings(case),
        *time_findings(case),
        _waiting(case, moment),
        *duty_findings(case),
    )
    verdict = strictest(findings)
    until = moment if verdict is Verdict.DEFER else None
    return Decision(verdict, until, case.now, RULESET_VERSION, findings, duties_of(case))


def _waiting(case: Case, moment: datetime | None) -> Finding:
    days = HORIZON.days
    if moment is None:
        verdict, words = (
            Verdict.BLOCK,
            f"Within {days} days there is no moment that every rule on time allows.",
        )
    elif moment == case.now:
        verdict, words = Verdict.ALLOW, "Every rule on time allows this moment."
    else:
        verdict, words = Verdict.DEFER, f"The first moment that every rule on time allows is {utc(moment)}."
    inputs = (("now", utc(case.now)), ("days", str(days)))
    return Finding("first_moment", "house rule", inputs, verdict, words)
