"""Calls as the REST API tells them: one with everything that was said, or many as a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from vantum.call_folder import CALLS, folder_of
from vantum.core.call_facts import Direction
from vantum.core.latency import voice_to_voice
from vantum.core.phone_call import Outcome, PhoneState
from vantum.phone.phone_call import PhoneCall, read_call
from vantum.record import read_record

BROWSER: Final = "browser"
ABORTED: Final = "The server ended before the call did."

Record = Mapping[str, object]


class View(BaseModel):
    """What is told in JSON: names as JavaScript writes them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Line(View):
    """Something said, `t` seconds into the call."""

    t: float
    speaker: Literal["caller", "bot"]
    text: str
    interrupted: bool = False


class Latency(View):
    """Seconds from the end of the caller's speech to each station of the answer."""

    turn: int
    seconds: dict[str, float]
    drafted: bool = Field(False, description="Whether the answer was begun before the turn was over.")
    providers: dict[str, str] = Field(
        default_factory=dict, description="Who did stt, llm and tts in this turn."
    )


class Switch(View):
    """A job that another provider took over, `t` seconds into the call."""

    t: float
    kind: str = Field(description="`stt`, `llm` or `tts`.")
    provider: str = Field(description="Who does it from here on.")
    previous: str = Field("", description="Who did it before; empty at the start of the call.")
    fault: str | None = Field(None, description="What was wrong; null when the first choice works again.")


class VoiceToVoice(View):
    """How long the answers of a call took, from the caller's voice to the bot's, in seconds."""

    turns: int = Field(description="How many answers were heard.")
    p50: float
    p95: float


class Drafts(View):
    """Answers begun before the turn was over; tokens are estimates."""

    started: int = 0
    dropped: int = 0
    dropped_prompt_tokens: int = 0
    dropped_completion_tokens: int = 0


class _Dropped(BaseModel):
    """A dropped draft in the record."""

    prompt_tokens: int
    completion_tokens: int


class CallSummary(View):
    """A call in a list."""

    id: str
    state: PhoneState = Field(description="How far the call has come.")
    outcome: Outcome | None = Field(None, description="How it ended; null until then.")
    reason: str = Field("", description="Why it ended, in words.")
    direction: Direction
    transport: str = Field(description=f"`twilio`, `local`, or `{BROWSER}`.")
    to: str = ""
    from_: Annotated[str, Field(alias="from")] = ""
    pipeline: str = ""
    created_at: datetime | None = None
    duration_seconds: float | None = None
    answered_by: str = ""
    disposition: str = Field("", description="How it came out, in the bot's judgement.")
    notes: str = ""
    transferred_to: str = ""


class CallView(CallSummary):
    """A call with what was said in it."""

    carrier_id: str = Field("", description="Twilio's name of the call.")
    sip_code: int | None = None
    variables: dict[str, str] = Field(default_factory=dict)
    transcript: list[Line] = Field(default_factory=list)
    latency: list[Latency] = Field(default_factory=list)
    switches: list[Switch] = Field(default_factory=list)
    voice_to_voice: VoiceToVoice | None = Field(None, description="Null until an answer is heard.")
    drafts: Drafts = Field(default_factory=Drafts)
    recording: str | None = Field(None, description="The recording's path under the data folder.")


class Page(View):
    """Calls, the newest first; ask for those before `next` to go on."""

    calls: list[CallSummary]
    next: str | None


def view_of(phone: PhoneCall | None, record: Record | None) -> CallView | None:
    """A call out of what the phone book and the record know; None when neither knows it."""
    facts: dict[str, object] = {}
    if record is not None:
        facts |= _told(record)
    if phone is not None:
        facts |= _known(phone)
    return CallView.model_validate(facts) if facts else None


def state_of(phone: PhoneCall) -> CallView:
    """What is known of a phone call without its record."""
    return CallView.model_validate(_known(phone))


def summary_of(phone: PhoneCall) -> CallSummary:
    """A phone call in short."""
    return CallSummary.model_validate(_known(phone))


