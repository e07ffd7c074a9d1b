"""The Cartesia voice when a piece, the link or the server fails: it is spoken later, or the call ends in words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import (
    EndWorkerFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSTextFrame,
)

from processors.tts import cartesia_link, cartesia_voice, failover, trial
from processors.tts.last_words import TEXTS as LAST_WORDS
from tests.wire.cartesia_kit import KEY, TEXTS, pieces, say, seconds_heard, stopped, tts, words
from tests.wire.cartesia_server import (
    CartesiaServer,
    Dead,
    Drop,
    Fail,
    Garbage,
    Late,
    Misnamed,
    Mute,
    Stall,
)
from tests.wire.cartesia_speech import Fault
from tests.wire.conftest import until
from tests.wire.voice import SECONDS_PER_CHARACTER

if TYPE_CHECKING:
    from tests.wire.conftest import Run

pytestmark = pytest.mark.real_time


LONG = "This is a story that goes on for a good while."


@pytest.fixture
async def server() -> AsyncIterator[CartesiaServer]:
    async with CartesiaServer(key=KEY) as server:
        yield server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second of nothing is a stall."""
    monkeypatch.setattr(trial, "FIRST_AUDIO_SECONDS", 0.5)
    monkeypatch.setattr(trial, "SPEECHLESS_SECONDS", 1.5)
    monkeypatch.setattr(failover, "STALL_SECONDS", 0.5)
    monkeypatch.setattr(cartesia_voice, "SUSPECT_SECONDS", 0.4)
    monkeypatch.setattr(cartesia_link, "LINK_UP_SECONDS", 0.5)


@pytest.mark.usefixtures("impatient")
async def test_s20_what_a_stalled_piece_has_not_spoken_is_spoken_in_a_new_context(run: Run) -> None:
    stall = Stall(audio_seconds=1.0)
    async with (
        CartesiaServer(key=KEY, faults={1: stall}, obeys=False) as server,
        run(tts(server.url)) as line,
    ):
        await say(line, LONG, "That was all.")
        await until(lambda: len(server.pieces()) == 2)
        stall.go_on.set()
        await stopped(line, 1)
        # "story" begins at 0.6 s and ends at 0.9 s; "that" was cut at 1.0 s.
        rest = "that goes on for a good while."
        assert [message["transcript"] for message in server.pieces()] == [LONG, rest, "That was all."]
        first, second, third = (message["context_id"] for message in server.pieces())
        assert first != second == third
        assert [asked.context_id for asked in server.cancels()] == [first]
        assert words(line) == f"{LONG} That was all."
        assert seconds_heard(line) == pytest.approx(
            1.0 + (len(rest) + len("That was all.")) * SECONDS_PER_CHARACTER
        )
        starts = {frame.text: frame.pts or 0 for frame in line.down(TTSTextFrame)}
        # It was told when it was begun first; "goes" follows when it has been said again.
        assert (starts["goes"] - starts["This"]) / 1e9 == pytest.approx(1.0 + 5 * SECONDS_PER_CHARACTER)
        await until(lambda: isinstance(line.after.seen[-1][1], LLMFullResponseEndFrame))
        assert not line.errors()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [Mute(), Mute(silent=True), Fail("a moment, please")])
async def test_a_piece_that_fails_once_is_spoken(run: Run, fault: Mute | Fail) -> None:
    async with CartesiaServer(key=KEY, faults={2: fault}) as server, run(tts(server.url)) as line:
        await say(line, "One.", "Two.", "Three.")
        await stopped(line, 1)
        assert words(line) == "One. Two. Three."
        assert not line.errors()


async def test_s21_after_a_piece_without_sound_the_next_is_spoken(run: Run) -> None:
    async with CartesiaServer(key=KEY, faults={2: Mute(), 3: Mute()}) as server, run(tts(server.url)) as line:
        await say(line, "One.", "Two.", "Three.")
        await stopped(line, 1)
        assert words(line) == "One. Three."
        assert len(line.errors()) == 1
        assert "cartesia" in line.errors()[0]


async def test_a_link_that_drops_in_mid_piece_is_opened_again_and_the_rest_is_spoken(run: Run) -> None:
    async with (
        CartesiaServer(key=KEY, faults={1: Stall(audio_seconds=1.0)}) as server,
        run(tts(server.url)) as line,
    ):
        await say(line, LONG)
        await until(lambda: seconds_heard(line) >= 0.99)
        server.drop_links()
        await stopped(line, 1)
        assert words(line) == LONG
        assert len(line.down(TTSStartedFrame)) == 1
        assert len(server.opened()) == 2
        assert not line.errors()


async def test_a_server_that_does_not_say_when_a_piece_is_over(run: Run) -> None:
    async with CartesiaServer(key=KEY, flushes=False) as server, run(tts(server.url)) as line:
        await say(line, *TEXTS)
        await stopped(line, 1)
        assert words(line) == "Hello there. How are you?"
        assert not line.errors()


async def test_a_server_that_says_late_when_a_piece_is_over(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cartesia_voice, "TAIL_SECONDS", 0.0)
    async with CartesiaServer(key=KEY) as server, run(tts(server.url)) as line:
        await say(line, "One.", "Two.", "Three.")
        await stopped(line, 1)
        assert words(line) == "One. Two. Three."
        assert [message["transcript"] for message in server.pieces()] == ["One.", "Two.", "Three."]
        assert not line.errors()


