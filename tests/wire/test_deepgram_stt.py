"""The Deepgram processor and Deepgram's own client against a local server that speaks the protocol."""

from __future__ import annotations

import asyncio
import time
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soxr
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.services.deepgram import stt as pipecat_deepgram
from websockets.asyncio.server import ServerConnection, serve

from processors.stt.confidence import confidence_of
from processors.stt.deepgram_link import KEPT_SECONDS
from processors.stt.deepgram_stt import DeepgramSTT
from tests.wire.conftest import until
from tests.wire.deepgram_server import Audio, DeepgramServer
from tests.wire.twilio_mulaw import encoded
from vantum.core import retry
from vantum.core.events import CallerLeft, Recognised, Sign, TurnEndedByHand

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

RATE = 16_000
FRAME_BYTES = RATE * 2 // 50
KEY = "dg-secret-0123456789abcdef"
QUIET = bytes(FRAME_BYTES)


def stt(url: str, *, key: str = KEY, keyterms: tuple[str, ...] = ()) -> DeepgramSTT:
    return DeepgramSTT(api_key=key, url=url, model="nova-3", language="en", keyterms=keyterms)


def clip(name: str) -> bytes:
    with wave.open(str(Path(__file__).parents[1] / "audio" / f"{name}.wav")) as file:
        return bytes(file.readframes(file.getnframes()))


SPEECH = clip("stop")[: RATE * 2]
"""A second of speech without a pause in it."""


def numbered(seconds: float) -> bytes:
    """Quiet audio in which every sample is different from its neighbours, so that order shows."""
    return (np.arange(int(seconds * RATE)) % 199).astype("<i2").tobytes()


async def speak(line: Line, audio: bytes) -> None:
    parts = (audio[start : start + FRAME_BYTES] for start in range(0, len(audio), FRAME_BYTES))
    await line.push(*(InputAudioRawFrame(part, RATE, 1) for part in parts))


async def heard(line: Line, texts: list[str]) -> None:
    """Wait until as many transcripts came as there are texts; they must be these."""
    await until(lambda: len(line.down(TranscriptionFrame)) >= len(texts))
    assert [frame.text for frame in line.down(TranscriptionFrame)] == texts


def connecting_waits(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> None:
    monkeypatch.setitem(retry.NETWORK_WAITS, retry.Phase.CONNECT, seconds)


@pytest.fixture
async def server() -> AsyncIterator[DeepgramServer]:
    async with DeepgramServer(["Hello there.", "What does it cost?"], key=KEY) as server:
        yield server


async def test_the_request_says_what_it_should(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url, keyterms=("Vantum", "Ana"))):
        await until(server.opened)
    request = server.opened()[0]
    query = dict(request.query)
    assert request.path == "/v1/listen"
    assert request.headers["Authorization"] == f"Token {KEY}"
    expected = {
        "model": "nova-3",
        "language": "en",
        "encoding": "linear16",
        "sample_rate": "16000",
        "channels": "1",
        "smart_format": "true",
        "punctuate": "true",
        "interim_results": "true",
        "endpointing": "300",
        "utterance_end_ms": "1000",
        "vad_events": "true",
    }
    assert {name: query.get(name) for name in expected} == expected
    assert [value for name, value in request.query if name == "keyterm"] == ["Vantum", "Ana"]


async def test_interims_grow_and_the_final_comes_at_finalize(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url)) as line:
        await speak(line, SPEECH)
        await line.push(VADUserStoppedSpeakingFrame())
        await until(lambda: line.down(TranscriptionFrame))
        interims = [frame.text for frame in line.down(InterimTranscriptionFrame)]
        final = line.down(TranscriptionFrame)[0]
    assert interims == ["Hello", "Hello there."]
    assert (final.text, final.finalized) == ("Hello there.", True)
    assert confidence_of(final) == 0.97
    assert len(server.controls("Finalize")) == 1


async def test_the_final_comes_by_itself_after_silence(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url)) as line:
        await speak(line, clip("stop") + QUIET * 60)
        await until(lambda: line.down(TranscriptionFrame))
        assert line.down(TranscriptionFrame)[0].text == "Hello there."
    assert not server.controls("Finalize")
    assert "SpeechStarted" in {message["type"] for message in server.sent}


async def test_the_end_by_hand_finalizes(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url)) as line:
        await speak(line, SPEECH)
        await line.push(InputTransportMessageFrame(message=TurnEndedByHand()))
        await until(lambda: line.down(TranscriptionFrame))
        assert line.down(TranscriptionFrame)[0].finalized
        await line.push(InputTransportMessageFrame(message="something else"))
        await until(lambda: len(line.down(InputTransportMessageFrame)) == 2)
    assert len(server.controls("Finalize")) == 1


