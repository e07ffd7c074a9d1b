"""A processor runs in a real pipeline, at exact times, the same in every run."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    TextFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from vantum.testing.processor_run import Input, Run, run_processor

UP = FrameDirection.UPSTREAM


class Slow(FrameProcessor):
    """Holds text for a quarter of a second."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            await asyncio.sleep(0.25)
        await self.push_frame(frame, direction)


class Echo(FrameProcessor):
    """Answers text upstream, a second later, from a task."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            self.create_task(self._answer(frame), "answer")
        else:
            await self.push_frame(frame, direction)

    async def _answer(self, frame: TextFrame) -> None:
        await asyncio.sleep(1)
        await self.push_frame(TextFrame(frame.text.upper()), UP)


@pytest.mark.parametrize("direct", [True, False])
async def test_times_are_those_of_the_processor(direct: bool) -> None:
    frames: list[Input] = [TextFrame("a"), (1.0, TextFrame("b")), (2, TextFrame("c"), UP), (EndFrame(), UP)]
    run = await run_processor(Slow(enable_direct_mode=direct), frames, settle=1)
    assert run.kinds() == [(0.25, TextFrame), (1.25, TextFrame)]
    assert [(time, type(frame)) for time, frame in run.up] == [(2.25, TextFrame)]
    assert run.texts() == ["a", "b"]


async def test_two_runs_are_identical() -> None:
    async def run() -> Run:
        audio = [(n * 0.02, InputAudioRawFrame(bytes(640), 16000, 1)) for n in range(50)]
        return await run_processor(Slow(), [*audio, (1.1, TextFrame("x"))])

    first, second = await run(), await run()
    assert first.kinds() == second.kinds()
    assert len(first.down) == 51


async def test_frames_without_a_time_do_not_overtake_each_other() -> None:
    transcript = TranscriptionFrame("hi", "", "")
    run = await run_processor(
        FrameProcessorThatPasses(), [transcript, UserStartedSpeakingFrame(), TextFrame("x")]
    )
    assert [kind for _, kind in run.kinds()] == [TranscriptionFrame, UserStartedSpeakingFrame, TextFrame]


class FrameProcessorThatPasses(FrameProcessor):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)


async def test_until_waits_for_a_frame_at_either_end() -> None:
    run = await run_processor(Echo(), [TextFrame("hello")], until=TextFrame, settle=0.5)
    assert (run.of(TextFrame)[0].text, run.times(TextFrame), run.ended) == ("HELLO", [1.0], 1.5)
    assert run.texts() == []


async def test_until_gives_up() -> None:
    with pytest.raises(TimeoutError, match=r"No InterruptionFrame came out in 60 s\."):
        await run_processor(Slow(), [], until=InterruptionFrame)
    assert asyncio.get_running_loop().time() == 60.0


async def test_an_interruption_stops_what_is_under_way() -> None:
    run = await run_processor(Slow(), [TextFrame("cut"), (0.1, InterruptionFrame()), TextFrame("next")])
    assert run.kinds() == [(0.1, InterruptionFrame), (0.35, TextFrame)]
    assert run.texts() == ["next"]


@pytest.mark.parametrize("last", [EndFrame, CancelFrame])
async def test_the_test_may_end_the_pipeline_itself(last: type[Frame]) -> None:
    run = await run_processor(Slow(), [TextFrame("a"), (1, last())])
    assert (run.texts(), run.ended) == (["a"], 1.0)


class Broken(FrameProcessor):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case TextFrame():
                raise RuntimeError("broken")
            case _:
                await self.push_frame(frame, direction)


async def test_an_error_of_the_processor_comes_out_upstream() -> None:
    run = await run_processor(Broken(), [TextFrame("a")])
    assert "broken" in run.of(ErrorFrame)[0].error


async def test_a_wrong_input_is_refused() -> None:
    with pytest.raises(TypeError, match="A frame, or a tuple"):
        await run_processor(Slow(), [("now", TextFrame("a"))])  # type: ignore[list-item]


@pytest.mark.real_time
async def test_it_works_on_a_real_loop() -> None:
    run = await run_processor(FrameProcessorThatPasses(), [TextFrame("a")])
    assert run.texts() == ["a"]
