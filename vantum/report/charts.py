"""Charts as SVG: shapes by coordinates, colors by the names that the page's style gives them.

Each chart stands beside the same numbers as text: nobody has to see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from vantum.report.markup import Markup, element
from vantum.report.values import DAYS, Cell

BAR_WIDTH: Final = 100.0
BAR_HEIGHT: Final = 12.0
THINNEST: Final = 0.6
"""Of a bar that is not nothing, so that it can be seen."""
COLUMN: Final = 44.0
ROW: Final = 26.0
LEFT: Final = 46.0
TOP: Final = 22.0
GAP: Final = 2.0
USUAL_HOURS: Final = (9, 17)
"""The first and the last hour that are always shown."""
FAINTEST: Final = 0.12
GAUGE_WIDTH: Final = 320.0
GAUGE_HEIGHT: Final = 34.0
LABEL: Final = 14.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the chart's own units."""

    x: float
    y: float
    width: float
    height: float


def bar_width(count: int, most: int) -> float:
    """The width of a bar among others of which the longest stands for ``most``: 0 to 100."""
    if count <= 0 or most <= 0:
        return 0.0
    return max(THINNEST, BAR_WIDTH * min(count, most) / most)


def bar(count: int, most: int) -> Markup:
    """One bar, which takes the width of what it is in."""
    width = bar_width(count, most)
    shapes = [element("rect", class_="track", width=BAR_WIDTH, height=BAR_HEIGHT)]
    if width:
        shapes.append(element("rect", class_="bar", width=width, height=BAR_HEIGHT))
    return element(
        "svg",
        *shapes,
        class_="bar",
        viewBox=f"0 0 {BAR_WIDTH:g} {BAR_HEIGHT:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def hours_shown(cells: Iterable[Cell]) -> range:
    """The hours of the heat map: the usual ones, and all others between in which somebody talked."""
    hours = [*USUAL_HOURS, *(cell.hour for cell in cells)]
    return range(min(hours), max(hours) + 1)


def cell_box(cell: Cell, first_hour: int) -> Box:
    """Where a cell of the heat map is."""
    return Box(LEFT + COLUMN * cell.weekday, TOP + ROW * (cell.hour - first_hour), COLUMN - GAP, ROW - GAP)


def strength(interest: float | None) -> float:
    """How strong the color of an interest is, 0 to 1."""
    return FAINTEST + (1 - FAINTEST) * (interest or 0.0) / 100


def heat_map(cells: Sequence[Cell]) -> Markup:
    """Interest by weekday and hour: the number is the interest, the color says it again."""
    hours = hours_shown(cells)
    width, height = LEFT + COLUMN * len(DAYS), TOP + ROW * len(hours)
    empty = element(
        "rect", class_="track", x=LEFT, y=TOP, width=width - LEFT - GAP, height=height - TOP - GAP
    )
    return element(
        "svg",
        empty,
        *(_day(index, name) for index, name in enumerate(DAYS)),
        *(_hour(index, hour) for index, hour in enumerate(hours)),
        *(_cell(cell, cell_box(cell, hours.start)) for cell in cells),
        class_="heat",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label="Interest by weekday and hour; the numbers are in the table below.",
    )


def gauge_x(share: float, limit: float) -> float:
    """Where a share is on a scale that goes to twice the limit."""
    return GAUGE_WIDTH * min(1.0, share / (2 * limit))


def gauge(share: float, limit: float) -> Markup:
    """A share beside its limit; one above twice the limit is at the end of the scale."""
    at, line = gauge_x(share, limit), gauge_x(limit, limit)
    height = GAUGE_HEIGHT - LABEL
    return element(
        "svg",
        element("rect", class_="track", y=LABEL, width=GAUGE_WIDTH, height=height),
        element("rect", class_="over" if share > limit else "bar", y=LABEL, width=at, height=height),
        element("line", class_="limit", x1=line, x2=line, y1=LABEL - 2, y2=GAUGE_HEIGHT),
        element("text", f"limit {limit:.0%}", class_="mark", x=line, y=LABEL - 5, text_anchor="middle"),
        class_="gauge",
        viewBox=f"0 0 {GAUGE_WIDTH:g} {GAUGE_HEIGHT:g}",
        role="img",
        aria_label=f"{share:.1%}, with a limit of {limit:.0%}",
    )


def _day(index: int, name: str) -> Markup:
    x = LEFT + COLUMN * index + (COLUMN - GAP) / 2
    return element("text", name[:3], class_="mark", x=x, y=TOP - 8, text_anchor="middle")


def _hour(index: int, hour: int) -> Markup:
    y = TOP + ROW * index + ROW / 2 + 3
    return element("text", f"{hour:02}:00", class_="mark", x=LEFT - 6, y=y, text_anchor="end")


def _cell(cell: Cell, box: Box) -> Markup:
    known = cell.interest is not None
    shade = strength(cell.interest)
    words = "?" if cell.interest is None else f"{cell.interest:.0f}"
    title = f"{DAYS[cell.weekday]} {cell.hour:02}:00: {cell.talks} conversations, interest {words}"
    return element(
        "g",
        element("title", title),
        element(
            "rect",
            class_="heat" if known else "unknown",
            x=box.x,
            y=box.y,
            width=box.width,
            height=box.height,
            fill_opacity=shade if known else None,
        ),
        element(
            "text",
            words,
            x=box.x + box.width / 2,
            y=box.y + box.height / 2 + 4,
            text_anchor="middle",
        ),
    )
