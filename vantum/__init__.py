"""Vantum: AI phone calls. This module exports what the author of a pipeline needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vantum.parts import Call

__all__ = ["Call"]


def __getattr__(name: str) -> object:
    """Import an export when it is first used: the core stays importable on its own, and fast."""
    if name == "Call":
        from vantum.parts import Call  # noqa: PLC0415 - that is the point of it

        return Call
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
