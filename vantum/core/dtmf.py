"""The keys of a telephone: those that a caller presses, and the tones of those that the bot presses.

The law kept here: keys are handed on once, when the caller ends them, when they are as many as may be, or when
no other comes for ``PAUSE_SECONDS``.
"""

from __future__ import annotations

import math
import struct
from functools import lru_cache
from typing import Final

from vantum.core.audio import SAMPLE_BYTES

KEYS: Final = "0123456789*#"
PAUSE_SECONDS: Final = 2.0
"""How long the next key may take before those so far are taken as all."""

MAX_KEYS: Final = 32
"""The longest run of tones, pauses included: an extension or an account number, never a recording."""

TONE_SECONDS: Final = 0.2
GAP_SECONDS: Final = 0.06
RAMP_SECONDS: Final = 0.005
"""A tone that begins or ends at once clicks, and a click is sound at every key's frequency."""
WAIT: Final = "w"
WAIT_SECONDS: Final = 0.5

# -9 dBFS for each of the two tones: their sum stays 3 dB below full scale.
_AMPLITUDE: Final = 32_767 * 10 ** (-9 / 20)
_ROWS: Final = (("123", 697), ("456", 770), ("789", 852), ("*0#", 941))
_COLUMNS: Final = (1_209, 1_336, 1_477)

FREQUENCIES: Final = {key: (low, high) for row, low in _ROWS for key, high in zip(row, _COLUMNS, strict=True)}
"""The two frequencies of each key in hertz (ITU-T Q.23)."""


class Keypad:
    """The keys that a caller enters: collected until ``terminator`` or until there are ``longest``."""

    def __init__(self, terminator: str = "#", longest: int = 32) -> None:
        """Raises ``ValueError`` when ``terminator`` is not one of ``KEYS``."""
        if terminator not in FREQUENCIES:
            raise ValueError(f"The terminator is {terminator!r}; it must be one key of {KEYS}.")
        self._terminator = terminator
        self._longest = longest
        self._entered = ""

    @property
    def waiting(self) -> bool:
        """Whether keys were entered and their end is awaited."""
        return self._entered != ""

    def press(self, key: str) -> str | None:
        """Take one key. Returns all keys, without the terminator, when this one ends them; else None.

        What is no key is ignored, and so is a terminator that ends nothing.
        """
        if key not in FREQUENCIES:
            return None
        if key == self._terminator:
            return self._taken()
        self._entered += key
        return self._taken() if len(self._entered) >= self._longest else None

    def pause(self) -> str | None:
        """No key came for ``PAUSE_SECONDS``. Returns those entered so far; None when there are none."""
        return self._taken()

    def _taken(self) -> str | None:
        entered, self._entered = self._entered, ""
        return entered or None


def tones(keys: str, rate: int) -> bytes:
    """``keys`` as in-band tones: PCM16LE mono at ``rate`` hertz.

    A key is 200 ms of its two frequencies and 60 ms of silence; "w" is 500 ms of silence. Raises ``ValueError``
    for any other character and for more than ``MAX_KEYS`` characters.
    """
    if len(keys) > MAX_KEYS:
        raise ValueError(f"{len(keys)} keys are too many; at most {MAX_KEYS} can be pressed at a time.")
    for key in keys:
        if key != WAIT and key not in FREQUENCIES:
            raise ValueError(f"{key!r} is no key; allowed are 0-9, *, # and w.")
    return b"".join(_silence(WAIT_SECONDS, rate) if key == WAIT else _tone(key, rate) for key in keys)


def _silence(seconds: float, rate: int) -> bytes:
    return bytes(SAMPLE_BYTES * round(seconds * rate))


# A number has the same few keys over and over, and a key costs thousands of sines.
@lru_cache(maxsize=64)
def _tone(key: str, rate: int) -> bytes:
    samples, ramp = round(TONE_SECONDS * rate), RAMP_SECONDS * rate
    low, high = (math.tau * frequency / rate for frequency in FREQUENCIES[key])
    tone = [
        round(
            _AMPLITUDE * min(1.0, n / ramp, (samples - n) / ramp) * (math.sin(low * n) + math.sin(high * n))
        )
        for n in range(samples)
    ]
    return struct.pack(f"<{samples}h", *tone) + _silence(GAP_SECONDS, rate)
