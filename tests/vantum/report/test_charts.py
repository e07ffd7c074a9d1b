"""Charts, by coordinates."""

from __future__ import annotations

import pytest

from tests.vantum.report.sample import REPORT, read
from vantum.report.charts import (
    FAINTEST,
    THINNEST,
    Box,
    bar,
    bar_width,
    cell_box,
    gauge,
    gauge_x,
    heat_map,
    hours_shown,
    strength,
)
from vantum.report.values import Cell


@pytest.mark.parametrize(
    ("count", "most", "width"),
    [(0, 10, 0.0), (10, 10, 100.0), (5, 10, 50.0), (1, 10_000, THINNEST), (20, 10, 100.0), (0, 0, 0.0)],
)
def test_bars_are_as_long_as_their_numbers(count: int, most: int, width: float) -> None:
    assert bar_width(count, most) == width
    shapes = read(bar(count, most)).all("rect")
    assert shapes[0] == {"class": "track", "width": "100", "height": "12"}
    assert [float(each["width"]) for each in shapes[1:]] == ([width] if width else [])


@pytest.mark.parametrize(
    ("hours", "shown"),
    [((), range(9, 18)), ((12,), range(9, 18)), ((7, 20), range(7, 21)), ((0, 23), range(24))],
)
def test_the_usual_hours_are_shown_and_all_others_with_calls(hours: tuple[int, ...], shown: range) -> None:
    assert hours_shown(Cell(0, hour, 1, None) for hour in hours) == shown


@pytest.mark.parametrize(
    ("cell", "first_hour", "box"),
    [
        (Cell(0, 9, 1, 50.0), 9, Box(46.0, 22.0, 42.0, 24.0)),
        (Cell(6, 9, 1, 50.0), 9, Box(310.0, 22.0, 42.0, 24.0)),
        (Cell(2, 12, 1, 50.0), 7, Box(134.0, 152.0, 42.0, 24.0)),
    ],
)
def test_cells_have_their_places(cell: Cell, first_hour: int, box: Box) -> None:
    assert cell_box(cell, first_hour) == box


def test_the_more_interest_the_more_color() -> None:
    assert [strength(interest) for interest in (0.0, 50.0, 100.0)] == [
        FAINTEST,
        pytest.approx((1 + FAINTEST) / 2),
        1.0,
    ]


def test_a_heat_map_holds_its_cells_within_its_frame() -> None:
    found = read(heat_map(REPORT.cells))
    (frame,) = found.all("svg")
    assert frame["viewbox"] == "0 0 354 282"
    shapes = found.all("rect")[1:]
    assert len(shapes) == len(REPORT.cells)
    assert all(float(each["x"]) + float(each["width"]) <= 354 for each in shapes)
    assert all(float(each["y"]) + float(each["height"]) <= 282 for each in shapes)
    # A darker color for more interest, and none of it where nobody knows.
    assert [each.get("fill-opacity") for each in shapes] == ["0.47", "0.75", None, "1", "0.12"]
    assert [each["class"] for each in shapes] == ["heat", "heat", "unknown", "heat", "heat"]
    assert found.texts("title")[:3] == [
        "Monday 09:00: 20 conversations, interest 40",
        "Tuesday 10:00: 31 conversations, interest 72",
        "Wednesday 15:00: 4 conversations, interest ?",
    ]
    assert found.texts("text") == [
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        *(f"{hour:02}:00" for hour in range(9, 19)),
        *("40", "72", "?", "100", "0"),
    ]


@pytest.mark.parametrize(
    ("share", "x"), [(0.0, 0.0), (0.03, 160.0), (0.015, 80.0), (0.06, 320.0), (1.0, 320.0)]
)
def test_the_limit_is_in_the_middle_of_the_gauge(share: float, x: float) -> None:
    assert gauge_x(share, 0.03) == pytest.approx(x)
    found = read(gauge(share, 0.03))
    track, value = found.all("rect")
    assert track["width"] == "320"
    assert float(value["width"]) == pytest.approx(x)
    assert value["class"] == ("over" if share > 0.03 else "bar")
    assert found.all("line") == [{"class": "limit", "x1": "160", "x2": "160", "y1": "12", "y2": "34"}]
    assert found.texts("text") == ["limit 3%"]
