"""The Cartesia voice in a call, against a local server that speaks the protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import (
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.frames.frames import StartFrame as Start

from processors.tts.cartesia_voice import VOICES
from processors.tts.last_words import TEXTS as LAST_WORDS
from tests.wire.cartesia_kit import KEY, RATE, TEXTS, pieces, say, seconds_heard, stopped, tts, words
from tests.wire.cartesia_server import (
    CartesiaServer,
    Pace,
)
from tests.wire.conftest import until
from tests.wire.voice import SECONDS_PER_CHARACTER

if TYPE_CHECKING:
    from tests.wire.conftest import Run

pytestmark = pytest.mark.real_time


@pytest.fixture
async def server() -> AsyncIterator[CartesiaServer]:
    async with CartesiaServer(key=KEY) as server:
        yield server


async def test_the_request_says_what_it_should(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        await say(line, *TEXTS)
        await until(lambda: line.down(TTSStoppedFrame))
    (opened,) = server.opened()
    assert opened.path == "/tts/websocket"
    assert opened.headers["X-API-Key"] == KEY
    assert opened.headers["Cartesia-Version"] >= "2024-11-13"
    expected = {
        "model_id": "sonic-3",
        "voice": {"mode": "id", "id": VOICES["female"]},
        "language": "en",
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": RATE},
        "add_timestamps": True,
        "continue": True,
    }
    for message in server.pieces():
        assert {name: message.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("voice", "asked"),
    [
        ("male", VOICES["male"]),
        ("694f9389-aac1-45b6-b726-9d9369183238", "694f9389-aac1-45b6-b726-9d9369183238"),
        ("en-us+f2", VOICES["female"]),
        ("21m00Tcm4TlvDq8ikWAM", VOICES["female"]),
    ],
)
async def test_a_voice_is_a_plain_name_or_an_id_of_cartesias(
    server: CartesiaServer, run: Run, voice: str, asked: str
) -> None:
    async with run(tts(server.url, voice=voice)) as line:
        await say(line, "Hello.")
        await until(server.pieces)
    assert server.pieces()[0]["voice"] == {"mode": "id", "id": asked}


async def test_a_turn_is_one_context_and_its_audio_is_all_there(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        await say(line, *TEXTS)
        await until(lambda: line.down(TTSStoppedFrame))
        assert seconds_heard(line) == pytest.approx(sum(map(len, TEXTS)) * SECONDS_PER_CHARACTER)
        assert len(line.down(TTSStartedFrame)) == 1
        assert [frame.text for frame in line.down(TTSTextFrame)] == ["Hello", "there.", "How", "are", "you?"]
    assert [message["transcript"] for message in server.pieces()] == TEXTS
    assert len({message["context_id"] for message in server.pieces()}) == 1
    assert len(server.answers("done")) == 1


async def test_words_come_with_the_time_they_are_heard(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        await say(line, *TEXTS)
        await until(lambda: line.down(TTSStoppedFrame))
        times = [frame.pts for frame in line.down(TTSTextFrame)]
    assert all(moment is not None for moment in times)
    since_first = [
        (moment - times[0]) / 1e9 for moment in times if moment is not None and times[0] is not None
    ]
    starts = [0, len("Hello "), len(TEXTS[0]), len(TEXTS[0] + "How "), len(TEXTS[0] + "How are ")]
    assert since_first == pytest.approx([start * SECONDS_PER_CHARACTER for start in starts], abs=0.001)


async def test_one_link_and_a_context_for_each_of_ten_turns(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        for turn in range(10):
            await say(line, f"Turn {turn}.")
            await stopped(line, turn + 1)
    assert len(server.opened()) == 1
    assert len({message["context_id"] for message in server.pieces()}) == 10


async def test_audio_comes_while_the_answer_is_still_being_made(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        await line.push(LLMFullResponseStartFrame(), *pieces(TEXTS[0]))
        await until(lambda: line.down(TTSAudioRawFrame))
        assert not line.down(LLMFullResponseEndFrame)
        await line.push(*pieces(TEXTS[1]), LLMFullResponseEndFrame())
        await until(lambda: line.down(TTSStoppedFrame))


async def test_an_interruption_cancels_the_context(run: Run) -> None:
    pace = Pace(real_time_factor=2.0)
    async with CartesiaServer(key=KEY, pace=pace) as server, run(tts(server.url)) as line:
        await say(line, "A long sentence that nobody will hear to its end, not today.")
        await until(lambda: line.down(TTSAudioRawFrame))
        await line.push(InterruptionFrame())
        await until(server.cancels, seconds=1.0)
        assert [asked.context_id for asked in server.cancels()] == [server.pieces()[0]["context_id"]]
        sent = len(server.answers("chunk"))
        await say(line, "Yes?")
        await until(lambda: line.down(TTSStoppedFrame))
        new = server.pieces()[-1]["context_id"]
        assert {message["context_id"] for message in server.answers("chunk")[sent:]} == {new}
        assert not server.answers("done")[:-1]
        assert len(server.opened()) == 1


async def test_a_slow_handshake_delays_nothing_and_the_text_waits(run: Run) -> None:
    door = asyncio.Event()
    async with CartesiaServer(key=KEY, handshake=door) as server, run(tts(server.url)) as line:
        assert line.when(Start) < 0.5
        await say(line, *TEXTS)
        await until(lambda: line.down(LLMFullResponseStartFrame))
        assert not server.received
        door.set()
        await until(lambda: line.down(TTSStoppedFrame))
        assert seconds_heard(line) == pytest.approx(sum(map(len, TEXTS)) * SECONDS_PER_CHARACTER)
        assert not line.errors()


async def test_an_interruption_ends_the_wait_for_the_link(run: Run) -> None:
    door = asyncio.Event()
    async with CartesiaServer(key=KEY, handshake=door) as server, run(tts(server.url)) as line:
        await line.push(LLMFullResponseStartFrame(), *pieces("Hello."))
        await until(lambda: line.down(LLMFullResponseStartFrame))
        await line.push(InterruptionFrame())
        await until(lambda: line.down(InterruptionFrame))
        door.set()
        await say(line, "Yes?")
        await until(lambda: line.down(TTSStoppedFrame))
        assert [message["transcript"] for message in server.pieces()] == ["Yes?"]
        assert len(server.opened()) == 1


async def test_a_refused_key_is_told_without_the_key_and_ends_in_words(run: Run) -> None:
    async with CartesiaServer(key="another") as server, run(tts(server.url)) as line:
        assert line.when(Start) < 0.5
        await until(server.opened)
        await say(line, "Hello.")
        await until(lambda: line.down(TTSStoppedFrame))
        assert server.opened()[0].status == 401
        assert "cartesia" in line.errors()[0]
        assert "401" in line.errors()[0]
        assert KEY not in line.errors()[0]
        assert words(line) == LAST_WORDS["en"]
        assert len(server.opened()) == 1


async def test_a_server_that_is_down_delays_nothing_and_ends_in_words(run: Run, unused_port: int) -> None:
    async with run(tts(f"ws://127.0.0.1:{unused_port}")) as line:
        assert line.when(Start) < 0.5
        began = time.monotonic()
        await say(line, "Hello.")
        await until(lambda: line.down(TTSStoppedFrame))
        assert time.monotonic() - began < 5.0
        assert words(line) == LAST_WORDS["en"]


async def test_a_server_that_comes_late_speaks_what_was_asked(run: Run, unused_port: int) -> None:
    async with run(tts(f"ws://127.0.0.1:{unused_port}")) as line:
        await say(line, "Hello.")
        await until(lambda: line.down(LLMFullResponseStartFrame))
        async with CartesiaServer(key=KEY, port=unused_port) as server:
            await stopped(line, 1)
            assert [message["transcript"] for message in server.pieces()] == ["Hello."]
            assert words(line) == "Hello."
            await line.hang_up()


async def test_a_dropped_link_is_opened_again(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        await say(line, "Hello.")
        await stopped(line, 1)
        server.drop_links()
        await until(lambda: len(server.opened()) == 2)
        await say(line, "Are you there?")
        await until(lambda: len(server.pieces()) == 2)
        await stopped(line, 2)


async def test_an_error_of_the_server_is_told(run: Run) -> None:
    async with CartesiaServer(key=KEY, fail="no such voice") as server, run(tts(server.url)) as line:
        await say(line, "Hello.")
        await until(line.errors)
        assert "no such voice" in line.errors()[0]


async def test_the_link_closes_with_the_call(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        await say(line, "Goodbye.")
        await stopped(line, 1)
        assert await line.end() < 1.0
    await until(server.closed)


async def test_a_hang_up_while_the_link_is_being_opened(run: Run) -> None:
    door = asyncio.Event()
    async with CartesiaServer(key=KEY, handshake=door) as server:
        began = time.monotonic()
        async with run(tts(server.url)) as line:
            await line.hang_up()
        assert time.monotonic() - began < 2.0
        door.set()
