"""A service at work inside another processor: what goes in, what comes out, and that nothing of it is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pipecat.frames.frames import CancelFrame, EndFrame, Frame, StartFrame, TextFrame, TranscriptionFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

from processors.inner import MOST_WAITING, START_SECONDS, STOP_SECONDS, Inner
from vantum.testing import Run, run_processor


class Service(FrameProcessor):
    """Makes a transcript of each text, slowly, wrongly or not at all."""

    def __init__(
        self,
        setup_seconds: float = 0.0,
        problem: Exception | None = None,
        stops: bool = True,
        farewell: str = "",
    ) -> None:
        super().__init__()
        self.setup_seconds, self.problem, self.stops, self.farewell = setup_seconds, problem, stops, farewell
        self.clean_ups = 0

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        await asyncio.sleep(self.setup_seconds)
        if self.problem is not None:
            raise self.problem

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case TextFrame() if not isinstance(frame, TranscriptionFrame):
                await self.push_frame(TranscriptionFrame(frame.text, "", "now"))
            case EndFrame() | CancelFrame() if not self.stops:
                await asyncio.Event().wait()
            case EndFrame() if self.farewell:
                await self.push_frame(TranscriptionFrame(self.farewell, "", "now"))
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        self.clean_ups += 1
        await super().cleanup()


Play = Callable[[Inner], Awaitable[None]]


class Owner(FrameProcessor):
    """Puts a service to work when the pipeline starts, and plays with it."""

    def __init__(self, service: Service, play: Play) -> None:
        super().__init__(enable_direct_mode=True)
        self.inner = Inner(self, service, self.take)
        self.play = play
        self.taken: list[Frame] = []
        self.problems: list[tuple[float, Exception]] = []
        self.took = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self.inner.start(self.processor_setup, frame, self.failed)
        await self.push_frame(frame, direction)
        if isinstance(frame, TextFrame):
            began = asyncio.get_running_loop().time()
            await self.play(self.inner)
            self.took = round(asyncio.get_running_loop().time() - began, 3)

    async def cleanup(self) -> None:
        await self.inner.close()
        await super().cleanup()

    async def take(self, frame: Frame, _: FrameDirection) -> None:
        self.taken.append(frame)

    async def failed(self, problem: Exception) -> None:
        self.problems.append((asyncio.get_running_loop().time(), problem))

    @property
    def words(self) -> list[str]:
        return [frame.text for frame in self.taken if isinstance(frame, TranscriptionFrame)]


async def run(owner: Owner, at: float = 0.0, settle: float = 0.0) -> Run:
    before = asyncio.all_tasks()
    done = await run_processor(owner, [(at, TextFrame("go"))], settle=settle)
    assert asyncio.all_tasks() == before
    return done


async def send(inner: Inner) -> None:
    await inner.send(TextFrame("hello"))


async def send_and_end(inner: Inner) -> None:
    await inner.send(TextFrame("hello"))
    await inner.end()


async def close_and_send(inner: Inner) -> None:
    await inner.close()
    await inner.close()
    await inner.send(TextFrame("hello"))


async def test_it_is_given_what_is_sent_and_gives_what_it_makes() -> None:
    owner = Owner(Service(), send)
    done = await run(owner, settle=1.0)
    assert owner.words == ["hello"]
    # Nothing of it is in the pipeline.
    assert [frame for _, frame in done.down if isinstance(frame, TranscriptionFrame)] == []
    assert owner.inner.service.clean_ups == 1  # type: ignore[attr-defined]


async def test_what_is_sent_too_early_waits() -> None:
    owner = Owner(Service(setup_seconds=2.0), send)
    await run(owner, settle=1.9)
    assert owner.words == []
    owner = Owner(Service(setup_seconds=2.0), send)
    await run(owner, settle=2.1)
    assert owner.words == ["hello"]


async def test_no_more_waits_than_it_should() -> None:
    async def send_all(inner: Inner) -> None:
        for number in range(MOST_WAITING + 5):
            await inner.send(TextFrame(str(number)))

    owner = Owner(Service(setup_seconds=2.0), send_all)
    await run(owner, settle=3.0)
    assert owner.words == [str(number) for number in range(MOST_WAITING)]


async def test_who_waits_for_it_knows_when_it_is_up() -> None:
    async def wait(inner: Inner) -> None:
        await inner.ready()

    owner = Owner(Service(setup_seconds=2.0), wait)
    await run(owner, at=0.5)
    assert owner.took == 1.5


@pytest.mark.parametrize(
    ("service", "at", "problem"),
    [
        (Service(problem=OSError("refused")), 0.0, OSError),
        (Service(problem=OSError("refused"), setup_seconds=2.0), 2.0, OSError),
        (Service(setup_seconds=60.0), START_SECONDS, TimeoutError),
    ],
)
async def test_one_that_cannot_be_set_up_is_told(
    service: Service, at: float, problem: type[Exception]
) -> None:
    owner = Owner(service, send)
    await run(owner, settle=START_SECONDS + 1)
    ((told_at, told),) = owner.problems
    assert (round(told_at, 3), type(told)) == (at, problem)
    assert service.clean_ups == 1


async def test_the_end_lets_it_finish() -> None:
    owner = Owner(Service(farewell="goodbye"), send_and_end)
    await run(owner)
    assert (owner.words, owner.took) == (["hello", "goodbye"], 0.0)


async def test_after_the_close_nothing_is_sent_or_taken() -> None:
    owner = Owner(Service(farewell="goodbye"), close_and_send)
    await run(owner, settle=1.0)
    assert (owner.words, owner.inner.service.clean_ups) == ([], 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("service", "seconds"),
    [(Service(stops=False), 2 * STOP_SECONDS), (Service(setup_seconds=60), 0.0), (Service(), 0.0)],
    ids=["does not stop", "is not up", "stops"],
)
async def test_the_end_is_over_within_two_seconds(service: Service, seconds: float) -> None:
    owner = Owner(service, send_and_end)
    await run(owner)
    assert owner.took == seconds
    assert seconds + STOP_SECONDS < 2.0
