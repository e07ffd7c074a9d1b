"""Deepgram's troubles on the wire: what the link bears, what it gives up on, and who hears the caller then."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.failover import Candidate, Desk
from processors.stt import deepgram_link
from processors.stt.deepgram_stt import DeepgramSTT
from processors.stt.failover import FailoverSTT
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer, Refused
from tests.wire.test_deepgram_stt import FRAME_BYTES, KEY, QUIET, SPEECH, connecting_waits, heard, speak, stt
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.events import HearingBack, HearingLost, ProviderSwitched
from vantum.core.faults import Fault
from vantum.core.retry import NETWORK_WAITS, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

ANSWER_SECONDS = 0.15
BUSY = (
    '{"err_code":"TOO_MANY_REQUESTS","err_msg":"Too many requests. Please try again later","request_id":"1"}'
)
NO_CREDIT = (
    '{"err_code":"ASR_PAYMENT_REQUIRED","err_msg":"Project does not have enough credits","request_id":"1"}'
)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_link, "ANSWER_SECONDS", ANSWER_SECONDS)
    monkeypatch.setattr(deepgram_link, "SECOND_ANSWER_SECONDS", ANSWER_SECONDS)


def problems(line: Line) -> list[tuple[Fault, str]]:
    """What the service reported: its exceptions are our own."""
    errors = [frame.exception for _, frame in line.before.seen if isinstance(frame, ErrorFrame)]
    assert all(isinstance(error, ProviderError) for error in errors)
    return [(error.fault, error.message) for error in errors if isinstance(error, ProviderError)]


async def says(line: Line) -> None:
    """A second of speech, and the detector's word that it is over."""
    await line.push(VADUserStartedSpeakingFrame())
    await speak(line, SPEECH)
    await line.push(VADUserStoppedSpeakingFrame())


# --- what the link bears ----------------------------------------------------------------------------------


