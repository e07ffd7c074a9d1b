"""Draws a call's timeline as an SVG that stands alone: no script, no font, no other file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from vantum.simulation.timeline import Kind, Moment, Stretch, Timeline

LEFT: Final = 92
RIGHT: Final = 24
TOP: Final = 74
WIDTH: Final = 1160
"""Pixels that the time of a usual call gets."""
MIN_SCALE, MAX_SCALE = 44.0, 120.0
"""Pixels of a second: fewer and words cannot be read, more and a short call looks empty."""

LANE: Final = 66
LEGEND: Final = 20
BAR: Final = 20
ROW: Final = 19
GAP: Final = 14
LETTER: Final = 6.2
"""How wide a letter of 11 pixels is, on average; a little more is better than a little less."""

COLOURS: Final = {
    Kind.SPEECH: ("#dbeafe", "#1e3a8a"),
    Kind.NOISE: ("url(#noise)", "#44403c"),
    Kind.BOT: ("#d1fae5", "#064e3b"),
    Kind.HELD: ("url(#held)", "#78350f"),
    Kind.THINKING: ("#e5e7eb", "#374151"),
    Kind.DRAFT: ("#ddd6fe", "#4c1d95"),
    Kind.DROPPED: ("#f5f3ff", "#6d28d9"),
    Kind.TOOL: ("#cffafe", "#155e75"),
    Kind.FAILED: ("#fee2e2", "#991b1b"),
    Kind.TURN: ("#1e3a8a", "#1e3a8a"),
    Kind.BARGE_IN: ("#b45309", "#92400e"),
    Kind.CUT: ("#b91c1c", "#991b1b"),
    Kind.NOTE: ("#6b7280", "#374151"),
}
"""The fill and the letters of each kind; the letters have a contrast of at least 4.5 to 1 on the fill."""

NAMES: Final = {
    Kind.SPEECH: "the caller speaks",
    Kind.NOISE: "noise",
    Kind.BOT: "the bot is heard",
    Kind.HELD: "the bot is held",
    Kind.THINKING: "an answer is made",
    Kind.DRAFT: "draft",
    Kind.DROPPED: "draft, dropped",
    Kind.TOOL: "tool",
    Kind.FAILED: "tool, failed",
}

STATES: Final = {
    "initializing": "#e5e7eb",
    "listening": "#bfdbfe",
    "thinking": "#fde68a",
    "responding": "#a7f3d0",
    "interrupted": "#fecaca",
    "ended": "#d1d5db",
}

DEFINITIONS: Final = """\
<defs>
<pattern id="noise" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect width="6" height="6" fill="#f5f5f4"/><rect width="2" height="6" fill="#d6d3d1"/></pattern>
<pattern id="held" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect width="8" height="8" fill="#fffbeb"/><rect width="3" height="8" fill="#fde68a"/></pattern>
</defs>"""


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where a time is, in pixels, and where each lane begins."""

    scale: float
    seconds: float
    moments: float
    caller: float
    bot: float
    work: float
    states: float
    bottom: float

    def x(self, t: float) -> float:
        return round(LEFT + t * self.scale, 1)

    @property
    def width(self) -> float:
        return round(LEFT + self.seconds * self.scale + RIGHT, 1)


def picture(timeline: Timeline, title: str, about: str) -> str:
    """The timeline as an SVG; ``title`` and ``about`` stand above it and are read to those who cannot see it."""
    scale = min(MAX_SCALE, max(MIN_SCALE, WIDTH / max(timeline.seconds, 0.1)))
    rows = _rows(timeline.moments, timeline.seconds, scale)
    work = _work_rows(timeline.work)
    canvas = _canvas(timeline, scale, 1 + max(rows, default=0), 1 + max(work, default=-1))
    width, height = canvas.width, canvas.bottom + 36 + LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="title about" '
        'font-family="system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif" font-size="11">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="about">{escape(" ".join((about, *_told(timeline))))}</desc>',
        DEFINITIONS,
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        f'<text x="{GAP}" y="28" font-size="17" font-weight="600" fill="#111827">{escape(title)}</text>',
        f'<text x="{GAP}" y="48" font-size="12" fill="#4b5563">{escape(about)}</text>',
        *_grid(canvas),
        *_states(timeline.states, canvas),
        *(_block(part, canvas.caller, LANE, canvas) for part in timeline.caller),
        *(_block(part, canvas.bot, LANE, canvas) for part in timeline.bot),
        *(
            _block(p, canvas.work + row * ROW, BAR - 4, canvas)
            for p, row in zip(timeline.work, work, strict=True)
        ),
        *(_mark(moment, row, canvas) for moment, row in zip(timeline.moments, rows, strict=True)),
        *(_latency(part, canvas) for part in timeline.latencies),
        *_legend(timeline, canvas),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _canvas(timeline: Timeline, scale: float, moment_rows: int, work_rows: int) -> Canvas:
    caller = TOP + moment_rows * ROW + 4
    bot = caller + LANE + GAP + 10
    work = bot + LANE + GAP
    states = work + work_rows * ROW + (GAP if work_rows else 0)
    return Canvas(scale, timeline.seconds, TOP, caller, bot, work, states, states + BAR)


