"""A call that needs too much memory ends with a goodbye, and the largest that a client may send does not need it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.context_aggregator import ContextAggregator
from processors.silero import SileroBatch
from processors.vad import VAD
from tests.live_server import client, live_server, message_of, request
from vantum.live_call import LiveCall
from vantum.memory import BYTES_PER_MB, MOST_OBJECTS
from vantum.record import read_record
from vantum.testing import ScriptedTTS

BATCH = SileroBatch()
MESSAGE_BYTES = 1_000_000


class Hoarder(FrameProcessor):
    """Keeps more than a call may."""

    def __init__(self) -> None:
        super().__init__()
        self.hoard: list[bytes] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Keep another megabyte for every frame."""
        await super().process_frame(frame, direction)
        self.hoard.append(bytes(BYTES_PER_MB))
        await self.push_frame(frame, direction)


def held(call: LiveCall) -> int:
    found = call._measured().go_on(MOST_OBJECTS)
    assert found is not None
    return found


def only_call(data: Path) -> Path:
    (folder,) = data.glob("calls/*/*")
    return folder


@pytest.mark.real_time
async def test_a_call_that_grows_beyond_its_limit_says_goodbye(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vantum.memory.EVERY_SECONDS", 0.05)

    def build(_: object) -> list[FrameProcessor]:
        return [Hoarder(), ContextAggregator(prompt=""), ScriptedTTS(first_audio=0.01)]

    async with live_server(tmp_path, build, VANTUM_MAX_CALL_MB="20") as server:
        async with client(server, max_queue=None) as socket:
            await socket.send(request("audio.input.start"))
            for _ in range(30):
                await socket.send(request("audio.input.chunk", audio=bytes(640)))
            await message_of(socket, "audio.output.chunk")
            await asyncio.wait_for(socket.wait_closed(), 10)
            assert socket.close_reason == "the call needed too much memory"
        server.services.writer.flush()
        folder = only_call(tmp_path)
        record = read_record(tmp_path, folder.name, server.services.writer.is_open)
    assert record is not None
    assert "oodbye" in str(record["transcript"])


@pytest.mark.real_time
async def test_a_client_that_sends_the_largest_of_everything_stays_far_below_the_limit(
    tmp_path: Path,
) -> None:
    calls, largest = list[LiveCall](), 0

    def build(_: object) -> list[FrameProcessor]:
        return [VAD(BATCH), ContextAggregator(prompt=""), ScriptedTTS(first_audio=0.01)]

    # As much as it can, which without this is more than it may in a second.
    limit = {"VANTUM_MAX_BYTES_PER_SECOND": "1073741824"}
    async with live_server(tmp_path, build, **limit) as server, client(server, max_queue=None) as socket:
        await socket.send(request("audio.input.start", language="en"))
        calls.extend(server.calls._live.values())
        for count in range(60):
            await socket.send(request("audio.input.chunk", audio=bytes(MESSAGE_BYTES)))
            await socket.send(request("audio.input.end", junk="x" * MESSAGE_BYTES))
            if count % 5 == 0:
                largest = max(largest, *(held(call) for call in server.calls._live.values()))
    assert 100_000 < largest < 16 * BYTES_PER_MB
