"""The head of a pipeline: what came before the pipeline was up goes in first, as far as it was kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    TextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from transports.carrier_input import MOST_WAITING, WAITING_SECONDS, CarrierInput
from vantum.core.events import SessionStarted, TurnEndedByHand
from vantum.testing import at_rest, run_processor

RATE = 16_000
SECOND = b"\0\0" * RATE


async def let_in(head: CarrierInput) -> list[Frame]:
    """What a pipeline that starts now gets of what came before."""
    run = await run_processor(head, [])
    kinds = (InputAudioRawFrame, InputTransportMessageFrame, InputDTMFFrame)
    return [frame for kind in kinds for frame in run.of(kind)]


def requests(frames: list[Frame]) -> list[object]:
    return [frame.message for frame in frames if isinstance(frame, InputTransportMessageFrame)]


def sound(frames: list[Frame]) -> bytes:
    return b"".join(frame.audio for frame in frames if isinstance(frame, InputAudioRawFrame))


async def test_what_came_early_is_let_in() -> None:
    head = CarrierInput()
    head.hear(b"\1\0" * 100, RATE)
    head.request(SessionStarted("en"))
    head.press("5")
    head.hear(b"\2\0" * 100, RATE)
    frames = await let_in(head)
    assert sound(frames) == b"\1\0" * 100 + b"\2\0" * 100
    assert requests(frames) == [SessionStarted("en")]
    assert [frame.button.value for frame in frames if isinstance(frame, InputDTMFFrame)] == ["5"]


@pytest.mark.parametrize("rate", [8_000, 48_000])
async def test_of_early_sound_the_newest_is_kept(rate: int) -> None:
    head = CarrierInput()
    head.request(SessionStarted())
    for number in range(1, 21):
        head.hear(bytes([number, 0]) * rate, rate)
    head.request(TurnEndedByHand())
    frames = await let_in(head)
    kept = range(21 - int(WAITING_SECONDS), 21)
    assert sound(frames) == b"".join(bytes([number, 0]) * rate for number in kept)
    assert requests(frames) == [SessionStarted(), TurnEndedByHand()]


async def test_a_piece_that_is_too_long_by_itself_is_not_kept() -> None:
    head = CarrierInput()
    head.hear(SECOND * 6, RATE)
    head.hear(SECOND, RATE)
    assert sound(await let_in(head)) == SECOND


@pytest.mark.parametrize(
    "ask",
    [lambda head: head.request(TurnEndedByHand()), lambda head: head.press("1")],
    ids=["requests", "keys"],
)
async def test_only_so_many_early_requests_are_kept(ask: Callable[[CarrierInput], object]) -> None:
    head = CarrierInput()
    for _ in range(MOST_WAITING + 100):
        ask(head)
    assert len(await let_in(head)) == MOST_WAITING


async def test_it_drains_from_the_end_frame_on() -> None:
    head = CarrierInput()
    assert not head.draining
    await run_processor(head, [EndFrame()])
    assert head.draining


class Ear(FrameProcessor):
    """Knows the short way; chokes on ``bad`` sound."""

    def __init__(self, bad: bytes = b"bad!") -> None:
        super().__init__(enable_direct_mode=True)
        self.heard: list[tuple[bytes, int]] = []
        self._bad = bad

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass everything on."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)

    @property
    def hears(self) -> bool:
        """It may be given sound."""
        return True

    def hear(self, pcm: bytes, rate: int) -> None:
        """Keep what comes."""
        if pcm == self._bad:
            raise ValueError("no sound")
        self.heard.append((pcm, rate))


class Speaking(FrameProcessor):
    """Says ``sounds`` to ``head`` when it is told to."""

    def __init__(self, head: CarrierInput, sounds: Sequence[bytes]) -> None:
        super().__init__(enable_direct_mode=True)
        self._head = head
        self._sounds = sounds

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass everything on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            for sound in self._sounds:
                self._head.hear(sound, RATE)
        await self.push_frame(frame, direction)


async def test_sound_goes_the_short_way_to_who_knows_it() -> None:
    head, ear = CarrierInput(), Ear()
    head.hear(b"\1\0", RATE)
    speaking = Speaking(head, [b"\2\0", b"bad!", b"\3\0"])
    run = await run_processor(Pipeline([head, ear, speaking]), [TextFrame("go")])
    # What came before the pipeline was up is a frame among others that waited.
    assert sound(run.of(InputAudioRawFrame)) == b"\1\0"
    assert ear.heard == [(b"\2\0", RATE), (b"\3\0", RATE)]
    assert [frame.error for frame in run.of(ErrorFrame)] == ["The caller's sound was not taken: no sound"]


async def test_nothing_is_heard_of_a_call_that_was_cancelled() -> None:
    head, ear = CarrierInput(), Ear()
    worker = PipelineWorker(Pipeline([head, ear]), enable_rtvi=False)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await at_rest()
    head.hear(b"\1\0", RATE)
    await worker.cancel()
    await running
    head.hear(b"\2\0", RATE)
    assert ear.heard == [(b"\1\0", RATE)]
