"""Whole calls over a real socket: a browser at one end, Deepgram's and Cartesia's protocols at the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pipecat.processors.frame_processor import FrameProcessor
from websockets.asyncio.client import ClientConnection

from pipelines.echo import Echo
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from tests.live_server import KEYS, LiveServer, client, live_server, message_of, request
from tests.wire.cartesia_server import CartesiaServer
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from vantum.parts import Call

pytestmark = pytest.mark.real_time

RATE = 16_000
LOUD = b"\x00\x10\x00\xf0" * (RATE // 4)
"""Half a second that is taken for speech."""


def build(call: object) -> list[FrameProcessor]:
    """Echo without a detector: the turns are ended by hand."""
    assert isinstance(call, Call)
    context = ContextAggregator(prompt="", limit=call.context_messages)
    return [Resampler(), call.stt(), context, Echo(), BreakSplitter(), call.tts()]


@dataclass(frozen=True, slots=True)
class Scene:
    """A server with the two providers that it uses, and a browser in a call."""

    server: LiveServer
    deepgram: DeepgramServer
    cartesia: CartesiaServer
    browser: ClientConnection


@asynccontextmanager
async def scene(data: Path, says: list[str]) -> AsyncIterator[Scene]:
    key = KEYS["DEEPGRAM_API_KEY"]
    async with (
        DeepgramServer(says, key=key) as deepgram,
        CartesiaServer(key=key) as cartesia,
        live_server(data, build, DEEPGRAM_URL=deepgram.url, CARTESIA_URL=cartesia.url) as server,
        client(server) as browser,
    ):
        await browser.send(request("audio.input.start", samplingRate=RATE))
        yield Scene(server, deepgram, cartesia, browser)


async def take_a_turn(scene: Scene) -> None:
    """Speak, end the turn, and hear the answer to its end."""
    await scene.browser.send(request("audio.input.chunk", audio=LOUD, isMuted=False))
    await scene.browser.send(request("audio.input.end"))
    await message_of(scene.browser, "audio.output.complete")


async def test_s28_ten_turns_need_one_link_each(tmp_path: Path) -> None:
    says = [f"turn {number}" for number in range(10)]
    async with scene(tmp_path, says) as call:
        for _ in says:
            await take_a_turn(call)
        assert [piece["transcript"] for piece in call.cartesia.pieces()] == says
        assert (len(call.deepgram.opened()), len(call.cartesia.opened())) == (1, 1)
    assert (len(call.deepgram.closed()), len(call.cartesia.closed())) == (1, 1)


async def test_s22_the_caller_notices_no_drop_of_a_link(tmp_path: Path) -> None:
    async with scene(tmp_path, ["one", "two"]) as call:
        await take_a_turn(call)
        await call.browser.send(request("audio.input.chunk", audio=LOUD, isMuted=False))
        await until(lambda: len(call.deepgram.audio) == 2 * len(LOUD))
        call.deepgram.drop_links()
        call.cartesia.drop_links()
        await call.browser.send(request("audio.input.end"))
        await message_of(call.browser, "audio.output.complete")
        assert [piece["transcript"] for piece in call.cartesia.pieces()] == ["one", "two"]
        assert (len(call.deepgram.opened()), len(call.cartesia.opened())) == (2, 2)


async def test_s23_who_hangs_up_is_left_by_every_link_within_two_seconds(tmp_path: Path) -> None:
    async with scene(tmp_path, ["one"]) as call:
        await call.browser.send(request("audio.input.chunk", audio=LOUD, isMuted=False))
        await until(lambda: call.deepgram.audio)
        await call.browser.close()
        async with asyncio.timeout(2.0):
            await until(lambda: call.deepgram.closed() and call.cartesia.closed())
        # What was said before is asked for.
        assert call.deepgram.controls("Finalize")