def page_of(
    data: Path,
    limit: int,
    before: str | None,
    book: Mapping[str, PhoneCall],
    is_open: Callable[[str], bool],
) -> Page:
    """At most ``limit`` calls under ``data``, those older than ``before`` (an id).

    ``book`` holds the phone calls under way, and ``is_open`` knows the records that are being written.
    """
    found: list[CallSummary] = []
    for folder in _folders(data, before):
        call = book.get(folder.name) or read_call(folder)
        record = None if call is not None else read_record(data, folder.name, is_open)
        view = view_of(call, record)
        if view is None:
            continue
        if len(found) == limit:
            return Page(calls=found, next=found[-1].id)
        found.append(CallSummary.model_validate(view.model_dump()))
    return Page(calls=found, next=None)


def _folders(data: Path, before: str | None) -> Iterator[Path]:
    """The folders of calls, the newest first: a UUIDv7 sorts by the time at which it was made."""
    root = data / CALLS
    first = folder_of(data, before) if before is not None else None
    for day in sorted(root.iterdir(), reverse=True) if root.is_dir() else ():
        if not day.is_dir() or (first is not None and day.name > first.parent.name):
            continue
        for folder in sorted(day.iterdir(), reverse=True):
            if before is None or folder.name < before:
                yield folder


def _told(record: Record) -> dict[str, object]:
    """What the record tells of any call, a browser's too."""
    state = record["state"]
    events = record["events"]
    entries = [entry for entry in events if isinstance(entry, dict)] if isinstance(events, list) else []
    ends = [str(entry.get("reason", "")) for entry in entries if entry.get("event") == "call_ended"]
    latencies = [entry for entry in entries if entry.get("event") == "turn_latency"]
    outcomes = {"ended": Outcome.COMPLETED, "aborted": Outcome.FAILED}
    return {
        "id": record["id"],
        "state": PhoneState.IN_PROGRESS if state == "live" else PhoneState.ENDED,
        "outcome": outcomes.get(str(state)),
        "reason": ends[-1] if ends else ABORTED if state == "aborted" else "",
        "direction": Direction.INBOUND,
        "transport": record["transport"] or "",
        "pipeline": record["pipeline"] or "",
        "created_at": record["startedAt"],
        "duration_seconds": record["durationSeconds"],
        "transcript": record["transcript"],
        "latency": latencies,
        "switches": [entry for entry in entries if entry.get("event") == "provider_switched"],
        "voice_to_voice": _voice_to_voice(latencies),
        "drafts": _drafts(entries),
        "recording": record["recording"],
    }


def _voice_to_voice(latencies: Sequence[Record]) -> VoiceToVoice | None:
    """The usual answer of a call and a slow one; None when no answer was heard."""
    told = [voice_to_voice(Latency.model_validate(entry).seconds) for entry in latencies]
    replies = sorted(seconds for seconds in told if seconds is not None)
    if not replies:
        return None
    return VoiceToVoice(turns=len(replies), p50=_percentile(replies, 0.5), p95=_percentile(replies, 0.95))


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The least value that ``share`` of them do not exceed (the nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _drafts(entries: Sequence[Record]) -> Drafts:
    dropped = [_Dropped.model_validate(entry) for entry in entries if entry.get("event") == "draft_dropped"]
    return Drafts(
        started=sum(entry.get("event") == "draft_started" for entry in entries),
        dropped=len(dropped),
        dropped_prompt_tokens=sum(draft.prompt_tokens for draft in dropped),
        dropped_completion_tokens=sum(draft.completion_tokens for draft in dropped),
    )


def _known(call: PhoneCall) -> dict[str, object]:
    """What the book knows of a phone call."""
    progress = call.progress
    known: dict[str, object] = {
        "id": call.id,
        "state": progress.state,
        "outcome": progress.outcome,
        "reason": progress.reason,
        "direction": call.direction,
        "transport": call.carrier,
        "to": call.to_number,
        "from": call.from_number,
        "pipeline": call.pipeline,
        "created_at": call.created_at,
        "answered_by": call.answered_by,
        "disposition": call.disposition,
        "notes": call.notes,
        "transferred_to": call.transferred_to,
        "carrier_id": call.sid,
        "sip_code": progress.sip_code,
        "variables": call.variables,
    }
    seconds = progress.duration_seconds
    return known if seconds is None else {**known, "duration_seconds": seconds}
