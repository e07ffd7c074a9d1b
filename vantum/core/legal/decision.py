"""What is decided about one call: the verdict, every rule's own finding, and what the call must do.

Law: nothing in a decision names the person. So a person can be erased, and the chain of decisions stays whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """May the call be placed? From the mildest to the strictest: of several, the strictest holds."""

    ALLOW = "allow"
    DEFER = "defer"
    HUMAN_ONLY = "human_only"  # a person may call, a machine may not
    BLOCK = "block"


SEVERITY = {verdict: place for place, verdict in enumerate(Verdict)}


class Recording(StrEnum):
    """What becomes of the call's audio."""

    OFF = "off"
    AFTER_NOTICE = "after_notice"  # the recorder starts when the notice is spoken, and a "no" stops it
    ON = "on"


class Sentiment(StrEnum):
    """From what the callee's mood may be concluded."""

    TEXT_ONLY = "text_only"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule: its name, where it comes from, what it looked at (name, value), what it alone says, and why."""

    rule: str
    source: str
    inputs: tuple[tuple[str, str], ...]
    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Duties:
    """What the call must do. The disclosure is its first sentence, and cannot be interrupted.

    Texts are in the call's language; ``disclosure`` is "" where there is none in it, ``recording_notice`` where no
    notice is due.
    """

    language: str
    disclosure: str
    recording: Recording
    recording_notice: str
    sentiment: Sentiment = Sentiment.TEXT_ONLY


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict at ``decided_at``; ``until`` is the moment to which a call is deferred, else None. Both in UTC."""

    verdict: Verdict
    until: datetime | None
    decided_at: datetime
    ruleset: str
    findings: tuple[Finding, ...]
    duties: Duties

    def __post_init__(self) -> None:
        if (self.until is not None) is not (self.verdict is Verdict.DEFER):
            raise ValueError("A call is deferred until a moment, and no other verdict has one.")


def strictest(findings: tuple[Finding, ...]) -> Verdict:
    """The verdict of all rules together."""
    return max((finding.verdict for finding in findings), key=SEVERITY.__getitem__)
