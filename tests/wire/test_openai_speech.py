"""OpenAI's speech to text and text to speech, and Groq's, against a local server that speaks the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soxr
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InputTransportMessageFrame,
    STTUpdateSettingsFrame,
    TextFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.services.settings import STTSettings

from tests.wire.asking import faults_told
from tests.wire.conftest import until
from tests.wire.hired import KEY, Speaker, brief, hired, process, speaking
from tests.wire.speech_server import SpeechServer
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.events import CallerLeft, TurnEndedByHand
from vantum.core.faults import Fault

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

RATE = 16_000
BASES = {"openai": ("/v1", "OPENAI_BASE_URL"), "groq": ("/openai/v1", "GROQ_URL")}
MODELS = {"openai": "gpt-4o-mini-transcribe", "groq": "whisper-large-v3-turbo"}


def tone(seconds: float, rate: int) -> bytes:
    samples = np.arange(int(seconds * rate))
    return (9000 * np.sin(samples * 2 * np.pi * 440 / rate)).astype("<i2").tobytes()


SPEECH = tone(1.0, RATE)


async def utter(line: Line, pcm: bytes = SPEECH, rate: int = RATE) -> None:
    size = rate * 2 // 50
    frames = (InputAudioRawFrame(pcm[at : at + size], rate, 1) for at in range(0, len(pcm), size))
    await line.push(VADUserStartedSpeakingFrame(), *frames, VADUserStoppedSpeakingFrame())


async def heard(line: Line, texts: list[str]) -> None:
    await until(lambda: len(line.down(TranscriptionFrame)) >= len(texts))
    assert [frame.text for frame in line.down(TranscriptionFrame)] == texts


Hearing = tuple["Line", SpeechServer]
Saying = Callable[..., AbstractAsyncContextManager[Hearing]]


@pytest.fixture
def hearing(run: Run) -> Saying:
    """OpenAI's recogniser, and a server that hears ``says``."""

    @asynccontextmanager
    async def running(*says: str | int, key: str = KEY) -> AsyncIterator[Hearing]:
        async with SpeechServer("/v1", says=says, key=key) as server, process() as shared:
            told = brief(Kind.STT, "openai", shared, OPENAI_BASE_URL=server.url)
            async with run(hired(told)) as line:
                yield line, server

    return running


@asynccontextmanager
async def voice(server: SpeechServer, rate: int = RATE) -> AsyncIterator[Speaker]:
    async with process() as shared:
        told = brief(Kind.TTS, "openai", shared, rate=rate, OPENAI_BASE_URL=server.url, OPENAI_VOICE="male")
        async with speaking(told) as speaker:
            yield speaker


# --- hearing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_an_utterance_is_transcribed_when_it_is_over(run: Run, name: str, rate: int) -> None:
    base, setting = BASES[name]
    async with SpeechServer(base, says=["Hello there. "], key=KEY) as server, process() as shared:
        told = brief(Kind.STT, name, shared, language="de", rate=rate, **{setting: server.url})
        async with run(hired(told)) as line:
            pcm = tone(1.0, rate)
            await utter(line, pcm, rate)
            await heard(line, ["Hello there."])
            assert line.down(TranscriptionFrame)[0].finalized
            assert not line.down(InputAudioRawFrame)
    (asked,), (utterance,) = server.asked, server.heard
    assert asked.path == f"{base}/audio/transcriptions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert utterance.fields == {"model": MODELS[name], "language": "de"}
    assert utterance.rate == rate
    assert utterance.pcm.startswith(pcm)


async def test_an_utterance_without_words_is_told_too(hearing: Saying) -> None:
    async with hearing("", "Yes.") as (line, _):
        await utter(line)
        await utter(line)
        await heard(line, ["", "Yes."])
        assert not line.errors()


async def test_the_language_follows_the_call(hearing: Saying) -> None:
    async with hearing("Yes.", "Ja.") as (line, server):
        await utter(line)
        await until(lambda: server.heard)
        await line.push(STTUpdateSettingsFrame(delta=STTSettings(language="de-DE")), TextFrame("behind it"))
        await until(lambda: "behind it" in [frame.text for frame in line.down(TextFrame)])
        await utter(line)
        await heard(line, ["Yes.", "Ja."])
        assert [utterance.fields["language"] for utterance in server.heard] == ["en", "de"]


