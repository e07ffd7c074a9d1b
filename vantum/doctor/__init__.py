"""``vantum doctor``: looks at all that calls need, and says in a line each what was found and what to do.

What an answer means is decided by plain functions; thin ones ask. No key and no phone number is ever told.
"""

from __future__ import annotations

from importlib import import_module


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    # A room of this package must not load all the others, and the engine with them.
    exit_code: int = import_module("vantum.doctor.command").main(argv)
    return exit_code
