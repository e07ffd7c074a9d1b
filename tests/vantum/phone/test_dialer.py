"""Dialing: each call is on disk before it is asked for, looked up before it is asked for again, and watched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import pytest

from tests.vantum.phone.calls_kit import GERMANY, OURS, US, new_call, on_disk, requested
from tests.vantum.phone.fake_carrier import (
    BROKEN,
    NO_ANSWER,
    Asked,
    FakeCarrier,
    Late,
    Lost,
    only,
    refusal,
    sid,
)
from transports.twilio.rest import CarrierError, NewCall
from vantum.core.errors import CapacityError, DialError, QueueFullError
from vantum.core.phone_call import Outcome, PhoneState, StatusReport, closed, reported
from vantum.phone import book as book_module
from vantum.phone.blocked import Blocked
from vantum.phone.book import CallBook
from vantum.phone.dialer import MOST_BACK_OFFS, MOST_PLACEMENTS, Dialer
from vantum.phone.phone_call import PhoneCall
from vantum.phone.throttle import Throttle
from vantum.testing import at_rest

GERMANY_TOO = "+4930123457"


@dataclass(slots=True)
class Process:
    """A process that dials, on a folder that outlives it."""

    data: Path
    carrier: FakeCarrier
    per_second: float = 1.0
    most_waiting: int = 10
    seated: list[str] = field(default_factory=list)
    book: CallBook = field(init=False)
    blocked: Blocked = field(init=False)
    dialer: Dialer = field(init=False)

    def __post_init__(self) -> None:
        self.book = CallBook(self.data)
        self.blocked = Blocked(self.data)
        throttle = Throttle(self.per_second)
        self.dialer = Dialer(
            self.book, self.carrier, self.blocked, throttle, request_of, self._seat, self.most_waiting
        )
        self.dialer.start()

    async def _seat(self, call_id: str) -> None:
        self.seated.append(call_id)

    async def place(self, to: str = US) -> str:
        """Have a call placed; returns its id."""
        call = await self.book.create(new_call(to))
        self.dialer.submit(call)
        return call.id

    async def outcome(self, call_id: str) -> tuple[Outcome | None, str]:
        """How a call ended, and why."""
        call = await self.known(call_id)
        return call.progress.outcome, call.progress.reason

    async def known(self, call_id: str) -> PhoneCall:
        """What is known of a call."""
        call = await self.book.find(call_id)
        assert call is not None
        return call

    def told(self, call_id: str, status: str, sequence: int = 0) -> None:
        """A callback tells how far a call has come."""
        report = StatusReport(sequence, status)
        self.book.change(call_id, lambda call: replace(call, progress=reported(call.progress, report)))

    def cancel(self, call_id: str) -> None:
        """Somebody does not want a call any more."""
        self.book.change(
            call_id, lambda call: replace(call, progress=closed(call.progress, Outcome.CANCELED, "Canceled."))
        )

    async def end(self) -> None:
        """The process ends, in good order; what it wrote is on disk."""
        await self.dialer.close()
        await at_rest()
        self.book.close()


class Begin(Protocol):
    """Begins a process that dials."""

    def __call__(
        self,
        *answers: CarrierError | Lost | Late,
        carrier: FakeCarrier | None = None,
        per_second: float = 1.0,
        most_waiting: int = 10,
    ) -> Process: ...


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest waits: 1, 2, 4 seconds and so on."""
    monkeypatch.setattr("random.random", lambda: 1.0)


@pytest.fixture
async def begin(tmp_path: Path) -> AsyncGenerator[Begin, None]:
    """Begins processes on one folder."""
    processes: list[Process] = []
    # A process dials until it is ended, here: the test may leave behind what it began.
    standing = asyncio.create_task(asyncio.Event().wait(), name="processes")

    def begun(
        *answers: CarrierError | Lost | Late,
        carrier: FakeCarrier | None = None,
        per_second: float = 1.0,
        most_waiting: int = 10,
    ) -> Process:
        processes.append(Process(tmp_path, carrier or FakeCarrier(*answers), per_second, most_waiting))
        return processes[-1]

    yield begun
    for process in processes:
        await process.end()
    standing.cancel()


