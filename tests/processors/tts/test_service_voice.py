"""Any pipecat service as a voice: those that answer as HTTP does, and those that send from a link of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    EndWorkerFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

from processors.failover import Candidate, Desk
from processors.language_switch import voice_follows
from processors.tts.failover import FailoverTTS
from processors.tts.last_words import TEXTS
from processors.tts.service_voice import QUIET_SECONDS, ServiceVoice
from processors.tts.voice import Voice
from vantum.core.choice import Kind
from vantum.testing import run_processor
from vantum.testing.processor_run import Input, Run

WORD_SECONDS = 0.25
NEVER = 3600.0
VOICES = {"female": "f-1", "male": "m-1"}


@dataclass
class Provider:
    """What all services of a test share: what they were asked, and what befalls a request by its number from 1."""

    faults: dict[int, str] = field(default_factory=dict)
    rate: int = 16_000
    channels: int = 1
    asked: list[tuple[str, object, object]] = field(default_factory=list)
    made: int = 0
    cut: int = 0
    gone: int = 0

    def fault(self, text: str, settings: TTSSettings) -> str:
        self.asked.append((text, settings.language, settings.voice))
        return self.faults.get(len(self.asked), "")

    @property
    def texts(self) -> list[str]:
        return [text for text, _, _ in self.asked]

    def pcm(self, seconds: float) -> bytes:
        return b"\1\0" * (round(seconds * self.rate) * self.channels)


class HttpService(TTSService):
    """Gives the audio of a request as its answer, and no word times."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model="m", voice="f-1", language="en"),
        )
        provider.made += 1
        self.provider = provider

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        provider = self.provider
        match provider.fault(text, self._settings):
            case "error":
                yield ErrorFrame("HTTP 500: out of order")
                return
            case "key":
                yield ErrorFrame("invalid api key")
                return
            case "hang":
                await asyncio.sleep(NEVER)
            case "nothing":
                return
        for _ in text.split():
            pcm = provider.pcm(WORD_SECONDS)
            yield TTSAudioRawFrame(pcm, provider.rate, provider.channels, context_id=context_id)

    async def cleanup(self) -> None:
        await super().cleanup()
        self.provider.gone += 1


