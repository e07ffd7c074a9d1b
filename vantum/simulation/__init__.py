"""``vantum simulate``: a scripted caller calls a pipeline, and what came of it is checked and drawn.

A scenario is a YAML file (``docs/simulator.md``). The call, its transport and its record are the real ones.
"""

from __future__ import annotations

from importlib import import_module


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    # A room of this package must not load all the others, and the engine with them.
    exit_code: int = import_module("vantum.simulation.command").main(argv)
    return exit_code
