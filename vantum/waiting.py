"""The words that say what tasks wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from inspect import CORO_CREATED, getcoroutinestate
from pathlib import Path
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType

_LIBRARY = Path(asyncio.__file__).parent


def waiting_lines(tasks: Iterable[asyncio.Task[object]]) -> list[str]:
    """A line for each unfinished task, by name: which function it waits in, and where that was called."""
    return sorted(_line(task) for task in tasks if not task.done())


def _line(task: asyncio.Task[object]) -> str:
    coroutine = task.get_coro()
    if isinstance(coroutine, CoroutineType) and getcoroutinestate(coroutine) == CORO_CREATED:
        return f"{task.get_name()}: not started"
    frames = list(_frames(coroutine))
    if not frames:
        return f"{task.get_name()}: running"
    # The deepest frame outside asyncio is the line to look at; the deepest of all says what is awaited.
    inner = frames[-1]
    outer = next((frame for frame in reversed(frames) if not _in_asyncio(frame)), inner)
    place = f"{outer.f_code.co_filename}:{outer.f_lineno}"
    return f"{task.get_name()}: in {inner.f_code.co_qualname} at {place}"


def _in_asyncio(frame: FrameType) -> bool:
    return Path(frame.f_code.co_filename).parent == _LIBRARY


def _frames(awaited: object) -> Iterator[FrameType]:
    """The suspended frames of a coroutine, outermost first."""
    while True:
        match awaited:
            case CoroutineType() as coroutine:
                frame, awaited = coroutine.cr_frame, coroutine.cr_await
            case GeneratorType() as generator:
                frame, awaited = generator.gi_frame, generator.gi_yieldfrom
            case AsyncGeneratorType() as generator:
                frame, awaited = generator.ag_frame, generator.ag_await
            case _:
                return
        if frame is not None:
            yield frame
