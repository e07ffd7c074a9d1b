"""Whoever asked not to be called is not called."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.vantum.core.legal.legal_cases import NOON, NUMBER, case
from vantum.core.legal.case import Reason, Scope, Suppression
from vantum.core.legal.decision import Verdict
from vantum.core.legal.suppression import suppression_finding


@pytest.mark.parametrize(
    ("scope", "value", "verdict"),
    [
        (Scope.NUMBER, NUMBER, Verdict.BLOCK),
        (Scope.NUMBER, "+12125550124", Verdict.ALLOW),
        (Scope.CONTACT, "contact-1", Verdict.BLOCK),
        (Scope.CONTACT, "company-1", Verdict.ALLOW),
        (Scope.COMPANY, "company-1", Verdict.BLOCK),
        (Scope.COMPANY, "contact-1", Verdict.ALLOW),
        (Scope.DOMAIN, "shop.example.com", Verdict.BLOCK),
        (Scope.DOMAIN, "EXAMPLE.com", Verdict.BLOCK),
        (Scope.DOMAIN, "ample.com", Verdict.ALLOW),
        (Scope.DOMAIN, "www.shop.example.com", Verdict.ALLOW),
    ],
)
def test_whom_a_suppression_is_about(scope: Scope, value: str, verdict: Verdict) -> None:
    assert (
        suppression_finding(case(suppressions=(Suppression(scope, value, Reason.ASKED),))).verdict is verdict
    )


@pytest.mark.parametrize(
    ("expires_at", "verdict"),
    [
        (None, Verdict.BLOCK),
        (NOON + timedelta(microseconds=1), Verdict.BLOCK),
        (NOON, Verdict.ALLOW),
        (NOON - timedelta(days=1), Verdict.ALLOW),
    ],
)
def test_how_long_it_holds(expires_at: datetime | None, verdict: Verdict) -> None:
    found = (Suppression(Scope.NUMBER, NUMBER, Reason.COMPLAINT, expires_at),)
    assert suppression_finding(case(suppressions=found)).verdict is verdict


def test_it_says_which_and_names_nobody() -> None:
    until = NOON + timedelta(days=1)
    finding = suppression_finding(
        case(
            suppressions=(
                Suppression(Scope.NUMBER, NUMBER, Reason.ASKED),
                Suppression(Scope.COMPANY, "company-1", Reason.MANUAL, until),
            )
        )
    )
    assert finding.words == (
        "This callee must not be called"
        " (company, manual, until 2026-11-19T17:00:00+00:00; number, asked, for ever)."
    )
    assert finding.inputs == (
        ("suppression", "company, manual, until 2026-11-19T17:00:00+00:00"),
        ("suppression", "number, asked, for ever"),
    )
