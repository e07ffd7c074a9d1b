"""A person is erased: nothing of them is left but that there was somebody, and the proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, select, update

from tests.vantum.outreach.killing import killed
from tests.vantum.outreach.people import (
    FILES,
    HER,
    OURS,
    SECRET,
    SOMEBODY_ELSE,
    Life,
    all_text,
    new_life,
    record,
    record_id,
)
from tests.vantum.store.rows import NOON
from vantum.core.errors import UsageError
from vantum.core.legal.case import Reason, Scope
from vantum.core.outreach.lead import LeadState
from vantum.outreach import eraser, person
from vantum.outreach.eraser import erase
from vantum.store import contacts, decisions, suppressions, traces
from vantum.store.contacts import NewContact
from vantum.store.engine import Store, open_store
from vantum.store.erasure import REASON
from vantum.store.models import AuditEntry, Call, Callback, Contact, Lead, Turn
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.proofs import Kind
from vantum.store.words import CallbackState, CallStatus, ContactState

pytestmark = pytest.mark.real_time
LATER = NOON + timedelta(days=3)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def life_in(store: Store, data: Path, slug: str = "a", first: int = 0) -> Life:
    async with store.writing() as session:
        return await new_life(session, data, slug, first)


async def test_nothing_of_her_is_left(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    assert SECRET in await all_text(store, life.org)
    erased = await erase(store, life.org, HER, data, LATER)
    assert erased is not None
    assert (erased.subject, erased.carrier_calls) == (life.contact, ("CA0", "CA2"))
    assert not any(folder.exists() for folder in life.folders)
    assert sorted(path.name for path in life.other_folder.iterdir()) == [*FILES]
    async with store.writing() as session:
        her = await contacts.get(session, life.org, life.contact)
        assert her is not None
        assert (her.e164, her.name, her.email, her.custom, her.state) == (
            None,
            "",
            "",
            {},
            ContactState.ERASED,
        )
        assert (her.country, her.source, her.source_at, her.source_detail) == ("US", "list.csv", NOON, "")
        lead = await session.get_one(Lead, life.scene.leads[0])
        assert (lead.state, lead.state_reason, lead.next_attempt_at) == (LeadState.SKIPPED, REASON, None)
        (promised,) = (await session.scalars(select(Callback))).all()
        assert (promised.words, promised.state) == ("", CallbackState.CANCELED)
        out, inbound = await session.get_one(Call, life.out), await session.get_one(Call, life.inbound)
        assert (out.to_number, out.from_number, out.record_id, out.provider_sid) == ("", OURS, None, None)
        assert (inbound.from_number, inbound.to_number) == ("", OURS)
        assert await decisions.check(session, life.org) is None
        assert len(await decisions.of_lead(session, life.org, life.scene.leads[0])) == 1
        # What is left of somebody else is what was there.
        await session.execute(update(Contact).where(Contact.e164 == SOMEBODY_ELSE).values(name="Bert"))
        (turn,) = (await session.scalars(select(Turn))).all()
        assert (turn.call_id != life.out, turn.text) == (True, SECRET)


async def test_nothing_has_her_number_and_she_is_not_called(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    erased = await erase(store, life.org, HER, data, LATER)
    assert erased is not None
    assert erased.proof["suppressions_kept"] == 1
    text = await all_text(store, life.org)
    assert HER not in text
    async with store.reading() as session:
        keys = [(Scope.NUMBER, HER)]
        (kept,) = (await suppressions.in_force(session, life.org, keys, LATER))[keys[0]]
    assert (kept.value, kept.reason) == (HER, Reason.ASKED)


async def test_the_proof_counts_and_names_files(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    names = [f"{folder.relative_to(data).as_posix()}/{name}" for folder in life.folders for name in FILES]
    erased = await erase(store, life.org, HER, data, LATER)
    assert erased is not None
    files = erased.proof["files"]
    assert isinstance(files, list)
    assert [file for file, _ in files] == names
    assert all(len(fingerprint) == 64 for _, fingerprint in files)
    assert erased.proof["rows"] == {
        "turns": 1,
        "recordings": 1,
        "call_events": 1,
        "analyses": 1,
        "calls": 2,
        "callbacks": 2,
        "consents": 1,
        "import_rows": 1,
        "suppressions": 2,
        "audit_log": 1,
        "contacts": 1,
        "webhook_deliveries": 1,
        "idempotency_keys": 1,
    }
    assert erased.proof["at"] == "2026-11-21T17:00:00+00:00"
    async with store.reading() as session:
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    assert [entry.action for entry in entries] == ["contact.change", Kind.CONTACT.begun, Kind.CONTACT.done]
    assert entries[-1].details == erased.proof
    assert SECRET not in repr([entry.details for entry in entries])


async def test_a_second_time_there_is_nothing(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    assert await erase(store, life.org, HER, data, LATER) is not None
    assert await erase(store, life.org, HER, data, LATER) is None
    assert await erase(store, life.org, "+12125550177", data, LATER) is None


async def test_she_comes_back_as_somebody_new(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    await erase(store, life.org, HER, data, LATER)
    async with store.writing() as session:
        ids = await contacts.upsert(session, life.org, [NewContact(e164=HER, source="again.csv")])
    assert ids[HER] != life.contact
    again = await erase(store, life.org, HER, data, LATER)
    assert again is not None
    assert (again.subject, again.proof["rows"], again.proof["files"]) == (
        ids[HER],
        {"contacts": 1},
        [],
    )


async def test_another_organisation_keeps_its_own(store: Store, data: Path) -> None:
    life, other = await life_in(store, data), await life_in(store, data, "b", 10)
    before = await all_text(store, other.org)
    await erase(store, life.org, HER, data, LATER)
    assert await all_text(store, other.org) == before
    assert all(folder.is_dir() for folder in other.folders)


async def test_calls_without_the_store_are_those_of_the_first_organisation(store: Store, data: Path) -> None:
    life = await life_in(store, data, "a", 10)
    alone = record(data, record_id(1), HER)
    erased = await erase(store, DEFAULT_ORG_ID, HER, data, LATER)
    assert erased is not None
    assert (erased.subject, erased.proof["rows"]) == (record_id(1), {})
    assert not alone.exists()
    assert all(folder.is_dir() for folder in life.folders)
    record(data, record_id(1), HER)
    await erase(store, life.org, HER, data, LATER)
    assert alone.is_dir()


async def test_not_while_a_call_is_under_way(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    async with store.writing() as session:
        await session.execute(
            update(Call).where(Call.id == life.out).values(ended_at=None, status=CallStatus.IN_CALL)
        )
    before = await all_text(store, life.org)
    with pytest.raises(UsageError, match="A call with this number is under way"):
        await erase(store, life.org, HER, data, LATER)
    assert await all_text(store, life.org) == before
    assert all(folder.is_dir() for folder in life.folders)


async def test_not_while_a_call_without_the_store_is_under_way(store: Store, data: Path) -> None:
    record(data, record_id(1), HER, state="ringing")
    with pytest.raises(UsageError, match="under way"):
        await erase(store, DEFAULT_ORG_ID, HER, data, NOON)


async def test_a_number_of_thousands_of_calls_is_nobodys(
    store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await life_in(store, data)
    monkeypatch.setattr(traces, "MOST_CALLS", 2)
    monkeypatch.setattr(eraser, "MOST_CALLS", 2)
    with pytest.raises(UsageError, match="More than 2 calls have this number"):
        await erase(store, life.org, HER, data, LATER)


@pytest.mark.parametrize("rounds", [1, 5])
async def test_a_call_that_comes_meanwhile_is_erased_too(
    store: Store, data: Path, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    life = await life_in(store, data)
    find, seen = person.find_person, 0

    async def late(*arguments: Any) -> Any:
        nonlocal seen
        seen += 1
        found = await find(*arguments)
        if seen <= rounds:
            # It is there right after everything was looked for.
            async with store.writing() as session:
                call = await session.get_one(Call, life.inbound)
                session.add(
                    Call(
                        org_id=life.org,
                        direction=call.direction,
                        transport=call.transport,
                        record_id=record_id(100 + seen),
                        from_number=HER,
                        status=CallStatus.ENDED,
                        ended_at=NOON,
                    )
                )
            record(data, record_id(100 + seen), OURS, sender=HER)
        return found

    monkeypatch.setattr(eraser, "find_person", late)
    if rounds > eraser.ROUNDS:
        with pytest.raises(UsageError, match="under way"):
            await erase(store, life.org, HER, data, LATER)
        return
    erased = await erase(store, life.org, HER, data, LATER)
    assert erased is not None
    files = erased.proof["files"]
    assert isinstance(files, list)
    assert len(files) == 3 * len(FILES)
    assert HER not in await all_text(store, life.org)
    assert not (life.folders[0].parent / record_id(101)).exists()


async def test_files_that_cannot_be_removed_stop_it_and_nobody_calls_her(
    store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await life_in(store, data)

    def fails(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vantum.outreach.call_folders.remove", fails)
    with pytest.raises(PermissionError):
        await erase(store, life.org, HER, data, LATER)
    async with store.reading() as session:
        her = await contacts.get(session, life.org, life.contact)
        lead = await session.get_one(Lead, life.scene.leads[0])
    assert her is not None
    assert (her.e164, lead.state) == (HER, LeadState.SKIPPED)


@pytest.mark.parametrize(
    "point", ["before the files", "amid the files", "before the rows", "before the rows' commit"]
)
async def test_who_is_killed_is_finished_by_the_next(url: URL, data: Path, point: str) -> None:
    async with open_store(url) as store:
        life = await life_in(store, data)
    await killed(url, point, HER, life.org, data)
    async with open_store(url) as store:
        erased = await erase(store, life.org, HER, data, LATER)
        assert erased is not None
        files = erased.proof["files"]
        assert isinstance(files, list)
        assert len({file for file, _ in files}) == len(files) == 2 * len(FILES)
        assert HER not in await all_text(store, life.org)
    assert not any(folder.exists() for folder in life.folders)
    assert [*(data / "removed").iterdir()] == []
    assert [*life.other_folder.parent.iterdir()] == [life.other_folder]
    assert replace(erased, carrier_calls=()).subject == life.contact
