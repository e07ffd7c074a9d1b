"""What the local Deepgram hears."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from tests.wire.hearing import Listener, Message
from tests.wire.voice import encode

RATE = 16_000
OPTIONS = {
    "model": "nova-3",
    "interim_results": "true",
    "endpointing": "300",
    "utterance_end_ms": "1000",
    "vad_events": "true",
}


def sound(seconds: float, encoding: str = "pcm_s16le", level: float = 0.2) -> list[bytes]:
    """A tone in packets of 20 ms."""
    wave = level * np.sin(np.arange(int(seconds * RATE)) * 0.3)
    return [encode(wave[start : start + 320], encoding) for start in range(0, len(wave), 320)]


def listener(options: Mapping[str, str] = OPTIONS, encoding: str = "linear16") -> Listener:
    return Listener(RATE, encoding, options, iter(["Hello there.", "Bye."]))


def hear(ears: Listener, *packets: bytes) -> list[Message]:
    return [message for packet in packets for message in ears.audio(packet)]


@pytest.mark.parametrize(("encoding", "wire"), [("linear16", "pcm_s16le"), ("mulaw", "pcm_mulaw")])
def test_an_utterance_from_its_start_to_its_end(encoding: str, wire: str) -> None:
    heard = hear(listener(encoding=encoding), *sound(0.5, wire), *sound(1.2, wire, level=0.0))
    kinds = [(message["type"], message.get("is_final")) for message in heard]
    assert kinds == [
        ("SpeechStarted", None),
        ("Results", False),
        ("Results", False),
        ("Results", True),
        ("UtteranceEnd", None),
    ]
    assert heard[3]["speech_final"] is True
    assert heard[4]["last_word_end"] == pytest.approx(0.5, abs=0.02)


def test_finalize_ends_an_utterance_and_then_there_is_nothing_more() -> None:
    ears = listener()
    hear(ears, *sound(0.5))
    texts = [_transcript(message) for message in ears.finalize() + ears.finalize()]
    assert texts == ["Hello there.", ""]


def test_interims_and_events_come_only_when_asked_for() -> None:
    plain = {"model": "nova-3", "endpointing": "300"}
    heard = hear(listener(plain), *sound(0.5), *sound(2.0, level=0.0))
    assert [(message["type"], message["is_final"]) for message in heard] == [("Results", True)]


def test_a_script_that_is_over_says_nothing() -> None:
    ears = listener()
    for _ in range(2):
        hear(ears, *sound(0.5))
        ears.finalize()
    hear(ears, *sound(0.5))
    assert _transcript(ears.finalize()[0]) == ""


def _transcript(message: Message) -> object:
    match message:
        case {"channel": {"alternatives": [{"transcript": text}]}}:
            return text
    raise AssertionError(message)
