"""Each recogniser and voice that speaks over a wire, in whole calls: at work, cut in on, let go, and breaking off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.wire.cartesia_server import CartesiaServer
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from tests.wire.elevenlabs_server import ElevenLabsServer
from tests.wire.flux_server import FluxServer
from tests.wire.in_calls import LOUD, WORDS, Scene, is_cut, order, scene
from tests.wire.speech_server import SpeechServer
from vantum.core.choice import Kind

pytestmark = pytest.mark.real_time

KEY = "test"
STORY = "I will tell you the whole story now."
SHORT = ["Yes.", "No.", "Well."]
SPEECH_SECONDS = 0.4
SPEECH = np.full(int(SPEECH_SECONDS * 24_000), 900, "<i2").tobytes()
PARTS = len(SPEECH) // 1001 + 1

# --- voices ------------------------------------------------------------------------------------------


@asynccontextmanager
async def spoken_to(data: Path, says: list[str], **settings: str) -> AsyncIterator[Scene]:
    """A call in which the voice repeats what the caller says."""
    async with (
        DeepgramServer(says, key=KEY) as deepgram,
        scene(data, {"DEEPGRAM_URL": deepgram.url, **settings}) as at,
    ):
        yield at


def eleven_settings(server: ElevenLabsServer) -> dict[str, str]:
    return {"ELEVENLABS_URL": server.url, "ELEVENLABS_API_KEY": KEY}


def said_by_bot(at: Scene) -> list[str]:
    return [words for role, words in at.said if role == "assistant"]


async def test_elevenlabs_speaks_and_is_cut_and_let_go(tmp_path: Path) -> None:
    says = [*SHORT, STORY, "Stop that."]
    async with (
        ElevenLabsServer(key=KEY, stalls={4: 30}) as server,
        spoken_to(tmp_path, says, **order(Kind.TTS, "elevenlabs"), **eleven_settings(server)) as at,
    ):
        for _ in SHORT:
            await at.turn()
        await at.cut_in()
        assert server.texts == says
        [context] = [m["context_id"] for m in server.received if str(m.get("text", "")).strip() == STORY]
        assert {"context_id": context, "close_context": True} in server.received
        *before, story, last = said_by_bot(at)
        assert (before, last) == (SHORT, "Stop that.")
        assert is_cut(story, STORY)
        assert (len(server.opened), at.switches) == (1, [])
        await at.leave(lambda: not server.links)


async def test_openai_s_voice_speaks_and_is_cut_and_let_go(tmp_path: Path) -> None:
    says = [*SHORT, STORY, "Stop that."]
    async with (
        SpeechServer("/v1", speech=SPEECH * 4, holds={4: PARTS * 3}, key=KEY) as server,
        spoken_to(tmp_path, says, **order(Kind.TTS, "openai"), OPENAI_BASE_URL=server.url) as at,
    ):
        for _ in SHORT:
            await at.turn()
        assert {asked.connection for asked in server.asked} == {1}
        await at.cut_in()
        assert server.texts == says
        assert server.dropped == 1
        *before, story, last = said_by_bot(at)
        assert (before, last) == (SHORT, "Stop that.")
        assert is_cut(story, STORY)
        assert at.switches == []
        await at.leave(lambda: server.answered + server.dropped == len(server.asked))


async def goes_on(at: Scene, cartesia: CartesiaServer, name: str) -> None:
    """A story of which ``name`` broke off is spoken to its end by Cartesia, and no word comes twice."""
    await at.turn()
    await at.turn()
    [rest] = [str(piece["transcript"]).strip() for piece in cartesia.pieces()]
    assert 0 < len(rest.split()) < len(STORY.split())
    assert STORY.endswith(rest)
    assert said_by_bot(at) == ["Yes.", STORY]
    assert at.switches == [(name, "cartesia", "network")]


async def drop_behind_words(at: Scene, server: ElevenLabsServer) -> None:
    """Break the link when words of the story are heard."""
    await until(lambda: at.times_told(WORDS) > 2)
    server.drop_links()


async def test_another_goes_on_where_elevenlabs_breaks_off(tmp_path: Path) -> None:
    async with (
        # Dropped again where it is asked once more for the rest.
        ElevenLabsServer(key=KEY, stalls={2: 19}, drops={3: 0}) as server,
        CartesiaServer(key=KEY) as cartesia,
        spoken_to(
            tmp_path,
            ["Yes.", STORY],
            **order(Kind.TTS, "elevenlabs", "cartesia"),
            **eleven_settings(server),
            CARTESIA_URL=cartesia.url,
        ) as at,
    ):
        dropping = asyncio.create_task(drop_behind_words(at, server))
        await goes_on(at, cartesia, "elevenlabs")
        await dropping
        await at.leave(lambda: not server.links and cartesia.closed())


async def test_another_goes_on_where_openai_s_voice_breaks_off(tmp_path: Path) -> None:
    async with (
        SpeechServer("/v1", speech=SPEECH * 2, cuts={2: PARTS, 3: 0}, key=KEY) as server,
        CartesiaServer(key=KEY) as cartesia,
        spoken_to(
            tmp_path,
            ["Yes.", STORY],
            **order(Kind.TTS, "openai", "cartesia"),
            OPENAI_BASE_URL=server.url,
            CARTESIA_URL=cartesia.url,
        ) as at,
    ):
        await goes_on(at, cartesia, "openai")
        await at.leave(cartesia.closed)


# --- recognisers -------------------------------------------------------------------------------------

SPEECH_URLS = {"openai": ("/v1", "OPENAI_BASE_URL"), "groq": ("/openai/v1", "GROQ_URL")}


@asynccontextmanager
async def heard_by(data: Path, *names: str, **settings: str) -> AsyncIterator[tuple[Scene, CartesiaServer]]:
    """A call in which these recognisers hear, and what they hear is repeated."""
    told = {"GROQ_API_KEY": KEY, **order(Kind.STT, *names), **settings}
    async with CartesiaServer(key=KEY) as cartesia, scene(data, {"CARTESIA_URL": cartesia.url, **told}) as at:
        yield at, cartesia


async def hears(at: Scene, cartesia: CartesiaServer) -> None:
    """Three turns are heard, and a fourth during the answer to the third: it cuts the voice off."""
    for _ in SHORT[:2]:
        await at.turn()
    await at.cut_in()
    roles, words = zip(*at.said, strict=True)
    assert roles == ("user", "assistant") * 4
    assert words[::2] == ("Yes.", "No.", STORY, "Stop that.")
    assert is_cut(words[5], STORY)
    assert [piece["transcript"] for piece in cartesia.pieces()] == [*words[:4:2], STORY, "Stop that."]
    assert at.switches == []


async def test_flux_hears_and_is_let_go(tmp_path: Path) -> None:
    says = ["Yes.", "No.", STORY, "Stop that."]
    async with (
        FluxServer(says, key=KEY, whole=True) as server,
        heard_by(tmp_path, "deepgram-flux", DEEPGRAM_URL=server.url) as (at, cartesia),
    ):
        await hears(at, cartesia)
        assert len(server.opened) == 1
        assert server.audio.count(LOUD) == 4
        await at.leave(lambda: not server.links and cartesia.closed())


@pytest.mark.parametrize("name", SPEECH_URLS)
async def test_a_recogniser_of_whole_utterances_hears_and_is_let_go(name: str, tmp_path: Path) -> None:
    base, url = SPEECH_URLS[name]
    async with (
        SpeechServer(base, says=["Yes.", "No.", STORY, "Stop that."], key=KEY) as server,
        heard_by(tmp_path, name, **{url: server.url}) as (at, cartesia),
    ):
        await hears(at, cartesia)
        assert [heard.pcm.count(LOUD) for heard in server.heard] == [1] * 4
        assert {asked.connection for asked in server.asked} == {1}
        await at.leave(lambda: server.answered == len(server.asked) and cartesia.closed())


async def test_another_hears_what_flux_broke_off(tmp_path: Path) -> None:
    async with (
        FluxServer(["Yes.", "lost"], key=KEY, whole=True) as flux,
        SpeechServer("/v1", says=["What does it cost?", "Stop that."], key=KEY) as server,
        heard_by(tmp_path, "deepgram-flux", "openai", DEEPGRAM_URL=flux.url, OPENAI_BASE_URL=server.url) as (
            at,
            cartesia,
        ),
    ):
        await at.turn()
        await at.speak()
        await until(lambda: flux.audio.count(LOUD) == 2)
        flux.drop_links()
        await at.turn()
        await at.turn()
        assert [words for role, words in at.said if role == "user"] == [
            "Yes.",
            "What does it cost?",
            "Stop that.",
        ]
        assert [heard.pcm.count(LOUD) for heard in server.heard] == [2, 1]
        assert at.switches == [("deepgram-flux", "openai", "network")]
        await at.leave(lambda: not flux.links and cartesia.closed())


@pytest.mark.parametrize("name", SPEECH_URLS)
async def test_another_hears_what_was_not_transcribed(name: str, tmp_path: Path) -> None:
    base, url = SPEECH_URLS[name]
    async with (
        SpeechServer(base, says=["Yes.", 500], key=KEY) as server,
        DeepgramServer(["What does it cost?", "Stop that."], key=KEY) as deepgram,
        heard_by(tmp_path, name, "deepgram", DEEPGRAM_URL=deepgram.url, **{url: server.url}) as (
            at,
            cartesia,
        ),
    ):
        for _ in range(3):
            await at.turn()
        assert [words for role, words in at.said if role == "user"] == [
            "Yes.",
            "What does it cost?",
            "Stop that.",
        ]
        assert deepgram.audio.count(LOUD) == 2
        assert at.switches == [(name, "deepgram", "network")]
        await at.leave(lambda: deepgram.closed() and cartesia.closed())
