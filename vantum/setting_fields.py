"""How a setting is declared: its name in the environment, its default, its bounds, and its meaning."""

from __future__ import annotations

from typing import TypeVar

from pydantic import Field

T = TypeVar("T")


def value(name: str, default: T, allowed: str, about: str) -> T:
    """A setting; ``allowed`` says in words what it may be."""
    return Field(default, alias=name, description=about, json_schema_extra={"allowed": allowed})


def whole(name: str, default: int, low: int, high: int, about: str) -> int:
    """A whole number from ``low`` to ``high``."""
    extra = {"allowed": f"a whole number from {low} to {high}"}
    return Field(default, alias=name, ge=low, le=high, description=about, json_schema_extra={**extra})


def number(name: str, default: float, low: float, high: float, about: str) -> float:
    """A number from ``low`` to ``high``."""
    extra = {"allowed": f"a number from {low:g} to {high:g}"}
    return Field(default, alias=name, ge=low, le=high, description=about, json_schema_extra={**extra})