@pytest.mark.parametrize("message", [TurnEndedByHand(), CallerLeft()])
async def test_a_turn_that_is_ended_by_hand_is_transcribed_at_once(hearing: Saying, message: object) -> None:
    async with hearing("Hello.") as (line, server):
        await line.push(VADUserStartedSpeakingFrame(), InputAudioRawFrame(SPEECH, RATE, 1))
        await line.push(InputTransportMessageFrame(message=message))
        await heard(line, ["Hello."])
        await line.push(InputTransportMessageFrame(message=message))
        await heard(line, ["Hello.", ""])
        assert len(server.heard) == 1


@pytest.mark.parametrize("message", [TurnEndedByHand(), CallerLeft()])
async def test_a_hand_behind_the_end_of_speech_gets_the_words_of_it(hearing: Saying, message: object) -> None:
    async with hearing("Hello.") as (line, _):
        await utter(line)
        await line.push(InputTransportMessageFrame(message=message))
        await heard(line, ["Hello."])


async def test_a_hand_behind_an_error_is_told_that_nothing_comes(hearing: Saying) -> None:
    async with hearing(500) as (line, _):
        await utter(line)
        await until(line.errors)
        await line.push(InputTransportMessageFrame(message=TurnEndedByHand()))
        await heard(line, [""])


@pytest.mark.parametrize(
    ("status", "fault"), [(400, Fault.FATAL), (429, Fault.RATE_LIMIT), (500, Fault.NETWORK)]
)
async def test_an_error_is_told_and_not_retried(hearing: Saying, status: int, fault: Fault) -> None:
    async with hearing(status) as (line, server):
        await utter(line)
        await until(line.errors)
        assert faults_told(line, "openai", "stt") == [fault]
        assert len(server.asked) == 1


async def test_a_refused_key_is_told_without_the_key(hearing: Saying) -> None:
    async with hearing(key="another") as (line, _):
        await utter(line)
        await until(line.errors)
        assert faults_told(line, "openai", "stt") == [Fault.AUTH]
        assert KEY not in line.errors()[0]


# --- speaking ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000])
async def test_a_text_is_spoken_at_the_rate_of_the_call(rate: int) -> None:
    speech = tone(1.0, 24_000)
    async with SpeechServer("/v1", speech=speech, key=KEY) as server, voice(server, rate) as speaker:
        said = await speaker.say("Hello there.")
    (asked,) = server.asked
    assert asked.path == "/v1/audio/speech"
    assert asked.body == {
        "input": "Hello there.",
        "model": "gpt-4o-mini-tts",
        "voice": "onyx",
        "response_format": "pcm",
    }
    samples = np.frombuffer(said.pcm, "<i2").astype(np.float64)
    expected = soxr.resample(np.frombuffer(speech, "<i2").astype(np.float64), 24_000, rate)
    assert len(samples) == pytest.approx(len(expected), rel=0.02)
    length = min(len(samples), len(expected))
    assert np.corrcoef(samples[:length], expected[:length])[0, 1] > 0.99


async def test_the_first_sound_comes_before_the_last() -> None:
    speech = tone(1.0, 24_000)
    async with SpeechServer("/v1", speech=speech, key=KEY, hold=5) as server, voice(server) as speaker:
        piece = speaker.voice.speak("Hello.", "turn-1")
        async with asyncio.timeout(5):
            assert await anext(piece)
        assert not server.answered
        server.release()
        await piece.aclose()


async def test_a_voice_whose_key_is_refused_says_so() -> None:
    async with SpeechServer("/v1", key="another") as server, voice(server) as speaker:
        with pytest.raises(ProviderError) as caught:
            await speaker.say("Hello.")
    assert caught.value.fault is Fault.AUTH
    assert KEY not in str(caught.value)
    assert len(server.asked) == 1