def _told(timeline: Timeline) -> Iterable[str]:
    """The picture in words."""
    said = [("The caller", part) for part in timeline.caller] + [("The bot", part) for part in timeline.bot]
    for who, part in sorted(said, key=lambda each: each[1].begin):
        yield f"{who}, {part.begin:.1f} to {part.end:.1f} s: {part.text}."
    for moment in timeline.moments:
        yield f"{moment.t:.1f} s: {moment.text}."


def _grid(canvas: Canvas) -> Iterable[str]:
    step = 1 if canvas.scale >= 60 else 2 if canvas.scale >= 24 else 5
    for second in range(0, int(canvas.seconds) + 1, step):
        x = canvas.x(second)
        yield (
            f'<line x1="{x:g}" y1="{TOP - 8}" x2="{x:g}" y2="{canvas.bottom + 6:g}" stroke="#e5e7eb"/>'
            f'<text x="{x:g}" y="{canvas.bottom + 21:g}" text-anchor="middle" fill="#4b5563">{second} s</text>'
        )
    lanes = [
        ("Events", canvas.moments + 9),
        ("Caller", canvas.caller + LANE / 2),
        ("Bot", canvas.bot + LANE / 2),
    ]
    if canvas.states > canvas.work:
        lanes.append(("Work", canvas.work + 8))
    for name, y in [*lanes, ("State", canvas.states + BAR / 2)]:
        yield f'<text x="{GAP}" y="{y + 4:g}" font-weight="600" fill="#111827">{name}</text>'


def _block(part: Stretch, top: float, height: float, canvas: Canvas) -> str:
    """A stretch with as many of its words as fit; all of them are told where the pointer rests."""
    fill, ink = COLOURS[part.kind]
    x, width = canvas.x(part.begin), max(2.0, round((part.end - part.begin) * canvas.scale, 1))
    dashed = ' stroke-dasharray="4 3"' if part.kind is Kind.DROPPED else ""
    told = escape(f"{part.begin:.2f} to {part.end:.2f} s: {part.text}")
    look = f'fill="{ink}"{_halo(part.kind)}'
    return (
        f"<g><title>{told}</title>"
        f'<rect x="{x:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="4" fill="{fill}" '
        f'stroke="{ink}" stroke-opacity="0.55"{dashed}/>'
        # An inner picture cuts what goes beyond it: how wide letters are is known to the reader's machine only.
        f'<svg x="{x:g}" y="{top:g}" width="{width:g}" height="{height:g}">'
        f"{_lettering(part.text, width, height, look)}</svg></g>"
    )


def _lettering(text: str, width: float, height: float, look: str) -> str:
    """The words in a box: on lines, or upright in a box that is too narrow for any."""
    lines = _wrapped(text, int((width - 6) / LETTER), max(1, int((height - 4) / 14)))
    if not lines and width >= 12:
        upright = "".join(_wrapped(text, int((height - 4) / LETTER), 1))
        turned = f'transform="translate({width / 2 + 4:g} {height - 4:g}) rotate(-90)"'
        return f"<text {turned} {look}>{escape(upright)}</text>" if upright else ""
    first = height / 2 + 4 - (len(lines) - 1) * 7
    return "".join(
        f'<text x="4" y="{first + number * 14:g}" {look}>{escape(line)}</text>'
        for number, line in enumerate(lines)
    )


def _halo(kind: Kind) -> str:
    """Letters on a hatched ground have a light edge."""
    hatched = kind in (Kind.HELD, Kind.NOISE)
    return ' stroke="#ffffff" stroke-width="3" paint-order="stroke"' if hatched else ""


def _wrapped(text: str, letters: int, lines: int) -> list[str]:
    """``text`` in at most so many lines of so many letters; what does not fit ends in an ellipsis."""
    if letters < min(4, len(text)):
        return []
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if len(longer) <= letters:
            found[-1] = longer
        elif len(found) < lines and len(word) <= letters:
            found.append(word)
        else:
            found[-1] = f"{longer[: letters - 1]}…"
            break
    return [line for line in found if line]


