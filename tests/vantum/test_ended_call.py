"""An ended call goes at once, with all that it consisted of: no search for rings of objects has to find it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakSet

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from benchmarks.vantum_pipeline import build
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from tests.live_server import client, live_server, message_of, next_message, request
from tests.phone.kit import talk, telephone
from tests.wire.cartesia_server import CartesiaServer
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from tests.wire.openai_server import OpenAIServer
from tests.wire.twilio_server import Callee
from vantum import Call


@pytest.fixture(autouse=True)
def no_search() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def real(call: Call) -> list[FrameProcessor]:
    """The usual chain."""
    context = ContextAggregator(prompt="Be kind.", greeting="Hello.", limit=call.context_messages)
    ears = [Resampler(), call.vad(), call.stt(), context]
    return [*ears, call.llm(), BreakSplitter(), call.tts()]


async def test_of_an_ended_call_nothing_is_left(tmp_path: Path) -> None:
    made: WeakSet[FrameProcessor] = WeakSet()

    def watched(call: object) -> list[FrameProcessor]:
        assert isinstance(call, Call)
        processors = build(call)
        made.update(processors)
        return processors

    async with live_server(tmp_path, watched, VANTUM_RESUME_SECONDS="0") as server:
        made.clear()
        async with client(server) as socket:
            await socket.send(request("audio.input.start"))
            await next_message(socket)
            assert made
        await until(lambda: not made)


async def test_nor_of_one_with_the_providers_clients(tmp_path: Path) -> None:
    made: WeakSet[FrameProcessor] = WeakSet()

    def watched(call: object) -> list[FrameProcessor]:
        assert isinstance(call, Call)
        processors = real(call)
        made.update(processors)
        return processors

    async with (
        DeepgramServer(key="test") as ears,
        OpenAIServer() as model,
        CartesiaServer(key="test") as voice,
    ):
        urls = {"DEEPGRAM_URL": ears.url, "OPENAI_BASE_URL": model.url, "CARTESIA_URL": voice.url}
        async with live_server(tmp_path, watched, VANTUM_RESUME_SECONDS="0", **urls) as server:
            made.clear()
            async with client(server) as socket:
                await socket.send(request("audio.input.start"))
                await message_of(socket, "audio.output.chunk")
                assert made
            await until(lambda: not made)


async def test_nor_of_one_on_the_telephone(tmp_path: Path) -> None:
    made: WeakSet[FrameProcessor] = WeakSet()

    def watched(call: object) -> list[FrameProcessor]:
        processors = talk()(call)
        made.update(processors)
        return processors

    async with telephone(tmp_path, watched) as phone:
        made.clear()
        _, call = await phone.call(Callee())
        await until(lambda: made)
        call.hang_up()
        await call.over()
        await until(lambda: not made)
