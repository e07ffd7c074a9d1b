"""The switchboard: what Twilio asks and tells, in any order and twice, and what we ask of calls."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from loguru import logger

from tests.vantum.phone.calls_kit import GERMANY, OURS, US, new_call, on_disk, requested
from tests.vantum.phone.conftest import Open
from tests.vantum.phone.exchange import Exchange, call_of, token_of, verbs
from tests.vantum.phone.fake_carrier import NO_ANSWER, FakeCarrier, Late, only, refusal, sid
from transports.twilio.rest import CarrierError
from vantum.core.errors import CallStateError
from vantum.core.events import DispositionRecorded, Transcript
from vantum.core.phone_call import PhoneState
from vantum.phone import book as book_module
from vantum.phone import switchboard
from vantum.phone.phone_call import PhoneCall
from vantum.phone.switchboard import CONNECTING, FULL, NOBODY
from vantum.testing import at_rest

CANCELED = ("canceled", "The call was canceled on request.")


# --- calls that come in ---------------------------------------------------------------------------------


async def test_a_call_that_comes_in_is_connected_and_written(exchange: Exchange, tmp_path: Path) -> None:
    answer = await exchange.calls_in()
    call = on_disk(tmp_path, call_of(answer))
    assert verbs(answer) == ["Connect"]
    assert (call.sid, call.from_number, call.to_number, call.pipeline) == (sid(1), US, OURS, "bot")
    assert call.progress.state is PhoneState.RINGING
    assert exchange.calls.live == 1
    assert exchange.board.redeem(token_of(answer)) == call.id


async def test_a_webhook_that_comes_twice_is_one_call(exchange: Exchange) -> None:
    answers = [await exchange.calls_in(), await exchange.calls_in()]
    assert call_of(answers[0]) == call_of(answers[1])
    assert (exchange.calls.live, len(exchange.book.open_calls())) == (1, 1)


async def test_a_webhook_that_comes_twice_at_the_same_time_is_one_call(exchange: Exchange) -> None:
    answers = await asyncio.gather(exchange.calls_in(), exchange.calls_in(), exchange.calls_in(2))
    assert [call_of(answers[0]) == call_of(answer) for answer in answers] == [True, True, False]
    assert (exchange.calls.live, len(exchange.book.open_calls())) == (2, 2)


async def test_a_webhook_that_comes_again_after_a_restart_is_one_call(opening: Open) -> None:
    first = await (await opening()).calls_in()
    later = await opening()
    assert call_of(await later.calls_in()) == call_of(first)
    assert len(later.book.open_calls()) == 1


async def test_a_full_server_apologises(opening: Open) -> None:
    exchange = await opening(VANTUM_MAX_CALLS="1")
    await exchange.calls_in(1)
    answer = await exchange.calls_in(2)
    assert verbs(answer) == ["Say", "Hangup"]
    assert FULL in answer
    assert (exchange.calls.live, len(exchange.book.open_calls())) == (1, 1)


async def test_a_call_that_cannot_be_written_takes_no_seat(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(book_module, "write_call", full_disk)
        with pytest.raises(OSError, match="No space"):
            await exchange.calls_in()
    assert exchange.calls.live == 0
    assert verbs(await exchange.calls_in()) == ["Connect"]


async def test_a_stream_that_never_comes_gives_the_seat_back(exchange: Exchange) -> None:
    call_id = call_of(await exchange.calls_in())
    await asyncio.sleep(59.9)
    assert (exchange.calls.live, await exchange.ended(call_id)) == (1, ("", ""))
    await asyncio.sleep(0.1)
    assert exchange.calls.live == 0
    assert await exchange.ended(call_id) == ("failed", "Twilio never opened the call's stream.")


async def test_a_call_in_its_stream_is_left_alone_and_completed_at_its_end(exchange: Exchange) -> None:
    answer = await exchange.calls_in()
    async with exchange.stream(answer):
        await asyncio.sleep(100)
        assert exchange.calls.live == 1
        assert (await exchange.known(call_of(answer))).progress.state is PhoneState.IN_PROGRESS
    assert exchange.calls.live == 0
    assert await exchange.ended(call_of(answer)) == ("completed", "The call was completed.")
    assert verbs(await exchange.board.after(call_of(answer))) == ["Hangup"]


async def test_a_webhook_that_is_replayed_after_the_call_costs_nothing(exchange: Exchange) -> None:
    first = await exchange.calls_in()
    async with exchange.stream(first):
        pass
    replayed = await exchange.calls_in()
    assert "<Hangup" in replayed
    assert "<Stream" not in replayed
    assert exchange.calls.live == 0


async def test_only_so_many_names_of_incoming_calls_are_remembered(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switchboard, "MOST_SIDS", 3)
    for number in range(1, 6):
        async with exchange.stream(await exchange.calls_in(number), number):
            pass
    assert list(exchange.board._by_sid) == [sid(number) for number in (3, 4, 5)]


# --- calls that we place --------------------------------------------------------------------------------


async def test_a_call_that_is_placed_goes_its_way(exchange: Exchange) -> None:
    call_id = await exchange.place()
    [request] = exchange.carrier.requests
    assert call_of(request.twiml) == call_id
    assert exchange.calls.live == 1
    for sequence, status in enumerate(("initiated", "ringing")):
        await exchange.tells(call_id, status, sequence)
    async with exchange.stream(request.twiml):
        # The stream is the proof, before the callback has come.
        assert (await exchange.known(call_id)).progress.state is PhoneState.IN_PROGRESS
        await exchange.tells(call_id, "in-progress", 2)
    assert exchange.calls.live == 0
    assert await exchange.ended(call_id) == ("", "")
    await exchange.tells(call_id, "completed", 3)
    assert await exchange.ended(call_id) == ("completed", "The call was completed.")


@pytest.mark.parametrize(
    "sequences", [(0, 1, 2, 3), (0, 0, 1, 2, 2, 3, 3), (3, 2, 1, 0), (1, 3, 0, 2), (2, 3, 3, 1, 0, 0)]
)
async def test_callbacks_come_late_twice_and_in_any_order(
    exchange: Exchange, tmp_path: Path, sequences: tuple[int, ...]
) -> None:
    call_id = await exchange.place()
    for sequence in sequences:
        await exchange.tells(
            call_id, ("initiated", "ringing", "in-progress", "completed")[sequence], sequence
        )
    assert await exchange.ended(call_id) == ("completed", "The call was completed.")
    assert (await exchange.known(call_id)).progress.sequence == 3
    assert exchange.calls.live == 0
    await at_rest()
    assert on_disk(tmp_path, call_id) == await exchange.known(call_id)
    assert exchange.carrier.asked == [(0.0, "create", US)]


async def test_callbacks_at_the_same_time_are_all_heard(exchange: Exchange) -> None:
    call_id = await exchange.place()
    await asyncio.gather(
        exchange.tells(call_id, "completed", 3),
        exchange.judges(call_id, "human"),
        exchange.tells(call_id, "ringing", 1),
    )
    assert (await exchange.known(call_id)).answered_by == "human"
    assert (await exchange.ended(call_id))[0] == "completed"


@pytest.mark.parametrize(
    ("status", "sip_code", "outcome", "reason"),
    [
        ("busy", 486, "busy", "The line was busy (SIP 486)."),
        ("no-answer", 480, "no-answer", "The callee is unavailable at the moment (SIP 480)."),
        ("busy", 603, "declined", "The callee declined the call (SIP 603)."),
        ("failed", 607, "declined", "The callee rejected the call as unwanted (SIP 607)."),
        ("failed", 608, "declined", "The callee's network rejected the call as unwanted (SIP 608)."),
    ],
)
async def test_sip_codes_are_outcomes_and_rejections_are_told_once(
    exchange: Exchange, status: str, sip_code: int, outcome: str, reason: str
) -> None:
    told: list[str] = []
    sink = logger.add(
        told.append, format="{message} {extra[sip]}", filter=lambda line: "sip" in line["extra"]
    )
    call_id = await exchange.place()
    for _ in range(2):
        await exchange.tells(call_id, status, 3, sip_code=sip_code)
    logger.remove(sink)
    assert await exchange.ended(call_id) == (outcome, reason)
    assert exchange.calls.live == 0
    unwanted = sip_code in (607, 608)
    assert told == [f"A call was rejected as unwanted. {sip_code}\n"] * unwanted


async def test_a_seat_is_free_again_when_the_carrier_takes_no_call(opening: Open) -> None:
    exchange = await opening(FakeCarrier(*[refusal(400, 21999)] * 3), VANTUM_MAX_CALLS="1")
    for _ in range(4):
        await exchange.place()
    await asyncio.sleep(1)
    assert exchange.calls.live == 1
    assert len(exchange.book.open_calls()) == 1


async def test_a_seat_is_free_again_when_asking_told_of_the_end(exchange: Exchange) -> None:
    call_id = await exchange.place()
    exchange.carrier.become(sid(1), "no-answer")
    await asyncio.sleep(31)
    assert await exchange.ended(call_id) == ("no-answer", "Nobody answered.")
    assert exchange.calls.live == 0


async def test_a_call_waits_for_its_seat(opening: Open) -> None:
    exchange = await opening(VANTUM_MAX_CALLS="1")
    first = await exchange.place()
    second = await exchange.place(GERMANY)
    third = await exchange.place(US)
    await exchange.board.hang_up(second)
    await asyncio.sleep(9.95)
    await exchange.tells(first, "busy", 1)
    await asyncio.sleep(1)
    creates = [asked for asked in exchange.carrier.asked if asked.wanted == "create"]
    assert creates == [(0.0, "create", US), (10.0, "create", US)]
    assert await exchange.ended(second) == CANCELED
    assert (await exchange.known(third)).sid == sid(2)


async def test_a_second_call_of_the_carrier_is_hung_up(exchange: Exchange) -> None:
    call_id = await exchange.place()
    second = exchange.carrier.put(US, OURS)
    await exchange.tells(call_id, "initiated", 0)
    await exchange.tells(call_id, "initiated", 0, name=second)
    await exchange.tells(call_id, "canceled", 1, name=second)
    await at_rest()
    assert only(exchange.carrier.asked, "cancel") == [second]
    assert await exchange.ended(call_id) == ("", "")


async def test_a_line_that_was_busy_at_once_is_not_hung_up(opening: Open) -> None:
    exchange = await opening(FakeCarrier(Late(2)))
    call_id = await exchange.place()
    await exchange.tells(call_id, "initiated", 0)
    await exchange.tells(call_id, "busy", 1)
    await asyncio.sleep(60)
    assert exchange.carrier.asked == [(0.0, "create", US)]
    assert await exchange.ended(call_id) == ("busy", "The line was busy.")
    assert exchange.calls.live == 0


async def test_a_callback_tells_the_name_that_an_answer_did_not(opening: Open) -> None:
    exchange = await opening(FakeCarrier(NO_ANSWER))
    call_id = await exchange.place()
    await exchange.tells(call_id, "initiated", 0)
    assert (await exchange.known(call_id)).sid == sid(1)
    await asyncio.sleep(20)
    assert exchange.carrier.times("create") == [0.0]


async def test_callbacks_of_unknown_calls_change_nothing(exchange: Exchange) -> None:
    for call_id in ("none", new_call().id):
        await exchange.tells(call_id, "completed", 3)
        await exchange.judges(call_id, "human")
        assert verbs(await exchange.board.after(call_id)) == ["Hangup"]
        assert verbs(await exchange.ends_transfer(call_id, "completed")) == ["Hangup"]
        with pytest.raises(CallStateError, match="over"):
            await exchange.board.hang_up(call_id)
    assert exchange.book.open_calls() == ()
    assert exchange.board.redeem("none") is None


async def test_the_stream_of_a_call_that_is_over_is_not_opened(exchange: Exchange) -> None:
    call_id = await exchange.place()
    [request] = exchange.carrier.requests
    await exchange.tells(call_id, "canceled", 1)
    assert exchange.board.redeem(token_of(request.twiml)) is None


# --- machines -------------------------------------------------------------------------------------------


MESSAGE = "Please call us back."


@pytest.mark.parametrize("early", [True, False], ids=["before the stream", "in the stream"])
@pytest.mark.parametrize(
    ("verdict", "spoken", "closes", "outcome"),
    [
        ("human", [], False, "completed"),
        ("unknown", [], False, "completed"),
        ("something new", [], False, "completed"),
        ("machine_end_beep", [MESSAGE], True, "voicemail"),
        ("machine_end_silence", [MESSAGE], True, "voicemail"),
        ("machine_end_other", [MESSAGE], True, "voicemail"),
        ("fax", [], True, "voicemail"),
    ],
)
async def test_a_machine_gets_the_message_whenever_the_verdict_comes(
    exchange: Exchange, verdict: str, spoken: list[str], closes: bool, outcome: str, early: bool
) -> None:
    exchange.voicemail = MESSAGE
    call_id = await exchange.place()
    if early:
        await exchange.judges(call_id, verdict)
    async with exchange.stream(exchange.carrier.requests[0].twiml) as phone:
        if not early:
            await exchange.judges(call_id, verdict)
        await asyncio.sleep(30)
        assert (phone.closed is not None) == closes
    assert exchange.spoken == spoken
    await exchange.tells(call_id, "completed", 3)
    assert (await exchange.ended(call_id))[0] == outcome


async def test_without_a_message_a_machine_is_hung_up_on(exchange: Exchange) -> None:
    call_id = await exchange.place()
    async with exchange.stream(exchange.carrier.requests[0].twiml) as phone:
        await exchange.judges(call_id, "machine_end_beep")
        await asyncio.sleep(1)
        assert phone.closed is not None
        assert phone.closed.reason == "a machine answered"
    assert exchange.spoken == []


async def test_a_verdict_after_a_human_has_spoken_is_ignored(exchange: Exchange) -> None:
    exchange.voicemail = MESSAGE
    call_id = await exchange.place()
    async with exchange.stream(exchange.carrier.requests[0].twiml) as phone:
        live = exchange.calls.live_call(call_id)
        assert live is not None
        live.publish(Transcript("Hello, this is Anna speaking.", final=True))
        await exchange.judges(call_id, "machine_end_beep")
        await asyncio.sleep(30)
        assert phone.closed is None
    assert exchange.spoken == []
    await exchange.tells(call_id, "completed", 3)
    call = await exchange.known(call_id)
    assert (call.progress.outcome, call.answered_by) == ("completed", "machine_end_beep")


async def test_what_the_bot_notes_is_kept(exchange: Exchange) -> None:
    call_id = await exchange.place()
    async with exchange.stream(exchange.carrier.requests[0].twiml):
        live = exchange.calls.live_call(call_id)
        assert live is not None
        live.publish(DispositionRecorded("interested", "on Monday"))
    call = await exchange.known(call_id)
    assert (call.disposition, call.notes) == ("interested", "on Monday")


# --- trouble with the stream ----------------------------------------------------------------------------


@pytest.mark.parametrize("code", [31901, 31902, 31920, 31999, None])
async def test_trouble_with_our_stream_is_an_alert(exchange: Exchange, code: int | None) -> None:
    await exchange.fails("call", code)
    assert exchange.board.alerts == 1
    assert exchange.calls.status == "ok"


async def test_a_stream_without_trouble_is_none(exchange: Exchange) -> None:
    await exchange.fails("call", None, error="")
    assert exchange.board.alerts == 0


async def test_31930_admits_no_call_until_the_server_recovers(exchange: Exchange) -> None:
    call_id = await exchange.place()
    await exchange.fails(call_id, 31930)
    assert (exchange.calls.status, exchange.board.alerts) == ("overloaded", 0)
    assert verbs(await exchange.calls_in(2)) == ["Say", "Hangup"]
    await exchange.place(GERMANY)
    await asyncio.sleep(4.9)
    assert only(exchange.carrier.asked, "create") == [US]
    await asyncio.sleep(0.2)
    assert exchange.calls.status == "ok"
    assert verbs(await exchange.calls_in(2)) == ["Connect"]
    assert only(exchange.carrier.asked, "create") == [US, GERMANY]


# --- hanging up -----------------------------------------------------------------------------------------


async def test_a_call_that_waits_is_canceled_without_a_word_to_the_carrier(
    opening: Open, tmp_path: Path
) -> None:
    exchange = await opening(VANTUM_MAX_CALLS="1")
    await exchange.place()
    waiting = await exchange.place(GERMANY)
    await exchange.board.hang_up(waiting)
    # Whoever asks next, from the disk too, is told that it is over.
    assert on_disk(tmp_path, waiting).over
    await asyncio.sleep(5)
    assert exchange.carrier.asked == [(0.0, "create", US)]
    assert await exchange.ended(waiting) == CANCELED
    with pytest.raises(CallStateError, match="over"):
        await exchange.board.hang_up(waiting)


async def test_a_call_that_rings_is_canceled_at_the_carrier(exchange: Exchange) -> None:
    call_id = await exchange.place()
    await exchange.tells(call_id, "ringing", 1)
    await exchange.board.hang_up(call_id)
    assert exchange.carrier.asked[1:] == [(0.0, "cancel", sid(1))]
    assert exchange.calls.live == 0
    await exchange.tells(call_id, "canceled", 2)
    assert await exchange.ended(call_id) == CANCELED


async def test_a_call_that_is_being_asked_for_is_canceled_when_it_has_a_name(opening: Open) -> None:
    exchange = await opening(FakeCarrier(Late(2)))
    call_id = await exchange.place()
    await exchange.board.hang_up(call_id)
    assert (exchange.calls.live, exchange.carrier.times("cancel")) == (0, [])
    await asyncio.sleep(3)
    assert exchange.carrier.asked[1:] == [(2.0, "cancel", sid(1))]


async def test_a_live_call_is_hung_up_without_a_word(exchange: Exchange) -> None:
    call_id = await exchange.place()
    async with exchange.stream(exchange.carrier.requests[0].twiml) as phone:
        await exchange.board.hang_up(call_id)
        await asyncio.sleep(1)
        assert phone.closed is not None
        assert (phone.closed.time, phone.closed.reason) == (0.1, "hung up on request")
    assert verbs(await exchange.board.after(call_id)) == ["Hangup"]
    assert exchange.spoken == []
    assert exchange.carrier.asked == [(0.0, "create", US)]


async def test_a_call_between_its_stream_and_its_end_is_completed(exchange: Exchange) -> None:
    call_id = await exchange.place()
    async with exchange.stream(exchange.carrier.requests[0].twiml):
        pass
    await exchange.board.hang_up(call_id)
    assert exchange.carrier.asked[1:] == [(0.1, "complete", sid(1))]


@pytest.mark.parametrize(
    ("error", "warned"), [(refusal(400, 21220), False), (refusal(404, 20404), True), (NO_ANSWER, True)]
)
async def test_21220_is_ignored_on_hanging_up(exchange: Exchange, error: CarrierError, warned: bool) -> None:
    exchange.carrier.hang_ups.append(error)
    told: list[str] = []
    sink = logger.add(told.append, format="{message}", level="WARNING")
    call_id = await exchange.place()
    await exchange.board.hang_up(call_id)
    logger.remove(sink)
    assert told == ["Twilio did not end a call.\n"] * warned
    assert await exchange.ended(call_id) == CANCELED


# --- saying and transferring ----------------------------------------------------------------------------


async def test_where_nobody_is_on_the_line_nothing_is_said(exchange: Exchange) -> None:
    call_id = await exchange.place()
    for problem in ("Nobody is on the line yet.", "The call is over."):
        with pytest.raises(CallStateError, match=problem):
            await exchange.board.say(call_id, "Hello.")
        with pytest.raises(CallStateError, match=problem):
            await exchange.board.transfer(call_id, GERMANY, "")
        assert (await exchange.known(call_id)).transferred_to == ""
        if problem.startswith("Nobody"):
            await exchange.tells(call_id, "no-answer", 3)


async def test_the_bot_says_what_it_is_told(exchange: Exchange) -> None:
    call_id = await exchange.place()
    async with exchange.stream(exchange.carrier.requests[0].twiml) as phone:
        await exchange.board.say(call_id, "Hello.")
        await asyncio.sleep(5)
        assert (exchange.spoken, phone.closed) == (["Hello."], None)


@pytest.mark.parametrize(("words", "said"), [("", CONNECTING), ("Here is Ben.", "Here is Ben.")])
@pytest.mark.parametrize("comes_in", [True, False])
async def test_a_call_is_put_through_after_the_last_word(
    exchange: Exchange, words: str, said: str, comes_in: bool
) -> None:
    if comes_in:
        answer = await exchange.calls_in()
        call_id = call_of(answer)
    else:
        call_id = await exchange.place()
        answer = exchange.carrier.requests[0].twiml
    async with exchange.stream(answer) as phone:
        await exchange.board.transfer(call_id, GERMANY, words)
        await asyncio.sleep(30)
        assert phone.closed is not None
        assert phone.closed.reason == "put through to a human"
    assert "".join(exchange.spoken).replace(" ", "") == said.replace(" ", "")
    assert await exchange.ended(call_id) == ("", "")
    next_twiml = await exchange.board.after(call_id)
    [dial] = ElementTree.fromstring(next_twiml)
    assert (dial.tag, dial.get("callerId"), [number.text for number in dial]) == ("Dial", OURS, [GERMANY])
    assert dial.get("action") == f"https://phone.example.test/twilio/transferred/{call_id}"


@pytest.mark.parametrize(
    ("status", "words"),
    [("completed", ""), ("answered", ""), ("busy", NOBODY), ("no-answer", NOBODY), ("failed", NOBODY)],
)
async def test_nobody_is_left_alone_after_a_transfer(exchange: Exchange, status: str, words: str) -> None:
    answer = await exchange.calls_in()
    call_id = call_of(answer)
    async with exchange.stream(answer):
        await exchange.board.transfer(call_id, GERMANY, "")
    last = await exchange.ends_transfer(call_id, status)
    assert verbs(last) == (["Say", "Hangup"] if words else ["Hangup"])
    assert words in last
    assert await exchange.ended(call_id) == ("completed", "The call was put through to a human.")


async def test_a_call_of_ours_that_was_put_through_ends_with_its_callback(exchange: Exchange) -> None:
    call_id = await exchange.place()
    await exchange.ends_transfer(call_id, "completed")
    assert await exchange.ended(call_id) == ("", "")


async def test_a_transfer_whose_end_nobody_tells_is_asked_for(exchange: Exchange) -> None:
    """The caller may hang up while the human's phone rings, and callbacks get lost."""
    exchange.carrier.put(US, OURS, "in-progress")
    answer = await exchange.calls_in()
    async with exchange.stream(answer):
        await exchange.board.transfer(call_of(answer), GERMANY, "")
    exchange.carrier.become(sid(1), "completed")
    await asyncio.sleep(60)
    assert exchange.carrier.times("fetch") == [30.1]
    assert (await exchange.ended(call_of(answer)))[0] == "completed"


