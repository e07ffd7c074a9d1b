"""Why a call was placed, or was not, in sentences."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from tests.vantum.core.legal.legal_cases import BERLIN, NOON, NUMBER, callee, case, cases, patient, plan, zone
from vantum.core.legal.case import Case, LineType, Reason, RecordingWish, Scope, Suppression
from vantum.core.legal.decision import Verdict
from vantum.core.legal.explanation import explain
from vantum.core.legal.gate import decide

VERSION = "Decided at 2026-11-18T17:00:00+00:00 by the rules of version 2026-11-21.1."


def test_an_allowed_call() -> None:
    sentences = explain(decide(case(callee(state="FL"))))
    assert sentences[:4] == (
        "The call was allowed.",
        VERSION,
        'First the callee hears, without interruption: "I am an AI assistant, not a human."',
        'Recording starts after the notice: "This call is being recorded. If you do not want that, just say so."'
        ' A "no" stops it.',
    )
    assert all(sentence.startswith("allow by ") for sentence in sentences[4:])


def test_a_call_that_waits() -> None:
    sentences = explain(decide(case(now=NOON + timedelta(hours=12))))
    assert sentences[0] == "The call had to wait until 2026-11-19T14:00:00+00:00."
    assert sentences[2] == (
        "defer by legal_hours: It is outside these hours: Thu 00:00-05:00 in America/New_York."
        " [47 CFR 64.1200(c)(1), kept in every country]"
    )
    assert "The call is recorded." in sentences


def test_a_blocked_call_has_no_duties() -> None:
    stop = (Suppression(Scope.NUMBER, NUMBER, Reason.ASKED),)
    sentences = explain(decide(case(suppressions=stop)))
    assert sentences[:3] == (
        "The call was blocked.",
        VERSION,
        "block by suppression: This callee must not be called (number, asked, for ever)."
        " [47 CFR 64.1200(d), GDPR art. 21]",
    )
    assert not any("hears" in sentence for sentence in sentences)


def test_a_call_for_people() -> None:
    about = case(callee("DE", "", LineType.MOBILE), zones=(zone(BERLIN),))
    assert explain(decide(about))[0] == "A person may call, a machine may not."


def test_a_call_without_recording() -> None:
    assert "Nothing is recorded." in explain(decide(case(wanted=plan(recording=RecordingWish.NOT_WANTED))))


@patient
@given(cases())
def test_every_finding_is_in_it_and_objections_come_first(about: Case) -> None:
    decision = decide(about)
    sentences = [sentence for sentence in explain(decision) if " by " in sentence and "[" in sentence]
    assert len(sentences) == len(decision.findings)
    allowed = [sentence.startswith(f"{Verdict.ALLOW} by") for sentence in sentences]
    assert allowed == sorted(allowed)
