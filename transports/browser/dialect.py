"""The two sets of names that browser clients speak, as one table, and the rules that read an event's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Dialect(StrEnum):
    """A set of event names. One connection speaks one dialect: that of the first message it receives."""

    CURRENT = "current"
    FIRST = "first"


class Asked(StrEnum):
    """What a client's request asks for, in either dialect."""

    START = "start"
    CHUNK = "chunk"
    END = "end"


class Cancel(StrEnum):
    """Why an utterance was cut: the caller spoke, or the server stopped it."""

    BARGE_IN = "barge_in"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Names:
    """The event names of one dialect; ``None`` where the dialect has no such message."""

    asked: Mapping[Asked, str]
    connected: str
    speech_start: str
    speech_chunk: str
    speech_complete: str
    speech_cancel: Mapping[Cancel, str]
    transcript_interim: str
    transcript_final: str
    response_start: str | None
    response_complete: str | None
    response_words: str | None
    response_paused: str | None
    response_resumed: str | None
    turn_latency: str | None
    provider_switched: str | None
    state_changed: str | None
    unreadable: str
    failure: str
    """What no request caused; ``{source}`` stands for the part that failed."""


NAMES: Mapping[Dialect, Names] = MappingProxyType(
    {
        Dialect.CURRENT: Names(
            asked={
                Asked.START: "audio.input.start",
                Asked.CHUNK: "audio.input.chunk",
                Asked.END: "audio.input.end",
            },
            connected="connection.lifecycle.ack",
            speech_start="audio.output.start",
            speech_chunk="audio.output.chunk",
            speech_complete="audio.output.complete",
            speech_cancel={
                Cancel.BARGE_IN: "audio.output.cancel",
                Cancel.STOPPED: "audio.output.cancel",
            },
            transcript_interim="transcript.interim",
            transcript_final="transcript.final",
            response_start="conversation.response.start",
            response_complete="conversation.response.complete",
            response_words="conversation.response.words",
            response_paused="conversation.response.paused",
            response_resumed="conversation.response.resumed",
            turn_latency="conversation.turn.latency",
            provider_switched="conversation.provider.switched",
            state_changed="conversation.state.changed",
            unreadable="error.system.unknown",
            failure="error.system.{source}",
        ),
        Dialect.FIRST: Names(
            asked={
                Asked.START: "voicechat.audio.start",
                Asked.CHUNK: "voicechat.audio.chunk",
                Asked.END: "voicechat.audio.end",
            },
            connected="connection.ack",
            speech_start="voicechat.response.start",
            speech_chunk="voicechat.response.chunk",
            speech_complete="voicechat.response.complete",
            speech_cancel={
                Cancel.BARGE_IN: "voicechat.response.interrupt",
                Cancel.STOPPED: "voicechat.response.stop",
            },
            transcript_interim="transcript.interim",
            transcript_final="transcript.final",
            response_start=None,
            response_complete=None,
            response_words=None,
            response_paused=None,
            response_resumed=None,
            turn_latency=None,
            provider_switched=None,
            state_changed=None,
            unreadable="error.error",
            failure="voicechat.error",
        ),
    }
)

# A client does not know the server's dialect before it has spoken, so it is greeted in both, the older first.
GREETING_ORDER = (Dialect.FIRST, Dialect.CURRENT)

# What a request is called in an error reply when its own name could not be read.
UNREADABLE_REQUEST = "error.unknown"

REQUESTS: Mapping[str, Asked] = MappingProxyType(
    {name: asked for names in NAMES.values() for asked, name in names.asked.items()}
)


def dialect_of(event_type: str) -> Dialect:
    """Return the dialect that a client's event belongs to, known to us or not."""
    return Dialect.FIRST if event_type.startswith("voicechat.") else Dialect.CURRENT


def error_name(event_type: str) -> str:
    """Return the name of the error that answers a request: its last dotted part becomes ``error``."""
    family, dot, _ = event_type.rpartition(".")
    return f"{family}.error" if dot else "error.unknown"
