"""Calls as their records on disk tell them: rows for those that no dialer placed, and what belongs to a row.

Law: a record is one row, however often it is looked at, and the row of a dialer's attempt is never made here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.analysis.turn import Turn as Spoken
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.store.bulk import insert_rows, inserting, pieces
from vantum.store.columns import new_id, now
from vantum.store.models import Call, CallEvent, Contact, Recording, Turn
from vantum.store.words import (
    AnsweredBy,
    CallStatus,
    Direction,
    EventSource,
    RecordingKind,
    Transport,
)

LONGEST_REASON: Final = 500
MOST_CALLERS: Final = 50
"""Organisations that may have called one number."""
MOST_TURNS: Final = 2_000
"""Of one call; of a longer one the last are left out."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call that is over and that nobody dialed for a campaign; moments are None for what never happened."""

    record_id: str
    direction: Direction
    transport: Transport
    ended_at: datetime
    outcome: AttemptOutcome
    from_number: str = ""
    to_number: str = ""
    pipeline: str = ""
    end_reason: str = ""
    begun_at: datetime | None = None
    answered_at: datetime | None = None
    first_audio_at: datetime | None = None
    answered_by: AnsweredBy | None = None
    provider_sid: str | None = None
    sip_code: int | None = None

    @property
    def other_number(self) -> str:
        """The number at the other end; "" for a browser."""
        return self.to_number if self.direction is Direction.OUTBOUND else self.from_number


@dataclass(frozen=True, slots=True)
class Sound:
    """The recording of a call: its path below the data folder, its SHA-256, and how long it is."""

    path: str
    sha256: str
    ms: int
    legal_basis: str


async def of_record(session: AsyncSession, record_id: str) -> Call | None:
    """The row of a record, in whatever organisation."""
    statement = select(Call).where(Call.record_id == record_id)
    return await session.scalar(statement.execution_options(populate_existing=True))


async def known(session: AsyncSession, record_ids: Collection[str]) -> set[str]:
    """Those of some records that have a row."""
    found: set[str] = set()
    for piece in pieces(sorted(record_ids)):
        statement = select(Call.record_id).where(Call.record_id.in_(piece))
        found.update(name for name in await session.scalars(statement) if name is not None)
    return found


async def unnamed_attempts(session: AsyncSession, number: str) -> Sequence[Call]:
    """Attempts of all organisations at a number (E.164) that are under way, and whose record nobody knows yet."""
    statement = select(Call).where(
        Call.to_number == number,
        Call.direction == Direction.OUTBOUND,
        Call.ended_at.is_(None),
        Call.record_id.is_(None),
        Call.claimed_by.is_not(None),
    )
    return (await session.scalars(statement)).all()


async def callers_of(session: AsyncSession, number: str) -> Sequence[str]:
    """The organisations that have called a number (E.164)."""
    statement = select(Call.org_id).where(Call.to_number == number, Call.direction == Direction.OUTBOUND)
    return (await session.scalars(statement.distinct().order_by(Call.org_id).limit(MOST_CALLERS))).all()


async def add(session: AsyncSession, org_id: str, recorded: Recorded) -> Call | None:
    """Make the row of a record, named as the record is; None when there is one already."""
    contact = select(Contact.id).where(Contact.org_id == org_id, Contact.e164 == recorded.other_number)
    contact_id = await session.scalar(contact) if recorded.other_number else None
    moment = now()
    row: dict[str, object] = {
        **asdict(recorded),
        "id": recorded.record_id,
        "org_id": org_id,
        "contact_id": contact_id,
        "attempt_no": 1,
        "status": CallStatus.ENDED,
        "queued_at": recorded.begun_at,
        "dialed_at": recorded.begun_at if recorded.direction is Direction.OUTBOUND else None,
        "end_reason": recorded.end_reason[:LONGEST_REASON],
        "error_code": "",
        "pipeline_version": "",
        "created_at": recorded.begun_at or moment,
        "updated_at": moment,
    }
    del row["begun_at"]
    statement = inserting(session, Call).on_conflict_do_nothing()
    if not await insert_rows(session, statement, [row], ("id",)):
        return None
    return await session.get(Call, recorded.record_id)


async def put_turns(session: AsyncSession, call: Call, turns: Sequence[Spoken]) -> None:
    """What was said in a call, in place of what was known of it."""
    await session.execute(delete(Turn).where(Turn.org_id == call.org_id, Turn.call_id == call.id))
    moment = now()
    rows = [
        {
            "id": new_id(),
            "org_id": call.org_id,
            "call_id": call.id,
            "seq": place,
            "role": turn.role,
            "text": turn.text,
            "spoken_text": turn.text,
            "start_ms": turn.start_ms,
            "end_ms": turn.end_ms,
            "interrupted": turn.interrupted,
            "latency": {},
            "created_at": moment,
            "updated_at": moment,
        }
        for place, turn in enumerate(turns[:MOST_TURNS])
    ]
    for piece in pieces(rows):
        await insert_rows(session, inserting(session, Turn), piece, ("id",))


async def put_sound(session: AsyncSession, call: Call, sound: Sound) -> bool:
    """The recording of a call; False when it is known already."""
    moment = now()
    row = {
        "id": new_id(),
        "org_id": call.org_id,
        "call_id": call.id,
        "kind": RecordingKind.CALL,
        **asdict(sound),
        "created_at": moment,
        "updated_at": moment,
    }
    statement = inserting(session, Recording).on_conflict_do_nothing()
    return bool(await insert_rows(session, statement, [row], ("id",)))


async def note(
    session: AsyncSession, call: Call, kind: str, payload: dict[str, object], at: datetime
) -> None:
    """Add to a call's events what was concluded from its words, with the words."""
    last = select(func.max(CallEvent.seq)).where(CallEvent.call_id == call.id)
    seq = (await session.scalar(last) or 0) + 1
    session.add(
        CallEvent(
            org_id=call.org_id,
            call_id=call.id,
            seq=seq,
            source=EventSource.PIPELINE,
            kind=kind,
            at=at,
            payload=payload,
        )
    )
    await session.flush()


async def notes(session: AsyncSession, call: Call, kind: str) -> Sequence[CallEvent]:
    """What was concluded of a kind, in order."""
    statement = select(CallEvent).where(
        CallEvent.org_id == call.org_id, CallEvent.call_id == call.id, CallEvent.kind == kind
    )
    return (await session.scalars(statement.order_by(CallEvent.seq))).all()


async def lock(session: AsyncSession, call: Call) -> None:
    """Let nobody else conclude anything of a call until the transaction ends."""
    await session.execute(select(Call.id).where(Call.id == call.id).with_for_update())
