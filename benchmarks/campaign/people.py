"""The people of the campaign's benchmark who speak: who is at a number, what they sound like, and what they want.

Each line begins with a tone of its own, by which the recogniser's stand-in knows it over any telephone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from benchmarks.campaign.cast import OUTCOMES, kind_of, place_of
from vantum.core import mulaw
from vantum.core.audio import PHONE_RATE
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.local_carrier.cast_file import load_cast
from vantum.local_carrier.prospect import Prospect, Says

PEOPLE: Final = load_cast(Path(__file__).with_name("people.yaml")).prospects
LINES: Final = tuple(
    sorted({step.deed.text for person in PEOPLE for step in person.steps if isinstance(step.deed, Says)})
)
REMOVALS: Final = frozenset(
    {
        "Never call me again.",
        "Please take me off your list.",
        "Please remove my number from your database.",
        "Do not ever call this number again.",
    }
)
"""Lines after which nobody calls any more."""
WANTED: Final[Mapping[str, frozenset[Disposition | None]]] = MappingProxyType(
    {
        "keen": frozenset({Disposition.MEETING_BOOKED}),
        "promises a time": frozenset({Disposition.CALLBACK}),
        "busy until Thursday": frozenset({Disposition.CALLBACK}),
        "busy": frozenset({None}),
        "angry": frozenset({Disposition.NOT_INTERESTED}),
        "furious": frozenset({Disposition.DO_NOT_CALL}),
        "asks to be removed": frozenset({Disposition.DO_NOT_CALL}),
        "asks to be removed in the middle": frozenset({Disposition.DO_NOT_CALL}),
        "asks to be removed, and hangs up": frozenset({Disposition.DO_NOT_CALL}),
        "curious": frozenset({Disposition.NOT_INTERESTED}),
        "wrong person": frozenset({Disposition.WRONG_PERSON}),
        "silent": frozenset({None, Disposition.NO_CONVERSATION}),
    }
)
"""What has to come of a talk with each, if nothing breaks it."""
PROMISED: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"promises a time": (0, 10), "busy until Thursday": (3, 15)}
)
"""The weekday (0 is Monday) and the hour for which a call was promised."""
LAST_PLACE: Final = 9_999
"""Beyond this nobody speaks."""
TONE_SECONDS: Final = 0.16
_TONE_LEVEL: Final = 6_000.0
_LOWEST_HERTZ: Final = 350.0
_STEP_HERTZ: Final = 75.0
_PURE: Final = 0.6
"""The share of a tone in what is taken for one."""


def person_at(number: str) -> Prospect | None:
    """Who speaks at a number, if it is one where people answer."""
    place = place_of(number)
    if place > LAST_PLACE or OUTCOMES[kind_of(number)] is not AttemptOutcome.ANSWERED_HUMAN:
        return None
    return PEOPLE[place % len(PEOPLE)]


def marked(line: str, sound: bytes) -> bytes:
    """The mu-law of a line, behind its tone."""
    moments = np.arange(round(TONE_SECONDS * PHONE_RATE)) / PHONE_RATE
    tone = _TONE_LEVEL * np.sin(2 * np.pi * _hertz(LINES.index(line)) * moments)
    return mulaw.encoded(tone.astype("<i2").tobytes()) + sound


def line_of(samples: np.typing.NDArray[np.float64], rate: int) -> str | None:
    """Whose tone it is that sounds here; None for anything else."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 4 * len(samples))) ** 2
    total = float(power.sum())
    if not total:
        return None
    hertz = np.fft.rfftfreq(4 * len(samples), 1 / rate)
    for place, line in enumerate(LINES):
        near = np.abs(hertz - _hertz(place)) < _STEP_HERTZ / 2
        if float(power[near].sum()) > _PURE * total:
            return line
    return None


def _hertz(place: int) -> float:
    return _LOWEST_HERTZ + _STEP_HERTZ * place
