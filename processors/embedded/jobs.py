"""The requests and answers of a speech worker, as values and as bytes: one line of JSON, a list, and the audio."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

SPEECH_RATE = 16000
LONGEST_TEXT = 5000


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech to decode (PCM16, mono, 16 kHz) and the phrases the script expects."""

    pcm: bytes
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a decoder made of an utterance; ``score`` is a log likelihood over ``frames`` of 10 ms."""

    text: str
    score: float
    frames: int


@dataclass(frozen=True, slots=True)
class Line:
    """Text to speak, by whom, at how many words a minute, as PCM16 mono at ``rate``."""

    text: str
    voice: str
    words_per_minute: int
    rate: int

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            raise ValueError(f"a piece of {len(self.text)} characters; at most {LONGEST_TEXT} are spoken")


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken text: PCM16 mono, and when each word of the text begins, in seconds from the first sample."""

    pcm: bytes
    words: tuple[tuple[str, float], ...]


def pack_utterance(utterance: Utterance) -> bytes:
    """An utterance as the payload of a request."""
    return _pack((utterance.phrases,), utterance.pcm)


def unpack_utterance(payload: bytes) -> Utterance:
    """The utterance of a request."""
    (phrases,), pcm = _unpack(payload, 1)
    return Utterance(pcm, tuple(_text(phrase) for phrase in _items(phrases)))


def pack_heard(heard: Heard) -> bytes:
    """A decoder's answer as a payload."""
    return _pack((heard.text, heard.score, heard.frames))


def unpack_heard(payload: bytes) -> Heard:
    """A decoder's answer."""
    (text, score, frames), _ = _unpack(payload, 3)
    return Heard(_text(text), _number(score), int(_number(frames)))


def pack_line(line: Line) -> bytes:
    """A line to speak as the payload of a request."""
    return _pack((line.text, line.voice, line.words_per_minute, line.rate))


def unpack_line(payload: bytes) -> Line:
    """The line to speak of a request."""
    (text, voice, words_per_minute, rate), _ = _unpack(payload, 4)
    return Line(_text(text), _text(voice), int(_number(words_per_minute)), int(_number(rate)))


def pack_speech(speech: Speech) -> bytes:
    """Spoken text as a payload."""
    return _pack((speech.words,), speech.pcm)


def unpack_speech(payload: bytes) -> Speech:
    """Spoken text."""
    (words,), pcm = _unpack(payload, 1)
    return Speech(pcm, tuple(_word(word) for word in _items(words)))


def _word(value: object) -> tuple[str, float]:
    text, seconds = _items(value)
    return _text(text), _number(seconds)


def _pack(values: tuple[object, ...], pcm: bytes = b"") -> bytes:
    return json.dumps(values).encode() + b"\n" + pcm


def _unpack(payload: bytes, count: int) -> tuple[list[object], bytes]:
    line, _, pcm = payload.partition(b"\n")
    values = list(_items(json.loads(line)))
    if len(values) != count:
        raise ValueError(f"{len(values)} values where {count} belong")
    return values, pcm


def _items(value: object) -> Iterable[object]:
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} where a list belongs")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text belongs")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{type(value).__name__} where a number belongs")
    return value
