"""Draws a table of moves as a mermaid state diagram: a page shows the table that decides, and no copy of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)
Signal = TypeVar("Signal", bound=StrEnum)
Rule = TypeVar("Rule", bound=StrEnum)


def mermaid(moves: Mapping[tuple[State, Signal], tuple[State, Rule]]) -> str:
    """The lines of a ``stateDiagram-v2``, without a line break at the end; the first row's state is where it begins.

    Moves between the same two states that do the same share one arrow, ``signal, signal / rule``. An empty table
    is refused with a ValueError. Source of the format: mermaid's manual, "State diagrams".
    """
    if not moves:
        raise ValueError("There is nothing to draw: the table has no moves.")
    arrows: dict[tuple[State, State, Rule], list[str]] = {}
    for (before, signal), (after, rule) in moves.items():
        arrows.setdefault((before, after, rule), []).append(_words(signal))
    begin, _ = next(iter(moves))
    lines = ["stateDiagram-v2", f"    [*] --> {begin}"]
    for (before, after, rule), signals in arrows.items():
        lines.append(f"    {before} --> {after}: {', '.join(signals)} / {_words(rule)}")
    return "\n".join(lines)


def _words(name: StrEnum) -> str:
    return name.value.replace("_", " ")
