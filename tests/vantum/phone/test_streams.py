"""Streams: one a call, on a line with a seat, and the line is free when the stream is over."""

from __future__ import annotations

import asyncio

import pytest

from tests.vantum.phone.conftest import Open
from tests.vantum.phone.exchange import Exchange, call_of
from tests.vantum.phone.fake_carrier import sid
from vantum.core.errors import PipelineError
from vantum.phone.streams import TRY_AGAIN_LATER
from vantum.testing.memory_phone import MemoryPhone


async def refused(exchange: Exchange, call_id: str) -> bool:
    """Whether a stream of the call is closed at once."""
    phone = MemoryPhone(call_sid=sid(1))
    await exchange.board.serve(call_id, phone)
    return phone.closed is not None and phone.closed.code == TRY_AGAIN_LATER


async def test_a_second_stream_of_a_call_is_refused_and_the_first_goes_on(exchange: Exchange) -> None:
    answer = await exchange.calls_in()
    async with exchange.stream(answer) as phone:
        assert await refused(exchange, call_of(answer))
        assert (phone.closed, exchange.calls.live) == (None, 1)
        await exchange.board.say(call_of(answer), "Hello.")
        await asyncio.sleep(2)
    assert exchange.spoken == ["Hello."]


async def test_a_call_that_has_just_ended_takes_no_seat(exchange: Exchange) -> None:
    answer = await exchange.calls_in()
    assert exchange.board.redeem(answer) is None
    await exchange.board.hang_up(call_of(answer))
    assert await refused(exchange, call_of(answer))
    assert exchange.calls.live == 0


async def test_a_call_of_the_process_before_is_refused_when_there_is_no_seat(opening: Open) -> None:
    first = await opening(VANTUM_MAX_CALLS="1")
    call_id = call_of(await first.calls_in(1))
    second = await opening(VANTUM_MAX_CALLS="1")
    await second.calls_in(2)
    assert await refused(second, call_id)
    assert second.calls.live == 1


async def test_a_stream_of_another_call_is_ended(exchange: Exchange) -> None:
    answer = await exchange.calls_in(1)
    async with exchange.stream(answer, number=2) as phone:
        assert phone.closed is not None
        assert phone.closed.reason == "the stream is of another call"
    assert exchange.calls.live == 0


async def test_a_pipeline_that_is_gone_leaves_the_seat_to_the_end_of_the_call(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = call_of(await exchange.calls_in())

    def gone(*_: object) -> None:
        raise PipelineError("There is no such pipeline.", "Name another.")

    monkeypatch.setattr("vantum.phone.pipelines.Pipelines.named", gone)
    with pytest.raises(PipelineError):
        await refused(exchange, call_id)
    await asyncio.sleep(60)
    assert exchange.calls.live == 0
    assert (await exchange.ended(call_id))[0] == "failed"
