"""The CPU of each system as a bar chart in SVG, written by hand: no library, readable in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from benchmarks.figures import LABELS, Summary, System

WIDTH = 720
LEFT = 170
RIGHT = 150
BAR = 22
GAP = 6
GROUP_HEAD = 34
TOP = 52
BOTTOM = 34

FILLS = {
    System.STOCK: "#c2410c",
    System.VANTUM: "#0f766e",
    System.RECORDING: "#5eada6",
    System.FLOOR: "#9ca3af",
}
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2937}.title{font-size:16px;font-weight:600}"
    ".note{font-size:11px;fill:#6b7280}.back{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}.note{fill:#9ca3af}.back{fill:#111827}}"
)


def bar_chart(summaries: Sequence[Summary], note: str) -> str:
    """An SVG document: for each transport and number of calls, a bar for each system's CPU."""
    known = [summary for summary in summaries if summary.figures["cpu_ms"] is not None]
    most = max((summary.figures["cpu_ms"] or 0.0 for summary in known), default=0.0) or 1.0
    groups = list(dict.fromkeys((summary.calls, summary.transport) for summary in known))
    height = TOP + len(groups) * GROUP_HEAD + len(known) * (BAR + GAP) + BOTTOM
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>CPU of the server for each second of each call</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        '<text class="title" x="16" y="28">CPU, milliseconds per call-second (less is better)</text>',
    ]
    y = TOP
    for calls, transport in groups:
        lines.append(f'<text x="16" y="{y + 20}" font-weight="600">{calls} calls, {transport}</text>')
        y += GROUP_HEAD
        for summary in known:
            if (summary.calls, summary.transport) == (calls, transport):
                lines += _bar(summary, y, most)
                y += BAR + GAP
    lines.append(f'<text class="note" x="16" y="{height - 12}">{escape(note)}</text>')
    return "\n".join([*lines, "</svg>", ""])


def _bar(summary: Summary, y: int, most: float) -> Iterator[str]:
    value = summary.figures["cpu_ms"] or 0.0
    width = max(1.0, value / most * (WIDTH - LEFT - RIGHT))
    at_least = "≥ " if summary.saturated else ""
    overload = " (overloaded)" if summary.saturated else ""
    middle = y + BAR - 6
    yield f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(LABELS[summary.system])}</text>'
    yield (
        f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" fill="{FILLS[summary.system]}"/>'
    )
    yield f'<text x="{LEFT + width + 8:.1f}" y="{middle}">{at_least}{value:.1f}{overload}</text>'
