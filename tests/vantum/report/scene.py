"""A campaign with calls, analyses and costs, of which every number is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, Scene, new_scene
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.store import calls
from vantum.store.models import Analysis, Call, Contact, Lead, Recording
from vantum.store.words import CallStatus, RecordingKind

A, D = AttemptOutcome, Disposition
QUOTE = "Send me the offer, please."


@dataclass
class Played:
    """The rows of one call."""

    call: Call
    analyses: list[Analysis] = field(default_factory=list)


async def play(
    session: AsyncSession,
    scene: Scene,
    lead: int,
    outcome: AttemptOutcome | None,
    disposition: Disposition | None = None,
    *,
    pickup: Pickup = Pickup.NOBODY,
    seconds: float = 60.0,
    at: datetime = NOON,
) -> Played:
    """A call to one of the leads; without an outcome it is under way."""
    call = await calls.insert_attempt(session, scene.org, scene.attempt(lead))
    call.dialed_at, call.pickup, call.outcome, call.disposition = at, pickup, outcome, disposition
    if pickup is not Pickup.NOBODY:
        call.answered_at = at
    if outcome is not None:
        call.status, call.ended_at = CallStatus.ENDED, at + timedelta(seconds=seconds)
    await session.flush()
    return Played(call)


async def analyse(
    session: AsyncSession,
    played: Played,
    interest: int | None,
    disposition: Disposition | None = None,
    objections: tuple[str, ...] = (),
) -> Analysis:
    """An analysis of a call, newer than those before."""
    analysis = Analysis(
        org_id=played.call.org_id,
        call_id=played.call.id,
        schema_version="1",
        model="embedded",
        sentiment=None,
        interest=interest,
        disposition=disposition,
        summary=f"Summary of {interest}.",
        objections=list(objections),
        next_step="An offer by mail",
        evidence=[{"field": "interest", "turn": 1, "quote": QUOTE, "start_ms": 2_000, "end_ms": 3_000}],
        confidence=0.5,
        supersedes_id=played.analyses[-1].id if played.analyses else None,
    )
    session.add(analysis)
    await session.flush()
    played.analyses.append(analysis)
    return analysis


async def record(session: AsyncSession, played: Played, path: str) -> None:
    """The sound of a call."""
    session.add(
        Recording(
            org_id=played.call.org_id,
            call_id=played.call.id,
            kind=RecordingKind.CALL,
            path=path,
            sha256="0" * 64,
            ms=20_000,
            legal_basis="consent",
            delete_at=None,
        )
    )
    await session.flush()


async def finish(session: AsyncSession, scene: Scene, lead: int, disposition: Disposition) -> None:
    """What somebody wants in the end."""
    row = await session.get(Lead, scene.leads[lead])
    assert row is not None
    row.final_disposition = disposition
    await session.flush()


async def rename(session: AsyncSession, scene: Scene, lead: int, **facts: object) -> None:
    """Tell something of a contact."""
    row = await session.get(Contact, scene.contacts[lead])
    assert row is not None
    for name, value in facts.items():
        setattr(row, name, value)
    await session.flush()


async def campaign(session: AsyncSession, slug: str = "a") -> Scene:
    """Ten leads.

    Nobody called 9; 0 is engaged; 1 a machine; 2 hung up at once; 3 was kept waiting and talked; 4 declined; 5 and 6
    are interested, 6 after a second call; 7 has a meeting; 8 is being called.
    """
    scene = await new_scene(session, slug, 10)
    later = NOON + timedelta(hours=1)
    await play(session, scene, 0, A.BUSY)
    await play(session, scene, 1, A.VOICEMAIL_LEFT, D.VOICEMAIL)
    await play(session, scene, 2, A.ABANDONED, pickup=Pickup.DROPPED)
    late = await play(session, scene, 3, A.ANSWERED_HUMAN, D.CALLBACK, pickup=Pickup.LATE)
    no = await play(session, scene, 4, A.ANSWERED_HUMAN, D.NOT_INTERESTED, pickup=Pickup.IN_TIME, seconds=20)
    yes = await play(session, scene, 5, A.ANSWERED_HUMAN, D.INTERESTED, pickup=Pickup.IN_TIME, seconds=100)
    silent = await play(session, scene, 6, A.ANSWERED_HUMAN, D.NO_CONVERSATION, pickup=Pickup.IN_TIME)
    again = await play(session, scene, 6, A.ANSWERED_HUMAN, D.INTERESTED, pickup=Pickup.IN_TIME, at=later)
    meeting = await play(session, scene, 7, A.ANSWERED_HUMAN, D.MEETING_BOOKED, pickup=Pickup.IN_TIME)
    await play(session, scene, 8, None)
    await analyse(session, late, None, D.CALLBACK, ("no time",))
    await analyse(session, no, 90, D.NOT_INTERESTED, ("too expensive",))
    await analyse(session, no, 20, D.NOT_INTERESTED, ("too expensive", "no time"))
    await analyse(session, yes, 70, D.INTERESTED)
    await analyse(session, silent, None, D.NO_CONVERSATION)
    await analyse(session, again, 80, D.INTERESTED)
    await analyse(session, meeting, 60, D.MEETING_BOOKED)
    await record(session, meeting, "calls/meeting/recording.wav")
    for lead, disposition in (
        (4, D.NOT_INTERESTED),
        (5, D.INTERESTED),
        (6, D.INTERESTED),
        (7, D.MEETING_BOOKED),
    ):
        await finish(session, scene, lead, disposition)
    # Somebody who wrote a letter: interested, and never called.
    await finish(session, scene, 9, D.INTERESTED)
    return scene
