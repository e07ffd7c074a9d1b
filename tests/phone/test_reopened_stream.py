"""A media stream that breaks in the middle of an answer is opened again by Twilio, and the call goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.phone.kit import Telephone, audible_seconds, talk, telephone, until
from tests.wire.twilio_mulaw import RATE
from tests.wire.twilio_server import Callee
from vantum.record import read_record

pytestmark = pytest.mark.real_time

STORY = "This is a story that goes on and on for a while."
STORY_SECONDS = len(STORY) * 0.06


def events(phone: Telephone, call_id: str) -> list[str]:
    """The events of a call that is over."""
    phone.server.services.writer.flush()
    record = read_record(phone.server.data, call_id, lambda _: False) or {}
    return [str(entry["event"]) for entry in record["events"]]  # type: ignore[attr-defined]


async def test_a_call_goes_on_where_its_stream_broke(tmp_path: Path) -> None:
    callee = Callee(loses_stream_after=1.5, hangs_up_after=6.0)
    async with telephone(tmp_path, talk(greeting=STORY)) as phone:
        call_id, call = await phone.call(callee)
        await call.over()
        told = await phone.over(call_id)
        assert [verb.name for verb in call.verbs] == ["Connect", "Connect"]
        assert [line["text"] for line in told["transcript"]] == [STORY]  # type: ignore[attr-defined]
        lost = [name for name in events(phone, call_id) if name.startswith("client_")]
        assert lost == ["client_dropped", "client_returned"]
        broke = round(1.5 * RATE)
        first, second = audible_seconds(call.heard[:broke]), audible_seconds(call.heard[broke:])
        assert 0.3 < first < 1.5
        # The word in which it broke is heard again.
        assert STORY_SECONDS - 0.1 <= first + second <= STORY_SECONDS + 0.7
        assert call.protocol_errors == []
        assert (await phone.told(call_id))["outcome"] == "completed"
        await until(lambda: phone.server.calls.live == 0)


async def test_a_stream_that_breaks_is_the_end_when_nobody_is_waited_for(tmp_path: Path) -> None:
    callee = Callee(loses_stream_after=1.0)
    async with telephone(tmp_path, talk(greeting=STORY), VANTUM_RESUME_SECONDS="0") as phone:
        _, call = await phone.call(callee)
        await call.over()
        assert [verb.name for verb in call.verbs] == ["Connect", "Hangup"]
        await until(lambda: phone.server.calls.live == 0)
