"""Lets a part of an object call its whole without holding on to it, so that both go as soon as the whole does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import ismethod
from typing import ParamSpec
from weakref import WeakMethod

Given = ParamSpec("Given")


def weakly(method: Callable[Given, Awaitable[None]]) -> Callable[Given, Awaitable[None]]:
    """``method``, held weakly: a call of it does nothing once its object has gone. A function stays as it is."""
    if not ismethod(method):
        return method
    reference = WeakMethod(method)

    async def call(*args: Given.args, **kwargs: Given.kwargs) -> None:
        found = reference()
        if found is not None:
            await found(*args, **kwargs)

    return call


def weakly_told(method: Callable[Given, None]) -> Callable[Given, None]:
    """The same for a ``method`` that is told something and waits for nothing."""
    if not ismethod(method):
        return method
    reference = WeakMethod(method)

    def tell(*args: Given.args, **kwargs: Given.kwargs) -> None:
        found = reference()
        if found is not None:
            found(*args, **kwargs)

    return tell
