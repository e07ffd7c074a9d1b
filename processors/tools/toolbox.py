"""Runs the tools that the language model calls, and tells how each came out: exactly once, and in time.

The language model's service only announces calls. They are carried out here, in tasks of the call, because an
interruption of the answer must not undo what was asked for: a tool that books an appointment books it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import proxy

from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import FunctionCallFromLLM
from pipecat.processors.frame_processor import FrameProcessor

from processors.tools.tool import TOOL_SECONDS, Tool, ToolContext, as_tool
from processors.tools.tool_arguments import MALFORMED, TOO_LONG
from processors.tools.tool_result import Failed, written
from processors.weakly import weakly
from vantum.core.floor import FollowUp

MOST_CALLS = 8
"""So many calls of one answer are carried out."""
CLOSE_SECONDS = 1.0
"""How long a tool may take to stop at the end of the call."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A tool came to its end after ``seconds``.

    ``result_json`` is for the model: what the tool returned, or ``{"error": …}`` when it ``failed``. ``follow_up``
    says whether the model is to be asked about it.
    """

    call_id: str
    name: str
    result_json: str
    seconds: float
    failed: bool
    follow_up: FollowUp


class Toolbox:
    """The tools of one call. Its tasks are those of ``owner``, which calls ``cleanup`` in its own.

    ``on_returned`` is told of every call that was begun, exactly once, unless ``cleanup`` came first. Raises
    ``ValueError`` for two tools of the same name, and for one that nobody can run.
    """

    def __init__(
        self,
        owner: FrameProcessor,
        tools: Iterable[Tool | FunctionSchema],
        on_returned: Callable[[Returned], Awaitable[None]],
    ) -> None:
        self._owner = proxy(owner)
        self._tools: dict[str, Tool] = {}
        self._on_returned = weakly(on_returned)
        self._tasks: set[asyncio.Task[Any]] = set()
        for given in map(as_tool, tools):
            if given.name in self._tools:
                raise ValueError(f"There are two tools named {given.name}.")
            self._tools[given.name] = given

    @property
    def schemas(self) -> list[FunctionSchema]:
        """What the language model is to be offered."""
        return [offered.schema for offered in self._tools.values()]

    def begin(self, calls: Sequence[FunctionCallFromLLM], llm: FrameProcessor) -> None:
        """Carry out the calls of one answer, all at the same time; ``llm`` is who made them."""
        for place, call in enumerate(calls):
            self._start(self._carry_out(call, llm) if place < MOST_CALLS else self._refuse(call))

    async def cleanup(self) -> None:
        """Stop what still runs, and tell nobody."""
        if not self._tasks:
            return
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        _, stubborn = await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
        if stubborn:
            logger.warning("Tools did not stop at the end of the call.", count=len(stubborn))

    def _start(self, coroutine: Coroutine[Any, Any, object]) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = self._owner.create_task(coroutine, "tool")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _refuse(self, call: FunctionCallFromLLM) -> None:
        sentence = (
            f"Only {MOST_CALLS} calls can be made at once, and this one was not. Make it again if need be."
        )
        await self._tell(call, Failed(sentence), 0.0)

    async def _carry_out(self, call: FunctionCallFromLLM, llm: FrameProcessor) -> None:
        began = time.monotonic()
        known = self._tools.get(call.function_name)
        seconds = known.seconds if known else TOOL_SECONDS
        # A task of its own: a tool that does not stop when it is told to keeps nobody waiting.
        work = self._start(self._outcome(call, known, llm))
        await asyncio.wait({work}, timeout=seconds)
        await self._tell(call, self._came_of(work, call.function_name, seconds), time.monotonic() - began)

    async def _outcome(self, call: FunctionCallFromLLM, known: Tool | None, llm: FrameProcessor) -> object:
        name = call.function_name
        if known is None:
            return Failed(f"There is no tool {name!r}. There are: {', '.join(self._tools) or 'none'}.")
        if TOO_LONG in call.arguments:
            most = call.arguments[TOO_LONG]
            return Failed(f"The arguments had more than {most} characters, {name} was not called.")
        if MALFORMED in call.arguments:
            return Failed(f"The arguments were no JSON object, {name} was not called.")
        try:
            return await known.run(call.arguments, ToolContext(call, llm))
        except Exception as error:
            logger.warning("A tool failed.", tool=name, error=type(error).__name__)
            logger.opt(exception=error).debug("A tool failed here.")
            return Failed(f"{name} failed. Tell the caller that this is not possible now.")

    def _came_of(self, work: asyncio.Task[Any], name: str, seconds: float) -> object:
        if not work.done():
            work.cancel()
            logger.warning("A tool took too long.", tool=name, seconds=seconds)
            return Failed(f"{name} was stopped: it took longer than {seconds:g} seconds.")
        if work.cancelled():
            logger.warning("A tool cancelled itself.", tool=name)
            return Failed(f"{name} was stopped before it was done.")
        return work.result()

    async def _tell(self, call: FunctionCallFromLLM, outcome: object, seconds: float) -> None:
        result = written(outcome)
        await self._on_returned(
            Returned(
                call.tool_call_id, call.function_name, result.json, seconds, result.failed, result.follow_up
            )
        )
