"""Reads a scenario from a YAML file, and refuses what could not be played as it is written.

Every mistake is a ``UsageError`` that names the file, the line, the key and what is allowed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vantum.core.errors import SettingsError
from vantum.settings import FIELDS as SETTINGS
from vantum.settings import load_settings
from vantum.simulation.cast_file import read_answers, read_timing, read_tools, read_voice
from vantum.simulation.document import Spot, open_document
from vantum.simulation.expectation import Expectation
from vantum.simulation.expectation_file import read_expectation
from vantum.simulation.expected_words import Asked
from vantum.simulation.scenario import (
    Carrier,
    Cast,
    EndsTurn,
    Presses,
    Providers,
    Recognises,
    Says,
    Scenario,
    Signs,
    Step,
    Timing,
)
from vantum.simulation.step_file import read_step

TOP: Final = (
    "name",
    "about",
    "transport",
    "providers",
    "pipeline",
    "prompt",
    "greeting",
    "settings",
    "timing",
    "answers",
    "tools",
    "voice",
)
CAST: Final = ("timing", "answers", "tools", "voice")
NEVER_SET: Final = ("VANTUM_DATA",)


def load_scenario(path: Path) -> Scenario:
    """The scenario in a file."""
    return read_scenario(open_document(path), path)


def read_scenario(spot: Spot, path: Path) -> Scenario:
    """The scenario in a document; files that it names are looked for beside ``path``."""
    top = spot.fields(("caller", "expect"), TOP)
    carrier = Carrier(top["transport"].one_of(tuple(Carrier)) if "transport" in top else Carrier.BROWSER)
    chosen = top["providers"].one_of(tuple(Providers)) if "providers" in top else Providers.SCRIPTED
    providers = Providers(chosen)
    timing = read_timing(top["timing"]) if "timing" in top else Timing()
    _check_together(top, providers)
    steps = tuple(read_step(item, path.parent, timing) for item in top["caller"].items())
    for step, item in zip(steps, top["caller"].items(), strict=True):
        _check_step(step, item, carrier, providers)
    return Scenario(
        name=top["name"].text() if "name" in top else path.stem,
        about=_text(top, "about"),
        carrier=carrier,
        providers=providers,
        pipeline=_pipeline(top, path.parent),
        prompt=_text(top, "prompt"),
        greeting=_text(top, "greeting"),
        settings=_settings(top["settings"]) if "settings" in top else {},
        cast=_cast(top, timing),
        steps=steps,
        expectations=_expectations(top["expect"], providers),
    )


def _text(top: Mapping[str, Spot], key: str) -> str:
    return top[key].maybe_text() if key in top else ""


def _cast(top: Mapping[str, Spot], timing: Timing) -> Cast:
    return Cast(
        timing,
        read_answers(top["answers"]) if "answers" in top else (),
        read_tools(top["tools"]) if "tools" in top else (),
        read_voice(top["voice"]) if "voice" in top else {},
    )


def _check_together(top: Mapping[str, Spot], providers: Providers) -> None:
    if "pipeline" in top:
        for key in ("prompt", "greeting", "tools"):
            if key in top:
                top[key].fail("a pipeline has its own", "Leave it out, or leave out 'pipeline'.")
    if providers is Providers.CONFIGURED:
        for key in CAST:
            if key in top:
                top[key].fail(
                    "only scripted providers follow this", "Leave it out, or set 'providers: scripted'."
                )


def _check_step(step: Step, spot: Spot, carrier: Carrier, providers: Providers) -> None:
    match step:
        case EndsTurn() if carrier is Carrier.PHONE:
            spot.fail("a telephone has no button for that", "Set 'transport: browser'.")
        case Presses() if carrier is Carrier.BROWSER:
            spot.fail("a browser has no keys", "Set 'transport: phone'.")
        case Recognises() | Signs() if providers is Providers.CONFIGURED:
            spot.fail("only a scripted recogniser does that", "Set 'providers: scripted'.")
        case Says(seconds=None) if providers is Providers.SCRIPTED:
            spot.fail("'until' is missing", "Say until when the caller speaks.")
        case Says(seconds=float()) if providers is Providers.CONFIGURED:
            spot.fail("a real voice takes as long as it takes", "Leave 'until' out.")
        case _:
            pass
    if step.when.after_bot is not None and providers is Providers.SCRIPTED:
        spot.fail("scripted providers are exact", "Write 'at' instead of 'after_bot'.")


def _pipeline(top: Mapping[str, Spot], folder: Path) -> str:
    """A path beside the scenario if there is such a file; else what the command line would take."""
    if "pipeline" not in top:
        return ""
    named = top["pipeline"].text()
    beside = folder / named
    return str(beside) if beside.is_file() else named


def _settings(spot: Spot) -> dict[str, str]:
    entries = spot.entries()
    for name, value in entries.items():
        if name not in SETTINGS or name in NEVER_SET:
            value.fail("this is no setting of a call", "docs/settings.md has them all.")
    given = {name: value.raw() for name, value in entries.items()}
    try:
        load_settings(environ={}, env_file=None, overrides=given)
    except SettingsError as error:
        spot.fail(error.problem.rstrip("."), error.remedy)
    return given


def _expectations(spot: Spot, providers: Providers) -> tuple[Expectation, ...]:
    found = []
    for item in spot.items():
        expectation = read_expectation(item)
        if isinstance(expectation, Asked) and providers is Providers.CONFIGURED:
            item.fail("only a scripted language model tells what it was asked", "Expect an answer instead.")
        found.append(expectation)
    if not found:
        spot.fail("nothing is expected", "Write at least one expectation.")
    return tuple(found)
