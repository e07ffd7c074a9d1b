"""What a call has to do: say that it is a machine, and record only as the stricter of both ends allows.

Law: an end that is not known is a strict one. Without a sentence in the call's language no machine calls, and without
a notice in it nothing is recorded.
"""

from __future__ import annotations

from vantum.core.languages import base
from vantum.core.legal.case import Case, Jurisdiction, RecordingWish
from vantum.core.legal.consent import RECORDING, last_withdrawal
from vantum.core.legal.decision import Duties, Finding, Recording, Verdict
from vantum.core.legal.rules import (
    ALL_PARTY_STATES,
    DISCLOSURE_SOURCE,
    DISCLOSURES,
    EMOTION_SOURCE,
    RECORDING_NOTICES,
    RECORDING_SOURCE,
)

_WHY = {
    Recording.ON: "Both ends are where one party's consent is enough.",
    Recording.AFTER_NOTICE: "One end is where everybody has to agree: a spoken notice comes before the recorder.",
}


def duties_of(case: Case) -> Duties:
    """What this call must do, if it is placed."""
    recording, _ = _recording(case)
    language = base(case.plan.language)
    notice = RECORDING_NOTICES[language] if recording is Recording.AFTER_NOTICE else ""
    return Duties(language, DISCLOSURES.get(language, ""), recording, notice)


def duty_findings(case: Case) -> tuple[Finding, ...]:
    """The rules from which the duties follow."""
    recording, why = _recording(case)
    ends = (("callee", str(case.callee.at)), ("caller", str(case.plan.caller_at)))
    words = "Sentiment comes from the text only, never from the voice."
    return (
        _disclosure(case),
        Finding("recording", RECORDING_SOURCE, (*ends, ("result", recording)), Verdict.ALLOW, why),
        Finding("emotion", EMOTION_SOURCE, (), Verdict.ALLOW, words),
    )


def _disclosure(case: Case) -> Finding:
    inputs = (("language", case.plan.language),)
    if base(case.plan.language) in DISCLOSURES:
        words = "The call's first sentence says that a machine calls; it cannot be interrupted."
        return Finding("disclosure", DISCLOSURE_SOURCE, inputs, Verdict.ALLOW, words)
    words = "There is no sentence in this language that says that a machine calls; a person may call."
    return Finding("disclosure", DISCLOSURE_SOURCE, inputs, Verdict.HUMAN_ONLY, words)


def _recording(case: Case) -> tuple[Recording, str]:
    if case.plan.recording is RecordingWish.NOT_WANTED:
        return Recording.OFF, "Nobody wants a recording."
    if last_withdrawal(case, RECORDING, RECORDING) is not None:
        return Recording.OFF, "The callee has said no to recordings."
    if not (_all_party(case.callee.at) or _all_party(case.plan.caller_at)):
        return Recording.ON, _WHY[Recording.ON]
    if base(case.plan.language) not in RECORDING_NOTICES:
        return Recording.OFF, "There is no notice in this language, so nothing is recorded."
    return Recording.AFTER_NOTICE, _WHY[Recording.AFTER_NOTICE]


def _all_party(at: Jurisdiction) -> bool:
    return at.country != "US" or at.state == "" or at.state in ALL_PARTY_STATES
