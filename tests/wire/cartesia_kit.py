"""What all tests of the Cartesia voice do: speak, and look at what was heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipecat.frames.frames import (
    AggregatedTextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)

from processors.tts.failover import FailoverTTS
from tests.wire.cartesia_tts import cartesia_tts
from tests.wire.conftest import until

if TYPE_CHECKING:
    from tests.wire.conftest import Line

RATE = 16_000
KEY = "sk_car_secret0123456789abcdef"
TEXTS = ["Hello there. ", "How are you?"]


def tts(url: str, *, key: str = KEY, voice: str = "female") -> FailoverTTS:
    return cartesia_tts(url, key=key, voice=voice)


async def say(line: Line, *texts: str) -> None:
    """A whole bot turn."""
    await line.push(LLMFullResponseStartFrame(), *pieces(*texts), LLMFullResponseEndFrame())


def pieces(*texts: str) -> list[AggregatedTextFrame]:
    return [AggregatedTextFrame(text, "sentence") for text in texts]


def seconds_heard(line: Line) -> float:
    return sum(len(frame.audio) for frame in line.down(TTSAudioRawFrame)) / 2 / RATE


def words(line: Line) -> str:
    return " ".join(frame.text for frame in line.down(TTSTextFrame))


async def stopped(line: Line, turns: int) -> None:
    await until(lambda: len(line.down(TTSStoppedFrame)) == turns)
