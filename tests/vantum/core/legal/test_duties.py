"""What a call has to say, and when it may be recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.core.legal.legal_cases import NOON, callee, case, consent, plan
from vantum.core.legal.case import Case, ConsentKind, Jurisdiction, RecordingWish
from vantum.core.legal.decision import Recording, Sentiment, Verdict
from vantum.core.legal.duties import duties_of, duty_findings
from vantum.core.legal.rules import ALL_PARTY_STATES, RECORDING_NOTICES

NO_RECORDING = consent(ConsentKind.RECORDING, granted_at=None, revoked_at=NOON)


def between(there: Jurisdiction, here: Jurisdiction, language: str = "en") -> Case:
    """A call from here to there."""
    return case(callee(there.country, there.state), plan(caller_at=here, language=language))


@pytest.mark.parametrize(
    ("there", "here", "recording"),
    [
        (("US", "NY"), ("US", "TX"), Recording.ON),
        (("US", "FL"), ("US", "TX"), Recording.AFTER_NOTICE),
        (("US", "TX"), ("US", "FL"), Recording.AFTER_NOTICE),
        (("US", ""), ("US", "TX"), Recording.AFTER_NOTICE),
        (("US", "TX"), ("US", ""), Recording.AFTER_NOTICE),
        (("DE", ""), ("US", "TX"), Recording.AFTER_NOTICE),
        (("US", "TX"), ("DE", "BY"), Recording.AFTER_NOTICE),
        (("", ""), ("US", "TX"), Recording.AFTER_NOTICE),
    ],
)
def test_the_stricter_of_both_ends(
    there: tuple[str, str], here: tuple[str, str], recording: Recording
) -> None:
    duties = duties_of(between(Jurisdiction(*there), Jurisdiction(*here)))
    assert duties.recording is recording
    assert duties.recording_notice == (RECORDING_NOTICES["en"] if recording is Recording.AFTER_NOTICE else "")


@pytest.mark.parametrize("state", sorted(ALL_PARTY_STATES))
def test_all_party_states(state: str) -> None:
    assert duties_of(between(Jurisdiction("US", state), Jurisdiction("US", "NY"))).recording_notice


def test_all_party_states_of_the_specification() -> None:
    assert " ".join(sorted(ALL_PARTY_STATES)) == "CA CT DE FL IL MA MD MI MT NH NV OR PA WA"


@pytest.mark.parametrize(
    ("about", "why"),
    [
        (case(wanted=plan(recording=RecordingWish.NOT_WANTED)), "Nobody wants a recording."),
        (case(consents=(NO_RECORDING,)), "The callee has said no to recordings."),
        (
            between(Jurisdiction("DE"), Jurisdiction("DE"), "xx"),
            "There is no notice in this language, so nothing is recorded.",
        ),
    ],
)
def test_no_recording(about: Case, why: str) -> None:
    duties = duties_of(about)
    assert (duties.recording, duties.recording_notice) == (Recording.OFF, "")
    assert duty_findings(about)[1].words == why


def test_who_agrees_again_is_recorded() -> None:
    again = consent(ConsentKind.RECORDING, granted_at=NOON)
    earlier = consent(ConsentKind.RECORDING, granted_at=None, revoked_at=NOON - timedelta(days=1))
    assert duties_of(case(consents=(earlier, again))).recording is Recording.ON


@pytest.mark.parametrize(
    ("language", "start"), [("en-GB", "I am an AI"), ("de-AT", "Ich bin ein KI"), ("es", "Soy un asistente")]
)
def test_the_disclosure_is_in_the_calls_language(language: str, start: str) -> None:
    about = case(wanted=plan(language=language))
    assert duties_of(about).disclosure.startswith(start)
    assert duties_of(about).sentiment is Sentiment.TEXT_ONLY
    assert {finding.verdict for finding in duty_findings(about)} == {Verdict.ALLOW}


def test_without_a_disclosure_no_machine_calls() -> None:
    about = case(wanted=plan(language="xx"))
    assert duties_of(about).disclosure == ""
    assert duty_findings(about)[0].verdict is Verdict.HUMAN_ONLY
