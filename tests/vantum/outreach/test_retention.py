"""What is past its time goes, with proof; what is not stays; and nobody is called who must not be."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, select, update

from tests.vantum.outreach.killing import killed
from tests.vantum.outreach.people import FILES, HER, OURS, SECRET, Life, age, all_text, new_life, record_id
from tests.vantum.store.rows import NOON, new_scene, number
from vantum.core.legal import case as legal
from vantum.core.legal.case import Reason, Scope
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.outreach import call_folders, retention
from vantum.outreach.retention import ELSEWHERE, Thing, count, forget
from vantum.retention import Keep
from vantum.store import contacts, decisions, suppressions
from vantum.store.engine import Store, open_store
from vantum.store.models import (
    AuditEntry,
    Call,
    Campaign,
    Contact,
    Import,
    ImportRow,
    Lead,
    Org,
    Recording,
    WebhookDelivery,
)
from vantum.store.words import CallStatus, ContactState, Direction, ImportState, Transport

pytestmark = pytest.mark.real_time
DAYS = 30
OVER = NOON + timedelta(days=DAYS)
EVER = Keep(0, 0)
ALL = Counter({Thing.CALLS: 3, Thing.PEOPLE: 2, Thing.LIST_ROWS: 1, Thing.MESSAGES: 1})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def life_in(store: Store, data: Path, days: int = DAYS, slug: str = "a", first: int = 0) -> Life:
    """Somebody of an organisation that keeps things so long; all of it is of noon."""
    async with store.writing() as session:
        life = await new_life(session, data, slug, first)
        await session.execute(update(Org).where(Org.id == life.org).values(retention_days=days))
    await age(store, life.org)
    return life


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def state_of(store: Store, life: Life) -> ContactState:
    async with store.reading() as session:
        return (await session.get_one(Contact, life.contact)).state


async def entries(store: Store, org: str, action: str) -> list[dict[str, object]]:
    """What the audit log says of one kind of deed."""
    statement = select(AuditEntry.details).where(AuditEntry.org_id == org, AuditEntry.action == action)
    async with store.reading() as session:
        return [*(await session.scalars(statement.order_by(AuditEntry.id)))]


async def test_all_of_it_goes_when_its_time_is_over(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    before = OVER - timedelta(seconds=1)
    text = await all_text(store, life.org)
    assert not +await count(store, EVER, before)
    assert not +await forget(store, data, EVER, before)
    assert await all_text(store, life.org) == text
    assert +await count(store, EVER, OVER) == ALL
    assert await all_text(store, life.org) == text
    assert +await forget(store, data, EVER, OVER) == ALL
    text = await all_text(store, life.org)
    assert SECRET not in text
    assert HER not in text
    assert files_below(data) == []
    async with store.reading() as session:
        out = await session.get_one(Call, life.out)
        assert (out.to_number, out.record_id, out.ended_at) == ("", None, NOON)
        assert await decisions.check(session, life.org) is None
        states = (await session.scalars(select(Contact.state).where(Contact.org_id == life.org))).all()
        assert {*states} == {ContactState.ERASED}
        lead = await session.get_one(Lead, life.scene.leads[0])
        assert lead.state is LeadState.SKIPPED
    assert not +await forget(store, data, EVER, OVER + timedelta(days=1))


async def test_the_proof_names_calls_files_and_rows(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    folders = sorted([*life.folders, life.other_folder])
    names = [f"{folder.relative_to(data).as_posix()}/{name}" for folder in folders for name in FILES]
    await forget(store, data, EVER, OVER)
    (begun,) = await entries(store, life.org, "calls.erasing")
    (proof,) = await entries(store, life.org, "calls.erased")
    assert proof["files"] == begun["files"]
    assert [file for file, _ in proof["files"]] == names  # type: ignore[attr-defined]
    assert sorted(proof["calls"]) == proof["calls"]  # type: ignore[call-overload]
    assert {life.out, life.inbound} < {*proof["calls"]}  # type: ignore[misc]
    assert proof["rows"] == {"turns": 2, "recordings": 2, "call_events": 2, "analyses": 2, "calls": 3}
    people = await entries(store, life.org, "contact.erased")
    assert [each["cause"] for each in people] == ["retention", "retention"]
    assert [each["suppressions_kept"] for each in people] == [1, 0]
    assert SECRET not in repr(proof)


async def test_who_must_not_be_called_is_not_called_ever_after(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    stranger = legal.Suppression(Scope.NUMBER, number(50), Reason.NATIONAL_DNC)
    late = legal.Suppression(Scope.NUMBER, number(51), Reason.MANUAL)
    async with store.writing() as session:
        await suppressions.add(session, life.org, stranger)
    await age(store, life.org)
    async with store.writing() as session:
        await suppressions.add(session, life.org, late)
    assert (await forget(store, data, EVER, OVER))[Thing.NUMBERS] == 1
    text = await all_text(store, life.org)
    assert number(50) not in text
    assert number(51) in text
    keys = [(Scope.NUMBER, each) for each in (HER, number(50), number(51), number(1))]
    async with store.reading() as session:
        found = await suppressions.in_force(session, life.org, keys, OVER + timedelta(days=9_999))
    assert {*found} == {*keys[:3]}


@pytest.mark.parametrize(
    ("days", "keep", "gone"),
    [
        (0, EVER, {}),
        (0, Keep(DAYS, 0), {Thing.CALLS: 3, Thing.MESSAGES: 1}),
        (DAYS + 1, Keep(DAYS, 0), {Thing.CALLS: 3, Thing.MESSAGES: 1}),
        (DAYS + 1, Keep(0, DAYS), {Thing.SOUND: 2}),
        (DAYS, Keep(DAYS + 1, 0), {**ALL}),
        (DAYS, Keep(0, DAYS), {**ALL, Thing.SOUND: 2}),
    ],
)
async def test_the_shortest_time_holds(
    store: Store, data: Path, days: int, keep: Keep, gone: dict[Thing, int]
) -> None:
    await life_in(store, data, days)
    assert +await forget(store, data, keep, OVER) == Counter(gone)


async def test_sound_that_has_a_time_of_its_own(store: Store, data: Path) -> None:
    life = await life_in(store, data, 0)
    file = life.folders[0] / "recording.wav"
    outside = data / "calls.wav"
    outside.write_bytes(b"x")
    async with store.writing() as session:
        recordings = (await session.scalars(select(Recording).order_by(Recording.id))).all()
        for recording in recordings:
            ours = recording.call_id == life.out
            recording.path = file.relative_to(data).as_posix() if ours else "calls/../calls.wav"
            recording.delete_at = OVER
    assert not +await forget(store, data, EVER, OVER - timedelta(seconds=1))
    assert +await forget(store, data, EVER, OVER) == Counter({Thing.SOUND: 2})
    assert not file.exists()
    assert outside.exists()
    assert sorted(path.name for path in life.folders[0].iterdir()) == sorted({*FILES} - {"recording.wav"})
    (proof,) = await entries(store, life.org, "sound.erased")
    assert [name for name, _ in proof["files"]] == [file.relative_to(data).as_posix()]  # type: ignore[attr-defined]
    assert proof["rows"] == {"recordings": 2}


@pytest.mark.parametrize(
    ("campaign", "lead", "state"),
    [
        (CampaignState.DRAFT, LeadState.PENDING, ContactState.ERASED),
        (CampaignState.SCHEDULED, LeadState.PENDING, ContactState.ACTIVE),
        (CampaignState.RUNNING, LeadState.PENDING, ContactState.ACTIVE),
        (CampaignState.PAUSED, LeadState.WAITING, ContactState.ACTIVE),
        (CampaignState.COMPLETED, LeadState.DONE, ContactState.ERASED),
        (CampaignState.RUNNING, LeadState.SKIPPED, ContactState.ERASED),
        (CampaignState.ARCHIVED, LeadState.PENDING, ContactState.ERASED),
        (CampaignState.FAILED, LeadState.IN_CALL, ContactState.ACTIVE),
    ],
)
async def test_whom_a_campaign_calls_is_kept(
    store: Store, data: Path, campaign: CampaignState, lead: LeadState, state: ContactState
) -> None:
    life = await life_in(store, data)
    async with store.writing() as session:
        await session.execute(
            update(Campaign).where(Campaign.id == life.scene.campaign).values(state=campaign)
        )
        await session.execute(update(Lead).where(Lead.id == life.scene.leads[0]).values(state=lead))
    await forget(store, data, EVER, OVER)
    assert await state_of(store, life) is state


@pytest.mark.parametrize("named", [True, False], ids=["by the contact", "by the number"])
@pytest.mark.parametrize("ended", [NOON + timedelta(seconds=1), None], ids=["later", "under way"])
async def test_with_whom_a_call_is_kept_is_kept(store: Store, data: Path, named: bool, ended: object) -> None:
    life = await life_in(store, data)
    async with store.writing() as session:
        session.add(
            Call(
                org_id=life.org,
                contact_id=life.contact if named else None,
                direction=Direction.INBOUND,
                transport=Transport.TWILIO,
                record_id=record_id(77),
                from_number=HER,
                to_number=OURS,
                status=CallStatus.IN_CALL if ended is None else CallStatus.ENDED,
                ended_at=ended,
            )
        )
    assert (await forget(store, data, EVER, OVER))[Thing.PEOPLE] == 1
    assert await state_of(store, life) is ContactState.ACTIVE


async def test_who_was_told_of_since_is_kept(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    async with store.writing() as session:
        later = {"updated_at": NOON + timedelta(seconds=1)}
        await session.execute(update(Contact).where(Contact.id == life.contact).values(later))
    assert (await forget(store, data, EVER, OVER))[Thing.PEOPLE] == 1
    assert await state_of(store, life) is ContactState.ACTIVE


async def test_lists_that_are_read_and_messages_that_are_to_be_sent_stay(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    async with store.writing() as session:
        await session.execute(update(Import).values(state=ImportState.RUNNING))
        await session.execute(update(WebhookDelivery).values(next_at=OVER, subject_id="another"))
    gone = await forget(store, data, EVER, OVER)
    assert (gone[Thing.LIST_ROWS], gone[Thing.MESSAGES]) == (0, 0)
    async with store.reading() as session:
        assert len((await session.scalars(select(ImportRow))).all()) == 1
        assert len((await session.scalars(select(WebhookDelivery))).all()) == 1
    assert life.org


async def test_another_organisation_keeps_its_own(store: Store, data: Path) -> None:
    life, other = await life_in(store, data), await life_in(store, data, 0, "b", 10)
    before = await all_text(store, other.org)
    await forget(store, data, EVER, OVER)
    assert await all_text(store, other.org) == before
    assert all(folder.is_dir() for folder in other.folders)
    assert SECRET not in await all_text(store, life.org)


async def test_more_than_a_page(store: Store, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    monkeypatch.setattr(retention, "ROWS", 1)
    life = await life_in(store, data)
    async with store.writing() as session:
        scene = await new_scene(session, "c", 5)
        await session.execute(update(Org).where(Org.id == scene.org).values(retention_days=DAYS))
    await age(store, scene.org)
    assert +await forget(store, data, EVER, OVER) == ALL + Counter({Thing.PEOPLE: 5})
    assert len(await entries(store, life.org, "calls.erased")) == 2


async def test_files_that_cannot_be_removed_keep_their_rows(
    store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await life_in(store, data)

    def fails(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(call_folders, "remove", fails)
        with pytest.raises(PermissionError):
            await forget(store, data, EVER, OVER)
    assert SECRET in await all_text(store, life.org)
    assert await state_of(store, life) is ContactState.ACTIVE
    await forget(store, data, EVER, OVER)
    (proof,) = await entries(store, life.org, "calls.erased")
    assert len(proof["files"]) == 3 * len(FILES)  # type: ignore[arg-type]


async def test_a_call_waits_for_the_machine_that_has_its_folder(
    store: Store, data: Path, tmp_path: Path
) -> None:
    life = await life_in(store, data)
    empty = tmp_path / "other machine"
    async with store.reading() as session:
        postgres = session.get_bind().dialect.name == "postgresql"
    gone = await forget(store, empty, EVER, OVER + ELSEWHERE - timedelta(seconds=1))
    # On Postgres there may be several machines; a file of SQLite is on one.
    assert (gone[Thing.CALLS], gone[Thing.PEOPLE]) == ((0, 0) if postgres else (3, 2))
    again = await forget(store, empty, EVER, OVER + ELSEWHERE)
    assert gone[Thing.CALLS] + again[Thing.CALLS] == 3
    assert SECRET not in await all_text(store, life.org)


async def test_calls_without_a_folder_wait_for_nobody(store: Store, data: Path) -> None:
    life = await life_in(store, data)
    async with store.writing() as session:
        await session.execute(update(Call).where(Call.org_id == life.org).values(record_id=None))
    assert (await forget(store, data, EVER, OVER))[Thing.CALLS] == 3


@pytest.mark.parametrize("point", ["before the files", "amid the files", "before the calls' commit"])
async def test_who_is_killed_is_finished_by_the_next(url: URL, data: Path, point: str) -> None:
    async with open_store(url) as store:
        life = await life_in(store, data)
    await killed(url, point, str(DAYS), life.org, data)
    async with open_store(url) as store:
        assert SECRET in await all_text(store, life.org)
        await forget(store, data, EVER, OVER + ELSEWHERE)
        assert SECRET not in await all_text(store, life.org)
        proofs = await entries(store, life.org, "calls.erased")
        named = [file for proof in proofs for file, _ in proof["files"]]  # type: ignore[attr-defined]
        assert len(named) == len({*named}) == 3 * len(FILES)
        async with store.reading() as session:
            assert await contacts.by_e164(session, life.org, [HER]) == {}
    assert files_below(data) == []
