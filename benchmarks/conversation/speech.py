"""What callers say: real speech from its first sound to its last, with the words that a recogniser makes of it."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.conversation.voice import Pcm

AUDIO = Path(__file__).parents[2] / "tests" / "audio"
RATE = 16_000
SOUND = 600
"""Samples above this are part of what is said."""
ROOM_LEVEL = 8.0
CUT_FADE_SECONDS = 0.01
FINAL_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Report:
    """How the recogniser tells what it heard: seconds from the end of the speech to the final, and the rest.

    ``again_after`` holds the seconds after which the same final comes once more.
    """

    final_after: float = FINAL_SECONDS
    again_after: tuple[float, ...] = ()
    interims: bool = True
    speech_started: bool = True
    split: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound of the caller without a pause, 16 kHz, and its words; ``text`` is empty for a noise."""

    pcm: Pcm
    text: str
    report: Report = Report()
    pause_after: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / RATE


@dataclass(frozen=True, slots=True)
class Cut:
    """A recording that pauses at ``at`` seconds, a gap between two words; it may end before the file does.

    A gap that is a pause already is left out: then the recording goes on at ``resumes``.
    """

    clip: str
    since: float
    at: float
    until: float
    before: str
    after: str
    resumes: float = 0.0


CLEAR = {
    "weather_question": "What's the weather in Paris?",
    "not_interested": "No, thank you. I am not interested.",
    "do_not_call": "Please take me off your list.",
    "stop": "Stop, please stop.",
}
"""Recordings with a clear sentence end, each of which Smart Turn takes for a whole turn."""

INTERRUPTIONS = {
    "stop": "Stop, please stop.",
    "do_not_call": "Please take me off your list.",
    "who_is_this": "Who is this, and where did you get my number?",
    "are_you_a_robot": "Wait, are you a robot?",
}

BACKCHANNELS = ("Mhm.", "Yeah.", "Okay.", "Uh-huh.")

# The gaps come from a forced alignment of the words with the recordings.
CUTS = (
    Cut(
        "order_status",
        0.0,
        1.16,
        4.49,
        "Hello, my name is",
        "John. I would like to check the status of my order, please.",
    ),
    Cut(
        "order_status",
        0.0,
        2.82,
        4.49,
        "Hello, my name is John. I would like to check the",
        "status of my order, please.",
    ),
    Cut(
        "order_status",
        0.0,
        1.80,
        4.49,
        "Hello, my name is John,",
        "I would like to check the status of my order, please.",
    ),
    Cut(
        "jfk",
        0.0,
        2.27,
        7.67,
        "And so, my fellow Americans,",
        "ask not what your country can do for you.",
        resumes=3.26,
    ),
    Cut("jfk", 3.24, 4.42, 7.67, "Ask not", "what your country can do for you.", resumes=5.38),
    Cut("jfk", 8.14, 9.36, 10.46, "Ask what you can", "do for your country."),
    Cut(
        "librivox_0870",
        0.0,
        3.46,
        6.79,
        "And Mr. John Dashwood had then leisure to consider",
        "how much there might be prudently in his power to do for them.",
    ),
    Cut(
        "librivox_0890",
        0.0,
        2.21,
        5.29,
        "Unless to be rather cold hearted",
        "and rather selfish is to be ill disposed.",
    ),
    Cut("librivox_0930", 0.0, 1.69, 3.02, "He might even have been made.", "Amiable himself."),
    Cut("weather_question", 0.0, 1.19, 1.87, "What's the weather.", "In Paris?"),
)
"""Real recordings, cut inside a sentence; some halves have the full stop that a recogniser puts at any pause."""


def recording(name: str) -> Pcm:
    """The samples of a recording."""
    with wave.open(str(AUDIO / f"{name}.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def trimmed(pcm: Pcm) -> Pcm:
    """From the first sound to the last."""
    sounds = np.flatnonzero(np.abs(pcm.astype(np.int32)) > SOUND)
    return pcm[int(sounds[0]) : int(sounds[-1]) + 1]


def said(name: str, text: str, report: Report | None = None) -> Stretch:
    """A whole recording, trimmed."""
    return Stretch(trimmed(recording(name)), text, report or Report())


def halves(cut: Cut, pause: float) -> tuple[Stretch, Stretch]:
    """A recording with ``pause`` seconds of room between its two halves."""
    pcm = recording(cut.clip)
    times = (cut.since, cut.at, cut.resumes or cut.at, cut.until)
    since, middle, resumes, until = (round(seconds * RATE) for seconds in times)
    before, after = trimmed(_faded(pcm[since:middle])), trimmed(_faded(pcm[resumes:until]))
    return Stretch(before, cut.before, pause_after=pause), Stretch(after, cut.after)


def babble(seconds: float) -> Stretch:
    """A noise that sounds like a voice and holds no word: speech played backwards."""
    pcm = trimmed(recording("interested_price"))[::-1][: round(seconds * RATE)]
    return Stretch(np.ascontiguousarray(pcm), "")


def hiss(seconds: float, chance: np.random.Generator) -> Stretch:
    """A noise that sounds like none: loud, even and hissing."""
    pcm = chance.normal(0, 3000, round(seconds * RATE))
    return Stretch(pcm.clip(-32768, 32767).astype(np.int16), "", Report(speech_started=False))


def room(samples: int, chance: np.random.Generator) -> Pcm:
    """A room in which nobody speaks."""
    return chance.normal(0, ROOM_LEVEL, samples).astype(np.int16)


def _faded(pcm: Pcm) -> Pcm:
    ramp = np.linspace(0, 1, round(CUT_FADE_SECONDS * RATE))
    faded = pcm.astype(np.float64)
    faded[: len(ramp)] *= ramp
    faded[-len(ramp) :] *= ramp[::-1]
    return faded.astype(np.int16)
