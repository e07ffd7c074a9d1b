"""A recogniser that hears by the samples: a word is heard where its part of a recording arrives.

So audio that is lost on the way to the provider is a word that is missing, and audio that is sent twice to one link
is a word that comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from benchmarks.conversation.speech import Stretch, said
from tests.wire.deepgram_server import DeepgramServer
from tests.wire.hearing import Listener, Message, decode

MARK_SAMPLES = 32
SAMPLE_BYTES = 2

TEXTS = {
    "not_interested": "No, thank you. I am not interested.",
    "who_is_this": "Who is this, and where did you get my number?",
    "do_not_call": "Please take me off your list.",
    "are_you_a_robot": "Wait, are you a robot?",
}
CLIPS: tuple[Stretch, ...] = tuple(said(name, text) for name, text in TEXTS.items())
"""What the caller says, turn by turn: without pauses in which a recogniser would see an end."""


def marks(stretch: Stretch) -> dict[bytes, str]:
    """The loudest bit in each word's part of a recording; a part is as long as every other."""
    words = stretch.text.split()
    size = len(stretch.pcm) // len(words)
    found = {}
    for index, word in enumerate(words):
        part = stretch.pcm[index * size : (index + 1) * size]
        at = min(int(np.argmax(np.abs(part.astype(np.int32)))), size - MARK_SAMPLES)
        found[part[at : at + MARK_SAMPLES].tobytes()] = word
    return found


MARKS = {mark: word for clip in CLIPS for mark, word in marks(clip).items()}
_ANY = re.compile(b"|".join(re.escape(mark) for mark in MARKS), re.DOTALL)


class WordListener(Listener):
    """One link of a recogniser that hears by the samples; 16-bit audio only."""

    def __init__(self, rate: int, encoding: str, options: Mapping[str, str]) -> None:
        super().__init__(rate, encoding, options, iter(()))
        self._tail = b""

    def audio(self, data: bytes) -> list[Message]:
        """What is told of more audio."""
        stream = self._tail + data
        found = [MARKS[match.group()] for match in _ANY.finditer(stream)]
        # A mark that lies across two chunks is found with the second, and none is found twice.
        self._tail = stream[-(MARK_SAMPLES * SAMPLE_BYTES - 1) :]
        messages = super().audio(data)
        if not found:
            return messages
        if not self._speech:
            messages += self._loud(len(decode(data, self.encoding)))
        self._words += found
        if self.options.get("interim_results") == "true":
            messages.append(self._results(self._words, is_final=False))
        return messages

    def unsaid(self) -> list[str]:
        """Whoever is sent the audio again hears it again."""
        return []

    def _final(self, *, from_finalize: bool) -> Message:
        message = super()._final(from_finalize=from_finalize)
        self._words = []
        return message


class HearingServer(DeepgramServer):
    """Deepgram's protocol, and ears that hear by the samples."""

    def listener(self, options: Mapping[str, str]) -> Listener:
        """Who hears what comes on a link."""
        return WordListener(int(options["sample_rate"]), options["encoding"], options)
