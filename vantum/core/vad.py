"""Voice activity as a state machine over windows: is the caller speaking?

Each window of audio (32 ms) arrives as the model's speech probability and a loudness. Speech has started after
``start_seconds`` of voiced windows in a row and has stopped after ``stop_seconds`` of unvoiced ones. Once the
caller speaks, a lower threshold keeps them speaking, so that quiet word endings do not cut a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WINDOW_SECONDS = 0.032
HYSTERESIS = 0.15
"""How far below the threshold a window may fall and still continue speech (Silero's own recommendation)."""


class Voice(StrEnum):
    """What the last windows said."""

    QUIET = "quiet"
    STARTING = "starting"
    SPEAKING = "speaking"
    STOPPING = "stopping"


class Change(StrEnum):
    """A change that the rest of the call must know of."""

    STARTED = "started"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class VadSettings:
    """When speech counts as started and stopped.

    ``threshold`` is a probability 0..1, times are seconds, ``floor_db`` is the RMS level in dBFS below which no
    window is voiced, whatever the model says.
    """

    threshold: float = 0.6
    start_seconds: float = 0.2
    stop_seconds: float = 0.2
    floor_db: float = -55.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold is {self.threshold}; it must lie between 0 and 1.")
        if not 0.0 <= self.start_seconds <= 5.0:
            raise ValueError(f"start_seconds is {self.start_seconds}; it must lie between 0 and 5.")
        if not 0.0 <= self.stop_seconds <= 5.0:
            raise ValueError(f"stop_seconds is {self.stop_seconds}; it must lie between 0 and 5.")


class VoiceActivity:
    """The state of one call; ``step`` is fed one window after the other."""

    def __init__(self, settings: VadSettings) -> None:
        self._settings = settings
        self._start_windows = max(1, round(settings.start_seconds / WINDOW_SECONDS))
        self._stop_windows = max(1, round(settings.stop_seconds / WINDOW_SECONDS))
        self._voice = Voice.QUIET
        self._run = 0

    @property
    def voice(self) -> Voice:
        return self._voice

    @property
    def speaking(self) -> bool:
        """True from STARTED to STOPPED."""
        return self._voice in (Voice.SPEAKING, Voice.STOPPING)

    @property
    def start_seconds(self) -> float:
        """How long before STARTED the speech began."""
        return self._start_windows * WINDOW_SECONDS

    @property
    def stop_seconds(self) -> float:
        """How long before STOPPED the speech ended."""
        return self._stop_windows * WINDOW_SECONDS

    def step(self, probability: float, level_db: float) -> Change | None:
        """Take the next window: the model's probability and its RMS level in dBFS."""
        threshold = self._settings.threshold - (HYSTERESIS if self.speaking else 0.0)
        voiced = probability >= threshold and level_db >= self._settings.floor_db
        if self.speaking:
            if not voiced:
                return self._toward_silence()
            self._back_to(Voice.SPEAKING)
        elif voiced:
            return self._toward_speech()
        else:
            self._back_to(Voice.QUIET)
        return None

    def reset(self) -> None:
        """Forget the windows so far: the audio was interrupted."""
        self._back_to(Voice.QUIET)

    def _toward_speech(self) -> Change | None:
        self._run += 1
        if self._run < self._start_windows:
            self._voice = Voice.STARTING
            return None
        self._back_to(Voice.SPEAKING)
        return Change.STARTED

    def _toward_silence(self) -> Change | None:
        self._run += 1
        if self._run < self._stop_windows:
            self._voice = Voice.STOPPING
            return None
        self._back_to(Voice.QUIET)
        return Change.STOPPED

    def _back_to(self, voice: Voice) -> None:
        self._voice = voice
        self._run = 0
