"""The Deepgram Flux processor against a local server that speaks the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
)
from pipecat.services.settings import STTSettings

from tests.wire.asking import faults_told
from tests.wire.conftest import until
from tests.wire.flux_server import FluxServer
from tests.wire.hired import KEY, brief, hired, process
from vantum.core.choice import Kind
from vantum.core.events import CallerLeft, Recognised, Sign, TurnEndedByHand
from vantum.core.faults import Fault

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

RATE = 16_000


def loud(seconds: float, rate: int = RATE) -> bytes:
    samples = np.arange(int(seconds * rate))
    return (9000 * np.sin(samples * 2 * np.pi * 440 / rate)).astype("<i2").tobytes()


def quiet(seconds: float, rate: int = RATE) -> bytes:
    return bytes(int(seconds * rate) * 2)


async def speak(line: Line, pcm: bytes, rate: int = RATE) -> None:
    size = rate * 2 // 50
    await line.push(*(InputAudioRawFrame(pcm[at : at + size], rate, 1) for at in range(0, len(pcm), size)))


def told(line: Line) -> list[str | Sign]:
    """What came out, in order: words that may change with dots behind them, words that stay, and signs."""
    out: list[str | Sign] = []
    for _, frame in line.after.seen:
        match frame:
            case InterimTranscriptionFrame():
                out.append(f"{frame.text}…")
            case TranscriptionFrame():
                out.append(frame.text)
            case InputTransportMessageFrame(message=Recognised(sign=sign)):
                out.append(sign)
    return out


Hear = Callable[..., AbstractAsyncContextManager["Line"]]


@pytest.fixture
def hear(run: Run) -> Hear:
    @asynccontextmanager
    async def running(server: FluxServer, language: str = "en", rate: int = RATE) -> AsyncIterator[Line]:
        async with process() as shared:
            about = brief(
                Kind.STT, "deepgram-flux", shared, language=language, rate=rate, DEEPGRAM_URL=server.url
            )
            async with run(hired(about)) as line:
                yield line

    return running


@pytest.mark.parametrize(
    ("language", "rate", "model", "hints"),
    [
        ("en", 16_000, "flux-general-en", []),
        ("en-GB", 8_000, "flux-general-en", []),
        ("de", 8_000, "flux-general-multi", ["de"]),
        ("sv", 16_000, "flux-general-multi", []),
    ],
)
async def test_the_request_says_what_it_should(
    hear: Hear, language: str, rate: int, model: str, hints: list[str]
) -> None:
    async with FluxServer(key=KEY) as server, hear(server, language, rate) as line:
        await speak(line, quiet(0.1, rate), rate)
        await until(lambda: server.audio == quiet(0.1, rate))
        assert not line.down(InputAudioRawFrame)
    (request,) = server.opened
    assert request.path == "/v2/listen"
    assert request.headers["Authorization"] == f"Token {KEY}"
    query = dict(request.query)
    assert (query["model"], query["sample_rate"], query["encoding"]) == (model, str(rate), "linear16")
    assert float(query["eager_eot_threshold"]) == 0.4
    assert [value for name, value in request.query if name == "language_hint"] == hints
    assert server.controls == [{"type": "CloseStream"}]


async def test_a_turn_comes_as_words_and_signs(hear: Hear) -> None:
    async with FluxServer(["Hello there."], key=KEY) as server, hear(server) as line:
        await speak(line, loud(0.6) + quiet(0.7))
        await until(lambda: Sign.WHOLE in told(line))
        assert told(line) == [
            Sign.SPEECH,
            "Hello there.…",
            "Hello there.…",
            "Hello there.…",
            "Hello there.",
            Sign.ENDPOINT,
            Sign.WHOLE,
        ]
        assert line.down(TranscriptionFrame)[0].finalized


async def test_a_caller_who_goes_on_is_one_turn(hear: Hear) -> None:
    async with FluxServer(["I would like to know more"], key=KEY) as server, hear(server) as line:
        await speak(line, loud(0.2) + quiet(0.3) + loud(0.2) + quiet(0.7))
        await until(lambda: Sign.WHOLE in told(line))
        assert told(line) == [
            Sign.SPEECH,
            "I would like to know more…",
            Sign.SPEECH,
            "I would…",
            "I would like to know more…",
            "I would like to know more",
            Sign.ENDPOINT,
            Sign.WHOLE,
        ]


async def test_a_turn_without_words_is_nothing(hear: Hear) -> None:
    async with FluxServer(key=KEY) as server, hear(server) as line:
        await speak(line, loud(0.2) + quiet(0.7))
        await until(lambda: Sign.NOTHING in told(line))
        assert told(line) == [Sign.SPEECH, "", Sign.NOTHING]


@pytest.mark.parametrize("message", [TurnEndedByHand(), CallerLeft()])
async def test_a_turn_that_is_ended_by_hand_is_ended_by_flux(hear: Hear, message: object) -> None:
    async with FluxServer(["Hello there my friend."], key=KEY) as server, hear(server) as line:
        await speak(line, loud(0.3))
        await until(lambda: "Hello there…" in told(line))
        await line.push(InputTransportMessageFrame(message=message))
        await until(lambda: Sign.WHOLE in told(line))
        assert told(line)[-3:] == ["Hello there", Sign.ENDPOINT, Sign.WHOLE]
        assert server.controls == [{"type": "ForceEndTurn"}]


async def test_a_hand_without_a_turn_is_told_that_nothing_comes(hear: Hear) -> None:
    async with FluxServer(key=KEY) as server, hear(server) as line:
        await until(lambda: server.opened)
        await line.push(InputTransportMessageFrame(message=TurnEndedByHand()))
        await until(lambda: line.down(TranscriptionFrame))
        assert told(line) == [""]
        assert not server.controls


async def test_the_language_follows_the_call(hear: Hear) -> None:
    async with FluxServer(key=KEY) as server, hear(server) as line:
        for tag, expected in (("de", ("flux-general-multi", "de")), ("en", ("flux-general-en", None))):
            links = len(server.opened)
            await line.push(STTUpdateSettingsFrame(delta=STTSettings(language=tag)))
            await until(lambda before=links: len(server.opened) > before)  # type: ignore[misc]
            query = dict(server.opened[-1].query)
            assert (query["model"], query.get("language_hint")) == expected
        assert not line.errors()


async def test_a_link_that_drops_is_told_once_and_not_opened_again(hear: Hear) -> None:
    async with FluxServer(["Hello there."], key=KEY) as server, hear(server) as line:
        await speak(line, loud(0.3))
        await until(lambda: line.down(InterimTranscriptionFrame))
        server.drop_links()
        await until(line.errors)
        assert faults_told(line, "deepgram-flux", "stt") == [Fault.NETWORK]
        # What was not final is heard again by the next link: here it is not to be taken for final.
        assert not line.down(TranscriptionFrame)
        await asyncio.sleep(0)
        assert len(server.opened) == 1


async def test_a_hand_without_a_link_is_told_nothing(hear: Hear) -> None:
    async with FluxServer(["Hello there."], key=KEY) as server, hear(server) as line:
        await speak(line, loud(0.3))
        await until(lambda: line.down(InterimTranscriptionFrame))
        server.drop_links()
        await until(line.errors)
        await line.push(InputTransportMessageFrame(message=TurnEndedByHand()))
        await until(
            lambda: any(isinstance(frame, InputTransportMessageFrame) for _, frame in line.after.seen)
        )
        assert not line.down(TranscriptionFrame)


async def test_a_refused_key_is_told_without_the_key(hear: Hear) -> None:
    async with FluxServer(key="another") as server, hear(server) as line:
        await until(line.errors)
        assert faults_told(line, "deepgram-flux", "stt")[0] is Fault.AUTH
        assert not any(KEY in error for error in line.errors())
