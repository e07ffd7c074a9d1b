"""The page of a report: one file that asks no network for anything and runs no script.

Law: numbers stand on it as text wherever a chart shows them, and every text goes through ``markup``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vantum.core.outreach.brakes import ABANDONED_LIMIT
from vantum.report.charts import bar, gauge, heat_map
from vantum.report.markup import Markup, element, joined
from vantum.report.person import article
from vantum.report.style import CSS
from vantum.report.values import DAYS, Abandonment, Amount, Bar, Cell, Report
from vantum.report.words import money, per_cent, whole
from vantum.store.words import CostKind

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; media-src data: file: 'self'"
"""What the browser may load: nothing but the page itself and the sound beside it."""
COSTS: Final = {
    CostKind.TELEPHONY.value: "Telephone",
    CostKind.STT.value: "Speech to text",
    CostKind.LLM.value: "Language model",
    CostKind.TTS.value: "Text to speech",
    CostKind.ANALYSIS.value: "Analysis",
}
"""What was paid for, as people call it."""


def page(report: Report) -> str:
    """The whole file."""
    title = f"{report.campaign} - report"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        element("style", CSS),
    )
    body = element("body", _header(report), element("main", *_sections(report)), _footer(report))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(report: Report) -> Markup:
    calls = "No call was placed yet."
    if report.first_call is not None and report.last_call is not None:
        first, last = f"{report.first_call:%Y-%m-%d}", f"{report.last_call:%Y-%m-%d}"
        calls = f"Calls on {first} (UTC)." if first == last else f"Calls from {first} to {last} (UTC)."
    about = f"{report.organisation} · {report.state} · {calls}"
    return element("header", element("h1", report.campaign), element("p", about, class_="soft"))


def _sections(report: Report) -> Sequence[Markup]:
    cards = element(
        "div",
        _card("How far leads came", _bars(report.funnel, "Leads", "of all", report.funnel[0].count)),
        _card("Abandoned calls", _abandoned(report.abandoned_month, report.abandoned_ever)),
        _card("Interest by hour and weekday", _heat(report.cells)),
        _card("Objections", _counted(report.objections, "Calls", "Nobody objected.")),
        _card("Length of conversations", _durations(report)),
        _card("How attempts ended", _counted(report.outcomes, "Attempts", "No attempt is over yet.")),
        _card("Cost", _costs(report)),
        class_="cards",
    )
    return (_tiles(report), cards, _people(report))


def _tiles(report: Report) -> Markup:
    leads, _, _, _, interested, meetings = report.funnel
    month = report.abandoned_month
    tiles = (
        (whole(leads.count), "leads"),
        (whole(report.conversations), "conversations"),
        (whole(interested.count), "interested"),
        (whole(meetings.count), "meetings"),
        (_each(report.costs, report.conversations), "cost per conversation"),
        (per_cent(month.share), f"abandoned in 30 days (limit {ABANDONED_LIMIT:.0%})"),
    )
    listed = (element("li", element("b", value), element("span", what)) for value, what in tiles)
    return element("ul", *listed, class_="tiles")


def _card(title: str, *inside: str) -> Markup:
    return element("section", element("h2", title), *inside, class_="card")


def _counted(bars: Sequence[Bar], what: str, none: str) -> Markup:
    if not bars:
        return element("p", none, class_="soft")
    return _bars(bars, what, "share", sum(each.count for each in bars))


def _bars(bars: Sequence[Bar], what: str, share: str, whole_count: int) -> Markup:
    """A table in which each row has its bar; the longest bar is the largest number."""
    most = max((each.count for each in bars), default=0)
    rows = (
        element(
            "tr",
            element("th", each.label, scope="row"),
            element("td", whole(each.count), class_="number"),
            element("td", per_cent(each.count / whole_count if whole_count else 0.0), class_="number"),
            element("td", bar(each.count, most), class_="chart"),
        )
        for each in bars
    )
    head = element(
        "tr",
        element("th", "", scope="col"),
        element("th", what, scope="col", class_="number"),
        element("th", share, scope="col", class_="number"),
        element("td", ""),
    )
    return element("table", element("thead", head), element("tbody", *rows), class_="bars")


def _abandoned(month: Abandonment, ever: Abandonment) -> Markup:
    over = month.share > ABANDONED_LIMIT
    verdict = "above the limit of the law" if over else "within the limit of the law"
    rows = (
        element(
            "tr",
            element("th", when, scope="row"),
            element("td", whole(each.answered), class_="number"),
            element("td", whole(each.abandoned), class_="number"),
            element("td", per_cent(each.share), class_="number"),
        )
        for when, each in (("Last 30 days", month), ("Whole campaign", ever))
    )
    names = ("", "Answered", "Abandoned", "Share")
    columns = (element("th", name, scope="col", class_="number" if name else None) for name in names)
    return joined(
        element(
            "p",
            element("span", f"{per_cent(month.share)}, {verdict}", class_="bad" if over else "good"),
        ),
        gauge(month.share, ABANDONED_LIMIT),
        element("table", element("thead", element("tr", *columns)), element("tbody", *rows), class_="sums"),
        element(
            "p",
            "Answered: by a human. Abandoned: they heard no word within two seconds of their greeting"
            f" (47 CFR 64.1200(a)(7): at most {ABANDONED_LIMIT:.0%} in 30 days).",
            class_="soft",
        ),
    )


def _heat(cells: Sequence[Cell]) -> Markup:
    if not cells:
        return element("p", "Nobody has talked yet.", class_="soft")
    by_place = {(cell.weekday, cell.hour): cell for cell in cells}
    hours = sorted({cell.hour for cell in cells})
    head = element("tr", element("td", ""), *(element("th", day[:3], scope="col", abbr=day) for day in DAYS))
    rows = (
        element(
            "tr",
            element("th", f"{hour:02}:00", scope="row"),
            *(element("td", _told(by_place.get((weekday, hour)))) for weekday in range(len(DAYS))),
        )
        for hour in hours
    )
    table = element(
        "table",
        element("caption", "Average interest (0 to 100), and of how many conversations"),
        element("thead", head),
        element("tbody", *rows),
    )
    return joined(
        heat_map(cells),
        element("p", "By the callees' own clocks; the number is the average interest.", class_="soft"),
        element("details", element("summary", "As a table"), element("div", table, class_="grid")),
    )


def _told(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    interest = "?" if cell.interest is None else f"{cell.interest:.0f}"
    return f"{interest} ({cell.talks})"


def _durations(report: Report) -> Markup:
    if report.median_seconds is None:
        return element("p", "Nobody has talked yet.", class_="soft")
    minutes, seconds = divmod(round(report.median_seconds), 60)
    median = f"Half of them were longer than {minutes}:{seconds:02} minutes."
    counted = _counted(report.durations, "Calls", "")
    return joined(counted, element("p", median, class_="soft"))


def _costs(report: Report) -> Markup:
    rows = (
        element(
            "tr",
            element("th", COSTS.get(each.what, each.what), scope="row"),
            element("td", money(each.micros, each.currency), class_="number"),
            element("td", money(each.estimated_micros, each.currency), class_="number"),
        )
        for each in report.costs
    )
    names = ("", "Cost", "of it estimated")
    columns = (element("th", name, scope="col", class_="number" if name else None) for name in names)
    sums = "; ".join(
        f"{money(_sum(report.costs, currency), currency)} in all" for currency in _currencies(report.costs)
    )
    each = (
        f"{_each(report.costs, report.conversations)} per conversation,"
        f" {_each(report.costs, report.interested)} per interested person."
    )
    return joined(
        element("table", element("thead", element("tr", *columns)), element("tbody", *rows), class_="sums"),
        element("p", f"{sums}: {each}", class_="soft"),
    )


def _each(costs: Sequence[Amount], count: int) -> str:
    """What each of ``count`` has cost, in every currency; a dash for none."""
    if not count:
        return "-"
    return " + ".join(money(_sum(costs, currency) // count, currency) for currency in _currencies(costs))


def _sum(costs: Sequence[Amount], currency: str) -> int:
    return sum(each.micros for each in costs if each.currency == currency)


def _currencies(costs: Sequence[Amount]) -> Sequence[str]:
    return sorted({each.currency for each in costs})


def _people(report: Report) -> Markup:
    shown, known = len(report.people), report.interested
    about = []
    if shown < known:
        about.append(f"The first {whole(shown)} of {whole(known)}, the most interested first.")
    if not shown:
        about.append("Nobody is interested yet.")
    return element(
        "section",
        element("h2", "Interested people"),
        *(element("p", words, class_="soft") for words in about),
        *(article(person) for person in report.people),
        class_="people",
    )


def _footer(report: Report) -> Markup:
    made = f"Made by Vantum, {report.made_at:%Y-%m-%d %H:%M} UTC."
    words = f"{made} It holds names, numbers and voices: keep it private."
    return element("footer", element("p", words, class_="soft"))