async def test_a_link_that_takes_audio_and_does_not_answer_is_opened_again(impatient: None, run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        server.deaf = True
        await says(line)
        await until(lambda: server.controls("Finalize"))
        server.deaf = False
        await heard(line, ["Hello there."])
        assert len(server.opened()) == 2
        assert not line.errors()


async def test_a_second_one_in_a_row_is_an_error(impatient: None, run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        server.deaf = True
        await says(line)
        await until(line.errors)
        assert problems(line) == [(Fault.NETWORK, "Deepgram takes audio and does not answer.")]
        assert len(server.opened()) == 2


async def test_the_second_is_waited_for_less_long(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_link, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(deepgram_link, "SECOND_ANSWER_SECONDS", 0.1)
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        server.deaf = True
        await says(line)
        await until(lambda: len(server.opened()) == 2)
        second = server.opened()[1].at
        await until(line.errors)
        assert time.monotonic() - second < 0.5


async def test_a_link_that_answers_late_but_gives_signs_of_life_is_kept(impatient: None, run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        server.deaf = True
        await says(line)
        await until(lambda: server.controls("Finalize"))
        began = time.monotonic()
        while time.monotonic() - began < 3 * ANSWER_SECONDS:
            await server.say('{"type":"SpeechStarted","channel":[0],"timestamp":0.1}')
            await asyncio.sleep(ANSWER_SECONDS / 10)
        assert len(server.opened()) == 1


async def test_no_answer_is_due_to_next_to_no_audio(impatient: None, run: Run) -> None:
    async with DeepgramServer(key=KEY) as server, run(stt(server.url)) as line:
        server.deaf = True
        await speak(line, QUIET * 10)
        await line.push(VADUserStoppedSpeakingFrame())
        await until(lambda: server.controls("Finalize"))
        began = time.monotonic()
        await until(lambda: time.monotonic() - began > 2 * ANSWER_SECONDS)
        assert len(server.opened()) == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff",
        "{",
        "[]",
        "17",
        '{"type":"Results"}',
        '{"type":"Results","start":0,"duration":1e999,"channel":{"alternatives":[]}}',
        '{"type":"Results","start":0,"duration":1,"is_final":true,"channel":{"alternatives":[{"words":7}]}}',
        '{"type":"SpeechStarted"}',
        '{"type":"Horoscope"}',
        '{"type":[]}',
    ],
)
async def test_garbage_is_passed_over(garbage: str | bytes, run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        await speak(line, SPEECH)
        await until(lambda: len(server.audio) == len(SPEECH))
        await server.say(garbage, garbage)
        await line.push(VADUserStoppedSpeakingFrame())
        await heard(line, ["Hello there."])
        assert (len(server.opened()), line.errors()) == (1, [])


@pytest.mark.parametrize(
    "refused",
    [Refused(503, "down"), Refused(429, BUSY, (("Retry-After", "0"),)), Refused(408), Refused(500)],
    ids=lambda refused: str(refused.status),
)
async def test_a_refusal_that_may_pass_is_tried_again(refused: Refused, run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server:
        server.refusals = [refused]
        async with run(stt(server.url)) as line:
            await says(line)
            await heard(line, ["Hello there."])
            assert [opened.status for opened in server.opened()] == [refused.status, 101]
            assert not line.errors()


async def test_a_busy_server_is_waited_for_as_long_as_it_asks(run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server:
        server.refusals = [Refused(429, BUSY, (("Retry-After", "0.3"),))]
        async with run(stt(server.url)) as line:
            await until(lambda: len(server.opened()) == 2)
            first, second = server.opened()
            assert 0.25 < second.at - first.at < 1.0
            assert not line.errors()


# --- what it gives up on ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "fault", "words"),
    [
        (
            Refused(401, '{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials."}'),
            Fault.AUTH,
            "credentials",
        ),
        (Refused(402, NO_CREDIT), Fault.AUTH, "credits"),
        (Refused(403), Fault.AUTH, "403"),
        (Refused(400, '{"err_code":"Bad Request","err_msg":"No such model"}'), Fault.FATAL, "model"),
        (Refused(429, BUSY, (("Retry-After", "60"),)), Fault.RATE_LIMIT, "Too many requests"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Refused) else None,
)
async def test_a_refusal_that_stays_is_told_at_once(
    refused: Refused, fault: Fault, words: str, run: Run
) -> None:
    async with DeepgramServer(key=KEY) as server:
        server.refusals = [refused] * 9
        async with run(stt(server.url)) as line:
            await until(line.errors)
            ((told_fault, told_words),) = problems(line)
            assert (told_fault, len(server.opened())) == (fault, 1)
            assert words in told_words


async def test_a_busy_server_is_tried_twice(run: Run) -> None:
    async with DeepgramServer(key=KEY) as server:
        server.refusals = [Refused(429, BUSY, (("Retry-After", "0"),))] * 9
        async with run(stt(server.url)) as line:
            await until(line.errors)
            assert (problems(line)[0][0], len(server.opened())) == (Fault.RATE_LIMIT, 2)


async def test_a_server_that_stays_down_is_tried_by_the_schedule(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting_waits(monkeypatch, 0.0, 0.05)
    async with DeepgramServer(key=KEY) as server:
        server.refusals = [Refused(503)] * 9
        async with run(stt(server.url)) as line:
            await until(line.errors)
            assert (problems(line)[0][0], len(server.opened())) == (Fault.NETWORK, 3)


async def test_a_handshake_that_never_ends_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_link, "LINK_UP_SECONDS", 0.2)
    door = asyncio.Event()
    async with DeepgramServer(key=KEY, handshake=door) as server:
        async with run(stt(server.url)) as line:
            await until(line.errors)
            assert problems(line)[0] == (Fault.NETWORK, "Deepgram cannot be reached: no answer")
        door.set()


@pytest.mark.parametrize(
    ("trouble", "fault"),
    [
        (lambda server: server.close_links(1008, "DATA-0000: not audio"), Fault.FATAL),
        (
            lambda server: server.say('{"type":"Error","description":"Unsupported model","variant":"X"}'),
            Fault.FATAL,
        ),
    ],
    ids=["1008", "error"],
)
async def test_what_will_never_work_is_not_tried_again(
    trouble: Callable[[DeepgramServer], object], fault: Fault, run: Run
) -> None:
    async with DeepgramServer(key=KEY) as server, run(stt(server.url)) as line:
        await speak(line, QUIET)
        await until(lambda: server.audio)
        await trouble(server)  # type: ignore[misc]
        await until(line.errors)
        assert (problems(line)[0][0], len(server.opened())) == (fault, 1)


async def test_an_error_that_may_pass_is_healed(run: Run) -> None:
    async with DeepgramServer(["Hello there."], key=KEY) as server, run(stt(server.url)) as line:
        await speak(line, SPEECH)
        await until(lambda: len(server.audio) == len(SPEECH))
        await server.say('{"type":"Error","description":"Internal error","message":"try again"}')
        await until(lambda: len(server.opened()) == 2)
        await line.push(VADUserStoppedSpeakingFrame())
        await heard(line, ["Hello there."])
        assert (len(server.opened()), line.errors()) == (2, [])


# --- who hears the caller then ----------------------------------------------------------------------------


class Spare(FrameProcessor):
    """A recogniser that notes the audio it is given and says that it heard something."""

    def __init__(self) -> None:
        super().__init__()
        self.audio = b""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case InputAudioRawFrame():
                self.audio += frame.audio
            case VADUserStoppedSpeakingFrame():
                await self.push_frame(TranscriptionFrame("The spare heard it.", "", "now", finalized=True))
        await self.push_frame(frame, direction)


class Pair:
    """Deepgram, and a spare for it."""

    def __init__(self, url: str, *, key: str = KEY) -> None:
        self.spare = Spare()
        self.deepgrams: list[DeepgramSTT] = []
        self.url, self.key = url, key

    def stt(self, *, alone: bool = False) -> FailoverSTT:
        candidates = [Candidate("deepgram", self._deepgram), Candidate("spare", self._spare)]
        return FailoverSTT(Desk(Kind.STT, candidates[:1] if alone else candidates))

    def _spare(self) -> FrameProcessor:
        return self.spare

    def _deepgram(self) -> FrameProcessor:
        self.deepgrams.append(stt(self.url, key=self.key))
        return self.deepgrams[-1]


def switches(line: Line) -> list[tuple[str, str | None]]:
    messages = [frame.message for frame in line.down(OutputTransportMessageUrgentFrame)]
    return [(news.provider, news.fault) for news in messages if isinstance(news, ProviderSwitched)]


def hearing(line: Line) -> list[type]:
    messages = [frame.message for frame in line.down(InputTransportMessageFrame)]
    return [type(message) for message in messages if isinstance(message, HearingLost | HearingBack)]


async def test_a_good_link_is_used_and_exactly_what_it_covered_is_forgotten(run: Run) -> None:
    async with DeepgramServer(["Hello there.", "And you?"], key=KEY) as server:
        pair = Pair(server.url)
        async with run(pair.stt()) as line:
            await says(line)
            await heard(line, ["Hello there."])
            await line.push(VADUserStartedSpeakingFrame())
            await speak(line, SPEECH[: 25 * FRAME_BYTES])
            await until(lambda: len(server.audio) == len(SPEECH) + 25 * FRAME_BYTES)
            server.refusals = [Refused(401)]
            server.drop_links()
            await until(lambda: switches(line) == [("spare", "auth")])
            await line.push(VADUserStoppedSpeakingFrame())
            await heard(line, ["Hello there.", "The spare heard it."])
            assert not line.errors()
    assert pair.spare.audio == SPEECH[: 25 * FRAME_BYTES]


@pytest.mark.parametrize("refused", [Refused(401), Refused(400), Refused(429, BUSY, (("Retry-After", "9"),))])
async def test_a_refused_request_goes_to_the_next(refused: Refused, run: Run) -> None:
    async with DeepgramServer(key=KEY) as server:
        server.refusals = [refused] * 9
        pair = Pair(server.url)
        async with run(pair.stt()) as line:
            await says(line)
            await heard(line, ["The spare heard it."])
            assert len(server.opened()) == 1
    assert pair.spare.audio == SPEECH


async def test_a_server_that_never_answers_is_left_for_the_next(impatient: None, run: Run) -> None:
    async with DeepgramServer(key=KEY) as server:
        server.deaf = True
        pair = Pair(server.url)
        async with run(pair.stt()) as line:
            await says(line)
            await heard(line, ["The spare heard it."])
            assert (switches(line), len(server.opened())) == ([("spare", "network")], 2)


async def test_alone_it_is_tried_again_and_hears_what_was_said_meanwhile(
    run: Run, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NETWORK_WAITS, Phase.MID_CALL, ())
    connecting_waits(monkeypatch)
    pair = Pair(f"ws://127.0.0.1:{unused_port}")
    async with run(pair.stt(alone=True)) as line:
        await says(line)
        await until(lambda: hearing(line) == [HearingLost])
        assert len(line.errors()) == 1
        async with DeepgramServer(["Hello there."], key=KEY, port=unused_port) as server:
            await heard(line, ["Hello there."])
            assert hearing(line) == [HearingLost, HearingBack]
            assert server.audio == SPEECH
            await line.hang_up()


async def test_a_link_that_is_not_up_is_known_for_deaf_and_back(run: Run) -> None:
    door = asyncio.Event()
    async with (
        DeepgramServer(key=KEY, handshake=door) as server,
        run(Pair(server.url).stt(alone=True)) as line,
    ):
        await until(lambda: hearing(line) == [HearingLost])
        door.set()
        await until(lambda: hearing(line) == [HearingLost, HearingBack])
        assert len(server.opened()) == 1


@pytest.mark.parametrize("way", ["end", "hang_up"])
async def test_a_call_with_a_dead_server_ends_within_two_seconds(run: Run, way: str) -> None:
    door = asyncio.Event()
    async with DeepgramServer(key=KEY, handshake=door) as server:
        async with run(Pair(server.url).stt()) as line:
            await says(line)
            assert await (line.end() if way == "end" else line.hang_up()) < 2.0
        door.set()
