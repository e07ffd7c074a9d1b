"""The search for a call whose answer was lost: patient, bounded, and never another's call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vantum.phone.calls_kit import GERMANY, OURS, US, new_call, requested
from tests.vantum.phone.fake_carrier import NO_ANSWER, FakeCarrier, sid
from vantum.core.phone_call import Outcome, closed
from vantum.phone import lost_calls
from vantum.phone.book import CallBook
from vantum.phone.lost_calls import MOST_SILENCES, LostCalls, Unfound
from vantum.testing import at_rest


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest waits: 1, 2, 4 seconds and so on."""
    monkeypatch.setattr("random.random", lambda: 1.0)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncGenerator[CallBook, None]:
    book = CallBook(tmp_path)
    yield book
    await at_rest()
    book.close()


async def test_a_call_that_is_there_is_found_after_a_second(book: CallBook) -> None:
    carrier = FakeCarrier()
    call = await book.create(requested(new_call()))
    name = carrier.put(US, OURS)
    assert await LostCalls(book, carrier).search(call) == name
    assert carrier.asked == [(1.0, "find", US)]


async def test_a_call_may_show_up_late(book: CallBook) -> None:
    carrier = FakeCarrier()
    call = await book.create(requested(new_call()))
    asyncio.get_running_loop().call_later(11.0, carrier.put, US, OURS)
    assert await LostCalls(book, carrier).search(call) == sid(1)
    assert carrier.times("find") == [1.0, 4.0, 12.0]


async def test_three_searches_without_a_result_are_enough(book: CallBook) -> None:
    carrier = FakeCarrier()
    call = await book.create(requested(new_call()))
    assert await LostCalls(book, carrier).search(call) is Unfound.NEVER_PLACED
    assert carrier.times("find") == [1.0, 4.0, 12.0]


async def test_no_answer_is_no_result(book: CallBook) -> None:
    carrier = FakeCarrier()
    carrier.searches.extend([NO_ANSWER, NO_ANSWER, None, NO_ANSWER])
    call = await book.create(requested(new_call()))
    assert await LostCalls(book, carrier).search(call) is Unfound.NEVER_PLACED
    # Waits of 1, 2 and 4 s for the silences beside those of 1, 3 and 8 s.
    assert carrier.times("find") == [1.0, 2.0, 4.0, 7.0, 11.0, 19.0]


async def test_a_carrier_that_stays_silent_is_given_up(book: CallBook) -> None:
    carrier = FakeCarrier()
    carrier.searches.extend([NO_ANSWER] * 100)
    call = await book.create(requested(new_call()))
    assert await LostCalls(book, carrier).search(call) is Unfound.NO_ANSWER
    assert len(carrier.asked) == MOST_SILENCES + 1


@pytest.mark.parametrize(("to", "from_number"), [(GERMANY, OURS), (US, GERMANY)])
async def test_a_call_between_other_numbers_is_another(book: CallBook, to: str, from_number: str) -> None:
    carrier = FakeCarrier()
    carrier.put(to, from_number)
    call = await book.create(requested(new_call()))
    assert await LostCalls(book, carrier).search(call) is Unfound.NEVER_PLACED


async def test_another_s_call_between_the_same_numbers_is_not_taken(book: CallBook) -> None:
    carrier = FakeCarrier()
    call = await book.create(requested(new_call()))
    lost = LostCalls(book, carrier)
    mine, theirs = carrier.put(US, OURS), carrier.put(US, OURS)
    lost.know(theirs, "another")
    assert await lost.search(call) == mine


async def test_a_call_from_long_before_is_not_taken(book: CallBook) -> None:
    carrier = FakeCarrier()
    carrier.put(US, OURS)
    old = carrier.calls[0]
    assert old.created is not None
    for age in (59, 62):
        call = await book.create(replace(new_call(), requested_at=None))
        carrier.calls = [replace(old, created=call.created_at - lost_calls.CLOCK_SKEW * (age / 60))]
        found = await LostCalls(book, carrier).search(call)
        assert found == (old.sid if age == 59 else Unfound.NEVER_PLACED)


async def test_a_callback_ends_the_search(book: CallBook) -> None:
    carrier = FakeCarrier()
    call = await book.create(requested(new_call()))
    asyncio.get_running_loop().call_later(
        3.0, lambda: book.change(call.id, lambda call: replace(call, sid=sid(9)))
    )
    assert await LostCalls(book, carrier).search(call) is Unfound.KNOWN_BY_NOW
    assert carrier.times("find") == [1.0, 4.0]


async def test_a_call_that_was_canceled_here_is_searched_all_the_same(book: CallBook) -> None:
    """It may ring at the carrier."""
    carrier = FakeCarrier()
    call = await book.create(requested(new_call()))
    book.change(
        call.id, lambda call: replace(call, progress=closed(call.progress, Outcome.CANCELED, "Canceled."))
    )
    asyncio.get_running_loop().call_later(3.0, carrier.put, US, OURS)
    assert await LostCalls(book, carrier).search(call) == sid(1)
    assert carrier.times("find") == [1.0, 4.0]


async def test_a_name_is_news_once_and_belongs_to_the_first(book: CallBook) -> None:
    carrier = FakeCarrier()
    lost = LostCalls(book, carrier)
    call = await book.create(requested(new_call()))
    name = carrier.put(US, OURS)
    assert [lost.know(name, "another"), lost.know(name, call.id), lost.know(sid(2), call.id)] == [
        True,
        False,
        True,
    ]
    assert await lost.search(call) is Unfound.NEVER_PLACED


async def test_the_names_that_are_remembered_are_bounded(
    book: CallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_calls, "MOST_SIDS", 2)
    lost = LostCalls(book, FakeCarrier())
    for number in (1, 2, 3):
        lost.know(sid(number), "call")
    assert [lost.know(sid(number), "call") for number in (3, 2, 1)] == [False, False, True]
