"""What Deepgram's stand-in makes of one stretch of speech: which messages it sends, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks.conversation.speech import FINAL_SECONDS, Stretch

SPEECH_KNOWN_SECONDS = 0.2
"""From a first sound to ``SpeechStarted``."""
FINALIZE_SECONDS = 0.03
LAST_WORD_SECONDS = 0.25
"""A wish to finalize so short before the end of the speech comes after its last vowel."""
DEFAULT_ENDPOINTING_MS = "10"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"

Message = dict[str, object]


@dataclass(frozen=True, slots=True)
class Began:
    """Speech is heard."""


@dataclass(frozen=True, slots=True)
class Known:
    """So many words are known."""

    words: int


@dataclass(frozen=True, slots=True)
class Final:
    """The words up to this number are final; the last one of a stretch tells all of them."""

    words: int


@dataclass(frozen=True, slots=True)
class Again:
    """The last final comes once more."""


@dataclass(frozen=True, slots=True)
class Silence:
    """It has been silent for the endpointing time and all words were told before."""


@dataclass(frozen=True, slots=True)
class UtteranceEnd:
    """It has been silent for ``utterance_end_ms``."""


Step = Began | Known | Final | Again | Silence | UtteranceEnd


def plan(stretch: Stretch, options: Mapping[str, str]) -> list[tuple[float, Step]]:
    """All that is told of a stretch, with the seconds after its beginning, in order."""
    return sorted(_steps(stretch, options), key=lambda item: item[0])


def _steps(stretch: Stretch, options: Mapping[str, str]) -> Iterator[tuple[float, Step]]:
    report, words = stretch.report, stretch.text.split()
    due = stretch.seconds + report.final_after
    if report.speech_started and options.get("vad_events") == "true":
        yield min(SPEECH_KNOWN_SECONDS, due), Began()
    for number in range(1, len(words) + 1):
        known = number * stretch.seconds / len(words) + FINAL_SECONDS
        if report.interims and known < due:
            yield known, Known(number)
    if report.split and len(words) > 1:
        yield due, Final(len(words) // 2)
    yield due, Final(len(words))
    for after in report.again_after:
        yield due + after, Again()
    silent = stretch.seconds + int(options.get("endpointing", DEFAULT_ENDPOINTING_MS)) / 1000
    if silent > due:
        yield silent, Silence()
    gap = options.get("utterance_end_ms")
    if words and gap is not None:
        yield max(silent, due, stretch.seconds + int(gap) / 1000), UtteranceEnd()


@dataclass(slots=True)
class Hearing:
    """A stretch on its way: what was told of it. ``begin`` is in seconds of the link's audio."""

    stretch: Stretch
    begin: float
    endpointing: float
    finalize: bool = False
    told_all: bool = False
    _told: int = 0
    _last: list[Message] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What is said."""
        return self.stretch.text.split()

    def messages(self, step: Step, heard: float, resumed: bool) -> list[Message]:
        """What is sent for a step, ``heard`` seconds into the link; ``resumed`` says that the caller speaks on."""
        match step:
            case Began():
                return [{"type": "SpeechStarted", "channel": [0], "timestamp": self.begin}]
            case Known(words=words):
                interim = self.words[self._told : words]
                return [self._results(interim, heard, is_final=False)] if interim else []
            case Final(words=words):
                return [self._final(words, heard, resumed)]
            case Again():
                return self._last
            case Silence() if not resumed:
                return [self._results([], heard, is_final=True, speech_final=True)]
            case UtteranceEnd() if not resumed:
                end = self.begin + self.stretch.seconds
                return [{"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": end}]
        return []

    def flush(self, heard: float) -> list[Message]:
        """A wish to finalize: the words so far at once, or the final that is due soon will answer it."""
        spoken = (heard - self.begin + LAST_WORD_SECONDS) / self.stretch.seconds
        words = self.words[self._told : int(spoken * len(self.words))]
        if spoken >= 1.0:
            self.finalize = True
            return []
        self._told += len(words)
        return [self._results(words, heard, is_final=True, from_finalize=True)]

    def _final(self, until: int, heard: float, resumed: bool) -> Message:
        words, self._told = self.words[self._told : until], max(self._told, until)
        self.told_all = until == len(self.words)
        silent = self.stretch.report.final_after >= self.endpointing and not resumed
        speech_final, asked = self.told_all and silent and bool(words), self.told_all and self.finalize
        message = self._results(words, heard, is_final=True, speech_final=speech_final, from_finalize=asked)
        self._last = [message]
        return message

    def _results(
        self,
        words: list[str],
        heard: float,
        *,
        is_final: bool,
        speech_final: bool = False,
        from_finalize: bool = False,
    ) -> Message:
        return results(words, self.begin, heard, is_final, speech_final, from_finalize)


def results(
    words: list[str], begin: float, end: float, is_final: bool, speech_final: bool, from_finalize: bool
) -> Message:
    """A message of words that were said from ``begin`` to ``end``, in seconds of the link's audio."""
    each = (end - begin) / max(1, len(words))
    timed = [
        {
            "word": word.lower().strip(".,?!"),
            "punctuated_word": word,
            "start": begin + index * each,
            "end": begin + (index + 1) * each,
            "confidence": 0.97,
        }
        for index, word in enumerate(words)
    ]
    alternative = {"transcript": " ".join(words), "confidence": 0.97 if words else 0.0, "words": timed}
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "start": begin,
        "duration": end - begin,
        "is_final": is_final,
        "speech_final": speech_final,
        "from_finalize": from_finalize,
        "channel": {"alternatives": [alternative]},
        "metadata": {
            "request_id": REQUEST_ID,
            "model_info": {"name": "nova-3", "version": "2026-01-01", "arch": "nova-3"},
            "model_uuid": REQUEST_ID,
        },
    }