def _states(states: Sequence[Stretch], canvas: Canvas) -> Iterable[str]:
    for part in states:
        x, width = canvas.x(part.begin), round((part.end - part.begin) * canvas.scale, 1)
        label = part.text if len(part.text) * LETTER + 6 <= width else ""
        yield (
            f"<g><title>{part.begin:.2f} to {part.end:.2f} s: {escape(part.text)}</title>"
            f'<rect x="{x:g}" y="{canvas.states:g}" width="{width:g}" height="{BAR}" '
            f'fill="{STATES.get(part.text, "#e5e7eb")}"/>'
            f'<text x="{x + 4:g}" y="{canvas.states + 14:g}" fill="#1f2937">{escape(label)}</text></g>'
        )


def _latency(part: Stretch, canvas: Canvas) -> str:
    """A bracket between the two lanes, from the end of the caller's speech to the bot's first sound."""
    y = canvas.caller + LANE + (GAP + 10) / 2
    x1, x2 = canvas.x(part.begin), canvas.x(part.end)
    seconds = part.end - part.begin
    return (
        f"<g><title>voice to voice {seconds:.2f} s: {escape(part.text)}</title>"
        f'<path d="M{x1:g} {y - 5:g}v10M{x1:g} {y:g}H{x2:g}M{x2:g} {y - 5:g}v10" fill="none" '
        'stroke="#374151" stroke-width="1.2"/>'
        f'<text x="{(x1 + x2) / 2:g}" y="{y + 4:g}" text-anchor="middle" fill="#111827" font-weight="600" '
        f'stroke="#ffffff" stroke-width="4" paint-order="stroke">{seconds:.2f} s</text></g>'
    )


def _legend(timeline: Timeline, canvas: Canvas) -> Iterable[str]:
    """A sample of each kind of stretch that is in the picture."""
    shown = {part.kind for part in (*timeline.caller, *timeline.bot, *timeline.work)}
    x, y = float(LEFT), canvas.bottom + 36
    for kind in (kind for kind in NAMES if kind in shown):
        fill, ink = COLOURS[kind]
        dashed = ' stroke-dasharray="4 3"' if kind is Kind.DROPPED else ""
        yield (
            f'<rect x="{x:g}" y="{y:g}" width="16" height="11" rx="2" fill="{fill}" stroke="{ink}" '
            f'stroke-opacity="0.55"{dashed}/>'
            f'<text x="{x + 22:g}" y="{y + 10:g}" fill="#374151">{NAMES[kind]}</text>'
        )
        x += 40 + len(NAMES[kind]) * LETTER


def _mark(moment: Moment, row: int, canvas: Canvas) -> str:
    fill, ink = COLOURS[moment.kind]
    x, y = canvas.x(moment.t), canvas.moments + row * ROW + 9
    flipped = _flips(moment, canvas.seconds, canvas.scale)
    anchor, at = ("end", x - 7) if flipped else ("start", x + 7)
    return (
        f"<g><title>{moment.t:.2f} s: {escape(moment.text)}</title>"
        f'<line x1="{x:g}" y1="{y:g}" x2="{x:g}" y2="{canvas.states:g}" stroke="{fill}" stroke-opacity="0.5" '
        'stroke-dasharray="2 3"/>'
        f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{fill}"/>'
        f'<text x="{at:g}" y="{y + 4:g}" text-anchor="{anchor}" fill="{ink}" stroke="#ffffff" stroke-width="3" '
        f'paint-order="stroke">{escape(moment.text)}</text></g>'
    )


def _flips(moment: Moment, seconds: float, scale: float) -> bool:
    """Whether the words stand left of the moment, since they would go beyond the picture."""
    return (seconds - moment.t) * scale + RIGHT < len(moment.text) * LETTER + 10


def _rows(moments: Sequence[Moment], seconds: float, scale: float) -> list[int]:
    """The row of each moment, so that no words are over others."""
    taken: list[float] = []
    rows = []
    for moment in moments:
        width = len(moment.text) * LETTER + 16
        begin = moment.t * scale - (width if _flips(moment, seconds, scale) else 6)
        row = next((number for number, end in enumerate(taken) if end <= begin), len(taken))
        taken[row : row + 1] = [begin + width + 6]
        rows.append(row)
    return rows


def _work_rows(work: Sequence[Stretch]) -> list[int]:
    """The row of each stretch, so that none is over another."""
    taken: list[float] = []
    rows = []
    for part in work:
        row = next((number for number, end in enumerate(taken) if end <= part.begin), len(taken))
        taken[row : row + 1] = [part.end]
        rows.append(row)
    return rows
