"""The demo's conversations as rows: what was said, line by line, and the analysis that quotes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vantum.core.outreach.outcome import Disposition
from vantum.core.transcript import Speaker
from vantum.store.demo_stories import ANSWERS, GOODBYE, NEVER_AGAIN, OPENING, Talk
from vantum.store.models import Analysis, Call, Turn

MODEL: Final = "demo"
"""Named as the model of analyses that nobody made."""
_GAP_MS: Final = 700
_LETTER_MS: Final = 60


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line, and from when to when it is heard, in milliseconds from the call's start."""

    speaker: Speaker
    words: str
    start_ms: int
    end_ms: int


def spoken(talk: Talk) -> Sequence[Spoken]:
    """A conversation: the bot opens it, answers each line, and says goodbye behind the last one."""
    goodbye = NEVER_AGAIN if talk.disposition is Disposition.DO_NOT_CALL else GOODBYE
    answers = (*ANSWERS[: len(talk.lines) - 1], goodbye)
    said = [(Speaker.BOT, OPENING)]
    for line, answer in zip(talk.lines, answers, strict=True):
        said += [(Speaker.CALLER, line.words), (Speaker.BOT, answer)]
    found, start = list[Spoken](), _GAP_MS
    for speaker, words in said:
        found.append(Spoken(speaker, words, start, start + _LETTER_MS * len(words)))
        start = found[-1].end_ms + _GAP_MS
    return found


def turns_of(call: Call, talk: Talk) -> Sequence[Turn]:
    """What was said in a call."""
    return [
        Turn(
            org_id=call.org_id,
            call_id=call.id,
            seq=seq,
            role=line.speaker,
            text=line.words,
            spoken_text=line.words,
            start_ms=line.start_ms,
            end_ms=line.end_ms,
        )
        for seq, line in enumerate(spoken(talk))
    ]


def analysis_of(call: Call, talk: Talk, local: datetime) -> Analysis:
    """What is made of a call that began at a moment by the callee's clock."""
    proofs = {line.words: line.proves for line in talk.lines}
    evidence: list[dict[str, object]] = [
        {
            "field": proved,
            "turn": seq,
            "quote": line.words,
            "start_ms": line.start_ms,
            "end_ms": line.end_ms,
        }
        for seq, line in enumerate(spoken(talk))
        for proved in proofs.get(line.words, ())
    ]
    return Analysis(
        org_id=call.org_id,
        call_id=call.id,
        supersedes_id=None,
        schema_version="1",
        model=MODEL,
        sentiment=talk.sentiment,
        interest=interest(talk.interest, local),
        disposition=talk.disposition,
        summary=" ".join(talk.summary),
        objections=[talk.objection] if talk.objection else [],
        next_step=talk.next_step,
        callback_words=talk.callback,
        evidence=evidence,
        confidence=0.9,
    )


def interest(usual: int | None, local: datetime) -> int | None:
    """People are friendlier in the middle of the morning, and less so on Mondays."""
    if usual is None:
        return None
    morning = 6 if local.hour in (10, 11) else -3
    monday = -4 if local.weekday() == 0 else 0
    return max(0, min(100, usual + morning + monday))
