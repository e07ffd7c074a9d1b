"""Whether the callee has agreed to be called by a machine."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.vantum.core.legal.legal_cases import LONG_AGO, NOON, callee, case, consent, plan
from vantum.core.legal.case import Audience, Case, Consent, ConsentKind, LineType, Method, Purpose
from vantum.core.legal.consent import consent_findings, rule_of
from vantum.core.legal.decision import Verdict

AI, CALL, RECORDING = ConsentKind
WRITTEN, SPOKEN = Method
MOBILE, LANDLINE, VOIP, UNKNOWN = LineType
BUSINESS, CONSUMER = Audience
MARKETING, SERVICE = Purpose
MINUTE = timedelta(minutes=1)


def verdicts(about: Case) -> tuple[Verdict, Verdict]:
    """What is found on refusal, and on a machine's call."""
    refusal, machine = consent_findings(about)
    return refusal.verdict, machine.verdict


@pytest.mark.parametrize(
    ("country", "line", "audience", "verdict"),
    [
        ("US", MOBILE, BUSINESS, Verdict.BLOCK),
        ("US", UNKNOWN, BUSINESS, Verdict.BLOCK),
        ("US", VOIP, BUSINESS, Verdict.BLOCK),
        ("US", LANDLINE, BUSINESS, Verdict.ALLOW),
        ("US", LANDLINE, CONSUMER, Verdict.BLOCK),
        ("PR", MOBILE, BUSINESS, Verdict.BLOCK),
        ("CA", LANDLINE, BUSINESS, Verdict.BLOCK),
        ("DE", LANDLINE, BUSINESS, Verdict.HUMAN_ONLY),
        ("GB", MOBILE, CONSUMER, Verdict.HUMAN_ONLY),
        ("IN", LANDLINE, BUSINESS, Verdict.HUMAN_ONLY),
        ("", LANDLINE, BUSINESS, Verdict.HUMAN_ONLY),
    ],
)
@pytest.mark.parametrize("purpose", Purpose)
def test_without_consent(
    country: str, line: LineType, audience: Audience, verdict: Verdict, purpose: Purpose
) -> None:
    about = case(callee(country, "", line), plan(audience=audience, purpose=purpose))
    assert verdicts(about) == (Verdict.ALLOW, verdict)


@pytest.mark.parametrize(
    ("country", "purpose", "kind", "method", "enough"),
    [
        ("US", MARKETING, AI, WRITTEN, True),
        ("US", MARKETING, AI, SPOKEN, False),
        ("US", MARKETING, CALL, WRITTEN, False),
        ("US", MARKETING, RECORDING, WRITTEN, False),
        ("US", SERVICE, AI, SPOKEN, True),
        ("US", SERVICE, CALL, SPOKEN, True),
        ("US", SERVICE, RECORDING, WRITTEN, False),
        ("CA", MARKETING, AI, SPOKEN, True),
        ("CA", MARKETING, CALL, WRITTEN, False),
        ("CA", SERVICE, CALL, SPOKEN, True),
        ("DE", MARKETING, AI, SPOKEN, True),
        ("DE", MARKETING, CALL, WRITTEN, False),
        ("IN", MARKETING, AI, SPOKEN, True),
    ],
)
def test_which_consent_is_enough(
    country: str, purpose: Purpose, kind: ConsentKind, method: Method, *, enough: bool
) -> None:
    about = case(callee(country, "", MOBILE), plan(purpose=purpose), consents=(consent(kind, method),))
    lack = Verdict.HUMAN_ONLY if country in ("DE", "IN") else Verdict.BLOCK
    assert verdicts(about) == (Verdict.ALLOW, Verdict.ALLOW if enough else lack)


def withdrawal(kind: ConsentKind, at: datetime) -> Consent:
    """A record of a withdrawal alone."""
    return consent(kind, granted_at=None, revoked_at=at)


