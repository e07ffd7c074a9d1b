"""Vantum: AI phone calls. This module exports what the author of a pipeline needs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from processors.tools.tool import ToolContext, tool
    from processors.tools.tool_result import Failed, Quiet
    from vantum.parts import Call

__all__ = ["Call", "Failed", "Quiet", "ToolContext", "tool"]

_HOMES = {
    "Call": "vantum.parts",
    "Failed": "processors.tools.tool_result",
    "Quiet": "processors.tools.tool_result",
    "ToolContext": "processors.tools.tool",
    "tool": "processors.tools.tool",
}


def __getattr__(name: str) -> object:
    """Import an export when it is first used: the core stays importable on its own, and fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return vars(import_module(_HOMES[name]))[name]
