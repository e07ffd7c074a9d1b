"""What a tool's function takes is read once for the same text, and anew wherever it may be another."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from processors.tools import tool_signature
from processors.tools.tool_signature import Signature, signature_of

SOURCE = "async def order(size: {size} = {default}) -> None: ..."


class Context:
    """What goes before the model's arguments."""


def read(function: Callable[..., Any], **choices: tuple[str, ...]) -> Signature:
    return signature_of(function, Context, {}, choices)


def made(size: str, default: str = "''") -> Callable[..., Any]:
    """A function as a pipeline of that text has it."""
    names: dict[str, Any] = {"Context": Context}
    exec(SOURCE.format(size=size, default=default), names)
    function: Callable[..., Any] = names["order"]
    return function


def in_call(number: int) -> Callable[..., Any]:
    async def order(context: Context, size: str, count: int = 1) -> int:
        return number

    return order


def test_a_function_that_is_made_anew_is_read_once() -> None:
    first, second = read(in_call(1)), read(in_call(2))
    assert second is first
    assert first.in_context
    assert list(first.arguments.properties) == ["size", "count"]
    assert first.arguments.required == ["size"]


def test_other_choices_are_other_arguments() -> None:
    small = read(in_call(1), size=("small",))
    assert small.arguments.properties["size"] == {"enum": ["small"], "type": "string"}
    assert (
        read(in_call(1), size=("large",)).arguments.properties["size"] != small.arguments.properties["size"]
    )
    assert read(in_call(1), size=("small",)) is small


def test_the_same_text_in_another_module_is_another_function() -> None:
    first = made("str")
    again = made("str")
    assert read(first) is read(first)
    assert read(again) is not read(first)


def test_another_default_or_type_is_told() -> None:
    assert read(made("int", "1")).arguments.properties["size"] == {"default": 1, "type": "integer"}
    assert read(made("int", "2")).arguments.properties["size"] == {"default": 2, "type": "integer"}
    assert not read(made("int", "2")).in_context


def test_a_wrapped_function_is_read_each_time() -> None:
    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        async def call(*given: object, **named: object) -> object:
            return await function(*given, **named)

        return call

    async def other(colour: str) -> None: ...

    assert list(read(wrapped(in_call(1))).arguments.properties) == ["size", "count"]
    assert list(read(wrapped(other)).arguments.properties) == ["colour"]


def test_a_default_that_cannot_be_compared_is_no_trouble() -> None:
    async def order(sizes: list[str] = ["small"]) -> None: ...  # noqa: B006 - that is the case

    assert read(order).arguments.properties["sizes"] == {
        "default": ["small"],
        "items": {"type": "string"},
        "type": "array",
    }
    assert read(order) is not read(order)


def test_many_functions_are_not_remembered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_signature, "MOST_READ", 2)
    monkeypatch.setattr(tool_signature, "_read", {})
    functions = [made("str") for _ in range(5)]
    for function in functions:
        read(function)
        assert len(tool_signature._read) <= 2
    assert read(functions[-1]) is read(functions[-1])