def request_of(call: PhoneCall) -> NewCall:
    return NewCall(
        call.to_number, call.from_number, "<Response/>", f"https://a.test/{call.id}", None, 30, 600
    )


# --- placing --------------------------------------------------------------------------------------------


async def test_a_call_is_placed_and_its_name_is_kept(begin: Begin, tmp_path: Path) -> None:
    process = begin()
    call_id = await process.place()
    await at_rest()
    assert process.carrier.asked == [(0.0, "create", US)]
    assert process.carrier.requests == [request_of(on_disk(tmp_path, call_id))]
    call = on_disk(tmp_path, call_id)
    assert (call.sid, call.progress.state) == (sid(1), PhoneState.INITIATED)
    assert call == process.book.live(call_id)


async def test_the_disk_knows_of_a_call_before_the_carrier_does(begin: Begin, tmp_path: Path) -> None:
    process = begin()
    seen: list[PhoneCall] = []
    call = new_call()
    process.carrier.on_create = lambda _: seen.append(on_disk(tmp_path, call.id))
    process.dialer.submit(await process.book.create(call))
    assert on_disk(tmp_path, call.id).requested_at is None
    await at_rest()
    [on_request] = seen
    assert on_request.requested_at is not None
    assert (on_request.sid, on_request.progress.state) == ("", PhoneState.INITIATED)


