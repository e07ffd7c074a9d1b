"""Assembles the pipeline of one call: transport input, what the pipeline file builds, transport output."""

from __future__ import annotations

from pipecat.pipeline.pipeline import Pipeline as Chain
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor

from processors.resampler import Resampler
from vantum.core.audio import PIPELINE_RATE
from vantum.core.errors import PipelineError, VantumError
from vantum.loader import Pipeline
from vantum.parts import Call


def built(pipeline: Pipeline, call: Call) -> list[FrameProcessor]:
    """What the pipeline file builds between the two transport ends."""
    try:
        processors = pipeline.build(call)
    except VantumError:
        raise
    except Exception as error:
        raise PipelineError(
            f"{pipeline.name}: build(call) failed: {type(error).__name__}: {error}.",
            f"Correct it in {pipeline.source}, or run again with --debug to see where.",
        ) from error
    if not isinstance(processors, list | tuple):
        raise PipelineError(
            f"{pipeline.name}: build(call) returned a {type(processors).__name__}.",
            "Return a list of pipecat FrameProcessors.",
        )
    return [_checked(pipeline, processor) for processor in processors]


def _checked(pipeline: Pipeline, processor: object) -> FrameProcessor:
    if isinstance(processor, FrameProcessor):
        return processor
    raise PipelineError(
        f"{pipeline.name}: build(call) returned a {type(processor).__name__} in its list.",
        "Return pipecat FrameProcessors only.",
    )


def assemble(
    head: FrameProcessor, processors: list[FrameProcessor], tail: FrameProcessor, *, rate: int, name: str
) -> PipelineWorker:
    """A worker that runs ``processors`` between the two ends of a transport that plays at ``rate`` Hz.

    It is without what costs time on every frame: no RTVI, no observers.
    """
    back = [Resampler(rate)] if rate != PIPELINE_RATE else []
    return PipelineWorker(
        Chain([head, *processors, *back, tail]),
        name=name,
        params=PipelineParams(audio_in_sample_rate=PIPELINE_RATE, audio_out_sample_rate=PIPELINE_RATE),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
        cancel_timeout_secs=2.0,
    )
