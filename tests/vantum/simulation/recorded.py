"""Calls for tests, made of the events of their records."""

from __future__ import annotations

from collections.abc import Mapping

from vantum.testing import PlayedCall, Sound


def event(t: float, event: str, /, **fields: object) -> Mapping[str, object]:
    return {"t": t, "event": event, **fields}


def played(
    *events: Mapping[str, object],
    sounds: tuple[tuple[float, float], ...] = (),
    context: tuple[tuple[str, str], ...] = (),
    transcript: tuple[tuple[str, str], ...] = (),
    asked: tuple[str, ...] = (),
    ended: float = 9.0,
) -> PlayedCall:
    """A call of which this is known; ``asked`` are the last words of each request."""
    record: dict[str, object] = {
        "events": list(events),
        "transcript": [{"t": 0.0, "speaker": speaker, "text": text} for speaker, text in transcript],
    }
    requests = tuple(({"role": "user", "content": text},) for text in asked)
    audible = tuple(Sound(begin, end, "u") for begin, end in sounds)
    return PlayedCall((), None, audible, context, record, ended, requests)  # type: ignore[arg-type]
