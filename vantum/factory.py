"""Assembles the pipeline of one call: transport input, what the pipeline file builds, transport output."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.pipeline.pipeline import Pipeline as Chain
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor

from processors.resampler import Resampler
from vantum.core.audio import PIPELINE_RATE
from vantum.core.errors import PipelineError, VantumError
from vantum.loader import Pipeline
from vantum.parts import Call


@dataclass(frozen=True, slots=True)
class Ends:
    """What a transport puts around a pipeline; the output plays at ``rate`` Hz."""

    head: FrameProcessor
    tail: FrameProcessor
    rate: int


def build_chain(pipeline: Pipeline, call: Call, ends: Ends) -> list[FrameProcessor]:
    """All processors of a call in order. Raises PipelineError when the file's ``build`` fails."""
    chain = [ends.head, *built(pipeline, call)]
    if ends.rate != PIPELINE_RATE:
        chain.append(Resampler(ends.rate))
    return [*chain, ends.tail]


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


def assemble(chain: list[FrameProcessor], name: str) -> PipelineWorker:
    """A worker that runs ``chain``, without what costs time on every frame: no RTVI, no observers."""
    return PipelineWorker(
        Chain(chain),
        name=name,
        params=PipelineParams(audio_in_sample_rate=PIPELINE_RATE, audio_out_sample_rate=PIPELINE_RATE),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
        cancel_timeout_secs=2.0,
    )
