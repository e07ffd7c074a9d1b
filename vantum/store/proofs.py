"""The proof that something was erased: what was about to go, put down before, and what went, put down after.

Both stand in the audit log. A process that dies in between leaves the first entry; whoever finishes its work names
the files of all attempts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.store import audit
from vantum.store.audit import Actor, Deed
from vantum.store.models import AuditEntry
from vantum.store.words import ActorKind

_SYSTEM: Final = Actor(ActorKind.SYSTEM)

File: TypeAlias = tuple[str, str]
"""A file's path below the data folder, and its SHA-256."""


class Kind(StrEnum):
    """What is erased."""

    CONTACT = "contact"
    CALLS = "calls"
    SOUND = "sound"

    @property
    def begun(self) -> str:
        """What the log calls the beginning."""
        return f"{self}.erasing"

    @property
    def done(self) -> str:
        """What the log calls the end."""
        return f"{self}.erased"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is erased, by an id that tells nothing and is the same when it is tried again."""

    kind: Kind
    id: str


async def begin(
    session: AsyncSession, org_id: str, subject: Subject, files: Sequence[File], at: datetime
) -> None:
    """Before the files go; nothing is put down where there are none."""
    if files:
        details = {"files": [[*file] for file in files], "at": legal.utc(at)}
        await _note(session, org_id, subject.kind.begun, subject, details)


async def finish(
    session: AsyncSession, org_id: str, subject: Subject, details: Mapping[str, object], at: datetime
) -> dict[str, object]:
    """After the rows went, in their transaction. Gives the proof: ``details``, and the files of all attempts."""
    files = await _files(session, org_id, subject)
    proof = {"files": files, **details, "at": legal.utc(at)}
    await _note(session, org_id, subject.kind.done, subject, proof)
    return proof


async def proof_of(session: AsyncSession, org_id: str, subject: Subject) -> AuditEntry | None:
    """The last proof that something was erased."""
    statement = select(AuditEntry).where(
        AuditEntry.org_id == org_id,
        AuditEntry.subject_id == subject.id,
        AuditEntry.action == subject.kind.done,
    )
    return await session.scalar(statement.order_by(AuditEntry.id.desc()).limit(1))


async def _files(session: AsyncSession, org_id: str, subject: Subject) -> list[object]:
    """The files since the last proof, each once."""
    last = await proof_of(session, org_id, subject)
    statement = select(AuditEntry).where(
        AuditEntry.org_id == org_id,
        AuditEntry.subject_id == subject.id,
        AuditEntry.action == subject.kind.begun,
    )
    if last is not None:
        statement = statement.where(AuditEntry.id > last.id)
    files: dict[str, object] = {}
    for entry in await session.scalars(statement.order_by(AuditEntry.id)):
        listed = entry.details["files"]
        if isinstance(listed, list):
            files.update({str(file): [file, fingerprint] for file, fingerprint in listed})
    return [*files.values()]


async def _note(
    session: AsyncSession, org_id: str, action: str, subject: Subject, details: Mapping[str, object]
) -> None:
    await audit.add(session, org_id, _SYSTEM, Deed(action, subject.kind, subject.id, details))
