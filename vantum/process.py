"""What one process does that serves calls: alone, as one of several workers, or only to say what it would do."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from typing import Final

from vantum.check import check
from vantum.heap import c_library_heap, shape
from vantum.loader import Pipeline, load_pipeline
from vantum.serving import opened
from vantum.settings import Settings
from vantum.welcome import show_ready
from vantum.workers.badge import Badge
from vantum.workers.worker import work

SWITCH_SECONDS: Final = 0.0005
"""After so long a thread that computes lets the event loop go on, if that wants to: calls would hear 5 ms."""


def checking(target: str, settings: Settings) -> Coroutine[None, None, int]:
    """Say what calls through the pipeline at ``target`` are made of; raises PipelineError."""
    return check(load_pipeline(target), settings)


def serving(target: str, settings: Settings, badge: Badge | None) -> Coroutine[None, None, int]:
    """Serve calls through the pipeline at ``target``, as the worker with ``badge`` if there is one."""
    sys.setswitchinterval(SWITCH_SECONDS)
    # Before what a pipeline brings along has threads of its own.
    shape(c_library_heap(), settings.memory_reserve_mb)
    pipeline = load_pipeline(target)
    return _serve(pipeline, settings) if badge is None else work(pipeline, settings, badge)


async def _serve(pipeline: Pipeline, settings: Settings) -> int:
    """Listen, and serve until SIGINT or SIGTERM; then end the calls in good order and close everything."""
    async with opened(pipeline, settings) as served:
        await served.serve(lambda: show_ready(served.url, served.chain, settings))
    return 0
