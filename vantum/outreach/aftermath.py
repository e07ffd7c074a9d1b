"""What a call leaves behind, written in the store: first that it is over, then what its words say, then its analysis.

Law: each of the three may be done again and changes nothing then. What a call came to is judged by one pure rule
(`core/outreach/settlement.py`), each time from all that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.analysis import verdict
from vantum.core.analysis.quote import LONGEST_QUOTE, Found
from vantum.core.legal.case import Consent, ConsentKind, Method
from vantum.core.outreach import recording_words
from vantum.core.outreach.call_words import CallWords, found_words, last_words, promise_words
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.lead import OVER
from vantum.core.outreach.outcome import REACHED, TROUBLE, AttemptOutcome, Disposition
from vantum.core.outreach.settlement import (
    MACHINES,
    QUALIFIED,
    Analysed,
    Judged,
    Voice,
    Weight,
    judged,
)
from vantum.outreach.opting_out import change_consent, opt_out
from vantum.outreach.other_end import OtherEnd, end_of
from vantum.outreach.promising import promise, was_promised
from vantum.store import analyses, analysis_jobs, leads, news, outbox, recorded_calls
from vantum.store.columns import now
from vantum.store.models import Analysis, Call, Lead
from vantum.store.recorded_calls import Sound
from vantum.store.words import JobCause

JUDGED: Final = "disposition"
"""Of the call's event that says how it came out, and by whose word."""
_NEVER: Final = TROUBLE | {AttemptOutcome.INVALID_NUMBER}
_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Read:
    """What a call's folder says: its words, its sound, and when it began, from which its milliseconds count."""

    words: CallWords
    begun_at: datetime
    sound: Sound | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """An analysis, why it was made, and the JSON Schema of the fields that were asked for."""

    analysis: verdict.Analysis
    cause: JobCause = JobCause.AFTER_CALL
    fields: Mapping[str, object] | None = None


async def settled(session: AsyncSession, call: Call) -> None:
    """A call is over, and its row says how: tell so, and have its words read. For whoever writes ends of calls."""
    at = call.ended_at or now()
    kinds = [EventType.CALL_ENDED]
    if call.answered_at is not None:
        kinds.insert(0, EventType.CALL_MACHINE if call.outcome in MACHINES else EventType.CALL_ANSWERED)
    if call.outcome in _NEVER:
        kinds.append(EventType.CALL_FAILED)
    for kind in kinds:
        await outbox.tell(session, call.org_id, news.of_call(kind, call, at))
    if call.record_id is not None and call.answered_at is not None:
        await analysis_jobs.ask_after(session, call.org_id, call.id, at)
    lead = None if call.lead_id is None else await leads.get(session, call.org_id, call.lead_id)
    if lead is None or lead.state not in OVER:
        return
    if lead.last_outcome not in REACHED:
        await outbox.tell(session, call.org_id, news.of_lead(EventType.LEAD_EXHAUSTED, lead, at))
    elif lead.final_disposition is not None:
        await _tell_disposition(session, lead, at)


async def settle_words(session: AsyncSession, call: Call, read: Read, at: datetime) -> None:
    """What follows from the words alone: nobody waits for an analysis with it."""
    await recorded_calls.lock(session, call)
    end, words = await end_of(session, call), read.words
    if words.words.last is Disposition.DO_NOT_CALL or words.wish is not None:
        voice = Voice.CALLER if words.wish is not None else Voice.TOOL
        await opt_out(session, end, words.opt_out, voice, at)
    await _consent(session, end, read)
    told = words.promise
    if told is not None and not await was_promised(session, end):
        found = promise_words(words.turns, told.notes, told.t)
        await promise(session, end, found, _moment(read, round(told.t * 1000)), at)
    await recorded_calls.put_turns(session, call, words.turns)
    if read.sound is not None and await recorded_calls.put_sound(session, call, read.sound):
        event = news.of_call(EventType.CALL_RECORDING_READY, call, at)
        await outbox.tell(session, call.org_id, event)
    found_out = judged(words.words, call.outcome)
    # What an analysis has found out since stands: it knew the words too.
    if found_out is not None and await analyses.newest(session, call.org_id, call.id) is None:
        await _judge(session, call, found_out, _proof(found_out, words), at)


