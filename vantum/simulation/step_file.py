"""Reads what the caller does from a scenario: one item of the list under ``caller``, one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from vantum.core.dtmf import KEYS
from vantum.core.events import Sign
from vantum.simulation.document import Spot
from vantum.simulation.scenario import (
    EndsTurn,
    HangsUp,
    Noise,
    Plays,
    Presses,
    Recognises,
    Says,
    Signs,
    Step,
    Timing,
    When,
)

LONGEST_SECONDS: Final = 3600.0
"""The latest that anything may happen in a scenario."""
WHEN: Final = ("at", "after_bot")
MODEL_IS_SILENT: Final = "none"


def read_step(spot: Spot, folder: Path, timing: Timing) -> Step:
    """The step in one item; a recording is looked for in ``folder``."""
    kinds = [name for name in spot.entries() if name in READERS]
    if len(kinds) != 1:
        spot.fail("this must be one thing that the caller does", f"Allowed: {', '.join(READERS)}.")
    return READERS[kinds[0]](spot, folder, timing)


def _says(spot: Spot, _: Path, timing: Timing) -> Step:
    fields = spot.fields(("says",), (*WHEN, "until", "final_after", "interims", "complete"))
    when = _when(spot, fields)
    return Says(
        when,
        fields["says"].text(),
        _seconds(fields["until"], when) if "until" in fields else None,
        _final_after(fields, timing),
        _interims(fields["interims"]) if "interims" in fields else (),
        _complete(fields["complete"]) if "complete" in fields else 1.0,
    )


def _noise(spot: Spot, _: Path, __: Timing) -> Step:
    fields = spot.fields(("noise",), WHEN)
    seconds = fields["noise"].number(0.01, 60)
    return Noise(_when(spot, fields), seconds)


def _plays(spot: Spot, folder: Path, timing: Timing) -> Step:
    fields = spot.fields(("plays",), (*WHEN, "text", "final_after"))
    wav = folder / fields["plays"].text()
    if not wav.is_file():
        fields["plays"].fail(f"there is no file {wav.name!r}", "Name a WAV file beside the scenario.")
    text = fields["text"].text() if "text" in fields else ""
    return Plays(_when(spot, fields), wav, text, _final_after(fields, timing))


def _recognises(spot: Spot, _: Path, __: Timing) -> Step:
    fields = spot.fields(("recognises",), (*WHEN, "final"))
    final = fields["final"].truth() if "final" in fields else True
    return Recognises(_when(spot, fields), fields["recognises"].text(), final)


def _signs(spot: Spot, _: Path, __: Timing) -> Step:
    fields = spot.fields(("signs",), WHEN)
    return Signs(_when(spot, fields), Sign(fields["signs"].one_of(tuple(Sign))))


def _presses(spot: Spot, _: Path, __: Timing) -> Step:
    fields = spot.fields(("presses",), WHEN)
    keys = fields["presses"].text()
    if not set(keys) <= set(KEYS):
        fields["presses"].fail(f"{keys[:40]!r} are no keys of a telephone", f"Allowed: {KEYS}.")
    return Presses(_when(spot, fields), keys)


def _ends_turn(spot: Spot, _: Path, __: Timing) -> Step:
    fields = spot.fields(("ends_turn",), WHEN)
    fields["ends_turn"].one_of(("true",))
    return EndsTurn(_when(spot, fields))


def _hangs_up(spot: Spot, _: Path, __: Timing) -> Step:
    fields = spot.fields(("hangs_up",), (*WHEN, "code"))
    fields["hangs_up"].one_of(("true",))
    code = fields["code"].whole(1000, 4999) if "code" in fields else 1000
    return HangsUp(_when(spot, fields), code)


READERS: Final[Mapping[str, Callable[[Spot, Path, Timing], Step]]] = MappingProxyType(
    {
        "says": _says,
        "noise": _noise,
        "plays": _plays,
        "recognises": _recognises,
        "signs": _signs,
        "presses": _presses,
        "ends_turn": _ends_turn,
        "hangs_up": _hangs_up,
    }
)
"""What the caller, or what hears the caller, can do, by name."""


def _when(spot: Spot, fields: Mapping[str, Spot]) -> When:
    given = [name for name in WHEN if name in fields]
    if len(given) != 1:
        spot.fail("this has no time", "Write 'at', or 'after_bot' with configured providers.")
    seconds = fields[given[0]].number(0, LONGEST_SECONDS)
    return When(seconds) if given == ["at"] else When(0.0, seconds)


def _seconds(until: Spot, when: When) -> float:
    if when.after_bot is not None:
        until.fail("the speech begins when the bot has fallen silent", "Leave 'until' out.")
    seconds = round(until.number(0, LONGEST_SECONDS) - when.at, 9)
    if seconds <= 0:
        until.fail("this is not after the speech begins", f"Write a time after {when.at:g}.")
    return seconds


def _final_after(fields: Mapping[str, Spot], timing: Timing) -> float:
    """Seconds after the speech; before its end if negative."""
    return fields["final_after"].number(-60, 60) if "final_after" in fields else timing.stt_final


def _interims(spot: Spot) -> tuple[tuple[float, str], ...]:
    found = []
    for item in spot.items():
        pair = item.items()
        if len(pair) != 2:
            item.fail("this is no pair", "Write [seconds, words].")
        found.append((pair[0].number(), pair[1].text()))
    return tuple(found)


def _complete(spot: Spot) -> float | None:
    """What the end-of-turn model says, 0 to 1; ``none`` if it says nothing in time."""
    return None if spot.raw() == MODEL_IS_SILENT else spot.number(0, 1)
