"""What the caller says: real speech with pauses, and when each voice detector knows that it has ended.

The stream is the same for every call, and both detectors are fed it beforehand: so the latency of an answer
counts from the chunk of audio with which the server can know, and no choice of a detector is part of it.
"""

from __future__ import annotations

import wave
from pathlib import Path

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADState

from processors.silero import SileroBatch, SileroStream, run_batch
from vantum.core.vad import Change, VadSettings, VoiceActivity

RATE = 16_000
CHUNK_SECONDS = 0.02
CHUNK_BYTES = 640

AUDIO = Path(__file__).parent.parent / "tests" / "audio"
CLIPS = ("weather_question", "not_interested", "librivox_0890", "do_not_call", "stop")
"""Each is one stretch of speech for both detectors, and a complete turn for Smart Turn."""
LEAD_SECONDS = 0.5
PAUSE_SECONDS = 5.0
"""Room for the answer: its waits, its 2.4 s, and as much again for a server that is late."""
FAINT = bytes((1, 0, 255, 255))
"""Two samples of a room in which nobody speaks."""


def caller_stream(seconds: float) -> bytes:
    """PCM16 mono at 16 kHz of at least ``seconds``, in whole chunks."""
    stream = bytearray(_pause(LEAD_SECONDS))
    turn = 0
    while len(stream) < seconds * RATE * 2:
        stream += _clip(CLIPS[turn % len(CLIPS)]) + _pause(PAUSE_SECONDS)
        turn += 1
    return bytes(stream[: len(stream) // CHUNK_BYTES * CHUNK_BYTES])


def chunks(stream: bytes) -> list[bytes]:
    """The stream in the pieces in which it is sent."""
    return [stream[start : start + CHUNK_BYTES] for start in range(0, len(stream), CHUNK_BYTES)]


def vantum_turn_ends(stream: bytes) -> list[int]:
    """The chunks with which Vantum's detector says that speech has stopped."""
    activity = VoiceActivity(VadSettings())
    stops: list[Change] = []

    def heard(probability: float, level_db: float) -> None:
        if activity.step(probability, level_db) is Change.STOPPED:
            stops.append(Change.STOPPED)

    listening = SileroStream(_AtOnce(), RATE, heard)
    ends = []
    for index, chunk in enumerate(chunks(stream)):
        listening.feed(chunk)
        if stops:
            stops.clear()
            ends.append(index)
    return ends


async def stock_turn_ends(stream: bytes) -> list[int]:
    """The chunks with which pipecat's detector says so."""
    analyzer = SileroVADAnalyzer()
    analyzer.set_sample_rate(RATE)
    speaking = False
    ends = []
    for index, chunk in enumerate(chunks(stream)):
        state = await analyzer.analyze_audio(chunk)
        if speaking and state is VADState.QUIET:
            ends.append(index)
        speaking = state is VADState.SPEAKING or (speaking and state is not VADState.QUIET)
    await analyzer.cleanup()
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