async def settle_analysis(
    session: AsyncSession,
    call: Call,
    read: Read,
    made: Made,
    at: datetime,
) -> Analysis:
    """Put an analysis beside its call, with all that follows from it."""
    await recorded_calls.lock(session, call)
    row = await analyses.add(session, call.org_id, call.id, made.analysis, made.fields)
    found = made.analysis
    call.interest, call.summary = found.interest, row.summary
    weight = Weight.EMBEDDED if found.model == verdict.EMBEDDED else Weight.MODEL
    found_out = judged(read.words.words, call.outcome, Analysed(found.disposition, weight))
    end = await end_of(session, call)
    if found_out is not None:
        agrees = found.disposition is found_out.disposition and found_out.voice is not Voice.CALLER
        proof = _evidence(found, JUDGED) if agrees else _proof(found_out, read.words)
        if found_out.disposition is Disposition.DO_NOT_CALL:
            await opt_out(session, end, proof, found_out.voice, at)
        await _judge(session, call, found_out, proof, at)
    # A promise of long ago, found by looking again, is none to keep now.
    if (
        found.callback is not None
        and made.cause is JobCause.AFTER_CALL
        and not await was_promised(session, end)
    ):
        said = _evidence(found, "callback")
        words = found_words(read.words.turns, found.callback, said)
        await promise(session, end, words, _moment(read, 0 if said is None else said.start_ms), at)
    await session.flush()
    await outbox.tell(session, call.org_id, news.of_analysis(call, row, at))
    return row


async def _judge(session: AsyncSession, call: Call, found: Judged, proof: Found | None, at: datetime) -> None:
    """Write down how a call came out, on the call and on its lead, with whose word it is and with the words."""
    noted = await recorded_calls.notes(session, call, JUDGED)
    payload: dict[str, object] = {"disposition": found.disposition.value, "by": found.voice.value}
    if proof is not None:
        payload |= {"quote": proof.quote[:LONGEST_QUOTE], "start_ms": proof.start_ms, "end_ms": proof.end_ms}
    if not noted or noted[-1].payload != payload:
        await recorded_calls.note(session, call, JUDGED, payload, at)
    call.disposition = found.disposition
    await session.flush()
    await _judge_lead(session, call, found.disposition, at)


async def _judge_lead(session: AsyncSession, call: Call, disposition: Disposition, at: datetime) -> None:
    """The lead came out as its last call did, once it is over."""
    lead = None if call.lead_id is None else await leads.get(session, call.org_id, call.lead_id)
    if lead is None:
        return
    await session.refresh(lead)
    if lead.state not in OVER or lead.attempts > call.attempt_no or lead.final_disposition is disposition:
        return
    await session.execute(
        update(Lead)
        .where(Lead.org_id == call.org_id, Lead.id == lead.id, Lead.state == lead.state)
        .values(final_disposition=disposition)
    )
    await session.refresh(lead)
    await _tell_disposition(session, lead, at)


async def _tell_disposition(session: AsyncSession, lead: Lead, at: datetime) -> None:
    kinds = [EventType.LEAD_DISPOSITION_CHANGED]
    if lead.final_disposition in QUALIFIED:
        kinds.append(EventType.LEAD_QUALIFIED)
    for kind in kinds:
        await outbox.tell(session, lead.org_id, news.of_lead(kind, lead, at))


async def _consent(session: AsyncSession, end: OtherEnd, read: Read) -> None:
    """What was said about the recording."""
    said = recording_words.about_recording(read.words.turns)
    if said is None:
        return
    at = _moment(read, said.found.start_ms)
    allowed = said.word is recording_words.Word.ALLOWED
    given, taken = (at, None) if allowed else (None, at)
    await change_consent(
        session, end, Consent(ConsentKind.RECORDING, Method.SPOKEN, given, taken), said.found
    )


def _proof(found: Judged, words: CallWords) -> Found | None:
    """The words behind what is known without an analysis: what was said last before a tool wrote it down."""
    if found.disposition is Disposition.DO_NOT_CALL:
        return words.opt_out
    told = next((each for each in reversed(words.told) if each.disposition is found.disposition), None)
    return None if told is None else last_words(words.turns, told.t)


def _evidence(made: verdict.Analysis, field: str) -> Found | None:
    each = next((each for each in made.evidence if each.field == field), None)
    return None if each is None else Found(each.turn, each.quote, each.start_ms, each.end_ms)


def _moment(read: Read, ms: int) -> datetime:
    """When a millisecond of the call was."""
    return read.begun_at + ms * _MS
