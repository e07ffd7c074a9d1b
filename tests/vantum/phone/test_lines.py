"""Lines: one seat a call, given back once."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from tests.vantum.phone.conftest import Open
from vantum.core.errors import CapacityError
from vantum.live_call import LiveCall
from vantum.phone.lines import Lines


async def test_a_call_has_one_line_and_one_seat(opening: Open) -> None:
    exchange = await opening(VANTUM_MAX_CALLS="2")
    lines = Lines(exchange.calls, exchange.book)
    assert lines.find("a") is None
    line = lines.open("a")
    assert lines.open("a") is line
    assert lines.find("a") is line
    assert exchange.calls.live == 1
    lines.open("b")
    with pytest.raises(CapacityError):
        lines.open("c")
    assert lines.find("c") is None
    for _ in range(2):
        lines.drop("a")
        assert exchange.calls.live == 1
    assert lines.find("a") is None
    lines.open("c")


async def test_only_a_line_without_a_stream_is_dropped_as_unanswered(opening: Open) -> None:
    exchange = await opening()
    lines = Lines(exchange.calls, exchange.book)
    lines.open("a").live = cast(LiveCall, object())
    lines.open("b")
    for call_id in ("a", "b", "c"):
        lines.drop_unanswered(call_id)
    assert (lines.find("a") is None, lines.find("b")) == (False, None)
    assert exchange.calls.live == 1
    lines.drop("a")
    assert exchange.calls.live == 0


async def test_a_line_writes_to_its_call(opening: Open) -> None:
    exchange = await opening(VANTUM_MAX_CALLS="1")
    call_ids = [await exchange.place(), await exchange.place()]
    lines = Lines(exchange.calls, exchange.book)
    exchange.calls.vacate()
    lines.open(call_ids[1]).change(lambda call: replace(call, notes="new"))
    assert [(await exchange.known(call_id)).notes for call_id in call_ids] == ["", "new"]
    lines.drop(call_ids[1])
    exchange.calls.take_seat()
