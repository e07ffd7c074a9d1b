"""``vantum campaign``: campaigns from the command line, from the first lead to the report."""

from __future__ import annotations

from importlib import import_module


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    # A room of this package must not load all the others, and the engine with them.
    exit_code: int = import_module("vantum.campaign_command.command").main(argv)
    return exit_code
