"""Voice-to-voice latency as a bar chart in SVG, written by hand: no library, readable in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from benchmarks.chart import STYLE
from benchmarks.conversation.judging import Part, Trial
from benchmarks.conversation.stage import LABELS, Partner
from benchmarks.conversation.verdict import milliseconds, of_part

WIDTH = 720
LEFT = 190
RIGHT = 90
BAR = 18
GAP = 4
GROUP = 16
TOP = 56
BOTTOM = 34
FILLS = {Partner.STOCK: "#c2410c", Partner.VANTUM: "#0f766e", Partner.PLAIN: "#5eada6"}
QUANTILES = {"median": 0.5, "95 %": 0.95}


def latency_chart(trials: Mapping[Partner, Sequence[Trial]], note: str) -> str:
    """An SVG document: for each partner the median and the 95th percentile; one without bars if none was measured."""
    found = {partner: of_part(every, Part.LATENCY) for partner, every in trials.items()}
    bars = [
        (partner, name, value)
        for partner, some in found.items()
        for name, quantile in QUANTILES.items()
        if (value := milliseconds(some, quantile)) is not None
    ]
    most = max((value for _, _, value in bars), default=1.0)
    height = TOP + len(bars) * (BAR + GAP) + len(found) * GROUP + BOTTOM
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>From the caller's last sound to the bot's first</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        '<text class="title" x="16" y="28">Voice to voice, milliseconds as heard (less is better)</text>',
        *_bars(bars, most),
        f'<text class="note" x="16" y="{height - 12}">{escape(note)}</text>',
    ]
    return "\n".join([*lines, "</svg>", ""])


def _bars(bars: Sequence[tuple[Partner, str, float]], most: float) -> Iterator[str]:
    y = TOP
    for index, (partner, name, value) in enumerate(bars):
        if index and bars[index - 1][0] is not partner:
            y += GROUP
        width, middle = value / most * (WIDTH - LEFT - RIGHT), y + BAR - 4
        label = f"{LABELS[partner]}, {name}"
        yield f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(label)}</text>'
        yield f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" fill="{FILLS[partner]}"/>'
        yield f'<text x="{LEFT + width + 8:.1f}" y="{middle}">{value:.0f}</text>'
        y += BAR + GAP
