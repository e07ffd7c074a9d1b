"""A client in memory for the output alone: it keeps what was done, and when; and words to put into the output."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipecat.frames.frames import (
    Frame,
    InputTransportMessageFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)

from transports.carrier_input import CarrierInput
from transports.carrier_output import CarrierOutput
from transports.hooks import Hooks
from transports.pacer import Pacer
from transports.utterance import Framing
from vantum.core.audio import WEB_AUDIO_BLOCK, chunk_samples
from vantum.core.events import Event, Hold, Release, UtteranceEnded
from vantum.testing import Input, MemoryClient, MemoryPhone, Run, at_rest, run_processor

RATE = 16_000
FRAMING = Framing(RATE, chunk_samples(RATE), WEB_AUDIO_BLOCK, 0.15)
CHUNK_SECONDS = 0.04


@dataclass
class Client:
    """Keeps what the output did, with times since the first."""

    zero: float = 0.0
    chunks: list[tuple[float, str, int]] = field(default_factory=list)
    pcm: dict[str, bytes] = field(default_factory=dict)
    events: list[tuple[float, Event]] = field(default_factory=list)
    played: list[tuple[float, int]] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)

    def now(self) -> float:
        return round(asyncio.get_running_loop().time() - self.zero, 4)

    def play(self, utterance_id: str, pcm: bytes, rate: int) -> None:
        assert rate == RATE
        self.chunks.append((self.now(), utterance_id, len(pcm) // 2))
        self.pcm[utterance_id] = self.pcm.get(utterance_id, b"") + pcm

    def publish(self, event: Event) -> None:
        self.events.append((self.now(), event))

    def caller_audio(self, pcm: bytes, rate: int, at: float) -> None:
        raise AssertionError("the output hears no caller")

    def bot_audio(self, pcm: bytes, rate: int, at: float) -> None:
        self.played.append((round(at - self.zero, 4), len(pcm) // 2))

    def bot_cut(self, at: float) -> None:
        self.cuts.append(round(at - self.zero, 4))

    def told(self, kind: type[Event]) -> list[tuple[float, Event]]:
        return [(at, event) for at, event in self.events if isinstance(event, kind)]


class Transport(Protocol):
    """What a call asks of its line, as far as the output is concerned."""

    def ends(self, hooks: Hooks) -> tuple[CarrierInput, CarrierOutput]: ...

    async def serve(self) -> str: ...

    def tell(self, event: Event) -> None: ...


async def play_over(
    transport: Transport, far_end: MemoryClient | MemoryPhone, frames: Sequence[Input]
) -> Client:
    """Play over a line, until the other end hangs up 4 s after the last frame."""
    client = Client()

    def publish(event: Event) -> None:
        client.publish(event)
        transport.tell(event)

    _, output = transport.ends(Hooks(publish, client, Pacer()))
    serving = asyncio.create_task(transport.serve())
    await at_rest()
    client.zero = asyncio.get_running_loop().time()
    await run_processor(output, frames, settle=4.0)
    far_end.hang_up()
    await serving
    return client


async def play(frames: Sequence[Input], settle: float = 3.0) -> tuple[Client, Run]:
    client = Client()
    output = CarrierOutput(client, FRAMING, Hooks(client.publish, client, Pacer()))
    client.zero = asyncio.get_running_loop().time()
    return client, await run_processor(output, frames, settle=settle)


def speech(seconds: float, context: str = "c") -> TTSAudioRawFrame:
    return TTSAudioRawFrame(b"\1\1" * int(seconds * RATE), RATE, 1, context_id=context)


def word(text: str, context: str = "c") -> TTSTextFrame:
    frame = TTSTextFrame(text, "sentence")
    frame.context_id = context
    return frame


def answer(*frames: Frame) -> list[Frame]:
    return [LLMFullResponseStartFrame(), *frames, TTSStoppedFrame(context_id="c"), LLMFullResponseEndFrame()]


def ended(run: Run) -> list[UtteranceEnded]:
    messages = [f.message for f in run.of(InputTransportMessageFrame)]
    return [m for m in messages if isinstance(m, UtteranceEnded)]


def reported(run: Run) -> list[Event]:
    """What the output told the conversation, in order."""
    return [frame.message for frame in run.of(InputTransportMessageFrame)]


def hold() -> Frame:
    return OutputTransportMessageUrgentFrame(message=Hold())


def release() -> Frame:
    return OutputTransportMessageUrgentFrame(message=Release())


WORD_SECONDS = 0.25


def timed_words(text: str) -> list[Frame]:
    """The words of ``text``, each 0.25 s after the one before it, as a TTS with word times tells them."""
    frames: list[Frame] = []
    for number, each in enumerate(text.split()):
        timed = word(each)
        timed.pts = round(number * WORD_SECONDS * 1e9) + 1
        frames.append(timed)
    return frames
