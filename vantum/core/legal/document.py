"""A decision as text that is the same whenever it is written, and back: canonical JSON.

The law: keys sorted, no white space, no numbers, nothing but ASCII. Keep it as text: a database that keeps JSON in a
form of its own gives back another text, whose hash is another.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TypedDict

from vantum.core.legal.case import utc
from vantum.core.legal.decision import Decision, Duties, Finding, Recording, Sentiment, Verdict


class _Finding(TypedDict):
    rule: str
    source: str
    inputs: list[list[str]]
    verdict: str
    words: str


class _Duties(TypedDict):
    language: str
    disclosure: str
    recording: str
    recording_notice: str
    sentiment: str


class _Document(TypedDict):
    verdict: str
    until: str | None
    decided_at: str
    ruleset: str
    findings: list[_Finding]
    duties: _Duties


def written(decision: Decision) -> str:
    """The decision's canonical JSON."""
    until = None if decision.until is None else utc(decision.until)
    return canonical({**asdict(decision), "until": until, "decided_at": utc(decision.decided_at)})


def canonical(value: object) -> str:
    """The one JSON text of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def read(text: str) -> Decision:
    """The decision that ``written`` wrote; raises ValueError, KeyError or TypeError for any other text."""
    document: _Document = json.loads(text)
    until = document["until"]
    return Decision(
        Verdict(document["verdict"]),
        None if until is None else datetime.fromisoformat(until),
        datetime.fromisoformat(document["decided_at"]),
        document["ruleset"],
        tuple(_finding(finding) for finding in document["findings"]),
        _duties(document["duties"]),
    )


def _finding(finding: _Finding) -> Finding:
    inputs = tuple((name, value) for name, value in finding["inputs"])
    return Finding(finding["rule"], finding["source"], inputs, Verdict(finding["verdict"]), finding["words"])


def _duties(duties: _Duties) -> Duties:
    return Duties(
        duties["language"],
        duties["disclosure"],
        Recording(duties["recording"]),
        duties["recording_notice"],
        Sentiment(duties["sentiment"]),
    )
