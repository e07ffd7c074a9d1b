"""The book of calls: in memory at once, on disk in order, and each idempotency key for one call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uuid_utils
from loguru import logger

from tests.vantum.phone.calls_kit import new_call, on_disk
from vantum.call_folder import CALLS, folder_of
from vantum.core.phone_call import Outcome, closed
from vantum.phone import book as book_module
from vantum.phone.book import KEYS, CallBook, Change
from vantum.phone.phone_call import PhoneCall, read_call, write_call
from vantum.testing import at_rest


def noted(notes: str) -> Change:
    return lambda call: replace(call, notes=notes)


def ended(call: PhoneCall) -> PhoneCall:
    return replace(call, progress=closed(call.progress, Outcome.COMPLETED, "It is over."))


def full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
async def book(tmp_path: Path) -> AsyncGenerator[CallBook, None]:
    book = CallBook(tmp_path)
    yield book
    await at_rest()
    book.close()


@pytest.fixture
async def other(tmp_path: Path) -> AsyncGenerator[CallBook, None]:
    """The book of another process on the same folder."""
    other = CallBook(tmp_path)
    yield other
    await at_rest()
    other.close()


async def test_a_new_call_is_on_disk_and_live(book: CallBook, tmp_path: Path) -> None:
    call = new_call()
    assert await book.create(call) is call
    assert on_disk(tmp_path, call.id) == call
    assert book.live(call.id) is call
    assert book.open_calls() == (call,)
    assert await book.find(call.id) is call


@pytest.mark.parametrize("call_id", ["", "none", "../..", "019ad5e0-0000-7000-8000-000000000000"])
async def test_what_is_no_call_is_not_found(book: CallBook, call_id: str) -> None:
    assert book.live(call_id) is None
    assert await book.find(call_id) is None
    assert book.change(call_id, noted("x")) is None
    assert await book.commit(call_id, noted("x")) is None
    assert await book.amend(call_id, noted("x")) is None


async def test_a_change_is_in_memory_at_once_and_on_disk_soon(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    changed = book.change(call.id, noted("new"))
    assert changed == replace(call, notes="new")
    assert book.live(call.id) is changed
    await at_rest()
    assert on_disk(tmp_path, call.id) == changed


async def test_a_commit_waits_for_the_disk(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    await book.commit(call.id, noted("new"))
    assert on_disk(tmp_path, call.id).notes == "new"


async def test_changes_reach_the_disk_in_their_order(book: CallBook, tmp_path: Path) -> None:
    """A change that nobody waits for is not written over what was committed after it."""
    call = await book.create(new_call())
    for turn in range(20):
        book.change(call.id, noted(f"{turn} first"))
        book.change(call.id, noted(f"{turn} second"))
        await book.commit(call.id, noted(f"{turn} third"))
        await at_rest()
        assert on_disk(tmp_path, call.id).notes == f"{turn} third"


async def test_a_call_that_is_over_leaves_the_memory_and_is_found_as_it_ended(book: CallBook) -> None:
    call = await book.create(new_call())
    over: list[PhoneCall] = []
    book.on_over = over.append
    book.change(call.id, noted("before"))
    assert over == []
    last = book.change(call.id, ended)
    assert over == [last]
    assert (book.live(call.id), book.open_calls()) == (None, ())
    assert book.change(call.id, noted("after")) is None
    # Without a pause: the reading waits for what is to be written.
    assert await book.find(call.id) == last
    assert over == [last]


async def test_facts_that_come_late_are_kept(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    live = await book.amend(call.id, noted("live"))
    assert live == book.live(call.id)
    book.change(call.id, ended)
    amended = await book.amend(call.id, noted("late"))
    assert amended is not None
    assert (amended.notes, amended.over) == ("late", True)
    assert on_disk(tmp_path, call.id) == amended


async def test_two_facts_that_come_late_together_are_both_kept(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    book.change(call.id, ended)
    await asyncio.gather(
        book.amend(call.id, noted("one")),
        book.amend(call.id, lambda call: replace(call, disposition="two")),
        book.amend(call.id, lambda call: replace(call, answered_by="three")),
    )
    last = on_disk(tmp_path, call.id)
    assert (last.notes, last.disposition, last.answered_by) == ("one", "two", "three")


async def test_a_late_fact_that_is_known_writes_nothing(
    book: CallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await book.create(new_call())
    last = await book.commit(call.id, ended)
    monkeypatch.setattr(book_module, "write_call", None)
    assert await book.amend(call.id, lambda call: call) == last


async def test_a_disk_that_fails_is_told_and_does_not_stop_the_call(
    book: CallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await book.create(new_call())

    monkeypatch.setattr(book_module, "write_call", full_disk)
    told: list[str] = []
    sink = logger.add(told.append, format="{message} {extra[reason]}")
    changed = book.change(call.id, noted("new"))
    await at_rest()
    logger.remove(sink)
    assert told == ["A phone call cannot be written. OSError\n"]
    assert book.live(call.id) is changed
    with pytest.raises(OSError, match="No space"):
        await book.commit(call.id, noted("newer"))
    with pytest.raises(OSError, match="No space"):
        await book.create(new_call())
    assert len(book.open_calls()) == 1


async def test_closing_writes_what_waits(tmp_path: Path) -> None:
    book = CallBook(tmp_path)
    call = await book.create(new_call())
    for number in range(50):
        book.change(call.id, noted(f"{number}"))
    book.close()
    assert on_disk(tmp_path, call.id).notes == "49"
    await at_rest()


# --- after a restart ------------------------------------------------------------------------------------


async def test_what_was_left_unfinished_is_live_again(book: CallBook, other: CallBook) -> None:
    open_call, over = await book.create(new_call()), await book.create(new_call())
    last = await book.commit(over.id, ended)
    assert await other.reopen() == [open_call, last]
    assert other.open_calls() == (open_call,)
    assert other.live(open_call.id) == open_call


async def test_only_what_is_mine_is_live_again_and_never_twice(book: CallBook, other: CallBook) -> None:
    mine, theirs = await book.create(new_call()), await book.create(new_call())
    assert await other.reopen(lambda call_id: call_id == mine.id) == [mine, theirs]
    changed = other.change(mine.id, noted("meanwhile"))
    assert other.open_calls() == (changed,)
    await other.reopen()
    assert other.open_calls() == (changed, theirs)
    assert [call.id for call in await other.recent()] == [mine.id, theirs.id]


@pytest.mark.parametrize(("days", "found"), [(0, True), (1, True), (2, False), (30, False)])
async def test_calls_of_today_and_yesterday_are_taken_up(
    book: CallBook, tmp_path: Path, days: int, found: bool
) -> None:
    moment = int((datetime.now(UTC) - timedelta(days=days)).timestamp() * 1000)
    call = replace(new_call(), id=f"{moment >> 16:08x}-{moment & 0xFFFF:04x}-7000-8000-000000000001")
    write_call(tmp_path, call, durable=False)
    assert await book.reopen() == ([call] if found else [])


async def test_what_is_no_call_among_them_is_passed_over(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    folder = folder_of(tmp_path, call.id)
    assert folder is not None
    (folder.parent / "browser-call").mkdir()
    (folder.parent / "stray").write_text("")
    (folder.parent / "torn").mkdir()
    (folder.parent / "torn" / "call.json").write_text('{"id"')
    assert await book.reopen() == [call]


async def test_an_empty_folder_has_no_calls(book: CallBook) -> None:
    assert await book.reopen() == []


# --- idempotency ----------------------------------------------------------------------------------------


async def test_a_known_key_gives_the_first_call(book: CallBook, tmp_path: Path) -> None:
    first = await book.create(new_call(), "key")
    changed = book.change(first.id, noted("meanwhile"))
    second = new_call()
    assert await book.create(second, "key") is changed
    assert read_call(folder_of(tmp_path, second.id)) is None
    assert book.open_calls() == (changed,)


async def test_a_known_key_gives_the_first_call_when_it_is_over(book: CallBook) -> None:
    first = await book.create(new_call(), "key")
    last = book.change(first.id, ended)
    assert await book.create(new_call(), "key") == last
    assert book.open_calls() == ()


async def test_a_known_key_gives_the_first_call_in_another_process(book: CallBook, other: CallBook) -> None:
    first = await book.create(new_call(), "key")
    assert await other.create(new_call(), "key") == first
    assert other.open_calls() == ()


async def test_other_keys_and_none_give_new_calls(book: CallBook) -> None:
    calls = [new_call() for _ in range(5)]
    keys = ["", "", "a", "A", "../" * 60]
    assert [await book.create(call, key) for call, key in zip(calls, keys, strict=True)] == calls


async def test_one_key_at_the_same_time_gives_one_call(book: CallBook, other: CallBook) -> None:
    books = [book] * 10 + [other]
    calls = [new_call() for _ in books]
    first = await book.create(calls[0], "key")
    created = await asyncio.gather(
        *(book.create(call, "key") for book, call in zip(books, calls, strict=True))
    )
    assert created == [first] * len(books)


async def test_one_new_key_at_the_same_time_gives_one_call(book: CallBook, tmp_path: Path) -> None:
    calls = [new_call() for _ in range(10)]
    created = await asyncio.gather(*(book.create(call, "key") for call in calls))
    assert {call.id for call in created} == {calls[0].id}
    assert book.open_calls() == (calls[0],)
    assert len(list((tmp_path / "calls").glob("*/*"))) == 1


async def test_one_new_key_in_many_processes_gives_one_call(tmp_path: Path) -> None:
    books = [CallBook(tmp_path) for _ in range(8)]
    try:
        created = await asyncio.gather(*(each.create(new_call(), "key") for each in books))
    finally:
        for each in books:
            each.close()
    assert len({call.id for call in created}) == 1
    assert sum(len(each.open_calls()) for each in books) == 1
    assert len(list((tmp_path / "calls").glob("*/*"))) == 1


@pytest.mark.parametrize("claimed", ["019ad5e0-0000-7000-8000-000000000000", "", "no id"])
async def test_a_key_that_was_claimed_without_a_call_is_free(
    book: CallBook, other: CallBook, tmp_path: Path, claimed: str
) -> None:
    """The process ended between the two: nothing was dialed."""
    await book.create(new_call(), "key")
    [claim] = (tmp_path / KEYS).iterdir()
    claim.write_text(claimed)
    second = new_call()
    assert await book.create(second, "key") is second
    assert await book.create(new_call(), "key") is second
    assert await other.create(new_call(), "key") == second


async def test_a_key_tells_its_call_and_claims_nothing(
    book: CallBook, other: CallBook, tmp_path: Path
) -> None:
    assert await book.claimed("key") is None
    assert not (tmp_path / KEYS).exists()
    first = await book.create(new_call(), "key")
    assert await book.claimed("key") is first
    assert await other.claimed("key") == first
    assert await book.claimed("another") is None


async def test_a_key_tells_its_call_as_it_is_by_now(book: CallBook) -> None:
    first = await book.create(new_call(), "key")
    changed = book.change(first.id, noted("meanwhile"))
    assert await book.claimed("key") is changed
    last = book.change(first.id, ended)
    assert await book.claimed("key") == last
    await at_rest()
    assert await book.claimed("key") == last


async def test_a_key_tells_an_end_that_the_disk_does_not_take(
    book: CallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await book.create(new_call(), "key")
    monkeypatch.setattr(book_module, "write_call", full_disk)
    last = book.change(first.id, ended)
    await at_rest()
    assert not on_disk(tmp_path, first.id).over
    assert await book.claimed("key") is last


@pytest.mark.parametrize("claimed", ["019ad5e0-0000-7000-8000-000000000000", "", "no id", "../.."])
async def test_a_key_that_was_claimed_without_a_call_has_none(
    book: CallBook, tmp_path: Path, claimed: str
) -> None:
    await book.create(new_call(), "key")
    [claim] = (tmp_path / KEYS).iterdir()
    claim.write_text(claimed)
    assert await book.claimed("key") is None


# --- what memory knows better than the disk -------------------------------------------------------------


def judged(disposition: str) -> Change:
    return lambda call: replace(call, disposition=disposition)


async def test_calls_under_way_are_known_as_they_are(book: CallBook) -> None:
    first, second = await book.create(new_call()), await book.create(new_call())
    changed = book.change(first.id, noted("new"))
    assert book.known() == {first.id: changed, second.id: second}


async def test_an_end_is_known_until_it_is_written(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    last = book.change(call.id, ended)
    assert book.known() == {call.id: last}
    assert await book.find(call.id) is last
    await at_rest()
    assert book.known() == {}
    assert on_disk(tmp_path, call.id) == last


async def test_an_end_that_was_committed_is_the_disks(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    last = await book.commit(call.id, ended)
    assert book.known() == {}
    assert on_disk(tmp_path, call.id) == last


async def test_an_end_that_the_disk_does_not_take_stays_known(
    book: CallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await book.create(new_call())
    monkeypatch.setattr(book_module, "write_call", full_disk)
    last = book.change(call.id, ended)
    await at_rest()
    assert book.known() == {call.id: last}
    assert not on_disk(tmp_path, call.id).over


async def test_a_change_before_the_end_does_not_make_the_end_forgotten(
    book: CallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await book.create(new_call())

    def full_for_the_end(data: Path, call: PhoneCall, *, durable: bool) -> None:
        if call.over:
            full_disk()
        write_call(data, call, durable=durable)

    monkeypatch.setattr(book_module, "write_call", full_for_the_end)
    book.change(call.id, noted("before"))
    last = book.change(call.id, ended)
    await at_rest()
    assert book.known() == {call.id: last}


async def test_a_disposition_during_the_call_is_known_at_once(book: CallBook, tmp_path: Path) -> None:
    call = await book.create(new_call())
    book.note(call.id, judged("interested"))
    assert book.known()[call.id].disposition == "interested"
    await at_rest()
    assert on_disk(tmp_path, call.id).disposition == "interested"


@pytest.mark.parametrize("written", [False, True])
async def test_a_disposition_after_the_end_is_kept_beside_it(
    book: CallBook, tmp_path: Path, written: bool
) -> None:
    call = await book.create(new_call())
    book.change(call.id, ended)
    if written:
        await at_rest()
    book.note(call.id, judged("interested"))
    book.note(call.id, noted("Call again."))
    await at_rest()
    last = on_disk(tmp_path, call.id)
    assert (last.over, last.disposition, last.notes) == (True, "interested", "Call again.")
    assert await book.find(call.id) == last
    assert book.known() == {}


async def test_a_note_on_what_is_no_call_is_harmless(book: CallBook, tmp_path: Path) -> None:
    book.note(str(uuid_utils.uuid7()), noted("x"))
    book.note("none", noted("x"))
    await at_rest()
    assert book.known() == {}
    assert not (tmp_path / CALLS).exists()
