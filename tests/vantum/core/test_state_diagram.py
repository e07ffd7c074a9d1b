"""A table of moves as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest

from vantum.core import barge_in, turn
from vantum.core.state_diagram import mermaid


class Door(StrEnum):
    SHUT = "shut"
    OPEN = "open"


class Hand(StrEnum):
    PUSH = "push"
    KICK = "hard_kick"
    PULL = "pull"


class Sound(StrEnum):
    NONE = "none"
    LOUD_BANG = "loud_bang"


@pytest.mark.parametrize(
    ("moves", "arrows"),
    [
        ({(Door.SHUT, Hand.PUSH): (Door.OPEN, Sound.NONE)}, ["[*] --> shut", "shut --> open: push / none"]),
        (
            {
                (Door.OPEN, Hand.PUSH): (Door.SHUT, Sound.LOUD_BANG),
                (Door.SHUT, Hand.PULL): (Door.OPEN, Sound.NONE),
                (Door.OPEN, Hand.KICK): (Door.SHUT, Sound.LOUD_BANG),
            },
            ["[*] --> open", "open --> shut: push, hard kick / loud bang", "shut --> open: pull / none"],
        ),
        (
            {
                (Door.SHUT, Hand.PUSH): (Door.OPEN, Sound.NONE),
                (Door.SHUT, Hand.KICK): (Door.OPEN, Sound.LOUD_BANG),
                (Door.SHUT, Hand.PULL): (Door.SHUT, Sound.NONE),
            },
            [
                "[*] --> shut",
                "shut --> open: push / none",
                "shut --> open: hard kick / loud bang",
                "shut --> shut: pull / none",
            ],
        ),
    ],
    ids=["one move", "moves that do the same share an arrow", "moves that do not have their own"],
)
def test_each_move_is_drawn(moves: Mapping[tuple[Door, Hand], tuple[Door, Sound]], arrows: list[str]) -> None:
    assert mermaid(moves).split("\n") == ["stateDiagram-v2", *(f"    {arrow}" for arrow in arrows)]


def test_an_empty_table_is_refused() -> None:
    empty: dict[tuple[Door, Hand], tuple[Door, Sound]] = {}
    with pytest.raises(ValueError, match="has no moves"):
        mermaid(empty)


@pytest.mark.parametrize(
    ("picture", "begin", "moves"),
    [
        (mermaid(turn.MOVES), turn.State.QUIET, len(turn.MOVES)),
        (mermaid(barge_in.MOVES), barge_in.State.CLEAR, len(barge_in.MOVES)),
    ],
    ids=["turn", "barge-in"],
)
def test_the_tables_are_drawn_whole_from_where_a_call_begins(
    picture: str, begin: StrEnum, moves: int
) -> None:
    first, *arrows = picture.split("\n")[1:]
    assert first == f"    [*] --> {begin}"
    labels = [arrow.split(": ")[1].split(" / ")[0] for arrow in arrows]
    assert sum(len(label.split(", ")) for label in labels) == moves
