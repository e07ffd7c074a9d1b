"""Consents: what somebody agreed to and when, kept for ever and only ever added to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.store.bulk import pieces
from vantum.store.models import Consent
from vantum.store.words import ConsentStatus


@dataclass(frozen=True, slots=True)
class Proof:
    """How it is shown: what the person saw or heard, where the answer is kept, and the call in which it was given."""

    text_shown: str = ""
    proof: str = ""
    call_id: str | None = None


async def add(
    session: AsyncSession, org_id: str, contact_id: str, consent: legal.Consent, proof: Proof
) -> Consent:
    """Add what somebody said. A withdrawal is a row of its own, and so is a new consent after it."""
    row = Consent(
        org_id=org_id,
        contact_id=contact_id,
        kind=consent.kind,
        status=ConsentStatus.GRANTED if consent.revoked_at is None else ConsentStatus.REVOKED,
        method=consent.method,
        granted_at=consent.granted_at,
        revoked_at=consent.revoked_at,
        text_shown=proof.text_shown,
        proof=proof.proof,
        call_id=proof.call_id,
    )
    session.add(row)
    await session.flush()
    return row


async def of_contact(session: AsyncSession, org_id: str, contact_id: str) -> tuple[legal.Consent, ...]:
    """What somebody said, in the order in which it was put down, as the legal gate asks for it."""
    return (await of_contacts(session, org_id, (contact_id,))).get(contact_id, ())


async def of_contacts(
    session: AsyncSession, org_id: str, contact_ids: Collection[str]
) -> dict[str, tuple[legal.Consent, ...]]:
    """The same of many people; who said nothing is left out."""
    found: dict[str, tuple[legal.Consent, ...]] = {}
    for piece in pieces(sorted(contact_ids)):
        statement = select(Consent).where(Consent.org_id == org_id, Consent.contact_id.in_(piece))
        for row in await session.scalars(statement.order_by(Consent.id)):
            said = legal.Consent(row.kind, row.method, row.granted_at, row.revoked_at)
            found[row.contact_id] = (*found.get(row.contact_id, ()), said)
    return found
