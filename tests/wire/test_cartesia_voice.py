"""The Cartesia voice in a call, against a local server that speaks the protocol."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    EndWorkerFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.frames.frames import StartFrame as Start

from processors import cartesia_link, cartesia_voice, failover_tts, trial
from processors.cartesia_voice import VOICES
from processors.failover_tts import FailoverTTS
from processors.last_words import TEXTS as LAST_WORDS
from tests.wire.cartesia_server import (
    CartesiaServer,
    Dead,
    Drop,
    Fail,
    Garbage,
    Late,
    Misnamed,
    Mute,
    Pace,
    Stall,
)
from tests.wire.cartesia_speech import Fault
from tests.wire.cartesia_tts import PHONE_RATE, cartesia_tts
from tests.wire.conftest import until
from tests.wire.twilio_mulaw import decoded
from tests.wire.voice import SECONDS_PER_CHARACTER, TONE_HERTZ, TONE_LEVEL

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

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
        await server.drop_links()
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


# --- a piece that fails ---------------------------------------------------------------------------------


def words(line: Line) -> str:
    return " ".join(frame.text for frame in line.down(TTSTextFrame))


LONG = "This is a story that goes on for a good while."


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second of nothing is a stall."""
    monkeypatch.setattr(trial, "FIRST_AUDIO_SECONDS", 0.5)
    monkeypatch.setattr(trial, "SPEECHLESS_SECONDS", 1.5)
    monkeypatch.setattr(failover_tts, "STALL_SECONDS", 0.5)
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
        assert isinstance(line.after.seen[-1][1], LLMFullResponseEndFrame)
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
        await server.drop_links()
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
        pytest.param(Garbage("{no json"), 1, id="no json"),
        pytest.param(Garbage("[1, 2]"), 1, id="no object"),
        pytest.param(Garbage(b"\xff\xfe"), 1, id="bytes"),
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


async def stopped(line: Line, turns: int) -> None:
    await until(lambda: len(line.down(TTSStoppedFrame)) == turns)


# --- a telephone's voice --------------------------------------------------------------------------------


def phone_tts(url: str) -> FailoverTTS:
    return cartesia_tts(url, key=KEY, rate=PHONE_RATE)


async def test_a_telephones_voice_is_asked_for_as_mu_law_and_comes_out_as_pcm_at_8000_hz(
    server: CartesiaServer, run: Run
) -> None:
    async with run(phone_tts(server.url)) as line:
        await say(line, *TEXTS)
        await stopped(line, 1)
        frames = line.down(TTSAudioRawFrame)
        words = [frame.text for frame in line.down(TTSTextFrame)]
        assert not line.errors()
    shapes = [message["output_format"] for message in server.pieces()]
    assert shapes == [{"container": "raw", "encoding": "pcm_mulaw", "sample_rate": PHONE_RATE}] * len(TEXTS)
    assert {(frame.sample_rate, frame.num_channels) for frame in frames} == {(PHONE_RATE, 1)}
    sent = b"".join(base64.b64decode(str(message["data"])) for message in server.answers("chunk"))
    assert len(sent) == round(sum(map(len, TEXTS)) * SECONDS_PER_CHARACTER * PHONE_RATE)
    pcm = np.frombuffer(b"".join(frame.audio for frame in frames), np.int16)
    assert pcm.tolist() == decoded(sent).tolist()
    assert words == ["Hello", "there.", "How", "are", "you?"]


async def test_a_telephones_voice_is_the_one_that_was_spoken(server: CartesiaServer, run: Run) -> None:
    async with run(phone_tts(server.url)) as line:
        await say(line, *TEXTS)
        await stopped(line, 1)
        pcm = np.frombuffer(b"".join(frame.audio for frame in line.down(TTSAudioRawFrame)), np.int16)
    count = round(len(TEXTS[0]) * SECONDS_PER_CHARACTER * PHONE_RATE)
    tone = TONE_LEVEL * np.sin(2 * np.pi * TONE_HERTZ / PHONE_RATE * np.arange(count)) * 32767
    noise = pcm[:count] - tone
    # What mu-law costs: about 38 dB.
    assert 10 * np.log10(np.mean(tone**2) / np.mean(noise**2)) > 35.0
