"""Somebody of whom much is known: a contact with calls, words, sound, consents and everything else."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.core.legal.legal_cases import case
from tests.vantum.store.rows import NOON, Scene, new_scene, number
from vantum.call_folder import folder_of
from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, Method, Reason, Scope
from vantum.core.legal.gate import decide
from vantum.core.outreach.outcome import Disposition
from vantum.core.transcript import Speaker
from vantum.store import calls, consents, contacts, decisions, suppressions
from vantum.store.append_only import erasing
from vantum.store.consents import Proof
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.models import (
    Analysis,
    AuditEntry,
    Base,
    Call,
    Callback,
    CallEvent,
    Contact,
    Cost,
    IdempotencyKey,
    Import,
    ImportRow,
    Recording,
    Turn,
    WebhookDelivery,
    WebhookEndpoint,
)
from vantum.store.suppressions import Origin
from vantum.store.words import (
    ActorKind,
    CallStatus,
    CostKind,
    Direction,
    EventSource,
    ImportState,
    RecordingKind,
    RowVerdict,
    Transport,
)

SECRET = "Zebra"
"""Stands in all that was said and told of the person; nothing of it may be left."""
HER, SOMEBODY_ELSE, OURS = number(0), number(1), number(99)
FILES = ("call.json", "events.jsonl", "recording.wav", "transcript.txt")


def record_id(index: int) -> str:
    """The name of a folder of a call that began at noon."""
    return str(UUID(int=(round(NOON.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | index))


def record(data: Path, name: str, to: str, sender: str = OURS, state: str = "ended") -> Path:
    """The folder of a phone call, as it is when the call has been over since noon."""
    folder = folder_of(data, name)
    assert folder is not None
    folder.mkdir(parents=True)
    told = {"id": name, "to_number": to, "from_number": sender, "progress": {"state": state}}
    (folder / "call.json").write_text(json.dumps(told))
    (folder / "events.jsonl").write_text(json.dumps({"event": "transcript", "text": SECRET}) + "\n")
    (folder / "transcript.txt").write_text(f"[00:01.0] Caller: {SECRET}\n")
    (folder / "recording.wav").write_bytes(bytes(1000))
    for path in folder.iterdir():
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return folder


@dataclass(frozen=True, slots=True)
class Life:
    """What there is of her: the scene, her calls (one out, one in), their folders, and that of somebody else."""

    scene: Scene
    out: str
    inbound: str
    folders: tuple[Path, ...]
    other_folder: Path

    @property
    def org(self) -> str:
        """Her organisation."""
        return self.scene.org

    @property
    def contact(self) -> str:
        """Her id."""
        return self.scene.contacts[0]


async def new_life(session: AsyncSession, data: Path, slug: str = "a", first: int = 0) -> Life:
    """Put all of it into the store and on the disk; ``first`` numbers the folders of calls."""
    scene = await new_scene(session, slug, 2)
    her = NewContact(
        e164=HER,
        source="list.csv",
        raw_phone=f"{SECRET} 1",
        country="US",
        region="NY",
        timezone="America/New_York",
        name=SECRET,
        email="zebra@example.com",
        custom={"memo": SECRET},
    )
    await contacts.upsert(session, scene.org, [her])
    known = await session.get_one(Contact, scene.contacts[0], populate_existing=True)
    known.source_detail, known.source_at = f"row of {SECRET}", NOON
    out = await _call(session, scene, 0, first)
    other = await _call(session, scene, 1, first + 1)
    inbound = Call(
        org_id=scene.org,
        direction=Direction.INBOUND,
        transport=Transport.TWILIO,
        record_id=record_id(first + 2),
        provider_sid=f"CA{first + 2}",
        from_number=HER,
        to_number=OURS,
        status=CallStatus.ENDED,
        ended_at=NOON,
    )
    session.add(inbound)
    await session.flush()
    await _said(session, scene.org, out)
    await _said(session, scene.org, other)
    await _told(session, scene, out)
    folders = (
        record(data, record_id(first), HER),
        record(data, record_id(first + 2), OURS, sender=HER),
    )
    return Life(scene, out, inbound.id, folders, record(data, record_id(first + 1), SOMEBODY_ELSE))


async def all_text(store: Store, org: str) -> str:
    """Every value of every row of an organisation."""
    found: list[object] = []
    async with store.reading() as session:
        for table in Base.metadata.sorted_tables:
            if "org_id" in table.c:
                found += (await session.execute(select(table).where(table.c.org_id == org))).all()
    return repr(found)


async def age(store: Store, org: str) -> None:
    """Let all that an organisation has be of noon, and its lists read."""
    async with store.writing() as session:
        with erasing(session):
            for table in Base.metadata.sorted_tables:
                if "org_id" in table.c and "created_at" in table.c:
                    moments = {"created_at": NOON, "updated_at": NOON}
                    await session.execute(table.update().where(table.c.org_id == org).values(moments))
        read = {"state": ImportState.FINISHED}
        await session.execute(update(Import).where(Import.org_id == org).values(read))


async def _call(session: AsyncSession, scene: Scene, index: int, folder: int) -> str:
    """A call to one of the leads, which is over."""
    call = await calls.insert_attempt(session, scene.org, scene.attempt(index))
    call.status, call.ended_at = CallStatus.ENDED, NOON
    call.record_id, call.provider_sid = record_id(folder), f"CA{folder}"
    call.disposition, call.summary = Disposition.INTERESTED, SECRET
    await session.flush()
    return call.id


async def _said(session: AsyncSession, org: str, call: str) -> None:
    """What was said in a call, and what came of it."""
    session.add_all(
        [
            Turn(org_id=org, call_id=call, seq=0, role=Speaker.CALLER, text=SECRET, start_ms=0, end_ms=9),
            CallEvent(
                org_id=org,
                call_id=call,
                seq=0,
                source=EventSource.PHONE,
                kind="transcript",
                at=NOON,
                payload={"text": SECRET},
            ),
            Recording(
                org_id=org,
                call_id=call,
                kind=RecordingKind.CALL,
                path=f"calls/{SECRET}.wav",
                sha256="0" * 64,
                ms=1,
                legal_basis="consent",
            ),
            Analysis(
                org_id=org,
                call_id=call,
                schema_version="1",
                model="embedded",
                interest=80,
                summary=SECRET,
                data={"budget": SECRET},
                evidence=[{"quote": SECRET}],
            ),
            Cost(
                org_id=org,
                call_id=call,
                provider="x",
                kind=CostKind.STT,
                unit="s",
                units=1,
                unit_price_micros=1,
                amount_micros=1,
                currency="USD",
            ),
        ]
    )
    await session.flush()


async def _told(session: AsyncSession, scene: Scene, call: str) -> None:
    """What else is kept of her."""
    org, contact, lead = scene.org, scene.contacts[0], scene.leads[0]
    agreed = legal.Consent(ConsentKind.CALL, Method.SPOKEN, NOON)
    await consents.add(session, org, contact, agreed, Proof(SECRET, SECRET))
    await decisions.append(session, org, call, decide(case()), lead)
    asked = legal.Suppression(Scope.CONTACT, contact, Reason.ASKED)
    await suppressions.add(session, org, asked, Origin(call, f"{SECRET}, never again", 900))
    made = Import(org_id=org, filename="list.csv", sha256="0" * 64)
    endpoint = WebhookEndpoint(org_id=org, url="https://example.com", secret="x" * 32)
    session.add_all([made, endpoint])
    await session.flush()
    session.add_all(
        [
            ImportRow(
                org_id=org,
                import_id=made.id,
                row=2,
                verdict=RowVerdict.ACCEPTED,
                reason="",
                notes=[f"Email: {SECRET}"],
                contact_id=contact,
            ),
            Callback(org_id=org, lead_id=lead, call_id=call, promised_at=NOON, timezone="UTC", words=SECRET),
            WebhookDelivery(
                org_id=org,
                endpoint_id=endpoint.id,
                event_id="e1",
                event="call.ended",
                subject_id=call,
                body=SECRET,
            ),
            IdempotencyKey(
                org_id=org,
                key="k",
                request_hash="0" * 64,
                response_body=f'{{"number": "{HER}", "name": "{SECRET}"}}',
                expires_at=NOON,
            ),
            AuditEntry(
                org_id=org,
                actor_kind=ActorKind.USER,
                action="contact.change",
                subject_kind="contact",
                subject_id=contact,
                details={"name": SECRET},
            ),
        ]
    )
    await session.flush()
