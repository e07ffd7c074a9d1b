"""What a local Deepgram hears: audio in, the protocol's messages out; all times are counted in samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

LOUD = 300.0
"""Root mean square from which on 16-bit audio counts as speech."""
SECONDS_PER_WORD = 0.2
REQUEST_ID = "00000000-0000-4000-8000-000000000000"

Message = dict[str, object]


@dataclass(slots=True)
class Listener:
    """What one link hears: audio in, messages out."""

    rate: int
    encoding: str
    options: Mapping[str, str]
    script: Iterator[str]
    _heard: int = 0
    _speech: int = 0
    _quiet: int = 0
    _started: int = 0
    _words: list[str] = field(default_factory=list)
    _shown: int = 0
    _spoken: int | None = None

    def audio(self, data: bytes) -> list[Message]:
        samples = decode(data, self.encoding)
        self._heard += len(samples)
        if len(samples) and float(np.sqrt(np.mean(np.square(samples)))) > LOUD:
            return self._loud(len(samples))
        return self._silent(len(samples))

    def finalize(self) -> list[Message]:
        return [self._final(from_finalize=True)]

    def unsaid(self) -> list[str]:
        """The utterance being heard, if it has had no final result: it is said again to who hears it again."""
        return [" ".join(self._words)] if self._speech and self._words else []

    def metadata(self) -> Message:
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": REQUEST_ID,
            "sha256": "0" * 64,
            "created": "2026-01-01T00:00:00.000Z",
            "duration": self._heard / self.rate,
            "channels": 1,
        }

    def _loud(self, samples: int) -> list[Message]:
        messages: list[Message] = []
        if not self._speech:
            self._started = self._heard - samples
            self._words, self._shown = next(self.script, "").split(), 0
            self._spoken = None
            if self.options.get("vad_events") == "true":
                start = self._started / self.rate
                messages.append({"type": "SpeechStarted", "channel": [0], "timestamp": start})
        self._speech += samples
        self._quiet = 0
        shown = min(len(self._words), int(self._speech / self.rate / SECONDS_PER_WORD))
        if shown > self._shown:
            self._shown = shown
            if self.options.get("interim_results") == "true":
                messages.append(self._results(self._words[:shown], is_final=False))
        return messages

    def _silent(self, samples: int) -> list[Message]:
        self._quiet += samples
        if self._speech:
            limit = self.options.get("endpointing", "10")
            if limit == "false" or self._quiet < int(limit) * self.rate / 1000:
                return []
            return [self._final(from_finalize=False)]
        gap = self.options.get("utterance_end_ms")
        if self._spoken is None or gap is None or self._quiet < int(gap) * self.rate / 1000:
            return []
        end, self._spoken = self._spoken, None
        return [{"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": end / self.rate}]

    def _final(self, *, from_finalize: bool) -> Message:
        speaking = self._speech > 0
        words = self._words if speaking else []
        message = self._results(words, is_final=True)
        message |= {"speech_final": not from_finalize, "from_finalize": from_finalize}
        if words:
            self._spoken = self._heard - self._quiet
        self._speech = 0
        return message

    def _results(self, words: list[str], *, is_final: bool) -> Message:
        start = self._started / self.rate
        duration = (self._heard - self._started) / self.rate
        each = duration / max(1, len(words))
        timed = [
            {
                "word": word.lower().strip(".,?!"),
                "punctuated_word": word,
                "start": start + index * each,
                "end": start + (index + 1) * each,
                "confidence": 0.97,
            }
            for index, word in enumerate(words)
        ]
        alternative = {"transcript": " ".join(words), "confidence": 0.97 if words else 0.0, "words": timed}
        return {
            "type": "Results",
            "channel_index": [0, 1],
            "start": start,
            "duration": duration,
            "is_final": is_final,
            "speech_final": False,
            "from_finalize": False,
            "channel": {"alternatives": [alternative]},
            "metadata": {
                "request_id": REQUEST_ID,
                "model_info": {"name": self.options["model"], "version": "2026-01-01", "arch": "nova-3"},
                "model_uuid": REQUEST_ID,
            },
        }


def decode(data: bytes, encoding: str) -> np.typing.NDArray[np.float64]:
    """The samples on the scale of 16-bit audio (G.711 for mulaw)."""
    if encoding == "linear16":
        return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.float64)
    code = ~np.frombuffer(data, dtype=np.uint8)
    exponent, mantissa = (code >> 4) & 7, (code & 15).astype(np.float64)
    magnitude = (mantissa * 8 + 132) * np.exp2(exponent.astype(np.float64)) - 132
    return np.where(code & 128, -magnitude, magnitude)