@pytest.mark.parametrize(
    ("consents", "refusal", "machine"),
    [
        ((consent(granted_at=NOON),), Verdict.ALLOW, Verdict.ALLOW),
        ((consent(granted_at=NOON + MINUTE),), Verdict.ALLOW, Verdict.BLOCK),
        ((consent(revoked_at=NOON - MINUTE),), Verdict.ALLOW, Verdict.BLOCK),
        # A date in the future is a wrong date, not a consent until then.
        ((consent(revoked_at=NOON + MINUTE),), Verdict.ALLOW, Verdict.BLOCK),
        ((consent(), withdrawal(AI, NOON)), Verdict.ALLOW, Verdict.BLOCK),
        ((consent(), withdrawal(AI, LONG_AGO)), Verdict.ALLOW, Verdict.BLOCK),
        ((consent(), withdrawal(AI, LONG_AGO - MINUTE)), Verdict.ALLOW, Verdict.ALLOW),
        # Whoever wants no calls wants none by a machine; and the other way round only none by a machine.
        ((consent(), withdrawal(CALL, NOON)), Verdict.BLOCK, Verdict.BLOCK),
        ((consent(CALL), withdrawal(AI, NOON)), Verdict.ALLOW, Verdict.BLOCK),
        ((consent(), withdrawal(CALL, LONG_AGO - MINUTE)), Verdict.ALLOW, Verdict.ALLOW),
        ((consent(), withdrawal(CALL, LONG_AGO)), Verdict.BLOCK, Verdict.BLOCK),
        ((consent(granted_at=NOON + MINUTE), withdrawal(CALL, LONG_AGO)), Verdict.BLOCK, Verdict.BLOCK),
        ((consent(), withdrawal(RECORDING, NOON)), Verdict.ALLOW, Verdict.ALLOW),
    ],
)
def test_when_a_consent_is_in_force(
    consents: tuple[Consent, ...], refusal: Verdict, machine: Verdict
) -> None:
    for order in (consents, consents[::-1]):
        about = case(callee(line_type=MOBILE), consents=order)
        assert verdicts(about) == (refusal, machine)


def test_a_withdrawal_ends_the_freedom_of_a_business_landline() -> None:
    assert verdicts(case(consents=(withdrawal(AI, NOON),))) == (Verdict.ALLOW, Verdict.BLOCK)
    assert verdicts(case(consents=(withdrawal(RECORDING, NOON),))) == (Verdict.ALLOW, Verdict.ALLOW)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (
            case(callee(line_type=UNKNOWN)),
            "There is no written consent to marketing by an AI voice (ai_voice_marketing), so no machine calls;"
            " nobody calls. An unknown line counts as a mobile.",
        ),
        (
            case(callee("DE", "", MOBILE)),
            "There is no consent to marketing by an AI voice (ai_voice_marketing), so no machine calls;"
            " a person may call.",
        ),
        (
            case(callee(line_type=MOBILE), plan(purpose=SERVICE)),
            "There is no consent to calls, so no machine calls; nobody calls.",
        ),
        (case(), "It is a business landline, which needs no consent here."),
        (case(consents=(consent(),)), "The callee has agreed (ai_voice_marketing, written)."),
    ],
)
def test_the_words(about: Case, words: str) -> None:
    assert consent_findings(about)[1].words == words


def test_the_newest_consent_is_named() -> None:
    newer = consent(granted_at=NOON - MINUTE)
    inputs = dict(consent_findings(case(consents=(newer, consent())))[1].inputs)
    assert inputs["consent"] == "ai_voice_marketing, written"
    assert inputs["granted_at"] == "2026-11-18T16:59:00+00:00"


def test_a_refusal_is_dated() -> None:
    finding = consent_findings(case(consents=(withdrawal(CALL, NOON),)))[0]
    assert finding.inputs == (("withdrawn_at", "2026-11-18T17:00:00+00:00"),)


def test_the_row_of_a_country() -> None:
    names = [rule_of(country).name for country in ("US", "CA", "FR", "AU")]
    assert names == [
        "us_artificial_voice",
        "canada_automated_dialing",
        "europe_automated_calling",
        "no_rule_for_country",
    ]
