"""ElevenLabs' voice against a local server that speaks the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from tests.wire.conftest import until
from tests.wire.elevenlabs_server import LETTER_SECONDS, ElevenLabsServer
from tests.wire.hired import KEY, Speaker, brief, process, speaking
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault

pytestmark = pytest.mark.real_time

RATE = 16_000
FEMALE, MALE = "EXAVITQu4vr4xnSDxMaL", "JBFqnCBsd6RMkjVDRZzb"


@asynccontextmanager
async def voice(
    server: ElevenLabsServer, language: str = "en", rate: int = RATE, wanted: str = "female"
) -> AsyncIterator[Speaker]:
    async with process() as shared:
        told = brief(
            Kind.TTS,
            "elevenlabs",
            shared,
            language=language,
            rate=rate,
            ELEVENLABS_URL=server.url,
            ELEVENLABS_VOICE=wanted,
        )
        async with speaking(told) as speaker:
            yield speaker


@pytest.mark.parametrize(
    ("language", "rate", "wanted", "voice_id"),
    [("en", 16_000, "female", FEMALE), ("de", 8_000, "male", MALE), ("pt-BR", 16_000, "mine", "mine")],
)
async def test_the_request_says_what_it_should(language: str, rate: int, wanted: str, voice_id: str) -> None:
    async with ElevenLabsServer(key=KEY) as server, voice(server, language, rate, wanted):
        await until(lambda: server.opened)
    (request,) = server.opened
    assert request.path == f"/v1/text-to-speech/{voice_id}/multi-stream-input"
    assert request.headers["xi-api-key"] == KEY
    assert request.query == {
        "model_id": "eleven_flash_v2_5",
        "output_format": f"pcm_{rate}",
        "auto_mode": "true",
        "language_code": language[:2],
    }


@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_a_text_is_spoken_with_the_times_of_its_words(rate: int) -> None:
    async with ElevenLabsServer(key=KEY) as server, voice(server, rate=rate) as speaker:
        said = await speaker.say("Hello there you.")
    assert server.texts == ["Hello there you."]
    assert len(said.pcm) == len("Hello there you. ") * int(LETTER_SECONDS * rate) * 2
    assert np.abs(np.frombuffer(said.pcm, "<i2")).max() == pytest.approx(8000, abs=80)
    assert said.words == [("Hello", 0.0), ("there", 0.3), ("you.", 0.6)]


async def test_all_pieces_go_over_one_link_in_contexts_that_are_closed() -> None:
    async with ElevenLabsServer(key=KEY) as server, voice(server) as speaker:
        for number in range(8):
            said = await speaker.say(f"Piece {number}.", f"turn-{number}")
            assert said.words == [("Piece", 0.0), (f"{number}.", 0.3)]
        contexts = [
            message["context_id"] for message in server.received if str(message.get("text", "")).strip()
        ]
        closed = [message["context_id"] for message in server.received if message.get("close_context")]
    assert len(server.opened) == 1
    assert len(set(contexts)) == 8
    assert set(contexts) <= set(closed)


async def test_a_piece_that_is_cut_is_closed_and_the_next_one_is_spoken() -> None:
    async with ElevenLabsServer(key=KEY) as server, voice(server) as speaker:
        piece = speaker.voice.speak("Hello there you.", "turn-1")
        async with asyncio.timeout(5):
            await anext(piece)
        await piece.aclose()
        await speaker.voice.abandon("turn-1")
        await until(lambda: any(message.get("close_context") for message in server.received))
        said = await speaker.say("Yes?", "turn-2")
        assert said.words == [("Yes?", 0.0)]
        assert len(said.pcm) == len("Yes? ") * int(LETTER_SECONDS * RATE) * 2


async def test_language_and_voice_follow_the_call() -> None:
    async with ElevenLabsServer(key=KEY) as server, voice(server) as speaker:
        await speaker.say("Hello.")
        await speaker.voice.follow("de", "male")
        await speaker.say("Guten Tag.", "turn-2")
        request = server.opened[-1]
    assert MALE in request.path
    assert request.query["language_code"] == "de"


async def test_a_refused_key_is_told_without_the_key() -> None:
    async with ElevenLabsServer(key="another") as server, voice(server) as speaker:
        with pytest.raises(ProviderError) as caught:
            async with asyncio.timeout(5):
                await speaker.say("Hello.")
    assert caught.value.fault is Fault.AUTH
    assert KEY not in str(caught.value)
    assert server.opened


async def test_a_server_that_says_nothing_is_left_when_the_call_ends() -> None:
    async with ElevenLabsServer(key=KEY, mute=True) as server, voice(server) as speaker:
        piece = speaker.voice.speak("Hello.", "turn-1")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await anext(piece)
        await piece.aclose()
        assert server.texts == ["Hello."]