async def test_an_error_of_no_context_is_one_of_the_piece_that_is_spoken(run: Run) -> None:
    async with (
        CartesiaServer(key=KEY, faults={1: Stall(audio_seconds=1.0)}) as server,
        run(tts(server.url)) as line,
    ):
        await say(line, LONG)
        await until(lambda: seconds_heard(line) >= 0.99)
        await server.complain("please ask again")
        await stopped(line, 1)
        assert words(line) == LONG
        assert len(server.pieces()) == 2


async def test_an_error_of_no_context_between_the_turns_is_none(server: CartesiaServer, run: Run) -> None:
    async with run(tts(server.url)) as line:
        await until(server.opened)
        await server.complain("too many links")
        await say(line, "Hello.")
        await stopped(line, 1)
        assert words(line) == "Hello."
        assert not line.errors()


BAD_AUDIO = '{"type": "chunk", "context_id": "CONTEXT", "data": "not base64!"}'


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("fault", "links"),
    [
        pytest.param(Fail("a moment, please"), 1, id="error"),
        pytest.param(Fail("slow down", 429), 1, id="busy"),
        pytest.param(Mute(), 1, id="mute"),
        pytest.param(Mute(silent=True), 2, id="never answers"),
        pytest.param(Dead(), 2, id="half open"),
        pytest.param(Misnamed(), None, id="no context id"),
        pytest.param(Misnamed("another"), None, id="wrong context id"),
        pytest.param(Drop(), 2, id="drop at once"),
        pytest.param(Drop(0.1), 2, id="drop"),
        pytest.param(Drop(0.1, 1011, "internal"), 2, id="closed with an error"),
        pytest.param(Drop(0.1, 1000, "bye"), 2, id="closed in order"),
        pytest.param(Stall(0.3), None, id="stall"),
        pytest.param(Garbage("{no json"), 2, id="no json"),
        pytest.param(Garbage("[1, 2]"), 2, id="no object"),
        pytest.param(Garbage(b"\xff\xfe"), 2, id="bytes"),
        pytest.param(Garbage(BAD_AUDIO), 1, id="no base64"),
        pytest.param(Garbage('{"type": "timestamps", "context_id": "CONTEXT"}'), 1, id="no times"),
        pytest.param(
            Garbage(
                '{"type": "timestamps", "context_id": "CONTEXT", "word_timestamps": {"words": [1, "a"]}}'
            ),
            1,
            id="bad times",
        ),
        pytest.param(Garbage('{"type": "chunk", "context_id": "CONTEXT", "data": 7}'), 1, id="no data"),
        pytest.param(Garbage('{"context_id": "CONTEXT"}'), 1, id="no type"),
        pytest.param(Late(), 1, id="audio after the end"),
    ],
)
@pytest.mark.parametrize("number", [1, 2])
async def test_whatever_happens_once_all_is_spoken(
    run: Run, fault: Fault, links: int | None, number: int
) -> None:
    async with CartesiaServer(key=KEY, faults={number: fault}) as server, run(tts(server.url)) as line:
        await say(line, "One two three.", "Four.")
        await stopped(line, 1)
        assert words(line) == "One two three. Four."
        assert not line.errors()
        if links is not None:
            assert len(server.opened()) == links
        assert line.down(TTSAudioRawFrame)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "fault",
    [Fail("no"), Fail("bad key", 401), Mute(), Mute(silent=True), Dead(), Misnamed(), Drop()],
    ids=repr,
)
async def test_what_happens_every_time_ends_in_words(run: Run, fault: Fault) -> None:
    faults = dict.fromkeys(range(1, 30), fault)
    async with CartesiaServer(key=KEY, faults=faults) as server, run(tts(server.url)) as line:
        began = time.monotonic()
        await say(line, "One two three.")
        await stopped(line, 1)
        assert time.monotonic() - began < 5.0
        assert words(line) == LAST_WORDS["en"]
        await until(lambda: any(isinstance(frame, EndWorkerFrame) for _, frame in line.before.seen))


@pytest.mark.parametrize(
    ("refusals", "spoken"),
    [
        ([500], True),
        ([503, 500], True),
        ([429], True),
        ([401], False),
        ([403], False),
        ([404], False),
    ],
)
async def test_a_link_that_is_refused(run: Run, refusals: list[int], spoken: bool) -> None:
    async with CartesiaServer(key=KEY, refusals=refusals) as server, run(tts(server.url)) as line:
        await say(line, "Hello.")
        await stopped(line, 1)
        assert words(line) == ("Hello." if spoken else LAST_WORDS["en"])
        assert [opened.status for opened in server.opened()] == [*refusals, *([101] if spoken else [])]


@pytest.mark.usefixtures("impatient")
async def test_a_handshake_that_is_never_answered_ends_in_words(run: Run) -> None:
    door = asyncio.Event()
    async with CartesiaServer(key=KEY, handshake=door) as server, run(tts(server.url)) as line:
        began = time.monotonic()
        await say(line, "Hello.")
        await stopped(line, 1)
        assert time.monotonic() - began < 5.0
        assert words(line) == LAST_WORDS["en"]
        door.set()


@pytest.mark.usefixtures("impatient")
async def test_a_dead_link_does_not_hold_the_end(run: Run) -> None:
    async with CartesiaServer(key=KEY, faults={1: Dead()}) as server, run(tts(server.url)) as line:
        await line.push(LLMFullResponseStartFrame(), *pieces("Hello."))
        await until(server.pieces)
        assert await line.hang_up() < 2.0
