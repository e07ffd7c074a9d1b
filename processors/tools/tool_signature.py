"""What the function of a tool takes, read once: a pipeline makes its tools anew in every call, of the same text.

To read a function's types and make a model of them takes some milliseconds, in which no other call is heard.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final, get_type_hints

from processors.tools.tool_arguments import Arguments, Choices, arguments_of

MOST_READ: Final = 1_000
"""Functions that are remembered; with more of them all are forgotten."""


@dataclass(frozen=True, slots=True)
class Signature:
    """``arguments`` are those that the language model gives; before them goes what the call itself gives."""

    in_context: bool
    arguments: Arguments
    names: object
    """Those of the function's module, in which its types were looked up: kept, so that no others get their id."""


_read: dict[Hashable, Signature] = {}


def signature_of(
    function: Callable[..., Any], context: type, told: Mapping[str, str], choices: Choices
) -> Signature:
    """What ``function`` takes; ``in_context`` when its first parameter is a ``context``.

    ``told`` are its docstring's words about each parameter. Raises ``TypeError`` as ``arguments_of`` does, and
    ``NameError`` for a type that is not known.
    """
    key = _key(function, choices)
    found = None if key is None else _read.get(key)
    if found is None:
        found = _signature(function, context, told, choices)
        if key is not None:
            if len(_read) >= MOST_READ:
                _read.clear()
            _read[key] = found
    return found


def _signature(
    function: Callable[..., Any], context: type, told: Mapping[str, str], choices: Choices
) -> Signature:
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    in_context = bool(parameters) and hints.get(parameters[0].name) is context
    arguments = arguments_of(parameters[in_context:], hints, told, choices)
    return Signature(in_context, arguments, getattr(function, "__globals__", None))


def _key(function: Callable[..., Any], choices: Choices) -> Hashable | None:
    """All that a signature is read from; None for a function of which that cannot be told, such as a wrapped one.

    Nothing in it is of a single call, which would be kept for as long.
    """
    if not isinstance(function, FunctionType) or vars(function):
        return None
    key = (
        function.__code__,
        id(function.__globals__),
        function.__doc__,
        function.__defaults__,
        tuple((function.__kwdefaults__ or {}).items()),
        tuple(function.__annotations__.items()),
        tuple((name, tuple(texts)) for name, texts in choices.items()),
    )
    try:
        hash(key)
    except TypeError:
        return None
    return key
