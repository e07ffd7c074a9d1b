"""A typed function becomes a tool: its schema, its arguments as they come, and what it can do to the call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, cast

import pytest
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EndWorkerFrame,
    FunctionCallFromLLM,
    FunctionCallResultProperties,
    InputTransportMessageFrame,
    LLMContextFrame,
    OutputDTMFFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import FunctionCallParams
from pydantic import BaseModel, Field

from processors.tools.tool import TOOL_SECONDS, Tool, ToolContext, as_tool, tool
from processors.tools.tool_result import Failed, Quiet
from tests.processors.tool_call import ToolCall, call_tool
from vantum.core.events import DispositionRecorded, LanguageChanged
from vantum.testing import ScriptedLLM, run_processor


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Guest:
    name: str
    age: int = 18


class Address(BaseModel):
    """Where to deliver."""

    street: str
    title: str = ""


class Branch(BaseModel):
    below: list[Branch]


# --- what the model is told -----------------------------------------------------------------------------


@tool
async def everything(  # noqa: PLR0917 - that is everything
    a: str,
    b: int,
    c: float,
    d: bool,
    e: Literal["x", "y"],
    f: Size,
    g: list[int],
    h: dict[str, float],
    i: str | None = None,
    j: int = 3,
    k: list[Guest] | None = None,
    l: date = date(2026, 1, 1),  # noqa: E741
    m: Literal["only"] = "only",
    n: tuple[int, str] = (1, "one"),
) -> None:
    """Take everything."""


GUEST = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "default": 18}},
    "required": ["name"],
    "additionalProperties": False,
}
PROPERTIES: list[tuple[str, dict[str, object]]] = [
    ("a", {"type": "string"}),
    ("b", {"type": "integer"}),
    ("c", {"type": "number"}),
    ("d", {"type": "boolean"}),
    ("e", {"type": "string", "enum": ["x", "y"]}),
    ("f", {"type": "string", "enum": ["small", "large"]}),
    ("g", {"type": "array", "items": {"type": "integer"}}),
    ("h", {"type": "object", "additionalProperties": {"type": "number"}}),
    ("i", {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}),
    ("j", {"type": "integer", "default": 3}),
    ("k", {"anyOf": [{"type": "array", "items": GUEST}, {"type": "null"}], "default": None}),
    ("l", {"type": "string", "format": "date", "default": "2026-01-01"}),
    ("m", {"type": "string", "enum": ["only"], "default": "only"}),
    (
        "n",
        {
            "type": "array",
            "prefixItems": [{"type": "integer"}, {"type": "string"}],
            "minItems": 2,
            "maxItems": 2,
            "default": [1, "one"],
        },
    ),
]


@pytest.mark.parametrize(("name", "schema"), PROPERTIES, ids=[name for name, _ in PROPERTIES])
def test_a_type_becomes_a_schema(name: str, schema: dict[str, object]) -> None:
    assert everything.schema.properties[name] == schema


def test_what_has_no_default_is_required() -> None:
    assert everything.schema.required == ["a", "b", "c", "d", "e", "f", "g", "h"]
    assert list(everything.schema.properties) == [name for name, _ in PROPERTIES]


@tool
async def deliver(to: Annotated[Address, "The caller's address."], copy: bool = False) -> object:
    """Send the pizza.

    It takes a while.

    Args:
        to: Not this one, the type says more.
        copy (bool): Whether to send
            a copy: by mail.
        nobody: is there.

    Returns:
        to: something else.
    """
    return {"street": to.street, "title": to.title, "copy": copy}


def test_name_and_descriptions_come_from_the_function() -> None:
    assert (deliver.name, deliver.description) == ("deliver", "Send the pizza. It takes a while.")
    assert deliver.seconds == TOOL_SECONDS
    assert deliver.schema.properties == {
        "to": {
            "type": "object",
            "description": "The caller's address.",
            "properties": {"street": {"type": "string"}, "title": {"type": "string", "default": ""}},
            "required": ["street"],
        },
        "copy": {"type": "boolean", "default": False, "description": "Whether to send a copy: by mail."},
    }


def test_what_is_given_goes_before_the_function_s_own() -> None:
    @tool(name="pizza", description="Bake.", seconds=2.5, choices={"kind": ("margherita", "diavola")})
    async def bake(kind: Annotated[str, "Which one."], *, extra: str = "") -> None:
        """Never told."""

    assert (bake.name, bake.description, bake.seconds) == ("pizza", "Bake.", 2.5)
    kind = {"type": "string", "enum": ["margherita", "diavola"], "description": "Which one."}
    assert bake.schema.properties == {"kind": kind, "extra": {"type": "string", "default": ""}}


def test_no_parameters_are_no_properties() -> None:
    @tool
    async def ring() -> None:
        """Ring the bell."""

    assert (ring.schema.properties, ring.schema.required) == ({}, [])


def test_pipecat_takes_the_schemas() -> None:
    schemas = ToolsSchema(standard_tools=[everything.schema, deliver.schema])
    assert [schema.name for schema in schemas.standard_tools] == ["everything", "deliver"]


# --- what cannot be a tool ------------------------------------------------------------------------------


def not_async() -> None:
    """Do it."""


async def no_docstring(a: int) -> None: ...


async def no_type(a) -> None:  # type: ignore[no-untyped-def]
    """Do it."""


async def any_number(*a: int) -> None:
    """Do it."""


async def unnamed(a: int, /) -> None:
    """Do it."""


async def no_json(a: asyncio.Task[None]) -> None:
    """Do it."""


async def unknown_type(a: Nowhere) -> None:  # type: ignore[name-defined]  # noqa: F821
    """Do it."""


async def a_tree(a: Branch) -> None:
    """Do it."""


async def late_context(a: int, context: ToolContext) -> None:
    """Do it."""


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (not_async, "not_async cannot be a tool: it must be an async function"),
        (no_docstring, "needs a docstring, or a description"),
        (no_type, "'a' needs a type"),
        (any_number, "cannot be given by its name"),
        (unnamed, "cannot be given by its name"),
        (no_json, "a type that JSON cannot give"),
        (unknown_type, "name 'Nowhere' is not defined"),
        (a_tree, "a type that contains itself: Branch"),
        (late_context, "a type that JSON cannot give"),
    ],
)
def test_what_cannot_be_a_tool_is_refused_where_it_is_written(function: object, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        tool(function)  # type: ignore[call-overload]


def test_choices_are_for_parameters_that_are_there() -> None:
    with pytest.raises(TypeError, match="choices for b, but no such parameter"):
        tool(choices={"b": ("x",)})(no_docstring_but("a"))


def no_docstring_but(doc: str):  # type: ignore[no-untyped-def]
    async def function(a: str) -> None: ...

    function.__doc__ = doc
    return function


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_a_tool_needs_time(seconds: float) -> None:
    with pytest.raises(ValueError, match="needs more than"):
        tool(seconds=seconds)(no_docstring_but("a"))


# --- arguments as they come -----------------------------------------------------------------------------


@tool
async def order(
    count: int,
    size: Size = Size.SMALL,
    name: str = "",
    when: date | None = None,
    guests: list[Guest] = [],  # noqa: B006 - every call gets its own
    choice: Literal["x", "y"] = "x",
) -> object:
    """Order something."""
    guests.append(Guest("me"))
    return (count, size, name, when, guests, choice)


ME = Guest("me")


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({"count": 2}, (2, Size.SMALL, "", None, [ME], "x")),
        ({"count": "2", "size": "large", "name": 7}, (2, Size.LARGE, "7", None, [ME], "x")),
        ({"count": 2.0, "when": "2026-05-01"}, (2, Size.SMALL, "", date(2026, 5, 1), [ME], "x")),
        (
            {"count": 1, "guests": [{"name": "Ana", "age": "30"}], "when": None},
            (1, Size.SMALL, "", None, [Guest("Ana", 30), ME], "x"),
        ),
    ],
    ids=["defaults", "converted", "a date", "a dataclass"],
)
async def test_arguments_are_converted(given: dict[str, object], values: tuple[object, ...]) -> None:
    for _ in range(2):
        assert (await call_tool(order, given)).outcome == values


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "count is missing"),
        ({"count": "two"}, "count: Input should be a valid integer"),
        ({"count": 1.5}, "count: Input should be a valid integer"),
        ({"count": None}, "count: Input should be a valid integer"),
        ({"count": 1, "size": "huge"}, "size: Input should be 'small' or 'large'"),
        ({"count": 1, "choice": "z"}, "choice: Input should be 'x' or 'y'"),
        (
            {"count": 1, "colour": "red"},
            "colour is no parameter, there are: count, size, name, when, guests, choice",
        ),
        ({"count": 1, "guests": [{"age": 3}]}, "guests.0.name is missing"),
        ({"count": 1, "argument_0": 3}, "argument_0 is no parameter"),
    ],
    ids=str,
)
async def test_a_wrong_argument_is_named_with_what_is_allowed(given: dict[str, object], told: str) -> None:
    error = (await call_tool(order, given)).error
    assert error.startswith("Wrong arguments, nothing was done. ")
    assert told in error


async def test_what_was_sent_is_not_repeated_and_not_all_is_named() -> None:
    given = dict.fromkeys(("count", "size", "when", "guests", "choice"), "secret")
    error = (await call_tool(order, given)).error
    assert "secret" not in error
    assert error.count(";") == 2


async def test_a_name_that_a_model_has_already_is_a_name_like_any() -> None:
    called = await call_tool(deliver, {"to": {"street": "Main"}, "copy": True})
    assert called.outcome == {"street": "Main", "title": "", "copy": True}


async def test_a_tool_without_parameters_takes_none() -> None:
    @tool
    async def ring() -> str:
        """Ring the bell."""
        return "rung"

    assert (await call_tool(ring, {})).outcome == "rung"
    assert (await call_tool(ring, {"often": 3})).error.endswith("often is no parameter, there are: none.")


async def test_limits_of_pydantic_count() -> None:
    @tool
    async def wait(minutes: Annotated[int, Field(ge=1, le=60), "How long."]) -> int:
        """Wait."""
        return minutes

    schema = {"type": "integer", "minimum": 1, "maximum": 60, "description": "How long."}
    assert wait.schema.properties == {"minutes": schema}
    assert (await call_tool(wait, {"minutes": 60})).outcome == 60
    assert "less than or equal to 60" in (await call_tool(wait, {"minutes": 61})).error


# --- what it can do to the call ---------------------------------------------------------------------------


@tool
async def act(context: ToolContext, what: str) -> str:
    """Act."""
    match what:
        case "publish":
            await context.publish(DispositionRecorded("callback"))
        case "press":
            await context.press("4#")
        case "language":
            await context.change_language("de")
        case "end":
            await context.end_call("done")
    return context.asked.tool_call_id


async def acted(what: str) -> ToolCall:
    called = await call_tool(act, {"what": what})
    assert called.outcome == "call_1"
    return called


async def test_the_context_is_hidden_from_the_model() -> None:
    assert list(act.schema.properties) == ["what"]


async def test_a_tool_publishes() -> None:
    assert (await acted("publish")).told() == [DispositionRecorded("callback")]


async def test_a_tool_presses_keys_behind_the_answer() -> None:
    called = await acted("press")
    assert [cast(OutputDTMFFrame, frame).to_string() for frame in called.queued] == ["4#"]
    assert called.frames == []


async def test_a_tool_changes_the_language_and_ends_the_call_upstream() -> None:
    [(frame, direction)] = (await acted("language")).frames
    assert isinstance(frame, InputTransportMessageFrame)
    assert (frame.message, direction) == (LanguageChanged("de"), FrameDirection.UPSTREAM)
    [(end, direction)] = (await acted("end")).frames
    assert isinstance(end, EndWorkerFrame)
    assert (end.reason, direction) == ("done", FrameDirection.UPSTREAM)


# --- pipecat's own tools ----------------------------------------------------------------------------------


class Asking(ScriptedLLM):
    """Runs a tool in a pipeline when it is asked something."""

    def __init__(self, given: Tool) -> None:
        super().__init__([])
        self.given = given
        self.outcome: object = None

    async def _respond(self, context: LLMContext) -> None:
        asked = FunctionCallFromLLM(self.given.name, "call_7", {"a": 1}, context)
        self.outcome = await self.given.run(asked.arguments, ToolContext(asked, self))


def stock(handler: object) -> FunctionSchema:
    return FunctionSchema("stock", "Look.", {"a": {"type": "integer"}}, ["a"], handler)  # type: ignore[arg-type]


async def run_stock(handler: object) -> object:
    asking = Asking(as_tool(stock(handler)))
    await run_processor(asking, [LLMContextFrame(LLMContext())], settle=1.0)
    return asking.outcome


async def test_a_tool_of_ours_is_one_already() -> None:
    assert as_tool(order) is order


async def test_a_handler_is_given_what_pipecat_gives() -> None:
    seen: list[FunctionCallParams] = []

    async def handler(params: FunctionCallParams) -> None:
        seen.append(params)
        await params.result_callback({"left": 3})
        await params.result_callback("a second result is none")

    assert await run_stock(handler) == {"left": 3}
    [params] = seen
    assert (params.function_name, params.tool_call_id, params.arguments) == ("stock", "call_7", {"a": 1})
    assert isinstance(params.llm, Asking)
    assert params.worker_runner is params.pipeline_worker.worker_runner


@pytest.mark.parametrize(
    ("run_llm", "outcome"), [(False, Quiet("kept", waits=True)), (True, "kept"), (None, "kept")]
)
async def test_a_result_may_be_quiet(run_llm: bool | None, outcome: object) -> None:
    async def handler(params: FunctionCallParams) -> None:
        update = FunctionCallResultProperties(is_final=False)
        await params.result_callback("not yet", properties=update)
        await params.result_callback("kept", properties=FunctionCallResultProperties(run_llm=run_llm))

    assert await run_stock(handler) == outcome


async def test_a_handler_may_leave_the_result_to_others() -> None:
    async def handler(params: FunctionCallParams) -> None:
        async def later() -> None:
            await asyncio.sleep(0.5)
            await params.result_callback("late")

        cast(FrameProcessor, params.llm).create_task(later())

    assert await run_stock(handler) == "late"


def test_pipecat_itself_does_nothing_with_a_call() -> None:
    adapted = as_tool(stock(lambda params: None))
    assert adapted.schema.handler is order.schema.handler
    assert (adapted.name, adapted.description, adapted.schema.required) == ("stock", "Look.", ["a"])


def test_a_tool_that_nobody_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="stock has no handler"):
        as_tool(stock(None))


async def test_a_failure_is_a_value() -> None:
    @tool
    async def find(number: int) -> str | Failed:
        """Find."""
        return Failed(f"There is no order {number}.")

    assert (await call_tool(find, {"number": 4})).error == "There is no order 4."
