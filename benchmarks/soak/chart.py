"""Memory, tasks and open files over time as a line chart in SVG, written by hand, readable in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from benchmarks.chart import STYLE
from benchmarks.soak.samples import Sample

WIDTH = 720
LEFT = 64
RIGHT = 24
TOP = 52
PANEL = 120
GAP = 40
BOTTOM = 34
SECONDS_PER_MINUTE = 60.0
MOST_POINTS = 360
LINES = ".line{fill:none;stroke-width:1.5}.axis{stroke:#9ca3af}.warm{fill:#9ca3af;opacity:.15}"

Figure = Callable[[Sample], float]
PANELS: tuple[tuple[str, str, Figure], ...] = (
    ("memory, MB", "#0f766e", lambda sample: sample.rss_mb),
    ("of it in use, MB", "#0e7490", lambda sample: sample.used_mb),
    ("asyncio tasks", "#c2410c", lambda sample: sample.tasks),
    ("open files and sockets", "#6d5bd0", lambda sample: sample.fds),
)


def line_chart(samples: Sequence[Sample], warm_up: float, note: str) -> str:
    """An SVG document with a panel for each figure; the warm-up is shaded."""
    height = TOP + len(PANELS) * (PANEL + GAP) + BOTTOM
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>What the server holds over time</title>",
        f"<style>{STYLE}{LINES}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        '<text class="title" x="16" y="28">What the server holds, by minutes</text>',
    ]
    shown = samples[:: max(1, -(-len(samples) // MOST_POINTS))]
    for index, (name, colour, figure) in enumerate(PANELS):
        lines += _panel(shown, figure, name, colour, TOP + index * (PANEL + GAP), warm_up)
    lines.append(f'<text class="note" x="16" y="{height - 12}">{escape(note)}</text>')
    return "\n".join([*lines, "</svg>", ""])


def _panel(
    samples: Sequence[Sample], figure: Figure, name: str, colour: str, top: int, warm_up: float
) -> Iterator[str]:
    longest = max((sample.at for sample in samples), default=0.0) or 1.0
    most = max((figure(sample) for sample in samples), default=0.0) or 1.0
    across, bottom = (WIDTH - LEFT - RIGHT) / longest, top + PANEL
    points = " ".join(
        f"{LEFT + sample.at * across:.1f},{bottom - figure(sample) / most * (PANEL - 20):.1f}"
        for sample in samples
    )
    shade = min(warm_up, longest) * across
    yield f'<text x="{LEFT}" y="{top + 8}" font-weight="600">{escape(name)}</text>'
    yield f'<rect class="warm" x="{LEFT}" y="{top + 14}" width="{shade:.1f}" height="{PANEL - 14}"/>'
    yield f'<line class="axis" x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}"/>'
    yield f'<polyline class="line" stroke="{colour}" points="{points}"/>'
    yield f'<text class="note" x="{LEFT - 8}" y="{top + 24}" text-anchor="end">{most:.0f}</text>'
    yield f'<text class="note" x="{LEFT - 8}" y="{bottom}" text-anchor="end">0</text>'
    yield (
        f'<text class="note" x="{WIDTH - RIGHT}" y="{bottom + 14}" text-anchor="end">'
        f"{longest / SECONDS_PER_MINUTE:.0f} min</text>"
    )
