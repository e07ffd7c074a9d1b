"""How many calls may start, and whose turn it is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.outreach.limits import STEP, Caps, Due, Line, Live, Turn, first, room, turns
from vantum.core.outreach.retry import Occasion

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def lead(name: str, ago: float = 0, priority: int = 0, occasion: Occasion = Occasion.LIST) -> Due:
    """A lead that is due since some minutes."""
    return Due(name, NOW - ago * MINUTE, priority, occasion)


def line(
    name: str, *due: Due, cap: int = 99, live: int = 0, served: float | None = None, org: str = "org"
) -> Line:
    """A campaign that was last served some minutes ago."""
    return Line(name, org, due, cap, live, None if served is None else NOW - served * MINUTE)


def order(*lines: Line, org: int = 99, everywhere: int = 99) -> str:
    """Whose turn it is, in order."""
    return " ".join(turn.lead_id for turn in turns(lines, {"org": org, "other": org}, everywhere, NOW))


@pytest.mark.parametrize(
    ("live", "caps", "expected"),
    [
        ((0, 0, 0), (5, 10, 20), 5),
        ((1, 8, 8), (5, 10, 20), 2),
        ((1, 8, 19), (5, 10, 20), 1),
        ((5, 5, 5), (5, 10, 20), 0),
        # A cap that was lowered.
        ((5, 5, 5), (3, 10, 20), 0),
        ((0, 0, 0), (0, 10, 20), 0),
    ],
)
def test_the_room_is_the_smallest_of_three(
    live: tuple[int, int, int], caps: tuple[int, int, int], expected: int
) -> None:
    assert room(Live(*live), Caps(*caps)) == expected


@given(
    st.lists(st.integers(0, 50), min_size=3, max_size=3), st.lists(st.integers(0, 50), min_size=3, max_size=3)
)
def test_no_cap_is_exceeded_by_filling_the_room(live: list[int], caps: list[int]) -> None:
    more = room(Live(*live), Caps(*caps))
    assert all(now + more <= max(now, cap) for now, cap in zip(live, caps, strict=True))
    assert more == 0 or any(now + more == cap for now, cap in zip(live, caps, strict=True))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # Within a campaign: promises, then priority, then who is due longest.
        (
            (
                line(
                    "A",
                    lead("old", 5),
                    lead("new", 1),
                    lead("high", 0, 5),
                    lead("said", 0, 0, Occasion.PROMISE),
                ),
            ),
            "said high old new",
        ),
        # The same among campaigns.
        ((line("A", lead("a", 5)), line("B", lead("b", 0, 1))), "b a"),
        ((line("A", lead("a", 5, 9)), line("B", lead("b", 0, 0, Occasion.PROMISE))), "b a"),
        ((line("A", lead("a", 1)), line("B", lead("b", 5))), "b a"),
        # Campaigns that are alike take turns, and who was served last comes last.
        ((line("A", lead("a1", 3), lead("a2", 3)), line("B", lead("b1", 2), lead("b2", 2))), "a1 b1 a2 b2"),
        ((line("A", lead("a", 9), served=1), line("B", lead("b", 3), served=2)), "b a"),
        # Waiting counts: ten minutes are a step.
        ((line("A", lead("low", 19, 0), lead("high", 0, 2)),), "high low"),
        ((line("A", lead("low", 21, 0), lead("high", 0, 2)),), "low high"),
        ((line("A", lead("a", 99, 2), served=0), line("B", lead("b", 99), served=35)), "b a"),
        ((line("A", lead("a", 99, 2), served=0), line("B", lead("b", 99), served=15)), "a b"),
        # A low lead that is first for its age does not hold up its campaign.
        (
            (line("A", lead("low", 95), lead("high", 0, 9), served=0), line("B", lead("b", 0, 5), served=0)),
            "low high b",
        ),
    ],
)
def test_whose_turn_it_is(lines: tuple[Line, ...], expected: str) -> None:
    assert order(*lines) == expected


def test_turns_end_where_places_end() -> None:
    many = [lead(f"l{n}") for n in range(9)]
    assert order(line("A", *many, cap=5, live=3)) == "l0 l1"
    assert order(line("A", *many), org=3) == "l0 l1 l2"
    assert order(line("A", *many), everywhere=1) == "l0"
    assert order(line("A", *many), everywhere=-1) == ""
    assert order(line("A", *many, cap=2, live=4)) == ""
    # One campaign's cap and one organisation's places do not stop the others.
    other = line("B", lead("b"), org="other")
    assert turns((line("A", *many), other), {"org": 0, "other": 1}, 9, NOW) == (Turn("B", "b"),)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[list[Line], dict[str, int], int]:
    """Campaigns of two organisations with anybody due."""
    due = st.builds(
        lead, st.uuids().map(str), st.floats(0, 300), st.integers(0, 9), st.sampled_from(Occasion)
    )
    lines = [
        Line(
            name,
            draw(st.sampled_from(("x", "y"))),
            tuple(draw(st.lists(due, max_size=8))),
            draw(st.integers(0, 6)),
            draw(st.integers(0, 4)),
            draw(st.none() | st.floats(0, 300).map(lambda ago: NOW - ago * MINUTE)),
        )
        for name in "ABCD"[: draw(st.integers(0, 4))]
    ]
    return lines, {"x": draw(st.integers(-1, 9)), "y": draw(st.integers(-1, 9))}, draw(st.integers(-1, 12))


@given(rounds())
def test_no_cap_is_ever_exceeded_and_no_place_is_wasted(
    about: tuple[list[Line], dict[str, int], int],
) -> None:
    lines, orgs, everywhere = about
    given_turns = turns(lines, orgs, everywhere, NOW)
    by_campaign = Counter(turn.campaign_id for turn in given_turns)
    by_org = Counter[str]()
    for each in lines:
        by_org[each.org_id] += by_campaign[each.campaign_id]
        assert by_campaign[each.campaign_id] <= max(0, each.cap - each.live)
    assert all(by_org[org] <= max(0, orgs[org]) for org in orgs)
    assert len(given_turns) <= max(0, everywhere)
    assert len({turn.lead_id for turn in given_turns}) == len(given_turns)
    for each in lines:
        if by_campaign[each.campaign_id] < min(len(each.due), each.cap - each.live):
            assert by_org[each.org_id] >= orgs[each.org_id] or len(given_turns) >= everywhere


@given(
    st.integers(1, 9),
    st.integers(0, 9),
    st.integers(1, 20),
    st.integers(1, 3),
)
def test_nobody_starves_beside_a_campaign_that_never_ends(
    rich_priority: int, poor_priority: int, minutes: int, places: int
) -> None:
    """One campaign has always somebody due at once, the other two leads; a place is free every few minutes."""
    start, now = NOW - timedelta(days=9), NOW
    poor = [Due("p1", start, poor_priority), Due("p2", start, poor_priority)]
    served: dict[str, datetime] = {"rich": now, "poor": now}
    waits = []
    for _ in range(500):
        rich = tuple(Due(f"{now} {n}", now, rich_priority) for n in range(places))
        lines = [
            Line("rich", "o", rich, 99, 0, served["rich"]),
            Line("poor", "o", tuple(poor), 99, 0, served["poor"]),
        ]
        for turn in turns(lines, {"o": places}, places, now):
            if turn.campaign_id == "poor":
                waits.append(now - served["poor"])
                poor = [due for due in poor if due.lead_id != turn.lead_id]
            served[turn.campaign_id] = now
        if not poor:
            break
        now += minutes * MINUTE
    assert not poor
    assert max(waits) <= (rich_priority - poor_priority + 2) * STEP + 2 * minutes * MINUTE or (
        max(waits) <= 2 * minutes * MINUTE
    )


@given(st.integers(0, 9), st.integers(1, 9))
def test_nobody_starves_within_a_campaign(low: int, high: int) -> None:
    """However many come later with more priority: after enough steps the first one goes first."""
    waiting = lead("first", ago=(max(0, high - low) + 1) * 10, priority=low)
    later = [lead(f"later {n}", 0, high) for n in range(20)]
    assert first([*later, waiting], NOW)[0] is waiting


def test_values_make_sense() -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        Live(0, -1, 0)
    for cap in (-1, 10_001):
        with pytest.raises(ValueError, match="A cap is 0 to 10000"):
            Caps(1, 1, cap)
    for priority in (-1, 10):
        with pytest.raises(ValueError, match="A priority is 0 to 9"):
            lead("x", 0, priority)
