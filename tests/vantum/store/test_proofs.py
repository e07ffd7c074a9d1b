"""Proofs: put down before and after, with the files of every attempt, each once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.vantum.store.rows import NOON, new_org
from vantum.store import proofs
from vantum.store.engine import Store
from vantum.store.models import AuditEntry
from vantum.store.proofs import Kind, Subject
from vantum.store.words import ActorKind

pytestmark = pytest.mark.real_time
ANNA = Subject(Kind.CONTACT, "anna")
AT = "2026-11-18T17:00:00+00:00"


async def test_from_the_beginning_to_the_end(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await proofs.begin(session, org, ANNA, [("a.wav", "1"), ("b.wav", "2")], NOON)
        await proofs.begin(session, org, ANNA, [("b.wav", "2"), ("c.wav", "3")], NOON)
        proof = await proofs.finish(session, org, ANNA, {"rows": {"calls": 1}}, NOON)
        assert proof == {
            "files": [["a.wav", "1"], ["b.wav", "2"], ["c.wav", "3"]],
            "rows": {"calls": 1},
            "at": AT,
        }
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    assert [entry.action for entry in entries] == ["contact.erasing", "contact.erasing", "contact.erased"]
    assert {(entry.actor_kind, entry.subject_kind, entry.subject_id) for entry in entries} == {
        (ActorKind.SYSTEM, "contact", "anna")
    }
    assert entries[-1].details == proof


async def test_the_next_one_begins_anew(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await proofs.begin(session, org, ANNA, [("a.wav", "1")], NOON)
        await proofs.finish(session, org, ANNA, {}, NOON)
        assert await proofs.finish(session, org, ANNA, {}, NOON) == {"files": [], "at": AT}


async def test_what_is_of_others_is_not_in_it(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        for owner, subject in (
            (other, ANNA),
            (org, Subject(Kind.CALLS, "anna")),
            (org, Subject(Kind.CONTACT, "bert")),
        ):
            await proofs.begin(session, owner, subject, [("x.wav", "1")], NOON)
        assert (await proofs.finish(session, org, ANNA, {}, NOON))["files"] == []
        assert await proofs.proof_of(session, other, ANNA) is None
        found = await proofs.proof_of(session, org, ANNA)
        assert found is not None
        assert found.details["at"] == AT


async def test_without_files_nothing_is_put_down_before(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await proofs.begin(session, org, ANNA, [], NOON)
        assert (await session.scalars(select(AuditEntry))).all() == []