async def test_an_empty_answer_to_finalize_is_told(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url)) as line:
        await speak(line, QUIET * 5)
        await line.push(VADUserStoppedSpeakingFrame())
        await until(lambda: line.down(TranscriptionFrame))
        assert [(frame.text, frame.finalized) for frame in line.down(TranscriptionFrame)] == [("", True)]


async def test_an_answer_overtaken_by_new_speech_is_not_told(run: Run) -> None:
    door = asyncio.Event()
    async with DeepgramServer(["Hello."], key=KEY, handshake=door) as server, run(stt(server.url)) as line:
        await line.push(VADUserStoppedSpeakingFrame(), VADUserStartedSpeakingFrame())
        await until(lambda: line.down(VADUserStartedSpeakingFrame))
        door.set()
        await speak(line, SPEECH)
        await until(lambda: line.down(InterimTranscriptionFrame))
        await line.push(VADUserStoppedSpeakingFrame())
        await heard(line, ["Hello."])


async def test_one_link_serves_ten_turns(run: Run) -> None:
    says = [f"turn {number}" for number in range(10)]
    async with DeepgramServer(says, key=KEY) as server, run(stt(server.url)) as line:
        for number in range(10):
            await speak(line, SPEECH)
            await line.push(VADUserStoppedSpeakingFrame())
            await heard(line, says[: number + 1])
        assert len(server.opened()) == 1


