"""Lists come into the store: whole, once, each row with its verdict, and nobody is called who must not be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.outreach.lists import Desk, Watch, count, csv_list, desk_in, long_list, phone, rows_of
from tests.vantum.sheets import books
from tests.vantum.store.rows import NOON
from vantum.core.errors import UsageError
from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, LineType, Method, Reason, Scope
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.outreach import importer, list_reading
from vantum.outreach.importer import Before, Imported, import_list, try_list
from vantum.outreach.list_reading import Repeat, Step
from vantum.store import consents, contacts, imports, leads, suppressions
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.imports import DIED, OVERTAKEN, QUIET, NewImport
from vantum.store.models import (
    Campaign,
    Company,
    Consent,
    Contact,
    Import,
    ImportRow,
    Lead,
    WebhookDelivery,
    WebhookEndpoint,
)
from vantum.store.publishing import Publisher
from vantum.store.staged import StagedRow
from vantum.store.words import ImportState, RowVerdict

pytestmark = pytest.mark.real_time
ACCEPTED, DUPLICATE, INVALID, SUPPRESSED = RowVerdict
TABLES = (Contact, Company, Consent, Lead, ImportRow)


async def done(store: Store, desk: Desk, path: Path, scratch: Path, **more: object) -> Imported:
    """Import a file, and it is no repetition."""
    found = await import_list(store, desk.org, desk.order(path, **more), scratch)
    assert isinstance(found, Imported)
    return found


async def nothing_in(store: Store) -> bool:
    """Whether there is nothing of any list."""
    return not any([await count(store, table) for table in TABLES])


async def the_contact(store: Store, desk: Desk, number: str) -> Contact:
    async with store.reading() as session:
        return (await contacts.by_e164(session, desk.org, [number]))[number]


async def add_contact(store: Store, desk: Desk, contact: NewContact) -> str:
    ids = await store.write(lambda session: contacts.upsert(session, desk.org, [contact]))
    return ids[contact.e164]


async def suppress(store: Store, desk: Desk, scope: Scope, value: str, reason: Reason = Reason.ASKED) -> None:
    against = legal.Suppression(scope, value, reason)
    await store.write(lambda session: suppressions.add(session, desk.org, against))


async def test_every_row_gets_its_verdict(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    await suppress(store, desk, Scope.NUMBER, phone(3))
    await suppress(store, desk, Scope.DOMAIN, "example.org", Reason.COMPLAINT)
    known = await add_contact(store, desk, NewContact(e164=phone(4), source="before"))
    path = csv_list(
        tmp_path,
        "Telefon,Name,Firma,Website,E-Mail",
        f"{phone(1)},Anna Berg,Example,www.example.com,x",
        f"{phone(1)},Anna again,,,",
        f"{phone(3)},Bert Tal,,,",
        f"{phone(4)},Carl Rot,Example,example.com,",
        "abc,Dora,,,",
        f"{phone(6)},Emil,,shop.example.org,",
        f"{phone(7)},Fritz,Nowhere,,",
    )
    watch = Watch()
    found = await import_list(store, desk.org, desk.order(path), tmp_path / "scratch", watch)
    assert isinstance(found, Imported)
    assert found.counts == {ACCEPTED: 2, DUPLICATE: 2, SUPPRESSED: 2, INVALID: 1}
    assert (found.leads, found.findings.counts) == (3, found.counts)
    assert [told.step for told in watch.told] == [Step.READING, Step.WRITING]
    assert {(told.rows, told.bytes_read, told.size) for told in watch.told} == {
        (7, path.stat().st_size, path.stat().st_size)
    }
    async with store.reading() as session:
        row = await imports.get(session, desk.org, found.import_id)
        assert row is not None
        assert (row.state, row.rows, row.accepted, row.duplicate) == (ImportState.FINISHED, 7, 2, 2)
        assert (row.invalid, row.suppressed, row.error, row.filename) == (1, 2, "", "list.csv")
        assert row.finished_at is not None
        listed = await imports.rows(session, desk.org, found.import_id)
        states = await leads.counts(session, desk.org, desk.campaign)
        ids = await contacts.ids_by_e164(session, desk.org, [phone(1), phone(4), phone(7)])
    assert [(each.row, each.verdict, each.column, each.reason) for each in listed] == [
        (2, ACCEPTED, "", ""),
        (3, DUPLICATE, "", "Row 2 has the same number."),
        (4, SUPPRESSED, "", "The number is not to be called: asked."),
        (5, DUPLICATE, "", "The number is a contact already."),
        (6, INVALID, "Telefon", "It is not a phone number. It says 'abc'."),
        (7, SUPPRESSED, "", "The domain is not to be called: complaint."),
        (8, ACCEPTED, "", ""),
    ]
    assert listed[0].notes == ["E-Mail: It is no e-mail address, and left out. It says 'x'."]
    assert [each.contact_id for each in listed] == [
        *(ids[phone(1)], ids[phone(1)], None),
        *(known, None, None, ids[phone(7)]),
    ]
    assert states[LeadState.PENDING] == 3
    assert {row.contact_id for row in await rows_of(store, Lead)} == set(ids.values())
    companies = {row.domain: row.id for row in await rows_of(store, Company)}
    assert companies.keys() == {"example.com", None}
    for number, domain in ((phone(1), "example.com"), (phone(4), "example.com"), (phone(7), None)):
        assert (await the_contact(store, desk, number)).company_id == companies[domain]


async def test_where_a_number_comes_from_is_kept(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    path = csv_list(tmp_path, "phone,source", f"{phone(1)},", f"{phone(2)},Referral")
    await done(store, desk, path, tmp_path, source="Trade fair")
    anna, bert = await the_contact(store, desk, phone(1)), await the_contact(store, desk, phone(2))
    assert (anna.source, anna.source_detail, anna.source_at) == ("Trade fair", "list.csv, row 2", NOON)
    assert (bert.source, bert.source_detail) == ("Referral", "list.csv, row 3")


async def test_a_known_contact_keeps_what_no_newer_value_replaces(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    await add_contact(
        store,
        desk,
        NewContact(
            e164=phone(1),
            source="before",
            source_detail="by hand",
            name="Anna",
            title="CEO",
            line_type=LineType.MOBILE,
            custom={"size": "40", "colour": "red"},
        ),
    )
    path = csv_list(
        tmp_path, "phone,name,title,line type,size,shape", f"{phone(1)},Anna Berg,,landline,41,round"
    )
    found = await done(store, desk, path, tmp_path)
    assert (found.counts, found.leads) == ({DUPLICATE: 1}, 1)
    anna = await the_contact(store, desk, phone(1))
    assert (anna.name, anna.title, anna.line_type) == ("Anna Berg", "CEO", LineType.MOBILE)
    assert anna.custom == {"size": "41", "colour": "red", "shape": "round"}
    assert (anna.source, anna.source_detail) == ("before", "by hand")


async def test_a_known_contact_whose_row_has_no_fields_keeps_its_own(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    await add_contact(store, desk, NewContact(e164=phone(1), source="before", custom={"size": "40"}))
    await done(store, desk, csv_list(tmp_path, "phone", phone(1)), tmp_path)
    assert (await the_contact(store, desk, phone(1))).custom == {"size": "40"}


async def test_consents_come_with_their_proof_and_once(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    header = "phone,consent,consent method,consent date,consent text,consent proof"
    row = f"{phone(1)},AI voice marketing,web form,2026-03-01,May we call?,form 7"
    for name in ("one.csv", "two.csv"):
        path = csv_list(tmp_path, header, row, f"# {name}", name=name)
        await done(store, desk, path, tmp_path)
    (kept,) = await rows_of(store, Consent)
    assert (kept.text_shown, kept.proof) == ("May we call?", "form 7")
    async with store.reading() as session:
        (said,) = await consents.of_contact(session, desk.org, kept.contact_id)
    assert (said.kind, said.method) == (ConsentKind.AI_VOICE_MARKETING, Method.WRITTEN)
    assert said.granted_at is not None
    assert said.granted_at.date().isoformat() == "2026-03-01"


async def test_without_a_campaign_there_are_contacts_and_no_leads(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    found = await done(store, desk, csv_list(tmp_path, "phone", phone(1)), tmp_path, campaign_id=None)
    assert (found.counts, found.leads) == ({ACCEPTED: 1}, 0)
    assert await count(store, Lead) == 0


async def test_the_same_file_is_told_and_adds_nothing(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    path = csv_list(tmp_path, "phone", phone(1), "x")
    first = await done(store, desk, path, tmp_path)
    before = [await count(store, table) for table in (*TABLES, Import)]
    same = csv_list(tmp_path, "phone", phone(1), "x", name="other.csv")
    again = await import_list(store, desk.org, desk.order(same), tmp_path)
    assert isinstance(again, Before)
    assert (again.import_id, again.counts) == (
        first.import_id,
        {ACCEPTED: 1, DUPLICATE: 0, INVALID: 1, SUPPRESSED: 0},
    )
    assert [await count(store, table) for table in (*TABLES, Import)] == before
    wanted = await done(store, desk, path, tmp_path, repeat=Repeat.IMPORT)
    assert (wanted.counts, wanted.leads) == ({DUPLICATE: 1, INVALID: 1}, 0)


async def test_the_same_file_may_go_into_another_campaign(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    path = csv_list(tmp_path, "phone", phone(1))
    await done(store, desk, path, tmp_path)

    async def second(session: AsyncSession) -> str:
        campaign = Campaign(org_id=desk.org, name="Winter", pipeline="outreach")
        session.add(campaign)
        await session.flush()
        return campaign.id

    other = await store.write(second)
    found = await done(store, desk, path, tmp_path, campaign_id=other)
    assert (found.counts, found.leads) == ({DUPLICATE: 1}, 1)


async def test_another_organisation_knows_nothing_of_it(store: Store, tmp_path: Path) -> None:
    desk, other = await desk_in(store, "a"), await desk_in(store, "b")
    path = csv_list(tmp_path, "phone", phone(1))
    await suppress(store, desk, Scope.NUMBER, phone(1))
    assert (await done(store, desk, path, tmp_path)).counts == {SUPPRESSED: 1}
    found = await done(store, other, path, tmp_path)
    assert found.counts == {ACCEPTED: 1}
    async with store.reading() as session:
        assert await imports.get(session, desk.org, found.import_id) is None
        assert await imports.rows(session, desk.org, found.import_id) == []
    with pytest.raises(UsageError, match="There is no such campaign"):
        await import_list(store, desk.org, other.order(path), tmp_path)


async def test_an_archived_campaign_takes_no_leads(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)

    async def archive(session: AsyncSession) -> None:
        campaign = await session.get_one(Campaign, desk.campaign)
        campaign.state = CampaignState.ARCHIVED

    await store.write(archive)
    with pytest.raises(UsageError, match="The campaign 'Autumn' is archived"):
        await import_list(store, desk.org, desk.order(csv_list(tmp_path, "phone", phone(1))), tmp_path)


async def test_to_try_changes_nothing(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    rows: list[StagedRow] = []

    def sink(batch: Sequence[StagedRow]) -> None:
        rows.extend(batch)

    path = csv_list(tmp_path, "phone", phone(1), phone(1), "x")
    watch = Watch()
    found = await try_list(store, desk.org, desk.order(path), sink, watch)
    assert found.counts == {ACCEPTED: 1, DUPLICATE: 1, INVALID: 1, SUPPRESSED: 0}
    assert [row.verdict for row in rows] == [ACCEPTED, DUPLICATE, INVALID]
    assert [told.step for told in watch.told] == [Step.READING]
    assert await nothing_in(store)
    assert await count(store, Import) == 0
    assert (await try_list(store, desk.org, desk.order(path))).rows == 3


async def test_five_thousand_rows(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    watch = Watch()
    found = await import_list(store, desk.org, desk.order(long_list(tmp_path, 5_000)), tmp_path, watch)
    assert isinstance(found, Imported)
    assert (found.counts, found.leads) == ({ACCEPTED: 5_000}, 5_000)
    assert [await count(store, table) for table in TABLES] == [5_000, 50, 0, 5_000, 5_000]
    assert [told.rows for told in watch.told] == [1_000, 2_000, 3_000, 4_000, 5_000] * 2
    async with store.reading() as session:
        last = await imports.rows(session, desk.org, found.import_id, 4_990, ACCEPTED)
        assert [row.row for row in last] == [*range(4_991, 5_002)]
        assert len(await imports.rows(session, desk.org, found.import_id)) == imports.MOST_ROWS
        assert await imports.rows(session, desk.org, found.import_id, verdict=INVALID) == []


async def test_a_file_that_is_no_list_leaves_nothing(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    (tmp_path / "list.csv").write_bytes(b"%PDF-1.7")
    with pytest.raises(UsageError, match="is a PDF"):
        await import_list(store, desk.org, desk.order(tmp_path / "list.csv"), tmp_path)
    with pytest.raises(UsageError, match=r"none\.csv cannot be opened \(No such file or directory\)"):
        await import_list(store, desk.org, desk.order(tmp_path / "none.csv"), tmp_path)
    assert await count(store, Import) == 0


async def test_a_file_that_is_damaged_in_the_middle_leaves_nothing(store: Store, tmp_path: Path) -> None:
    """A sheet whose end is missing, behind more rows than a batch has."""
    desk = await desk_in(store)
    rows = [books.row(phone(n)) for n in range(2_500)]
    whole = books.sheet(books.row("Phone"), *rows)
    path = books.write(tmp_path / "list.xlsx", books.parts(whole[: -len("</sheetData></worksheet>") - 9]))
    watch = Watch()
    with pytest.raises(UsageError, match="damaged"):
        await import_list(store, desk.org, desk.order(path), tmp_path, watch)
    assert watch.told
    assert await nothing_in(store)
    (row,) = await rows_of(store, Import)
    assert row.state is ImportState.FAILED
    assert "damaged" in row.error
    assert row.finished_at is not None


HOSTILE = (
    '=cmd|"/c calc"!A1',
    "'; DROP TABLE contacts; --",
    "%s %(x)s :name {} \\u0041",
    "x" * 30_000,
    "\x00\x07\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16", "ignore"),
    "Z\u0301" * 500,
)


async def test_whatever_cells_say_is_text(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    rows = [f'{phone(n)},"{cell.replace(chr(34), chr(34) * 2)}"' for n, cell in enumerate(HOSTILE)]
    path = csv_list(tmp_path, "phone,memo", *rows)
    found = await done(store, desk, path, tmp_path)
    assert found.counts == {ACCEPTED: len(HOSTILE)}
    first = await the_contact(store, desk, phone(0))
    assert first.custom == {"memo": HOSTILE[0]}
    assert (await the_contact(store, desk, phone(1))).custom == {"memo": HOSTILE[1]}
    assert (await the_contact(store, desk, phone(3))).custom == {}


async def test_who_is_cancelled_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_in(store)
    began = asyncio.Event()
    add = Publisher.add

    async def stuck(publisher: Publisher, staged: Sequence[StagedRow]) -> None:
        await add(publisher, staged)
        began.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Publisher, "add", stuck)
    order = desk.order(csv_list(tmp_path, "phone", phone(1)))
    task = asyncio.create_task(import_list(store, desk.org, order, tmp_path))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await nothing_in(store)
    (row,) = await rows_of(store, Import)
    assert (row.state, row.error) == (ImportState.FAILED, importer.STOPPED)


async def test_an_error_of_ours_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_in(store)

    async def broken(_publisher: Publisher, _staged: Sequence[StagedRow]) -> None:
        raise KeyError("x")

    monkeypatch.setattr(Publisher, "add", broken)
    with pytest.raises(KeyError):
        await done(store, desk, csv_list(tmp_path, "phone", phone(1)), tmp_path)
    (row,) = await rows_of(store, Import)
    assert (row.state, row.error) == (ImportState.FAILED, "The import failed (KeyError).")


async def overtake(store: Store, desk: Desk, monkeypatch: pytest.MonkeyPatch, beat_seconds: float) -> None:
    """Begin the same list once more as soon as the first batch is read."""
    monkeypatch.setattr(importer, "BEAT_SECONDS", beat_seconds)
    read = list_reading.read_list

    async def reading(*arguments: object) -> object:
        async def again(session: AsyncSession) -> str:
            (first,) = (await session.scalars(select(Import))).all()
            new = NewImport("again.csv", first.sha256, 1, {}, desk.campaign)
            return await imports.begin(session, desk.org, new, NOON)

        if beat_seconds == 0.0:
            await store.write(again)
            return await read(*arguments)  # type: ignore[arg-type]
        findings = await read(*arguments)  # type: ignore[arg-type]
        await store.write(again)
        return findings

    monkeypatch.setattr(importer, "read_list", reading)


@pytest.mark.parametrize("beat_seconds", [0.0, 60.0], ids=["while it reads", "before it publishes"])
async def test_one_that_is_overtaken_adds_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beat_seconds: float
) -> None:
    desk = await desk_in(store)
    await overtake(store, desk, monkeypatch, beat_seconds)
    with pytest.raises(UsageError, match="The same list was begun again meanwhile"):
        await done(store, desk, csv_list(tmp_path, "phone", phone(1)), tmp_path)
    assert await nothing_in(store)
    first, second = await rows_of(store, Import)
    assert (first.state, first.error) == (ImportState.FAILED, OVERTAKEN)
    assert (second.state, second.filename) == (ImportState.RUNNING, "again.csv")


async def test_one_that_somebody_else_finished_meanwhile_adds_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_in(store)
    path = csv_list(tmp_path, "phone", phone(1))
    read = list_reading.read_list

    async def reading(*arguments: object) -> object:
        findings = await read(*arguments)  # type: ignore[arg-type]

        async def finished(session: AsyncSession) -> None:
            (first,) = (await session.scalars(select(Import))).all()
            session.add(
                Import(
                    org_id=desk.org,
                    campaign_id=desk.campaign,
                    filename="x",
                    sha256=first.sha256,
                    state=ImportState.FINISHED,
                )
            )

        await store.write(finished)
        return findings

    monkeypatch.setattr(importer, "read_list", reading)
    with pytest.raises(UsageError, match="begun again meanwhile"):
        await done(store, desk, path, tmp_path)
    assert await nothing_in(store)


async def test_a_sign_of_life_is_given_while_it_reads(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_in(store)
    monkeypatch.setattr(importer, "BEAT_SECONDS", 0.0)
    signs: list[int] = []
    beat = imports.beat

    async def seen(session: AsyncSession, org_id: str, import_id: str, rows: int, at: object) -> bool:
        signs.append(rows)
        return await beat(session, org_id, import_id, rows, at)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "beat", seen)
    await done(store, desk, long_list(tmp_path, 2_100), tmp_path)
    # While it is read, while it is got ready, and when it is published.
    assert signs == [1_000, 2_000, *[2_100] * 5]


async def test_the_next_import_closes_one_whose_process_has_died(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    new = NewImport("dead.csv", "0" * 64, 1, {})
    long_ago = NOON - timedelta(days=400)
    dead = await store.write(lambda session: imports.begin(session, desk.org, new, long_ago))
    await done(store, desk, csv_list(tmp_path, "phone", phone(1)), tmp_path)
    async with store.reading() as session:
        row = await imports.get(session, desk.org, dead)
    assert row is not None
    assert (row.state, row.error) == (ImportState.FAILED, DIED)
    assert timedelta(seconds=importer.BEAT_SECONDS) * 10 < QUIET


async def test_who_asked_since_the_list_was_read_is_no_lead(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_in(store)
    read = list_reading.read_list

    async def reading(*arguments: object) -> object:
        findings = await read(*arguments)  # type: ignore[arg-type]
        await suppress(store, desk, Scope.NUMBER, phone(1))
        return findings

    monkeypatch.setattr(importer, "read_list", reading)
    found = await done(store, desk, csv_list(tmp_path, "phone", phone(1), phone(2)), tmp_path)
    assert (found.counts, found.leads) == ({SUPPRESSED: 1, ACCEPTED: 1}, 1)
    assert found.findings.counts[ACCEPTED] == 2
    async with store.reading() as session:
        assert await contacts.ids_by_e164(session, desk.org, [phone(1)]) == {}


async def test_a_database_that_fails_is_told_as_it_is(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_in(store)

    async def broken(_publisher: Publisher, _staged: Sequence[StagedRow]) -> None:
        raise TimeoutError

    async def unwell(*_: object) -> bool:
        raise TimeoutError("The database is gone.")

    monkeypatch.setattr(Publisher, "add", broken)
    monkeypatch.setattr(imports, "fail", unwell)
    with pytest.raises(TimeoutError) as raised:
        await done(store, desk, csv_list(tmp_path, "phone", phone(1)), tmp_path)
    assert raised.value.args == ()
    (row,) = await rows_of(store, Import)
    assert row.state is ImportState.RUNNING


def test_a_name_is_safe_to_keep(tmp_path: Path) -> None:
    order = replace(Desk("o", "c").order(tmp_path / ("x\u202e" + "y" * 300)), filename="")
    assert order.name == "x" + "y" * 199
    assert replace(order, filename="leads\x00.csv").name == "leads.csv"


async def test_the_columns_are_kept(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    content = books.parts(books.sheet(books.row("Phone", "Memo"), books.row(phone(1), "x")))
    await done(store, desk, books.write(tmp_path / "list.xlsx", content), tmp_path)
    (row,) = await rows_of(store, Import)
    assert row.mapping == {
        "columns": [
            {"name": "Phone", "field": "phone", "key": ""},
            {"name": "Memo", "field": "custom", "key": "memo"},
        ],
        "country": "US",
        "sheet": "Sheet 1",
    }
    assert (row.bytes, len(row.sha256)) == ((tmp_path / "list.xlsx").stat().st_size, 64)
    async with store.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM imports")) == 1


async def test_who_wants_to_know_is_told_at_the_end(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)

    async def subscribe(session: AsyncSession) -> None:
        session.add(
            WebhookEndpoint(
                org_id=desk.org, url="https://example.com", secret="x" * 32, events=["import.finished"]
            )
        )

    await store.write(subscribe)
    found = await done(store, desk, csv_list(tmp_path, "phone", phone(1), "x"), tmp_path)
    (told,) = await rows_of(store, WebhookDelivery)
    assert (told.event, told.subject_id) == ("import.finished", found.import_id)
    assert json.loads(told.body)["data"] == {
        "import_id": found.import_id,
        "campaign_id": desk.campaign,
        "leads": 1,
        "accepted": 1,
        "duplicate": 0,
        "invalid": 1,
        "suppressed": 0,
    }
