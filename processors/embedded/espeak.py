"""Synthesis with espeak-ng; runs inside a worker process (the library's state is global, its licence the GPL)."""

from __future__ import annotations

import ctypes
from enum import IntEnum

import espeakng_loader
import numpy as np
import soxr
from numpy.typing import NDArray

from processors.embedded.jobs import Line, Speech, pack_speech, unpack_line
from processors.embedded.word_times import word_times

LEAD_SECONDS = 0.040
TAIL_SECONDS = 0.120
# espeak's own pauses are exact zeros; its faintest consonants stay above this.
QUIETEST_SAMPLE = 64

_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_BY_CHARACTER = 1
_UTF8 = 1
_WORD_EVENT = 1
_GO_ON = 0


class _Parameter(IntEnum):
    RATE = 1


class _Identifier(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identifier),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Voice:
    """Speaks lines; one per process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self._own_rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT))
        if self._own_rate <= 0:
            raise OSError("espeak-ng cannot be initialised")
        self._pcm = bytearray()
        self._marks: list[tuple[int, float]] = []
        # The library keeps only the address: the callback must outlive every call.
        self._callback = _CALLBACK(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)
        self.speak(Line("Warm.", "en-us", 165, 16000))

    def __call__(self, request: bytes) -> bytes:
        return pack_speech(self.speak(unpack_line(request)))

    def speak(self, line: Line) -> Speech:
        """The line's audio, with the long silences around it cut, and the times of its words."""
        if self._library.espeak_SetVoiceByName(line.voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {line.voice!r}")
        self._library.espeak_SetParameter(_Parameter.RATE, line.words_per_minute, 0)
        self._pcm.clear()
        self._marks.clear()
        text = line.text.replace("\0", " ").encode() + b"\0"
        status = self._library.espeak_Synth(
            text, ctypes.c_size_t(len(text)), 0, _BY_CHARACTER, 0, _UTF8, None, None
        )
        if status != 0:
            raise ValueError(f"espeak-ng refused the text (status {status})")
        samples = np.frombuffer(bytes(self._pcm), dtype=np.int16)
        first, last = sound_bounds(samples, self._own_rate)
        marks = [(index, seconds - first / self._own_rate) for index, seconds in self._marks]
        # A text without a sound, such as a dash, is a short silence: every line has audio to wait for.
        sound = samples[first:last] if last else np.zeros(int(TAIL_SECONDS * self._own_rate), np.int16)
        return Speech(_resample(sound, self._own_rate, line.rate), word_times(line.text, marks))

    def _collect(self, wave: int | None, count: int, events: ctypes.Array[_Event]) -> int:
        index = 0
        while events[index].type != 0:
            event = events[index]
            if event.type == _WORD_EVENT:
                self._marks.append((event.text_position - 1, event.audio_position / 1000))
            index += 1
        if wave and count > 0:
            self._pcm += ctypes.string_at(wave, 2 * count)
        return _GO_ON


def sound_bounds(samples: NDArray[np.int16], rate: int) -> tuple[int, int]:
    """Where to cut: 40 ms before the first sound and 120 ms after the last one; (0, 0) if there is none."""
    loud = np.flatnonzero((samples > QUIETEST_SAMPLE) | (samples < -QUIETEST_SAMPLE))
    if loud.size == 0:
        return 0, 0
    first = int(loud[0]) - int(LEAD_SECONDS * rate)
    last = int(loud[-1]) + 1 + int(TAIL_SECONDS * rate)
    return max(0, first), min(samples.size, last)


def _resample(samples: NDArray[np.int16], own_rate: int, rate: int) -> bytes:
    return (samples if rate == own_rate else soxr.resample(samples, own_rate, rate)).tobytes()
