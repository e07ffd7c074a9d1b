"""Takes what a pipeline that is over consists of apart: see ``processors/parted.py``."""

from __future__ import annotations

from pipecat.pipeline.base_pipeline import BasePipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.workers.runner import WorkerRunner

from processors.parted import part


def take_apart(worker: PipelineWorker, runner: WorkerRunner) -> None:
    """Of a worker that has ended, and of what ran it, nothing is left but the processors, each by itself."""
    _take_apart(worker.pipeline)
    # What an event's handler still does, in a task of its own, finds all but these.
    for link in ("_pipeline", "_source", "_sink", "_worker_runner"):
        vars(worker).pop(link, None)
    bus, registry, entries = (vars(runner).get(name) for name in ("_bus", "_registry", "_entries"))
    for links in (
        vars(worker).get("_event_handlers"),
        vars(runner).get("_event_handlers"),
        entries,
        getattr(bus, "_subscriptions", None),
        getattr(registry, "_watches", None),
    ):
        if isinstance(links, dict):
            links.clear()


def _take_apart(processor: FrameProcessor) -> None:
    for inner in processor.processors:
        _take_apart(inner)
    part(processor)
    if isinstance(processor, BasePipeline):
        for link in ("_processors", "_source", "_sink"):
            vars(processor).pop(link, None)