# --- the end and the beginning of a process -------------------------------------------------------------


async def test_closing_cancels_what_nobody_has_answered(exchange: Exchange) -> None:
    ringing, answered = await exchange.place(US), await exchange.place(GERMANY)
    await asyncio.sleep(0.1)
    await exchange.tells(ringing, "ringing", 1)
    await exchange.tells(answered, "in-progress", 2, name=sid(2))
    await exchange.calls_in(9)
    await exchange.board.close()
    assert exchange.carrier.asked[2:] == [(0.1, "cancel", sid(1))]
    assert await exchange.ended(ringing) == (
        "canceled",
        "The server was shut down before anybody answered.",
    )
    assert len(exchange.book.open_calls()) == 2


async def test_a_call_without_a_name_is_left_to_the_next_process(opening: Open) -> None:
    carrier = FakeCarrier(Late(1000))
    first = await opening(carrier, VANTUM_MAX_CALLS="1")
    asked, waiting = await first.place(US), await first.place(GERMANY)
    await asyncio.sleep(1)
    await first.board.close()
    await at_rest()
    second = await opening(carrier)
    await asyncio.sleep(5)
    assert carrier.asked == [(0.0, "create", US), (1.0, "create", GERMANY), (2.0, "find", US)]
    assert [(await second.known(call_id)).sid for call_id in (asked, waiting)] == [sid(1), sid(2)]


def left_ringing(call: PhoneCall) -> PhoneCall:
    """A call that was placed, and rings."""
    return replace(requested(call), sid=sid(1))


async def test_a_call_that_is_answered_after_a_restart_is_served(opening: Open) -> None:
    first = await opening()
    call = await first.book.create(left_ringing(new_call()))
    second = await opening()
    assert second.calls.live == 0
    async with second.stream(second.board.request_of(call).twiml):
        assert second.calls.live == 1
    assert second.calls.live == 0


async def test_a_call_of_before_is_nobody_else_s(opening: Open) -> None:
    """Two calls to one number: the one whose answer was lost is not taken for the one that is known."""
    first = await opening()
    known = await first.book.create(left_ringing(new_call()))
    lost = await first.book.create(requested(new_call()))
    carrier = FakeCarrier()
    carrier.put(US, OURS)
    second = await opening(carrier)
    await asyncio.sleep(13)
    assert (await second.known(known.id)).sid == sid(1)
    assert (await second.known(lost.id)).sid == sid(2)
    assert carrier.times("create") == [12.0]
