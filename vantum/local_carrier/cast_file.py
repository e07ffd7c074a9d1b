"""Reads prospects from a YAML file; what is wrong is named with its key and what is allowed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import yaml

from processors.script_file import PlainLoader
from vantum.core.errors import PipelineError, SettingsError
from vantum.core.machine import AnsweredBy
from vantum.core.place import Place
from vantum.local_carrier.cast import Cast
from vantum.local_carrier.prospect import (
    LONGEST_WAIT,
    MOST_SHARE,
    VOICES,
    Beeps,
    Cue,
    Deed,
    HangsUp,
    Pickup,
    Presses,
    Prospect,
    Says,
    Step,
    When,
)

DEFAULT: Final = Path(__file__).with_name("prospects.yaml")
MOST_BYTES: Final = 256 * 1024
USUAL: Final = When(Cue.AFTER_BOT, 0.8)
"""How people take turns: a moment after the other one has ended."""
HUMAN_VERDICT_SECONDS: Final = 2.0
TRUE: Final = ("true",)
REMEDY: Final = "Correct the prospects (docs/local-carrier.md)."

T = TypeVar("T")


def load_cast(path: Path | None) -> Cast:
    """The cast in a file, or the one that ships with the package; raises ``SettingsError``."""
    path = path or DEFAULT
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError(f"{path.name} is too large.", f"Allowed: {MOST_BYTES // 1024} KiB.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"The prospects in {path} cannot be read ({type(error).__name__})."
        raise SettingsError(problem, "Set VANTUM_LOCAL_PROSPECTS to a YAML file, or leave it out.") from error
    return read_cast(text, path.name)


def read_cast(text: str, source: str) -> Cast:
    """The cast in a text; ``source`` names it in errors. Raises ``SettingsError``."""
    try:
        # The loader builds no objects, and refuses a key that is there twice.
        document: object = yaml.load(text, Loader=PlainLoader)  # noqa: S506
        prospects = tuple(_prospect(place) for place in Place(source, "prospects", document).items())
        return Cast(prospects)
    except PipelineError as error:
        raise SettingsError(error.problem, error.remedy) from error
    except (yaml.YAMLError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise SettingsError(f"{source}: this is not YAML: {said}.", "Correct the line it names.") from error
    except ValueError as error:
        raise SettingsError(f"{source}: {error}", REMEDY) from error


def _prospect(place: Place) -> Prospect:
    known = ("numbers", "share", "pickup", "answers_after", "voice", "answered_by", "verdict_after", "steps")
    fields = place.fields(("name",), known)
    answered_by = AnsweredBy(_one_of(fields, "answered_by", tuple(AnsweredBy), AnsweredBy.HUMAN))
    # A machine is known by its tone, which is the last that it does.
    usual = HUMAN_VERDICT_SECONDS if answered_by is AnsweredBy.HUMAN else None
    return Prospect(
        name=fields["name"].text(),
        numbers=_given(fields, "numbers", lambda it: tuple(item.text() for item in it.items()), ()),
        share=_given(fields, "share", lambda it: int(_number(it, MOST_SHARE)), 1),
        pickup=Pickup(_one_of(fields, "pickup", tuple(Pickup), Pickup.ANSWERS)),
        answers_after=_given(fields, "answers_after", _seconds, 2.0),
        voice=_one_of(fields, "voice", VOICES, VOICES[0]),
        answered_by=answered_by,
        verdict_after=_given(fields, "verdict_after", _seconds, usual),
        steps=_given(fields, "steps", lambda it: tuple(_step(item) for item in it.items()), ()),
    )


def _step(place: Place) -> Step:
    entries = dict(place.entries())
    kinds = [name for name in entries if name in DEEDS]
    if len(kinds) != 1:
        place.fail("this must be one thing that they do", f"Allowed: {', '.join(DEEDS)}.")
    fields = place.fields(kinds, tuple(Cue))
    cues = [Cue(name) for name in fields if name != kinds[0]]
    if len(cues) > 1:
        place.fail("this has two moments", f"Write one of {', '.join(Cue)}.")
    when = When(cues[0], _seconds(fields[cues[0]])) if cues else USUAL
    try:
        return Step(when, DEEDS[kinds[0]](fields[kinds[0]]))
    except ValueError as error:
        place.fail(str(error).rstrip("."), REMEDY)


def _beeps(place: Place) -> Deed:
    place.one_of(TRUE, "value")
    return Beeps()


def _hangs_up(place: Place) -> Deed:
    place.one_of(TRUE, "value")
    return HangsUp()


DEEDS: Final[Mapping[str, Callable[[Place], Deed]]] = {
    "says": lambda place: Says(place.text()),
    "presses": lambda place: Presses(place.text()),
    "beeps": _beeps,
    "hangs_up": _hangs_up,
}


def _given(fields: Mapping[str, Place], name: str, read: Callable[[Place], T], usual: T) -> T:
    return read(fields[name]) if name in fields else usual


def _one_of(fields: Mapping[str, Place], name: str, allowed: tuple[str, ...], usual: str) -> str:
    return fields[name].one_of(allowed, name) if name in fields else usual


def _seconds(place: Place) -> float:
    return _number(place, LONGEST_WAIT)


def _number(place: Place, most: float) -> float:
    text = place.text()
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0.0 <= found <= most:
        place.fail(f"{text[:40]!r} is no number that fits here", f"Allowed: 0 to {most:g}.")
    return found
