"""The providers follow the language of a call, over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TranscriptionFrame,
    TTSStoppedFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.language_switch import recogniser_follows, voice_follows
from processors.stt.deepgram_stt import DeepgramSTT
from processors.tts.cartesia_voice import VOICES
from processors.tts.failover import FailoverTTS
from tests.wire.cartesia_server import CartesiaServer
from tests.wire.cartesia_tts import cartesia_tts
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from tests.wire.test_deepgram_stt import RATE, SPEECH

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

KEY = "test-key"
OTHER = "694f9389-aac1-45b6-b726-9d9369183238"


def stt(url: str, language: str = "en") -> DeepgramSTT:
    return DeepgramSTT(api_key=KEY, url=url, model="nova-3", language=language)


def tts(url: str, language: str = "en") -> FailoverTTS:
    return cartesia_tts(url, key=KEY, language=language)


async def say(line: Line, text: str) -> None:
    turns = len(line.down(TTSStoppedFrame))
    piece = AggregatedTextFrame(text, "sentence")
    await line.push(LLMFullResponseStartFrame(), piece, LLMFullResponseEndFrame())
    await until(lambda: len(line.down(TTSStoppedFrame)) > turns)


def languages_asked(server: DeepgramServer) -> list[str]:
    return [dict(request.query)["language"] for request in server.opened()]


@pytest.mark.parametrize(
    ("tag", "asked"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de-CH", "de-CH"),
        ("es-MX", "es"),
        ("en-GB", "en-GB"),
        ("multi", "multi"),
    ],
)
async def test_deepgram_is_asked_for_a_language_that_it_takes(tag: str, asked: str, run: Run) -> None:
    async with DeepgramServer(key=KEY) as server, run(stt(server.url, tag)):
        await until(server.opened)
        assert languages_asked(server) == [asked]


async def test_deepgram_hears_the_new_language_on_a_new_link(run: Run) -> None:
    async with DeepgramServer(["Guten Tag."], key=KEY) as server, run(stt(server.url)) as line:
        await until(server.opened)
        await line.push(recogniser_follows("de-AT"))
        await until(lambda: len(server.opened()) == 2)
        await line.push(InputAudioRawFrame(SPEECH, RATE, 1), VADUserStoppedSpeakingFrame())
        await until(lambda: line.down(TranscriptionFrame))
        assert languages_asked(server) == ["en", "de"]
        assert [frame.text for frame in line.down(TranscriptionFrame)] == ["Guten Tag."]
        assert len(server.closed()) == 1


async def test_all_audio_around_the_change_reaches_deepgram(run: Run) -> None:
    numbered = b"".join(n.to_bytes(2, "little") * 320 for n in range(60))
    parts = [InputAudioRawFrame(numbered[at : at + 640], RATE, 1) for at in range(0, len(numbered), 640)]
    async with DeepgramServer(key=KEY) as server, run(stt(server.url)) as line:
        await line.push(*parts[:20])
        await until(lambda: len(server.audio) == 20 * 640)
        await line.push(recogniser_follows("de"))
        for part in parts[20:]:
            await line.push(part)
        await until(lambda: len(server.audio) >= len(numbered))
        await until(lambda: len(server.opened()) == 2)
        assert server.audio == numbered
        assert languages_asked(server) == ["en", "de"]


async def test_a_caller_who_speaks_is_heard_to_the_end_in_the_old_language(run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        await until(server.opened)
        await line.push(VADUserStartedSpeakingFrame(), InputAudioRawFrame(SPEECH, RATE, 1))
        await until(lambda: line.before.seen and server.audio)
        await line.push(recogniser_follows("de"), VADUserStoppedSpeakingFrame())
        await until(lambda: line.down(TranscriptionFrame))
        assert languages_asked(server) == ["en"]
        await line.push(UserStoppedSpeakingFrame())
        await until(lambda: len(server.opened()) == 2)
        assert languages_asked(server) == ["en", "de"]


async def test_the_same_language_opens_no_new_link(run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        await line.push(recogniser_follows("en"))
        await line.push(InputAudioRawFrame(SPEECH, RATE, 1), VADUserStoppedSpeakingFrame())
        await until(lambda: line.down(TranscriptionFrame))
        assert languages_asked(server) == ["en"]


async def test_cartesia_speaks_language_and_voice_from_the_next_piece_on(run: Run) -> None:
    async with CartesiaServer(key=KEY) as server, run(tts(server.url)) as line:
        await say(line, "Hello.")
        await line.push(voice_follows("de-AT", "male"))
        await say(line, "Guten Tag.")
        await line.push(voice_follows(voice=OTHER))
        await say(line, "Wie geht es?")
        await line.push(voice_follows("fr"))
        await say(line, "Bonjour.")
    told = [(piece["language"], piece["voice"]) for piece in server.pieces()]
    female, male, other = ({"mode": "id", "id": voice} for voice in (VOICES["female"], VOICES["male"], OTHER))
    assert told == [("en", female), ("de", male), ("de", other), ("fr", other)]
    assert len(server.opened()) == 1


async def test_a_change_in_the_middle_of_a_turn_begins_a_new_context(run: Run) -> None:
    async with CartesiaServer(key=KEY) as server, run(tts(server.url)) as line:
        first, second = (
            AggregatedTextFrame("Hello.", "sentence"),
            AggregatedTextFrame("Guten Tag.", "sentence"),
        )
        await line.push(
            LLMFullResponseStartFrame(), first, voice_follows("de"), second, LLMFullResponseEndFrame()
        )
        await until(lambda: line.down(TTSStoppedFrame))
    assert [piece["language"] for piece in server.pieces()] == ["en", "de"]
    assert len({piece["context_id"] for piece in server.pieces()}) == 2


async def test_an_interruption_does_not_lose_the_change(run: Run) -> None:
    async with CartesiaServer(key=KEY) as server, run(tts(server.url)) as line:
        await line.push(voice_follows("de"), InterruptionFrame())
        await say(line, "Guten Tag.")
    assert [piece["language"] for piece in server.pieces()] == ["de"]
