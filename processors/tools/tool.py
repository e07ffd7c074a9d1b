"""What the language model may do beside talking: a typed async function becomes a tool by ``@tool``.

    @tool(seconds=3.0)
    async def order_status(order: int) -> str:
        \"\"\"Look up how far an order is.

        Args:
            order: The number of the order, as the caller tells it.
        \"\"\"
        return STATUS[order]

The model reads the name, the docstring and the types; the function is called with arguments that fit them. A
first parameter of the type ``ToolContext`` is for the call, and the model does not see it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast, overload, runtime_checkable

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import (
    EndWorkerFrame,
    FunctionCallFromLLM,
    FunctionCallResultProperties,
    InputTransportMessageFrame,
    OutputDTMFFrame,
    OutputTransportMessageUrgentFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import (
    FunctionCallHandler,
    FunctionCallParams,
    FunctionCallResultCallback,
    LLMService,
)

from processors.tools.tool_arguments import Choices, read_docstring
from processors.tools.tool_result import Failed, Quiet
from processors.tools.tool_signature import signature_of
from vantum.core.events import Event, LanguageChanged

TOOL_SECONDS = 10.0
"""How long a tool may take unless it says otherwise: a caller waits in silence for no longer."""

Function = Callable[..., Awaitable[object]]
"""The function that an author writes."""


@runtime_checkable
class Answering(Protocol):
    """A language model that knows what it has answered last, and in which language it answers."""

    @property
    def said(self) -> str:
        """The whole of the last answer, heard or not."""

    @property
    def language(self) -> str:
        """A tag."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """The call in which a tool runs: what a tool can do to it. ``asked`` is what the language model asked for."""

    asked: FunctionCallFromLLM
    llm: FrameProcessor

    @property
    def answer(self) -> Answering | None:
        """The answer that called the tool; None where the language model does not tell."""
        return self.llm if isinstance(self.llm, Answering) else None

    async def say(self, text: str) -> None:
        """Say ``text`` behind the answer that called the tool."""
        frame = TTSSpeakFrame(text, append_to_context=False)
        await self.llm.queue_frame(frame, FrameDirection.DOWNSTREAM)

    async def publish(self, event: Event) -> None:
        """Tell the record, the client and whoever watches of ``event``."""
        await self.llm.push_frame(OutputTransportMessageUrgentFrame(message=event))

    async def press(self, digits: str) -> None:
        """Press keys of the telephone when the bot has finished speaking: 0 to 9, ``*`` and ``#``."""
        # Through the model's own queue: so the keys come behind an answer that it is still writing.
        await self.llm.queue_frame(OutputDTMFFrame.from_string(digits), FrameDirection.DOWNSTREAM)

    async def change_language(self, tag: str) -> None:
        """Go on in another language, such as ``de``: hearing, answering and speaking."""
        await self.llm.push_frame(
            InputTransportMessageFrame(message=LanguageChanged(tag)), FrameDirection.UPSTREAM
        )

    async def end_call(self, reason: str) -> None:
        """Hang up when the bot has spoken its last word: the end travels behind it through the pipeline."""
        await self.llm.push_frame(EndWorkerFrame(reason=reason), FrameDirection.UPSTREAM)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: ``schema`` is what the language model reads, ``run`` does the work.

    ``run`` is given what the model sent and returns ``Failed``, ``Quiet`` or any value that can be JSON; it may
    raise whatever the author's function raises. It may take ``seconds``.
    """

    schema: FunctionSchema
    run: Callable[[Mapping[str, object], ToolContext], Awaitable[object]]
    seconds: float = TOOL_SECONDS

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"The tool {self.name} needs more than {self.seconds:g} seconds.")

    @property
    def name(self) -> str:
        """What the language model calls it by."""
        return self.schema.name

    @property
    def description(self) -> str:
        """What the language model is told about it."""
        return self.schema.description


@overload
def tool(function: Function, /) -> Tool: ...


@overload
def tool(
    *,
    seconds: float = TOOL_SECONDS,
    name: str | None = None,
    description: str | None = None,
    choices: Choices | None = None,
) -> Callable[[Function], Tool]: ...


def tool(
    function: Function | None = None,
    /,
    *,
    seconds: float = TOOL_SECONDS,
    name: str | None = None,
    description: str | None = None,
    choices: Choices | None = None,
) -> Tool | Callable[[Function], Tool]:
    """Make a tool of an async function: ``@tool``, or ``@tool(seconds=3.0)``.

    Name and description are the function's own unless given; ``choices`` limits a parameter to texts that are
    known only when the tool is made, as in ``choices={"language": ("de", "en")}``. Raises ``TypeError`` when the
    function cannot be told to a language model.
    """

    def made(given: Function) -> Tool:
        called = name or given.__name__
        try:
            return _made(given, called, description, choices or {}, seconds)
        except (TypeError, NameError) as error:
            raise TypeError(f"{called} cannot be a tool: {error}") from error

    return made if function is None else made(function)


def as_tool(given: Tool | FunctionSchema) -> Tool:
    """``given``, or pipecat's own form of a tool as one of ours; its handler may take ``TOOL_SECONDS``.

    Raises ``ValueError`` for a schema without a handler.
    """
    if isinstance(given, Tool):
        return given
    if given.handler is None:
        raise ValueError(f"The tool {given.name} has no handler: nothing would happen when it is called.")
    return Tool(_announced_schema(given), _handled_by(given.handler))


def _made(function: Function, name: str, description: str | None, choices: Choices, seconds: float) -> Tool:
    if not inspect.iscoroutinefunction(function):
        raise TypeError("it must be an async function.")
    text, told = read_docstring(function.__doc__ or "")
    if not (description or text):
        raise TypeError("it needs a docstring, or a description.")
    signature = signature_of(function, ToolContext, told, choices)
    arguments, in_context = signature.arguments, signature.in_context

    async def run(given: Mapping[str, object], context: ToolContext) -> object:
        values = arguments.read(given)
        if isinstance(values, Failed):
            return values
        return await (function(context, **values) if in_context else function(**values))

    properties, required = dict(arguments.properties), list(arguments.required)
    schema = FunctionSchema(name, description or text, properties, required, _announced)
    return Tool(schema, run, seconds)


async def _announced(_: FunctionCallParams) -> None:
    """What pipecat's service does with a call: nothing, for it has announced it, and a toolbox does the work."""