async def test_a_call_that_cannot_be_written_is_not_placed(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = begin()
    call = await process.book.create(new_call())

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(book_module, "write_call", full_disk)
    over: list[PhoneCall] = []
    process.book.on_over = over.append
    process.dialer.submit(call)
    await at_rest()
    assert process.carrier.asked == []
    assert [call.progress.outcome for call in over] == [Outcome.FAILED]


@pytest.mark.parametrize(("per_second", "gap"), [(1, 1.0), (4, 0.25), (100, 0.01)])
async def test_calls_are_placed_at_our_own_rate(begin: Begin, per_second: int, gap: float) -> None:
    process = begin(per_second=per_second)
    numbers = [f"+141555501{number:02}" for number in range(6)]
    for number in numbers:
        await process.place(number)
    await asyncio.sleep(10)
    assert process.carrier.asked == [
        Asked(round(place * gap, 6), "create", number) for place, number in enumerate(numbers)
    ]


async def test_a_call_takes_its_seat_when_its_turn_comes(begin: Begin) -> None:
    process = begin()
    ids = [await process.place() for _ in range(4)]
    await at_rest()
    assert process.seated == ids[:2]
    assert process.dialer.waiting == 2
    await asyncio.sleep(1)
    assert process.seated == ids[:3]


async def test_a_canceled_call_is_not_placed_and_takes_nobody_s_turn(begin: Begin) -> None:
    process = begin()
    ids = [await process.place() for _ in range(4)]
    process.cancel(ids[2])
    await asyncio.sleep(5)
    assert process.carrier.times("create") == [0.0, 1.0, 2.0]


async def test_a_call_that_is_canceled_while_it_waits_for_its_turn_is_not_placed(begin: Begin) -> None:
    process = begin()
    ids = [await process.place() for _ in range(2)]
    await asyncio.sleep(0.5)
    process.cancel(ids[1])
    await asyncio.sleep(5)
    assert process.carrier.times("create") == [0.0]


async def test_the_queue_is_bounded(begin: Begin) -> None:
    process = begin(most_waiting=2)
    ids = [await process.place() for _ in range(2)]
    await at_rest()
    ids += [await process.place() for _ in range(2)]
    with pytest.raises(CapacityError, match="2 calls wait to be placed already"):
        process.dialer.check(US)
    ids.append(await process.place())
    assert await process.outcome(ids[-1]) == (Outcome.FAILED, "Too many calls waited to be placed.")
    await asyncio.sleep(10)
    assert process.carrier.times("create") == [0.0, 1.0, 2.0, 3.0]


async def test_no_call_is_added_while_the_disk_is_behind(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = begin()
    monkeypatch.setattr(book_module, "MOST_JOBS", 3)
    for count in range(3):
        assert not process.book.is_behind, count
        process.book.note("no-such-call", lambda call: call)
    with pytest.raises(QueueFullError, match="wait to be written to the disk"):
        process.dialer.check(US)
    await at_rest()
    process.dialer.check(US)


# --- the rows of the error table ------------------------------------------------------------------------


@pytest.mark.parametrize("refused", [refusal(401, 20003), refusal(401, None), refusal(403, None)])
async def test_20003_stops_dialing(begin: Begin, refused: CarrierError) -> None:
    process = begin(refused)
    ids = [await process.place(number) for number in (US, GERMANY, US)]
    await asyncio.sleep(100_000)
    assert process.carrier.asked == [(0.0, "create", US)]
    reason = process.dialer.stop_reason
    assert "check the account" in reason
    assert [await process.outcome(call_id) for call_id in ids] == [(Outcome.FAILED, reason)] * 3
    with pytest.raises(CapacityError) as raised:
        process.dialer.check(GERMANY)
    assert str(raised.value) == f"Dialing is stopped. {reason}"


@pytest.mark.parametrize("refused", [refusal(429, 20429), refusal(429, None), refusal(400, 20429)])
async def test_20429_backs_off_and_keeps_the_call(begin: Begin, refused: CarrierError) -> None:
    process = begin(*[refused] * 4)
    call_id = await process.place()
    await asyncio.sleep(40)
    # Waits of 1, 2, 4 and 8 s: nobody is looked up, for nothing was processed.
    assert process.carrier.asked == [(time, "create", US) for time in (0.0, 1.0, 3.0, 7.0, 15.0)]
    assert (await process.known(call_id)).sid == sid(1)
    process.dialer.check(US)


async def test_backing_off_has_jitter(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.5)
    process = begin(*[refusal(429, 20429)] * 2, per_second=100)
    await process.place()
    await asyncio.sleep(60)
    assert process.carrier.times("create") == [0.0, 0.75, 2.25]


async def test_backing_off_ends(begin: Begin) -> None:
    process = begin(*[refusal(429, 20429)] * 100)
    call_id = await process.place()
    await asyncio.sleep(3600)
    assert len(process.carrier.asked) == MOST_BACK_OFFS + 1
    outcome, reason = await process.outcome(call_id)
    assert (outcome, "too many requests" in reason) == (Outcome.FAILED, True)


async def test_calls_that_back_off_do_not_hold_up_the_others(begin: Begin) -> None:
    process = begin(*[refusal(429, 20429)])
    for number in (US, GERMANY):
        await process.place(number)
    await asyncio.sleep(60)
    assert process.carrier.asked == [
        (0.0, "create", US),
        (1.0, "create", GERMANY),
        (2.0, "create", US),
        *((time, "fetch", sid(1)) for time in (31.0,)),
        *((time, "fetch", sid(2)) for time in (32.0,)),
    ]


@pytest.mark.parametrize("code", [21210, 21212])
async def test_a_wrong_number_of_ours_is_named(begin: Begin, code: int) -> None:
    process = begin(refusal(400, code))
    ids = [await process.place(), await process.place()]
    await asyncio.sleep(5)
    outcome, reason = await process.outcome(ids[0])
    assert outcome is Outcome.FAILED
    assert reason.endswith(f"The number to call from is {OURS}.")
    # Another call may have another number to call from.
    process.dialer.check(US)
    assert (await process.known(ids[1])).sid == sid(1)


@pytest.mark.parametrize("code", [21211, 21217, 13224, 21216])
async def test_a_number_that_is_invalid_or_suppressed_is_blocked_for_ever(
    begin: Begin, tmp_path: Path, code: int
) -> None:
    process = begin(refusal(400, code))
    first, second, other = [await process.place(number) for number in (US, US, GERMANY)]
    await asyncio.sleep(10)
    # The second call was queued before the number was known to be wrong.
    assert process.carrier.asked == [(0.0, "create", US), (2.0, "create", GERMANY)]
    _, reason = await process.outcome(first)
    assert "call" in reason
    assert await process.outcome(second) == (
        Outcome.FAILED,
        f"This number is not dialed any more: {reason}",
    )
    assert (await process.known(other)).sid == sid(1)
    for blocked in (process.blocked, Blocked(tmp_path)):
        with pytest.raises(DialError):
            blocked.check(US)
        blocked.check(GERMANY)
    with pytest.raises(DialError):
        begin().dialer.check(US)


async def test_suppressing_says_another_thing_than_an_invalid_number(begin: Begin) -> None:
    process = begin(refusal(400, 21216), refusal(400, 21211))
    ids = [await process.place(number) for number in (US, GERMANY)]
    await asyncio.sleep(5)
    reasons = [(await process.outcome(call_id))[1] for call_id in ids]
    assert ["blocks calls" in reason for reason in reasons] == [True, False]
    assert ["not a valid phone number" in reason for reason in reasons] == [False, True]


@pytest.mark.parametrize("code", [21215, 13227])
async def test_a_country_that_is_not_allowed_is_stopped_and_no_other(
    begin: Begin, tmp_path: Path, code: int
) -> None:
    process = begin(refusal(400, code))
    ids = [await process.place(number) for number in (GERMANY, GERMANY_TOO, US)]
    await asyncio.sleep(10)
    assert only(process.carrier.asked, "create") == [GERMANY, US]
    _, reason = await process.outcome(ids[0])
    assert await process.outcome(ids[1]) == (Outcome.FAILED, f"Numbers of DE are not dialed now: {reason}")
    with pytest.raises(DialError, match="Numbers of DE"):
        process.dialer.check(GERMANY_TOO)
    process.dialer.check(US)
    # The country is allowed in the carrier's console, after which the server is started again.
    Blocked(tmp_path).check(GERMANY)


async def test_22005_stops_dialing_for_five_minutes(begin: Begin) -> None:
    process = begin(refusal(400, 22005))
    first, second = await process.place(US), await process.place(GERMANY)
    await asyncio.sleep(299.9)
    reason = process.dialer.stop_reason
    assert "queue of calls is full" in reason
    assert [await process.outcome(call_id) for call_id in (first, second)] == [(Outcome.FAILED, reason)] * 2
    with pytest.raises(CapacityError):
        process.dialer.check(US)
    await asyncio.sleep(0.1)
    assert process.dialer.stop_reason == ""
    process.dialer.check(US)
    third = await process.place(US)
    await at_rest()
    assert process.carrier.asked == [(0.0, "create", US), (300.0, "create", US)]
    assert (await process.known(third)).sid == sid(1)


@pytest.mark.parametrize("refused", [refusal(400, 21999), refusal(404, 20404), refusal(400, None)])
async def test_any_other_refusal_fails_one_call(begin: Begin, refused: CarrierError) -> None:
    process = begin(refused)
    ids = [await process.place(), await process.place()]
    await asyncio.sleep(10)
    outcome, reason = await process.outcome(ids[0])
    assert (outcome, reason.endswith("(It is refused.)")) == (Outcome.FAILED, True)
    assert (await process.known(ids[1])).sid == sid(1)
    assert process.carrier.times("create") == [0.0, 1.0]


# --- answers that get lost ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [NO_ANSWER, BROKEN, refusal(500, 20500)])
async def test_a_call_whose_answer_was_lost_is_found_and_not_dialed_again(
    begin: Begin, error: CarrierError
) -> None:
    process = begin(Lost(error))
    call_id = await process.place()
    await asyncio.sleep(25)
    assert process.carrier.asked == [(0.0, "create", US), (1.0, "find", US)]
    call = await process.known(call_id)
    assert (call.sid, call.over) == (sid(1), False)


@pytest.mark.parametrize("error", [NO_ANSWER, BROKEN])
async def test_a_call_is_dialed_again_when_three_searches_found_none(
    begin: Begin, error: CarrierError
) -> None:
    process = begin(error)
    call_id = await process.place()
    await asyncio.sleep(25)
    assert process.carrier.asked == [
        (0.0, "create", US),
        (1.0, "find", US),
        (4.0, "find", US),
        (12.0, "find", US),
        (12.0, "create", US),
    ]
    assert (await process.known(call_id)).sid == sid(1)


async def test_a_call_is_dialed_so_often_at_most(begin: Begin) -> None:
    process = begin(*[NO_ANSWER] * 10)
    call_id = await process.place()
    await asyncio.sleep(3600)
    assert process.carrier.times("create") == [0.0, 12.0, 24.0]
    assert len(process.carrier.times("create")) == MOST_PLACEMENTS
    assert len(process.carrier.times("find")) == 3 * MOST_PLACEMENTS
    outcome, reason = await process.outcome(call_id)
    assert (outcome, "no answer" in reason) == (Outcome.FAILED, True)


async def test_the_last_call_is_looked_up_too(begin: Begin) -> None:
    process = begin(NO_ANSWER, BROKEN, Lost())
    call_id = await process.place()
    await asyncio.sleep(26)
    assert process.carrier.asked[-2:] == [(24.0, "create", US), (25.0, "find", US)]
    assert (await process.known(call_id)).sid == sid(1)


async def test_nothing_is_dialed_again_while_nobody_knows(begin: Begin) -> None:
    process = begin(NO_ANSWER)
    process.carrier.searches.extend([NO_ANSWER] * 1000)
    call_id = await process.place()
    await asyncio.sleep(7200)
    assert process.carrier.times("create") == [0.0]
    assert await process.outcome(call_id) == (
        Outcome.FAILED,
        "The carrier gave no answer: nobody knows whether the call was placed.",
    )


async def test_a_callback_is_an_answer_too(begin: Begin) -> None:
    process = begin(NO_ANSWER)
    call_id = await process.place()
    await asyncio.sleep(0.5)
    process.dialer.adopt(call_id, process.carrier.put(GERMANY, OURS))
    await asyncio.sleep(20)
    assert process.carrier.asked == [(0.0, "create", US), (1.0, "find", US)]
    assert (await process.known(call_id)).sid == sid(1)


async def test_two_lost_calls_to_one_number_are_two(begin: Begin) -> None:
    process = begin(Lost(), Lost(), per_second=100)
    ids = [await process.place(), await process.place()]
    await asyncio.sleep(25)
    assert sorted([(await process.known(call_id)).sid for call_id in ids]) == [sid(1), sid(2)]
    assert len(process.carrier.times("create")) == 2


async def test_a_call_that_was_canceled_while_it_was_lost_is_hung_up(begin: Begin) -> None:
    process = begin(Lost())
    call_id = await process.place()
    await asyncio.sleep(0.5)
    process.cancel(call_id)
    await asyncio.sleep(60)
    assert process.carrier.asked == [(0.0, "create", US), (1.0, "find", US), (1.0, "cancel", sid(1))]


async def test_a_call_that_was_canceled_before_its_second_request_is_not_placed(begin: Begin) -> None:
    process = begin(NO_ANSWER)
    call_id = await process.place()
    await asyncio.sleep(5)
    process.cancel(call_id)
    await asyncio.sleep(60)
    assert process.carrier.times("create") == [0.0]
    assert await process.outcome(call_id) == (Outcome.CANCELED, "Canceled.")


# --- whose call it is -----------------------------------------------------------------------------------


async def test_a_call_that_was_canceled_during_its_request_is_hung_up(begin: Begin) -> None:
    process = begin(Late(3))
    call_id = await process.place()
    await asyncio.sleep(1)
    process.cancel(call_id)
    await asyncio.sleep(60)
    assert process.carrier.asked == [(0.0, "create", US), (3.0, "cancel", sid(1))]


async def test_a_call_that_was_over_before_its_answer_came_is_not_hung_up(begin: Begin) -> None:
    """The line was busy at once: the callbacks overtook the answer."""
    process = begin(Late(3))
    call_id = await process.place()
    await asyncio.sleep(1)
    process.dialer.adopt(call_id, sid(1))
    process.told(call_id, "busy")
    await asyncio.sleep(60)
    assert process.carrier.asked == [(0.0, "create", US)]
    assert (await process.outcome(call_id))[0] is Outcome.BUSY


async def test_a_second_call_of_the_carrier_is_hung_up(begin: Begin) -> None:
    process = begin()
    call_id = await process.place()
    await at_rest()
    second = process.carrier.put(US, OURS)
    for _ in range(3):
        process.dialer.adopt(call_id, second)
    await at_rest()
    assert process.carrier.asked == [(0.0, "create", US), (0.0, "cancel", second)]
    assert (await process.known(call_id)).sid == sid(1)


async def test_a_second_call_that_was_answered_is_completed(begin: Begin) -> None:
    process = begin()
    process.carrier.hang_ups.append(refusal(400, 21220))
    call_id = await process.place()
    await at_rest()
    process.dialer.adopt(call_id, sid(2))
    await at_rest()
    assert process.carrier.asked[1:] == [(0.0, "cancel", sid(2)), (0.0, "complete", sid(2))]


# --- watching -------------------------------------------------------------------------------------------


async def test_a_call_without_news_is_asked_for_every_half_minute(begin: Begin) -> None:
    process = begin()
    call_id = await process.place()
    await asyncio.sleep(95)
    assert process.carrier.times("fetch") == [30.0, 60.0, 90.0]
    process.carrier.become(sid(1), "completed", 42)
    await asyncio.sleep(1000)
    assert process.carrier.times("fetch") == [30.0, 60.0, 90.0, 120.0]
    call = await process.known(call_id)
    assert (call.progress.outcome, call.progress.duration_seconds) == (Outcome.COMPLETED, 42)


async def test_a_call_with_news_is_not_asked_for(begin: Begin) -> None:
    process = begin()
    call_id = await process.place()
    for at, status in enumerate(("initiated", "ringing", "in-progress")):
        await asyncio.sleep(20)
        process.told(call_id, status, at)
    await asyncio.sleep(100)
    assert process.carrier.times("fetch") == [120.0, 150.0]


async def test_what_the_carrier_tells_is_learned(begin: Begin) -> None:
    process = begin()
    over: list[PhoneCall] = []
    process.book.on_over = over.append
    call_id = await process.place()
    await at_rest()
    process.carrier.become(sid(1), "in-progress")
    await asyncio.sleep(31)
    assert (await process.known(call_id)).progress.state is PhoneState.IN_PROGRESS
    process.carrier.become(sid(1), "no-answer")
    await asyncio.sleep(60)
    assert await process.outcome(call_id) == (Outcome.NO_ANSWER, "Nobody answered.")
    assert [call.id for call in over] == [call_id]


async def test_a_call_that_the_carrier_does_not_know_has_failed(begin: Begin) -> None:
    process = begin()
    call_id = await process.place()
    await at_rest()
    process.carrier.calls.clear()
    await asyncio.sleep(100)
    assert process.carrier.times("fetch") == [30.0]
    assert await process.outcome(call_id) == (
        Outcome.FAILED,
        "The carrier does not know the call any more. (The call was not found.)",
    )


# --- after a restart ------------------------------------------------------------------------------------


async def restarted(begin: Begin, carrier: FakeCarrier) -> Process:
    """A new process on the folder, which has taken up what was left."""
    process = begin(carrier=carrier)
    for call in await process.book.reopen():
        process.dialer.resume(call)
    return process


async def left(begin: Begin, call: PhoneCall) -> None:
    """A process leaves ``call`` unfinished."""
    process = begin()
    await process.book.create(call)
    await process.end()


async def test_a_call_that_was_left_requested_is_found_and_not_dialed_again(begin: Begin) -> None:
    call = requested(new_call())
    await left(begin, call)
    carrier = FakeCarrier()
    carrier.put(US, OURS)
    process = await restarted(begin, carrier)
    await asyncio.sleep(25)
    assert carrier.asked == [(1.0, "find", US)]
    assert (await process.known(call.id)).sid == sid(1)


async def test_a_call_whose_process_ends_during_the_request_is_dialed_once(begin: Begin) -> None:
    carrier = FakeCarrier(Late(1000))
    first = begin(carrier=carrier)
    call_id = await first.place()
    await asyncio.sleep(5)
    await first.end()
    second = await restarted(begin, carrier)
    await asyncio.sleep(25)
    assert carrier.asked == [(0.0, "create", US), (6.0, "find", US)]
    assert (await second.known(call_id)).sid == sid(1)


async def test_a_call_that_was_left_requested_and_never_placed_is_dialed(begin: Begin) -> None:
    call = requested(new_call())
    await left(begin, call)
    carrier = FakeCarrier()
    process = await restarted(begin, carrier)
    await asyncio.sleep(25)
    assert carrier.asked == [(1.0, "find", US), (4.0, "find", US), (12.0, "find", US), (12.0, "create", US)]
    assert (await process.known(call.id)).requested_at == call.requested_at


async def test_a_call_that_was_left_queued_is_placed(begin: Begin) -> None:
    call = new_call(minutes_ago=9)
    await left(begin, call)
    carrier = FakeCarrier()
    await restarted(begin, carrier)
    await at_rest()
    assert carrier.asked == [(0.0, "create", US)]


Left = Callable[[PhoneCall], PhoneCall]


@pytest.mark.parametrize(("leave", "searches"), [(replace, 0), (requested, 3)])
async def test_a_stale_call_is_not_placed_any_more(begin: Begin, leave: Left, searches: int) -> None:
    call = leave(new_call(minutes_ago=11))
    await left(begin, call)
    carrier = FakeCarrier()
    process = await restarted(begin, carrier)
    await asyncio.sleep(25)
    assert [asked.wanted for asked in carrier.asked] == ["find"] * searches
    assert await process.outcome(call.id) == (
        Outcome.FAILED,
        "The server was down when the call was to be placed.",
    )


async def test_a_stale_call_that_was_placed_is_adopted(begin: Begin) -> None:
    call = requested(new_call(minutes_ago=11))
    await left(begin, call)
    carrier = FakeCarrier()
    carrier.put(US, OURS)
    process = await restarted(begin, carrier)
    await asyncio.sleep(2)
    assert (await process.known(call.id)).sid == sid(1)


async def test_a_call_under_way_is_watched_on(begin: Begin) -> None:
    call = replace(requested(new_call()), sid=sid(1))
    await left(begin, call)
    carrier = FakeCarrier()
    carrier.put(US, OURS, "completed")
    process = await restarted(begin, carrier)
    await asyncio.sleep(31)
    assert carrier.asked == [(30.0, "fetch", sid(1))]
    assert (await process.outcome(call.id))[0] is Outcome.COMPLETED


async def test_a_number_that_was_blocked_meanwhile_is_not_dialed(begin: Begin, tmp_path: Path) -> None:
    call = new_call()
    await left(begin, call)
    Blocked(tmp_path).block(US, "It does not exist.")
    carrier = FakeCarrier()
    process = await restarted(begin, carrier)
    await asyncio.sleep(5)
    assert carrier.asked == []
    assert (await process.outcome(call.id))[1].endswith("It does not exist.")


async def test_closing_leaves_nothing_at_work(begin: Begin) -> None:
    process = begin(Late(1000), NO_ANSWER, refusal(429, 20429), per_second=100)
    for _ in range(5):
        await process.place()
    await asyncio.sleep(0.5)
    await process.dialer.close()
    asked = list(process.carrier.asked)
    await asyncio.sleep(1000)
    assert process.carrier.asked == asked
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert [task.get_name() for task in left] == ["processes"]
