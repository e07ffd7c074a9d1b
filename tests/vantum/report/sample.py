"""A report with something of everything, and a reader of its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Final

from vantum.core.outreach.outcome import Disposition
from vantum.report.values import (
    Abandonment,
    Amount,
    Bar,
    Cell,
    Clip,
    Person,
    Quote,
    Report,
)

NOW: Final = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
EVIL: Final = "<script>alert(1)</script>"
ANNA: Final = Person(
    name="Anna Weber",
    title="Head of Purchasing",
    company="Larkfield GmbH",
    phone="+493023125001",
    email="anna@larkfield.example",
    disposition=Disposition.MEETING_BOOKED,
    interest=95,
    next_step="A video call with the sales engineer",
    callback="Tue 2026-11-24 10:00 CET",
    summary="She has 40 vans. The contract ends in March.",
    called_at="Wed 2026-11-18 18:04 CET",
    quotes=(
        Quote("Tuesday at ten would be fine.", "outcome", 61.2, Clip("data:audio/mpeg;base64,AAAA", 3.1)),
        Quote("We have forty vans.", "answer", 35.0),
    ),
)
MALLORY: Final = Person(
    name=EVIL,
    title='" onmouseover="alert(1)',
    company="</article><img src=x onerror=alert(1)>",
    phone="+12125550101",
    email="'><b>",
    disposition=Disposition.INTERESTED,
    interest=None,
    next_step="",
    callback="",
    summary="</style><script>",
    called_at="",
    quotes=(Quote(f"My name is {EVIL}\x00\u202e.", "interest", 3.0, Clip("clips/a.mp3", 2.0)),),
)
REPORT: Final = Report(
    campaign=f"Autumn {EVIL}",
    organisation="A & B",
    state="running",
    made_at=NOW,
    first_call=datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
    last_call=datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
    funnel=(
        Bar("Leads", 12_000),
        Bar("Dialed", 9_000),
        Bar("Reached", 3_000),
        Bar("Conversations", 1_200),
        Bar("Interested", 90),
        Bar("Meetings", 30),
    ),
    cells=(
        Cell(0, 9, 20, 40.0),
        Cell(1, 10, 31, 71.6),
        Cell(2, 15, 4, None),
        Cell(4, 18, 12, 100.0),
        Cell(6, 11, 1, 0.0),
    ),
    objections=(Bar("too expensive", 210), Bar(f"we use {EVIL}", 80), Bar("all others", 33)),
    durations=(Bar("under 10 s", 100), Bar("10 to 30 s", 300), Bar("30 to 60 s", 800), Bar("1 to 2 min", 0)),
    median_seconds=83.4,
    abandoned_month=Abandonment(3_050, 40),
    abandoned_ever=Abandonment(3_100, 100),
    outcomes=(Bar("no answer", 5_000), Bar("answered human", 3_000), Bar("busy", 1_000)),
    costs=(Amount("stt", "USD", 40_000_000), Amount("telephony", "USD", 320_500_000, 20_000_000)),
    conversations=1_200,
    interested=120,
    people=(ANNA, MALLORY),
)
EMPTY: Final = Report(
    campaign="New",
    organisation="A",
    state="draft",
    made_at=NOW,
    first_call=None,
    last_call=None,
    funnel=tuple(
        Bar(name, 0) for name in ("Leads", "Dialed", "Reached", "Conversations", "Interested", "Meetings")
    ),
    cells=(),
    objections=(),
    durations=(),
    median_seconds=None,
    abandoned_month=Abandonment(0, 0),
    abandoned_ever=Abandonment(0, 0),
    outcomes=(),
    costs=(Amount("total", "EUR", 0),),
    conversations=0,
    interested=0,
    people=(),
)
_VOID = frozenset({"meta", "br", "col", "hr", "img", "input", "link"})


@dataclass
class Read:
    """A page as a browser reads it: elements with attributes, the words in each, and whether all are closed."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def all(self, name: str) -> list[dict[str, str]]:
        """The attributes of all elements with a name."""
        return [attributes for found, attributes in self.elements if found == name]

    def texts(self, name: str) -> list[str]:
        """The words that stand directly in elements with a name."""
        return [text for found, text in self.words if found == name]

    def values(self, attribute: str) -> list[str]:
        """The values of an attribute, of whatever element."""
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "tr":
            self.read.rows.append([])
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if data.strip():
            self.read.words.append((inside, data))
        if inside in ("td", "th"):
            self.read.rows[-1].append(data)


def read(page: str) -> Read:
    """Read a page; AssertionError for one whose elements are not closed in their order."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser.read