def _announced_schema(schema: FunctionSchema) -> FunctionSchema:
    return FunctionSchema(schema.name, schema.description, schema.properties, schema.required, _announced)


def _handled_by(
    handler: FunctionCallHandler,
) -> Callable[[Mapping[str, object], ToolContext], Awaitable[object]]:
    async def run(given: Mapping[str, object], context: ToolContext) -> object:
        settled: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        async def settle(result: Any, *, properties: FunctionCallResultProperties | None = None) -> None:
            """The first final result counts, as in pipecat."""
            final = properties is None or properties.is_final
            if final and not settled.done():
                quiet = properties is not None and properties.run_llm is False
                settled.set_result(Quiet(result, waits=True) if quiet else result)

        await handler(_params(given, context, settle))
        # A handler may leave the result to a task of its own.
        return await settled

    return run


def _params(
    given: Mapping[str, object], context: ToolContext, settle: FunctionCallResultCallback
) -> FunctionCallParams:
    worker = context.llm.pipeline_worker
    return FunctionCallParams(
        function_name=context.asked.function_name,
        tool_call_id=context.asked.tool_call_id,
        arguments=given,
        llm=cast(LLMService[Any], context.llm),
        pipeline_worker=worker,
        context=context.asked.context,
        result_callback=settle,
        app_resources=worker.app_resources,
        worker_runner=worker.worker_runner,
    )