async def test_a_link_without_audio_for_thirty_seconds_stays_open(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    scale, sleep = 10, asyncio.sleep
    # The server closes a link after ten seconds of nothing. Only pipecat's clock and the server's are quicker.
    quick = SimpleNamespace(**vars(asyncio) | {"sleep": lambda seconds: sleep(seconds / scale)})
    monkeypatch.setattr(pipecat_deepgram, "asyncio", quick)
    async with DeepgramServer(key=KEY, idle_seconds=10 / scale) as server, run(stt(server.url)) as line:
        began = time.monotonic()
        await until(lambda: time.monotonic() - began >= 30 / scale)
        assert len(server.controls("KeepAlive")) >= 4
        assert (len(server.opened()), server.closed(), line.errors()) == (1, [], [])


async def test_the_input_audio_stops_here_and_close_stream_ends_the_link(
    server: DeepgramServer, run: Run
) -> None:
    async with run(stt(server.url)) as line:
        await speak(line, QUIET * 3)
        await until(lambda: len(server.audio) == 3 * FRAME_BYTES)
        assert not line.down(InputAudioRawFrame)
        assert await line.end() < 1.0
    await until(server.closed)
    assert len(server.controls("CloseStream")) == 1


async def test_a_slow_handshake_delays_nothing_and_loses_nothing(run: Run) -> None:
    door = asyncio.Event()
    audio = numbered(2.0)
    async with DeepgramServer(["Hello."], key=KEY, handshake=door) as server:
        async with run(stt(server.url)) as line:
            assert line.when(StartFrame) < 0.5
            await speak(line, audio)
            await line.push(VADUserStoppedSpeakingFrame())
            await until(lambda: line.down(VADUserStoppedSpeakingFrame))
            assert not server.received
            door.set()
            await until(lambda: server.controls("Finalize"))
            await speak(line, QUIET)
            await until(lambda: len(server.audio) == len(audio) + FRAME_BYTES)
        assert server.audio == audio + QUIET
        (finalize,) = server.controls("Finalize")
        before = server.received[: server.received.index(finalize)]
        assert b"".join(item.data for item in before if isinstance(item, Audio)) == audio


async def test_of_what_waits_too_long_the_newest_is_kept(run: Run) -> None:
    door = asyncio.Event()
    audio = numbered(KEPT_SECONDS + 2)
    async with DeepgramServer(key=KEY, handshake=door) as server, run(stt(server.url)) as line:
        await speak(line, audio)
        await line.push(InputTransportMessageFrame(message="all in"))
        await until(lambda: line.down(InputTransportMessageFrame))
        door.set()
        await until(lambda: len(server.audio) == KEPT_SECONDS * RATE * 2)
        assert server.audio == audio[2 * RATE * 2 :]


async def test_a_refused_key_is_told_once_without_the_key(run: Run) -> None:
    async with DeepgramServer(key="another") as server, run(stt(server.url)) as line:
        assert line.when(StartFrame) < 0.5
        await until(line.errors)
        await speak(line, QUIET)
        (error,) = line.errors()
        assert len(server.opened()) == 1
    assert all(part in error for part in ("Deepgram", "401"))
    assert KEY not in error


async def test_a_server_that_is_down_delays_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    connecting_waits(monkeypatch, 0.0, 0.05)
    async with DeepgramServer() as gone:
        url = gone.url
    async with run(stt(url)) as line:
        assert line.when(StartFrame) < 0.5
        await until(line.errors)
        assert "Deepgram cannot be reached" in line.errors()[0]


async def test_a_server_that_comes_late_gets_all_audio(
    run: Run, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    connecting_waits(monkeypatch, 0.0, *[0.05] * 50)
    audio = numbered(1.0)
    async with run(stt(f"ws://127.0.0.1:{unused_port}")) as line:
        await speak(line, audio)
        async with DeepgramServer(key=KEY, port=unused_port) as server:
            await until(lambda: server.audio == audio)
            assert not line.errors()
            await line.hang_up()


# --- a link that drops ------------------------------------------------------------------------------------


async def test_s22_a_drop_in_mid_word_loses_and_doubles_nothing(server: DeepgramServer, run: Run) -> None:
    second = SPEECH[: len(SPEECH) // FRAME_BYTES * FRAME_BYTES]
    cut = len(second) * 3 // 5 // FRAME_BYTES * FRAME_BYTES
    async with run(stt(server.url)) as line:
        await speak(line, SPEECH)
        await line.push(VADUserStoppedSpeakingFrame())
        await heard(line, ["Hello there."])
        await speak(line, second[:cut])
        await until(lambda: len(server.audio) == len(SPEECH) + cut)
        server.drop_links()
        await speak(line, second[cut:])
        await until(lambda: len(server.opened()) == 2)
        await line.push(VADUserStoppedSpeakingFrame())
        await heard(line, ["Hello there.", "What does it cost?"])
        assert not line.errors()
    assert server.audio_of(1) == second


async def test_what_was_asked_before_a_drop_is_asked_again_behind_its_audio(run: Run) -> None:
    audio = numbered(1.0)
    async with DeepgramServer(key=KEY) as server, run(stt(server.url)) as line:
        server.deaf = True
        await speak(line, audio)
        await line.push(VADUserStoppedSpeakingFrame())
        await until(lambda: server.controls("Finalize"))
        await speak(line, QUIET)
        await until(lambda: len(server.audio) == len(audio + QUIET))
        server.deaf = False
        server.drop_links()
        await until(lambda: line.down(TranscriptionFrame))
        await until(lambda: server.audio_of(1) == audio + QUIET)
        assert not line.errors()
        asked = [item for item in server.received if item in server.controls("Finalize")]
        assert len(asked) == 2
        behind = server.received[server.received.index(asked[1]) :]
        assert b"".join(item.data for item in behind if isinstance(item, Audio)) == QUIET


async def test_a_server_that_is_away_for_a_moment_gets_what_was_said_meanwhile(
    run: Run, unused_port: int
) -> None:
    audio = numbered(1.0)
    async with run(stt(f"ws://127.0.0.1:{unused_port}")) as line:
        async with DeepgramServer(key=KEY, port=unused_port) as server:
            await speak(line, audio)
            await until(lambda: server.audio == audio)
            server.drop_links()
        await speak(line, QUIET)
        async with DeepgramServer(key=KEY, port=unused_port) as server:
            await until(lambda: server.audio == audio + QUIET)
            assert not line.errors()
            await line.hang_up()


async def test_a_drop_that_does_not_heal_is_told_with_its_reason(run: Run) -> None:
    async with DeepgramServer(key=KEY, idle_seconds=0.02) as server, run(stt(server.url)) as line:
        await until(line.errors)
        assert all(part in line.errors()[0] for part in ("Deepgram", "1011", "net0001"))
        # Once, and again at once, after 0.1 s and after 0.5 s.
        assert len(server.opened()) == 4


@pytest.mark.parametrize("way", ["end", "hang_up"])
async def test_a_server_that_takes_and_says_nothing_is_left_within_two_seconds(run: Run, way: str) -> None:
    stuck = asyncio.Event()
    taken: list[ServerConnection] = []

    async def deaf(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        taken.append(connection)
        await stuck.wait()
        connection.transport.abort()

    async with serve(deaf, "127.0.0.1", 0, close_timeout=1) as server:
        host, port = next(iter(server.sockets)).getsockname()
        began = time.monotonic()
        async with run(stt(f"ws://{host}:{port}")) as line:
            await until(lambda: taken)
            began = time.monotonic()
            await (line.end() if way == "end" else line.hang_up())
        assert time.monotonic() - began < 2.0
        stuck.set()


# --- what is told beside words ----------------------------------------------------------------------------


def signs(line: Line) -> list[Sign]:
    messages = (frame.message for frame in line.down(InputTransportMessageFrame))
    return [message.sign for message in messages if isinstance(message, Recognised)]


async def test_speech_and_its_end_are_told(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url)) as line:
        await speak(line, SPEECH)
        await until(lambda: signs(line) == [Sign.SPEECH])
        await speak(line, QUIET * 20)
        await until(lambda: signs(line) == [Sign.SPEECH, Sign.ENDPOINT])
        kinds = [type(frame) for _, frame in line.after.seen]
        assert kinds[kinds.index(TranscriptionFrame) + 1] is InputTransportMessageFrame
        await speak(line, QUIET * 50)
        await until(lambda: signs(line) == [Sign.SPEECH, Sign.ENDPOINT, Sign.ENDPOINT])
        assert server.sent[-1]["type"] == "UtteranceEnd"


async def test_speech_without_words_is_told_as_nothing(run: Run) -> None:
    async with DeepgramServer([""], key=KEY) as server, run(stt(server.url)) as line:
        await speak(line, SPEECH + QUIET * 20)
        await until(lambda: signs(line) == [Sign.SPEECH, Sign.NOTHING])
        assert not line.down(TranscriptionFrame)


async def test_what_only_the_detector_heard_is_told_as_nothing(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url)) as line:
        await line.push(VADUserStartedSpeakingFrame())
        await speak(line, QUIET * 5)
        await line.push(VADUserStoppedSpeakingFrame())
        await until(lambda: signs(line) == [Sign.NOTHING])
        assert [frame.text for frame in line.down(TranscriptionFrame)] == [""]


async def test_who_has_left_in_mid_speech_is_heard_out(server: DeepgramServer, run: Run) -> None:
    async with run(stt(server.url)) as line:
        await speak(line, SPEECH)
        await line.push(InputTransportMessageFrame(message=CallerLeft()))
        await heard(line, ["Hello there."])


# --- a telephone's audio --------------------------------------------------------------------------------

PHONE_RATE = 8_000
PHONE_FRAME_BYTES = PHONE_RATE * 2 // 25
"""40 ms of PCM16, as the voice activity detector passes it on."""


def phone_stt(url: str) -> DeepgramSTT:
    return DeepgramSTT(
        api_key=KEY, url=url, model="nova-3", language="en", sample_rate=PHONE_RATE, encoding="mulaw"
    )


def phone_speech() -> np.typing.NDArray[np.int16]:
    """A second of speech without a pause in it, at 8 kHz."""
    pcm = soxr.resample(np.frombuffer(SPEECH, np.int16), RATE, PHONE_RATE)
    return np.asarray(pcm, np.int16)


async def speak_on_the_phone(line: Line, audio: bytes) -> None:
    parts = (audio[start : start + PHONE_FRAME_BYTES] for start in range(0, len(audio), PHONE_FRAME_BYTES))
    await line.push(*(InputAudioRawFrame(part, PHONE_RATE, 1) for part in parts))


async def test_a_telephones_audio_is_sent_as_mu_law_at_8000_hz(server: DeepgramServer, run: Run) -> None:
    pcm = phone_speech()
    async with run(phone_stt(server.url)) as line:
        await speak_on_the_phone(line, pcm.tobytes())
        await line.push(VADUserStoppedSpeakingFrame())
        await heard(line, ["Hello there."])
        assert not line.errors()
        assert not line.down(InputAudioRawFrame)
    query = dict(server.opened()[0].query)
    assert (query["encoding"], query["sample_rate"], query["channels"]) == ("mulaw", "8000", "1")
    assert server.audio == encoded(pcm)


async def test_a_telephones_audio_that_waits_for_the_link_is_not_lost(run: Run) -> None:
    door, pcm = asyncio.Event(), phone_speech()
    async with (
        DeepgramServer(["Hello."], key=KEY, handshake=door) as server,
        run(phone_stt(server.url)) as line,
    ):
        await speak_on_the_phone(line, np.tile(pcm, int(KEPT_SECONDS) + 2).tobytes())
        await line.push(InputTransportMessageFrame(message="all in"))
        await until(lambda: line.down(InputTransportMessageFrame))
        door.set()
        # A byte is a sample.
        await until(lambda: len(server.audio) == KEPT_SECONDS * PHONE_RATE)
        assert server.audio == encoded(np.tile(pcm, int(KEPT_SECONDS)))
