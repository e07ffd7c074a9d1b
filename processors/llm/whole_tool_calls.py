"""Makes the tool calls in an OpenAI stream whole, so that none is lost: not even one that makes no sense.

pipecat reads one call of a chunk, tells calls apart by ascending numbers, and drops a call whose arguments are no
JSON. Servers that speak OpenAI's format send several calls in a chunk, number all of them 0, and cut arguments
off at the limit of tokens; the model must be told, or the caller waits in silence.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from openai import AsyncStream
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import (
    Choice,
    ChoiceDelta,
    ChoiceDeltaToolCall,
    ChoiceDeltaToolCallFunction,
)

from processors.tools.tool_arguments import MALFORMED, TOO_LONG

NAMELESS = "nameless"
"""The name of a call that came without one: no tool has it, and so the model is told."""
MOST_CHARACTERS = 65_536
"""Of the arguments of a call; one with more is refused."""
MOST_OF_NAME = 256
"""Servers take names of 64; what is cut off here is no tool's."""


class WrittenArguments:
    """The arguments of a call as far as they have come; nothing of them is kept once they are too long."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = MOST_CHARACTERS

    def add(self, part: str) -> None:
        """The model writes on."""
        self._left -= len(part)
        if self._left < 0:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def whole(self) -> str:
        """A JSON object: the arguments, or what is the matter with them."""
        return json.dumps({TOO_LONG: MOST_CHARACTERS}) if self._left < 0 else readable("".join(self._parts))


@dataclass(slots=True)
class Call:
    """A call as far as it has come."""

    id: str
    name: str = ""
    arguments: WrittenArguments = field(default_factory=WrittenArguments)

    def add(self, part: ChoiceDeltaToolCall) -> None:
        """Take in the next part."""
        if part.function is not None:
            self.name = f"{self.name}{part.function.name or ''}"[:MOST_OF_NAME]
            self.arguments.add(part.function.arguments or "")


class WholeCalls:
    """The calls of one answer, put together from their parts."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._places: dict[int, Call] = {}

    def take(self, chunk: ChatCompletionChunk) -> bool:
        """Take the parts of calls out of ``chunk``; whether there were any."""
        taken = False
        for choice in chunk.choices or ():
            if choice.delta is not None and choice.delta.tool_calls:
                for part in choice.delta.tool_calls:
                    self._at(part).add(part)
                choice.delta.tool_calls = None
                taken = True
        return taken

    def chunks(self, model: ChatCompletionChunk) -> list[ChatCompletionChunk]:
        """Each call in a chunk of its own, like ``model`` in all else."""
        return [
            model.model_copy(update={"choices": [_choice(place, call)], "usage": None})
            for place, call in enumerate(self._calls)
        ]

    def _at(self, part: ChoiceDeltaToolCall) -> Call:
        call = self._places.get(part.index)
        # A second id under the same number is a second call.
        if call is None or (part.id and part.id != call.id):
            call = self._places[part.index] = Call(part.id or f"call_{uuid.uuid4().hex}")
            self._calls.append(call)
        return call


async def with_whole_calls(
    stream: AsyncStream[ChatCompletionChunk], under_way: Callable[[], Awaitable[None]]
) -> AsyncIterator[ChatCompletionChunk]:
    """The chunks of ``stream`` without calls, then the calls: one a chunk, its arguments a JSON object.

    Arguments that are none come as ``{MALFORMED: what the model wrote}``, too long ones as ``{TOO_LONG: the bound}``.
    ``under_way`` is called for each part of a call. Raises ``ConnectionError`` for a stream that ends before the
    answer does: half a call is none. Closes the stream.
    """
    calls, last, finished = WholeCalls(), None, False
    try:
        async for chunk in stream:
            if calls.take(chunk):
                await under_way()
            finished = finished or any(choice.finish_reason for choice in chunk.choices or ())
            last = chunk
            yield chunk
        if not finished:
            raise ConnectionError("The stream ended before the answer did.")
        for whole in calls.chunks(last) if last else ():
            yield whole
    finally:
        await stream.close()


def readable(arguments: str) -> str:
    """``arguments`` if they are a JSON object, else an object that holds them as they are."""
    try:
        value: Any = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        value = None
    return arguments if isinstance(value, dict) else json.dumps({MALFORMED: arguments})


def _choice(place: int, call: Call) -> Choice:
    function = ChoiceDeltaToolCallFunction(name=call.name or NAMELESS, arguments=call.arguments.whole())
    part = ChoiceDeltaToolCall(index=place, id=call.id, type="function", function=function)
    return Choice(index=0, delta=ChoiceDelta(tool_calls=[part]), finish_reason=None)
