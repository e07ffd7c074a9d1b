"""What Deepgram may send, checked where it enters: a message that lacks what its readers need is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Message = dict[str, Any]

ERROR = "Error"
PLAIN = frozenset({"Metadata", "UtteranceEnd", ERROR})


def message_of(raw: str | bytes) -> Message | None:
    """The message; None for bytes, for what is no JSON, for an unknown type and for one that is not complete."""
    if isinstance(raw, bytes):
        return None
    try:
        message = json.loads(raw)
    except ValueError:
        return None
    return message if _is_complete(message) else None


class Finals:
    """How far into a stream the words are final: what may change and tells of no more than that comes too late."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def overtook(self, message: Message) -> bool:
        """Whether the words of ``message``, or others in their place, were final before it came."""
        match message:
            case {"type": "Results", "start": start, "duration": duration, **more}:
                until = float(start + duration)
                if not more.get("is_final"):
                    return until <= self._seconds
                self._seconds = max(self._seconds, until)
        return False


def _is_complete(message: object) -> bool:
    match message:
        case {"type": "Results", "channel": {"alternatives": [*alternatives]}, **more}:
            return _has_times(more) and all(_has_words(alternative) for alternative in alternatives)
        case {"type": "SpeechStarted", "timestamp": int() | float()}:
            return True
        case {"type": str(kind)}:
            return kind in PLAIN
        case _:
            return False


def _has_times(results: Mapping[object, object]) -> bool:
    match results:
        case {"start": int() | float() as start, "duration": int() | float() as duration}:
            return 0 <= start + duration < float("inf")
        case _:
            return False


def _has_words(alternative: object) -> bool:
    match alternative:
        case {"transcript": str()}:
            return True
        case _:
            return False
