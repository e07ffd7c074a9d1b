"""Keeps the diagrams of a page true: ``python -m vantum.diagrams docs/turn-taking.md`` draws them anew."""

from __future__ import annotations

import sys
from pathlib import Path

from vantum.core import barge_in, turn
from vantum.core.errors import UsageError
from vantum.core.state_diagram import mermaid

DIAGRAMS = {"turn": mermaid(turn.MOVES), "barge-in": mermaid(barge_in.MOVES)}
"""By the name in the markers between which a diagram stands: ``<!-- turn:begin -->``, ``<!-- turn:end -->``."""


def redrawn(page: str) -> str:
    """The page with what stands between the markers of each diagram drawn anew; UsageError when it lacks a marker."""
    for name, diagram in DIAGRAMS.items():
        begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
        before, has_begin, rest = page.partition(begin)
        _, has_end, after = rest.partition(end)
        if not (has_begin and has_end):
            raise UsageError(
                f"The page has no place for the diagram {name}.",
                f"Put the lines {begin.strip()} and {end} where it belongs.",
            )
        page = f"{before}{begin}```mermaid\n{diagram}\n```\n{end}{after}"
    return page


def main(arguments: list[str]) -> None:
    """Draw anew the diagrams of the pages whose paths are given."""
    for path in map(Path, arguments):
        page = path.read_text(encoding="utf-8")
        path.write_text(redrawn(page), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
