"""Why a call was placed, or was not: a decision in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator

from vantum.core.legal.case import utc
from vantum.core.legal.decision import Decision, Finding, Recording, Verdict

_VERDICTS = {
    Verdict.ALLOW: "The call was allowed.",
    Verdict.DEFER: "The call had to wait until {until}.",
    Verdict.HUMAN_ONLY: "A person may call, a machine may not.",
    Verdict.BLOCK: "The call was blocked.",
}
_RECORDING = {
    Recording.OFF: "Nothing is recorded.",
    Recording.AFTER_NOTICE: 'Recording starts after the notice: "{notice}" A "no" stops it.',
    Recording.ON: "The call is recorded.",
}


def explain(decision: Decision) -> tuple[str, ...]:
    """The verdict, the rules that made it, what the call must do, and then the rules that had no objection."""
    return tuple(_sentences(decision))


def _sentences(decision: Decision) -> Iterator[str]:
    until = "" if decision.until is None else utc(decision.until)
    yield _VERDICTS[decision.verdict].format(until=until)
    yield f"Decided at {utc(decision.decided_at)} by the rules of version {decision.ruleset}."
    objections = [finding for finding in decision.findings if finding.verdict is not Verdict.ALLOW]
    yield from (_sentence(finding) for finding in objections)
    if decision.verdict in (Verdict.ALLOW, Verdict.DEFER):
        duties = decision.duties
        yield f'First the callee hears, without interruption: "{duties.disclosure}"'
        yield _RECORDING[duties.recording].format(notice=duties.recording_notice)
    yield from (_sentence(finding) for finding in decision.findings if finding.verdict is Verdict.ALLOW)


def _sentence(finding: Finding) -> str:
    return f"{finding.verdict} by {finding.rule}: {finding.words} [{finding.source}]"
