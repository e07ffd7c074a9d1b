"""Voice activity as a state machine over windows: is the caller speaking?

Each window of audio (32 ms) arrives as the model's speech probability and a loudness. Speech has started after
``start_seconds`` of voiced windows in a row, or after two thirds of them if the model is sure of each: the bot must
be silent within 300 ms of the caller's first sound, and a short "stop" has few windows. Speech pauses after
``pause_seconds`` of unvoiced windows and has stopped after ``stop_seconds``. Once the caller speaks, a lower
threshold keeps them speaking, so that quiet word endings do not cut a turn.

Law: STARTED, then any number of PAUSED and RESUMED in turn, then PAUSED and STOPPED.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WINDOW_SECONDS = 0.032
HYSTERESIS = 0.15
"""How far below the threshold a window may fall and still continue speech (Silero's own recommendation)."""
SURE = 0.9
SURE_SHARE = 2 / 3
FEWEST_SURE_WINDOWS = 4
"""128 ms. Sounds shorter than 100 ms, words cut to that length too, never fill more than three; measured."""


class Voice(StrEnum):
    """What the last windows said."""

    QUIET = "quiet"
    STARTING = "starting"
    SPEAKING = "speaking"
    STOPPING = "stopping"
    PAUSED = "paused"


class Change(StrEnum):
    """A change that the rest of the call must know of."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class VadSettings:
    """When speech counts as started, paused and stopped.

    ``threshold`` is a probability 0..1, times are seconds, ``floor_db`` is the RMS level in dBFS below which no
    window is voiced, whatever the model says. A pause comes at least one window before the stop.
    """

    threshold: float = 0.6
    start_seconds: float = 0.2
    pause_seconds: float = 0.1
    stop_seconds: float = 0.2
    floor_db: float = -55.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold is {self.threshold}; it must lie between 0 and 1.")
        if not 0.0 <= self.start_seconds <= 5.0:
            raise ValueError(f"start_seconds is {self.start_seconds}; it must lie between 0 and 5.")
        if not 0.0 <= self.pause_seconds <= 5.0:
            raise ValueError(f"pause_seconds is {self.pause_seconds}; it must lie between 0 and 5.")
        if not 0.0 <= self.stop_seconds <= 5.0:
            raise ValueError(f"stop_seconds is {self.stop_seconds}; it must lie between 0 and 5.")


class VoiceActivity:
    """The state of one call; ``step`` is fed one window after the other."""

    def __init__(self, settings: VadSettings) -> None:
        self._settings = settings
        self._start_windows = _windows(settings.start_seconds)
        sure = max(FEWEST_SURE_WINDOWS, round(SURE_SHARE * self._start_windows))
        self._sure_windows = min(self._start_windows, sure)
        self._stop_windows = max(2, _windows(settings.stop_seconds))
        self._pause_windows = min(_windows(settings.pause_seconds), self._stop_windows - 1)
        self._voice = Voice.QUIET
        self._run = 0
        self._sure_run = 0

    @property
    def voice(self) -> Voice:
        return self._voice

    @property
    def speaking(self) -> bool:
        """True from STARTED to STOPPED."""
        return self._voice in (Voice.SPEAKING, Voice.STOPPING, Voice.PAUSED)

    @property
    def run_seconds(self) -> float:
        """How long the windows agree: at STARTED since the speech began, at PAUSED and STOPPED since it ended."""
        return self._run * WINDOW_SECONDS

    def step(self, probability: float, level_db: float) -> Change | None:
        """Take the next window: the model's probability and its RMS level in dBFS."""
        threshold = self._settings.threshold - (HYSTERESIS if self.speaking else 0.0)
        voiced = probability >= threshold and level_db >= self._settings.floor_db
        if self.speaking:
            return self._resume() if voiced else self._toward_silence()
        if voiced:
            return self._toward_speech(probability)
        self.reset()
        return None

    def reset(self) -> None:
        """Forget the windows so far: the audio was interrupted."""
        self._voice = Voice.QUIET
        self._run = self._sure_run = 0

    def _toward_speech(self, probability: float) -> Change | None:
        self._run = self._run + 1 if self._voice is Voice.STARTING else 1
        self._sure_run = self._sure_run + 1 if probability >= SURE else 0
        if self._run < self._start_windows and self._sure_run < self._sure_windows:
            self._voice = Voice.STARTING
            return None
        self._voice = Voice.SPEAKING
        self._sure_run = 0
        return Change.STARTED

    def _resume(self) -> Change | None:
        was_paused = self._voice is Voice.PAUSED
        self._voice = Voice.SPEAKING
        return Change.RESUMED if was_paused else None

    def _toward_silence(self) -> Change | None:
        self._run = 1 if self._voice is Voice.SPEAKING else self._run + 1
        if self._run == self._stop_windows:
            self._voice = Voice.QUIET
            return Change.STOPPED
        if self._run == self._pause_windows:
            self._voice = Voice.PAUSED
            return Change.PAUSED
        if self._voice is Voice.SPEAKING:
            self._voice = Voice.STOPPING
        return None


def _windows(seconds: float) -> int:
    return max(1, round(seconds / WINDOW_SECONDS))
