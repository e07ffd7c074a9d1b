"""Assembles the pipeline of one call: transport input, what the pipeline file builds, transport output."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.pipeline.pipeline import Pipeline as Chain
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor

from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
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
    checked = [_checked(pipeline, processor) for processor in processors]
    for processor in checked:
        if isinstance(processor, ContextAggregator):
            processor.adopt(call.manners)
    return checked


def _checked(pipeline: Pipeline, processor: object) -> FrameProcessor:
    if isinstance(processor, FrameProcessor):
        return processor
    raise PipelineError(
        f"{pipeline.name}: build(call) returned a {type(processor).__name__} in its list.",
        "Return pipecat FrameProcessors only.",
    )


@dataclass(frozen=True, slots=True)
class Rates:
    """Hertz of the audio in the pipeline, the caller's and the bot's, and of the bot's on the line."""

    hearing: int
    speaking: int
    line: int


def assemble(
    head: FrameProcessor, processors: list[FrameProcessor], tail: FrameProcessor, *, rates: Rates, name: str
) -> PipelineWorker:
    """A worker that runs ``processors`` between the two ends of a transport.

    It is without what costs time on every frame: no RTVI, no observers.
    """
    back = [Resampler(rates.line)] if rates.line != rates.speaking else []
    return PipelineWorker(
        Chain([head, *processors, *back, tail]),
        name=name,
        params=PipelineParams(audio_in_sample_rate=rates.hearing, audio_out_sample_rate=rates.speaking),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
        cancel_timeout_secs=2.0,
    )