class LinkService(TTSService):
    """Sends the audio and the times of the words from a task of its own, as a WebSocket brings them."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(
            push_text_frames=False,
            push_start_frame=True,
            push_stop_frames=True,
            stop_frame_timeout_s=30.0,
            settings=TTSSettings(model="m", voice="f-1", language="en"),
        )
        provider.made += 1
        self.provider = provider
        self._sending: asyncio.Task[None] | None = None

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        if "setup" in self.provider.faults.values():
            raise ConnectionError("refused")

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        fault = self.provider.fault(text, self._settings)
        self._sending = self.create_task(self._send(text, context_id, fault))
        yield None

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        self.provider.cut += 1
        if self._sending is not None:
            await self.cancel_task(self._sending)

    async def cleanup(self) -> None:
        if self._sending is not None:
            await self.cancel_task(self._sending)
        await super().cleanup()
        self.provider.gone += 1

    async def _send(self, text: str, context_id: str, fault: str) -> None:
        await asyncio.sleep(0.1)
        words = text.split()
        if fault == "hang":
            return
        times = [(word, at * WORD_SECONDS) for at, word in enumerate(words)]
        if fault != "untimed":
            await self.add_word_timestamps(times, context_id)
        for at, _ in enumerate(words):
            if fault == "stall" and at == 2:
                return
            pcm = self.provider.pcm(WORD_SECONDS)
            frame = TTSAudioRawFrame(pcm, self.provider.rate, self.provider.channels, context_id=context_id)
            await self.append_to_audio_context(context_id, frame)
        if fault == "never says so":
            return
        await self.remove_audio_context(context_id)


Make = Callable[[Provider], TTSService]
EITHER = pytest.mark.parametrize("kind", [HttpService, LinkService])


def call_tts(provider: Provider, kind: Make, rate: int | None = None) -> FailoverTTS:
    candidate: Candidate[Voice] = Candidate("it", lambda: ServiceVoice(lambda: kind(provider), VOICES))
    return FailoverTTS(Desk(Kind.TTS, [candidate]), sample_rate=rate)


def turn(*pieces: str) -> list[Frame]:
    texts = [AggregatedTextFrame(piece, "sentence") for piece in pieces]
    return [LLMFullResponseStartFrame(), *texts, LLMFullResponseEndFrame()]


def told(run: Run) -> str:
    return " ".join(frame.text for frame in run.of(TTSTextFrame))


def seconds(run: Run) -> float:
    return sum(len(frame.audio) / 2 / frame.sample_rate for frame in run.of(TTSAudioRawFrame))


def starts(run: Run) -> list[float]:
    stamps = [(frame.pts or 0) / 1e9 for frame in run.of(TTSTextFrame)]
    return [round(at - stamps[0], 6) for at in stamps]


@EITHER
async def test_a_turn_is_spoken_piece_by_piece(kind: Make) -> None:
    provider = Provider()
    run = await run_processor(call_tts(provider, kind), turn("One two.", "Three four five."))
    assert provider.texts == ["One two.", "Three four five."]
    assert told(run) == "One two. Three four five."
    assert seconds(run) == 5 * WORD_SECONDS
    assert len({frame.context_id for frame in run.of(TTSAudioRawFrame)}) == 1
    assert len(run.of(TTSStoppedFrame)) == 1
    assert (provider.made, provider.gone) == (1, 1)
    assert not run.of(ErrorFrame)


async def test_words_have_the_times_of_the_service() -> None:
    run = await run_processor(call_tts(Provider(), LinkService), turn("One two.", "Three a five."))
    assert starts(run) == [0.0, 0.25, 0.5, 0.75, 1.0]


async def test_words_have_their_times_in_later_turns_too() -> None:
    frames: list[Input] = [*turn("One two."), *turn("Three four.")]
    run = await run_processor(call_tts(Provider(), LinkService), [*frames, (9.0, turn("Five six.")[0])])
    assert starts(run)[1] == starts(run)[3] - starts(run)[2] == 0.25


async def test_words_of_a_service_without_times_are_spread() -> None:
    run = await run_processor(call_tts(Provider(), HttpService), turn("One eleven."))
    assert starts(run) == [0.0, pytest.approx(3 / 9 * 0.5, abs=1e-6)]


async def test_words_that_are_not_timed_after_all_are_spread() -> None:
    run = await run_processor(call_tts(Provider({1: "untimed"}), LinkService), turn("One eleven."))
    assert told(run) == "One eleven."
    assert starts(run) == [0.0, pytest.approx(3 / 9 * 0.5, abs=1e-6)]


@EITHER
@pytest.mark.parametrize(("rate", "channels"), [(24_000, 1), (8_000, 1), (16_000, 2), (48_000, 2)])
async def test_audio_comes_at_the_rate_of_the_call(kind: Make, rate: int, channels: int) -> None:
    run = await run_processor(call_tts(Provider({}, rate, channels), kind), turn("One two three four."))
    assert {(frame.sample_rate, frame.num_channels) for frame in run.of(TTSAudioRawFrame)} == {(16_000, 1)}
    assert seconds(run) == pytest.approx(4 * WORD_SECONDS, abs=0.001)


async def test_the_service_is_asked_for_the_rate_of_the_call() -> None:
    rates: list[int] = []

    class Asking(HttpService):
        async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
            rates.append(self.sample_rate)
            async for frame in super().run_tts(text, context_id):
                yield frame

    await run_processor(call_tts(Provider(rate=8_000), Asking, 8_000), turn("One."))
    assert rates == [8_000]


@EITHER
async def test_a_service_that_hangs_is_begun_anew(kind: Make) -> None:
    provider = Provider({1: "hang"})
    run = await run_processor(call_tts(provider, kind), turn("One.", "Two."), settle=5.0)
    assert provider.texts == ["One.", "One.", "Two."]
    assert told(run) == "One. Two."
    assert (provider.made, provider.gone) == (2, 2)


@pytest.mark.parametrize("fault", ["error", "nothing"])
async def test_a_request_that_fails_is_made_again(fault: str) -> None:
    provider = Provider({1: fault})
    run = await run_processor(call_tts(provider, HttpService), turn("One.", "Two."))
    assert provider.texts == ["One.", "One.", "Two."]
    assert told(run) == "One. Two."
    assert not run.of(ErrorFrame)
    assert provider.gone == provider.made


async def test_a_key_that_is_refused_is_no_use_again() -> None:
    provider = Provider({1: "key"})
    run = await run_processor(call_tts(provider, HttpService), turn("One."), until=EndWorkerFrame)
    assert provider.texts == ["One."]
    assert told(run) == TEXTS["en"]


async def test_a_service_that_cannot_be_set_up_ends_in_words() -> None:
    provider = Provider({1: "setup"})
    run = await run_processor(call_tts(provider, LinkService), turn("One."), until=EndWorkerFrame)
    assert run.times(TTSAudioRawFrame)[0] < 5.0
    assert told(run) == TEXTS["en"]
    assert provider.made > 1
    assert provider.gone == provider.made


async def test_the_rest_of_a_stalled_piece_is_asked_for_after_a_cut() -> None:
    provider = Provider({1: "stall"})
    run = await run_processor(call_tts(provider, LinkService), turn("One two three four."))
    # Nobody knows whether "two" was whole: it is said again, and told once.
    assert provider.texts == ["One two three four.", "two three four."]
    assert (provider.cut, provider.made) == (1, 1)
    assert told(run) == "One two three four."
    assert seconds(run) == 5 * WORD_SECONDS


async def test_a_service_that_does_not_say_that_it_is_done_is_not_asked_twice() -> None:
    provider = Provider({1: "never says so"})
    run = await run_processor(call_tts(provider, LinkService), turn("One two three.", "Four."))
    assert provider.texts == ["One two three.", "Four."]
    assert told(run) == "One two three. Four."
    assert run.times(TTSAudioRawFrame)[-1] == pytest.approx(0.1 + QUIET_SECONDS + 0.1)


@EITHER
async def test_an_interruption_reaches_the_service_and_the_next_turn_is_its_own(kind: Make) -> None:
    provider = Provider({1: "hang"})
    frames: list[Input] = [*turn("One two.")[:-1], (0.5, InterruptionFrame()), *turn("Three.")]
    run = await run_processor(call_tts(provider, kind), frames)
    assert provider.texts == ["One two.", "Three."]
    assert told(run) == "Three."
    assert seconds(run) == WORD_SECONDS
    assert provider.made == 1


@EITHER
async def test_the_service_follows_and_so_do_those_in_its_place(kind: Make) -> None:
    provider = Provider({2: "hang"})
    frames = [*turn("One."), voice_follows("de", "male"), *turn("Zwei."), voice_follows(voice="c961b81c")]
    run = await run_processor(call_tts(provider, kind), [*frames, *turn("Drei.")])
    assert provider.asked == [
        ("One.", "en", "f-1"),
        ("Zwei.", "de", "m-1"),
        ("Zwei.", "de", "m-1"),
        ("Drei.", "de", "f-1"),
    ]
    assert told(run) == "One. Zwei. Drei."
