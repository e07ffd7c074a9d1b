"""What the caller says: real speech, pauses and interruptions, and when each voice detector knows that it has ended.

The stream is the same for every call, and each detector is fed it beforehand, as its server hears it: so the latency
of an answer counts from the chunk of audio with which the server can know, and no choice of a detector is part of it.
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import soxr
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADState

from benchmarks.figures import System, Transport
from benchmarks.floor_ear import Ear, EarBatch
from benchmarks.wires import BROWSER_RATE, PHONE_RATE, STOCK_RATE
from processors.resampler import ResampleStream
from processors.silero import SileroBatch, SileroStream, run_batch
from tests.wire.twilio_mulaw import decoded, encoded
from vantum.core.vad import Change, VadSettings, VoiceActivity

RATE = 16_000
CHUNK_SECONDS = 0.02
CHUNK_BYTES = 640

AUDIO = Path(__file__).parent.parent / "tests" / "audio"
CLIPS = ("weather_question", "not_interested", "librivox_0890", "do_not_call", "stop")
"""Each is one stretch of speech for all detectors, and a complete turn for Smart Turn."""
LEAD_SECONDS = 0.5
PAUSE_SECONDS = 5.0
"""Room for the answer: its waits, its 2.4 s, and as much again for a server that is late."""
INTERRUPTED_EVERY = 4
"""Into the answer to every fourth turn the caller speaks."""
INTERRUPTS_AFTER_SECONDS = 2.0
FAINT = bytes((1, 0, 255, 255))
"""Two samples of a room in which nobody speaks."""


def caller_stream(seconds: float) -> bytes:
    """PCM16 mono at 16 kHz of at least ``seconds``, in whole chunks."""
    stream = bytearray(_pause(LEAD_SECONDS))
    turn = 0
    while len(stream) < seconds * RATE * 2:
        turn += 1
        pause = PAUSE_SECONDS if turn % INTERRUPTED_EVERY else INTERRUPTS_AFTER_SECONDS
        stream += _clip(CLIPS[(turn - 1) % len(CLIPS)]) + _pause(pause)
    return bytes(stream[: len(stream) // CHUNK_BYTES * CHUNK_BYTES])


def chunks(stream: bytes, size: int = CHUNK_BYTES) -> list[bytes]:
    """The stream in the pieces in which it is sent."""
    return [stream[start : start + size] for start in range(0, len(stream), size)]


def as_sent(stream: bytes, system: System, transport: Transport) -> list[bytes]:
    """The chunks of the stream as ``system`` gets them: mu-law at 8 kHz, or PCM16 at its clients' rate."""
    if transport is Transport.TWILIO:
        return chunks(encoded(_resampled(stream, PHONE_RATE)), round(PHONE_RATE * CHUNK_SECONDS))
    if system is System.STOCK:
        return chunks(stream)
    return chunks(_resampled(stream, BROWSER_RATE).tobytes(), round(2 * BROWSER_RATE * CHUNK_SECONDS))


def _resampled(stream: bytes, rate: int) -> np.typing.NDArray[np.int16]:
    return np.asarray(soxr.resample(np.frombuffer(stream, np.int16), RATE, rate), np.int16)


async def turn_ends(sent: list[bytes], system: System, transport: Transport) -> list[int]:
    """The chunks with which the detector of ``system`` says that speech has stopped."""
    phone = transport is Transport.TWILIO
    heard = [decoded(chunk).tobytes() for chunk in sent] if phone else sent
    match system:
        case System.STOCK:
            return await stock_turn_ends(heard, PHONE_RATE if phone else STOCK_RATE)
        case System.FLOOR:
            return floor_turn_ends(heard, PHONE_RATE if phone else BROWSER_RATE)
        case _:
            return vantum_turn_ends(heard, PHONE_RATE if phone else BROWSER_RATE)


def vantum_turn_ends(heard: list[bytes], rate: int) -> list[int]:
    """Vantum's, which hears what its resampler gives, or a telephone's 8 kHz as they are."""
    activity = VoiceActivity(VadSettings())
    stops: list[Change] = []

    def on_window(probability: float, level_db: float) -> None:
        if activity.step(probability, level_db) is Change.STOPPED:
            stops.append(Change.STOPPED)

    listening = SileroStream(_AtOnce(), PHONE_RATE if rate == PHONE_RATE else RATE, on_window)
    resampler = None if rate == listening.rate else ResampleStream(rate, listening.rate)
    ends = []
    for index, chunk in enumerate(heard):
        listening.feed(chunk if resampler is None else resampler.convert(chunk))
        if stops:
            stops.clear()
            ends.append(index)
    return ends


async def stock_turn_ends(heard: list[bytes], rate: int) -> list[int]:
    """pipecat's."""
    analyzer = SileroVADAnalyzer()
    analyzer.set_sample_rate(rate)
    speaking = False
    ends = []
    for index, chunk in enumerate(heard):
        state = await analyzer.analyze_audio(chunk)
        if speaking and state is VADState.QUIET:
            ends.append(index)
        speaking = state is VADState.SPEAKING or (speaking and state is not VADState.QUIET)
    await analyzer.cleanup()
    return ends


def floor_turn_ends(heard: list[bytes], rate: int) -> list[int]:
    """The floor's."""
    batch = EarBatch()
    stops: list[bool] = []
    ear = Ear(batch, rate, on_start=lambda: None, on_stop=lambda: stops.append(True))
    ends = []
    for index, chunk in enumerate(heard):
        ear.feed(chunk)
        batch.run()
        if stops:
            stops.clear()
            ends.append(index)
    return ends


class _AtOnce(SileroBatch):
    """A batch that needs no event loop: each window is looked at as soon as it is there."""

    def submit(self, stream: SileroStream) -> None:
        while stream.ready:
            run_batch([stream])


def _clip(name: str) -> bytes:
    with wave.open(str(AUDIO / f"{name}.wav"), "rb") as recording:
        pcm: bytes = recording.readframes(recording.getnframes())
        return pcm


def _pause(seconds: float) -> bytes:
    return FAINT * round(seconds * RATE / 2)
