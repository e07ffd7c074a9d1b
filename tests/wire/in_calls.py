"""Whole calls with providers of a test's choice: a server on a real socket, and a caller who speaks by loudness."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from pipelines.echo import Echo
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from processors.tools.tool import Tool
from tests.live_server import LiveServer, Message, client, live_server, message_of, request
from tests.wire.conftest import until
from vantum.core.choice import Kind
from vantum.core.events import TurnEndedByHand
from vantum.parts import Call

RATE = 16_000
LOUD = b"\x00\x10\x00\xf0" * (RATE // 4)
"""Half a second that is taken for speech."""
LOUD_LEVEL = 300
CLOSE_SECONDS = 2.0
HEARD_WORDS = 3
"""The last of them has only begun when the caller speaks."""
WORDS, CUT = "conversation.response.words", "audio.output.cancel"


class Loudness(FrameProcessor):
    """A detector that takes each loud piece of audio for speech, until the turn is ended by hand."""

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
        self._speaking = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case InputAudioRawFrame(audio=pcm):
                await self.push_frame(frame, direction)
                if not self._speaking and np.abs(np.frombuffer(pcm, "<i2")).max(initial=0) > LOUD_LEVEL:
                    self._speaking = True
                    await self.push_frame(VADUserStartedSpeakingFrame(start_secs=len(pcm) / 2 / RATE))
                return
            case InputTransportMessageFrame(message=TurnEndedByHand()) if self._speaking:
                self._speaking = False
                await self.push_frame(VADUserStoppedSpeakingFrame(stop_secs=0.0))
        await self.push_frame(frame, direction)


@dataclass(slots=True)
class Scene:
    """A server, and a caller in a call."""

    server: LiveServer
    caller: ClientConnection
    context: ContextAggregator
    told: list[Message] = field(default_factory=list)
    """What the caller was sent so far."""

    @property
    def said(self) -> list[tuple[str, str]]:
        """The conversation as (role, words), without the prompt."""
        return [(message.role, message.content) for message in self.context.conversation.messages[1:]]

    @property
    def switches(self) -> list[tuple[object, object, object]]:
        """Who took over from whom, and because of which fault."""
        payloads = [m["payload"] for m in self.told if m["eventType"] == "conversation.provider.switched"]
        return [(p["previous"], p["provider"], p["fault"]) for p in payloads]  # type: ignore[index]

    async def speak(self) -> None:
        """Half a second of speech."""
        await self.caller.send(request("audio.input.chunk", audio=LOUD, isMuted=False))

    async def finish(self) -> None:
        """End the turn."""
        await self.caller.send(request("audio.input.end"))

    def times_told(self, event_type: str) -> int:
        """How often the caller was sent a message of this type."""
        return sum(message["eventType"] == event_type for message in self.told)

    async def turn(self) -> None:
        """Say something, and hear the answer to its end."""
        before = len(self.said)
        await self.speak()
        await self.finish()
        await until(lambda: len(self.said) == before + 2)

    async def cut_in(self) -> None:
        """Say something, speak again behind the first words of the answer, and hear that it stops; hear the next."""
        before, words, cuts = len(self.said), self.times_told(WORDS), self.times_told(CUT)
        await self.speak()
        await self.finish()
        await until(lambda: self.times_told(WORDS) >= words + HEARD_WORDS)
        await self.speak()
        await self.finish()
        await until(lambda: self.times_told(CUT) > cuts)
        await until(lambda: len(self.said) == before + 4)

    async def listen(self) -> None:
        """Take what comes, to the end of the call."""
        with suppress(ConnectionClosed):
            while True:
                self.told.append(msgpack.unpackb(await self.caller.recv()))

    async def leave(self, closed: Callable[[], object]) -> None:
        """Hang up: within ``CLOSE_SECONDS`` the call is over, and ``closed`` holds."""
        await self.caller.close()
        async with asyncio.timeout(CLOSE_SECONDS):
            await until(lambda: self.server.calls.live == 0 and closed())


@asynccontextmanager
async def scene(
    data: Path, settings: Mapping[str, str], *, model: bool = False, tools: Collection[Tool] = ()
) -> AsyncIterator[Scene]:
    """A call; with ``model`` the answers are a language model's, else the caller's own words."""
    contexts: list[ContextAggregator] = []

    def build(call: object) -> list[FrameProcessor]:
        assert isinstance(call, Call)
        contexts.append(ContextAggregator(prompt="Be kind.", tools=list(tools), manners=call.manners))
        answers = call.llm() if model else Echo()
        return [Resampler(), Loudness(), call.stt(), contexts[0], answers, BreakSplitter(), call.tts()]

    told = {"VANTUM_SPECULATION": "false", **settings}
    async with live_server(data, build, **told) as server:
        try:
            async with client(server) as caller:
                await caller.send(request("audio.input.start", samplingRate=RATE))
                await message_of(caller, "conversation.state.changed")
                at = Scene(server, caller, contexts[0])
                listening = asyncio.create_task(at.listen())
                try:
                    yield at
                finally:
                    await caller.close()
                    await listening
        finally:
            await asyncio.wait_for(server.services.clients.close(), CLOSE_SECONDS)


def order(kind: Kind, *names: str) -> dict[str, str]:
    """The setting by which these do a job, the first choice first."""
    return {kind.setting: ",".join(names)}


def is_cut(said: str, whole: str) -> bool:
    """Whether ``said`` is a beginning of ``whole`` that ends in the middle."""
    words, ends = said.removesuffix("…").split(), said.endswith("…")
    return ends and 0 < len(words) < len(whole.split()) and whole.split()[: len(words)] == words
