"""Tells what came of scenarios: lines for people, JSON for programs, and pictures."""

from __future__ import annotations

from html import escape
from pathlib import Path

from rich.console import Console

from vantum.core.errors import UsageError
from vantum.simulation.picture import picture
from vantum.simulation.simulated_call import SimulatedCall
from vantum.simulation.timeline import timeline_of

MET, UNMET = "✓", "✗"
PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 24px; color: #111827; background: #fff }}
figure {{ margin: 0 0 16px; overflow-x: auto }}
li {{ list-style: none }} .met {{ color: #166534 }} .unmet {{ color: #991b1b }}
</style>
<figure tabindex="0">
{svg}</figure>
<ul>
{lines}
</ul>
</html>
"""


def show(played: SimulatedCall, console: Console) -> None:
    """Print a scenario's name, and a line for each expectation; what was found stands with those not met."""
    scenario = played.scenario
    console.print(scenario.name, style="bold", end="")
    console.print(f"  {scenario.about}" if scenario.about else "")
    for verdict in played.verdicts:
        style = "green" if verdict.met else "red"
        console.print(f"  {MET if verdict.met else UNMET} ", style=style, end="")
        found = "" if verdict.wanted.endswith(f": {verdict.found}") else f"   found {verdict.found}"
        console.print(f"{verdict.wanted}{found}")


def as_json(played: SimulatedCall) -> dict[str, object]:
    """A scenario's outcome as data, the call's record included."""
    return {
        "name": played.scenario.name,
        "passed": played.passed,
        "tookSeconds": round(played.took_seconds, 3),
        "expectations": [
            {"met": verdict.met, "wanted": verdict.wanted, "found": verdict.found}
            for verdict in played.verdicts
        ],
        "audible": [[begin, end] for begin, end in played.call.audible],
        "context": [[role, words] for role, words in played.call.context],
        "record": dict(played.call.record),
    }


def drawn(played: SimulatedCall) -> str:
    """The picture of a call as an SVG."""
    timeline = timeline_of(played.call.entries, played.caller, played.call.audible)
    return picture(timeline, played.scenario.name, played.scenario.about)


def write_picture(played: SimulatedCall, path: Path) -> None:
    """Draw a call into ``path``, an ``.svg`` or an ``.html`` with the expectations below it."""
    svg = drawn(played)
    if path.suffix == ".html":
        lines = "\n".join(
            f'<li class="{"met" if verdict.met else "unmet"}">{MET if verdict.met else UNMET} '
            f"{escape(verdict.wanted)} <small>(found {escape(verdict.found)})</small></li>"
            for verdict in played.verdicts
        )
        svg = PAGE.format(title=escape(played.scenario.name), svg=svg, lines=lines)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another --picture.") from error
