"""What came of a scripted call: all that its client was sent and heard, its record and its context."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pipecat.processors.aggregators.llm_context import LLMContextMessage

from vantum.core.transcript import Entry
from vantum.testing.ear import Sound
from vantum.testing.memory_socket import Closed, Received


@dataclass(frozen=True, slots=True)
class PlayedCall:
    """A call that is over. Times are seconds since the client connected.

    ``received`` is what the client was sent, ``closed`` how the server closed the connection (None when the
    caller hung up), ``sounds`` what the client played, ``context`` the conversation as (role, words) without
    the system prompt, ``record`` the call's record and ``ended`` when nothing of the call was left. In the
    context, ``call`` is the name of a tool that was called, and ``result`` the JSON that it returned.
    ``asked`` holds the messages of each request to a scripted language model.
    """

    received: tuple[Received, ...]
    closed: Closed | None
    sounds: tuple[Sound, ...]
    context: tuple[tuple[str, str], ...]
    record: Mapping[str, object]
    ended: float
    asked: tuple[tuple[LLMContextMessage, ...], ...] = ()

    @property
    def states(self) -> list[tuple[object, object]]:
        """The states of the conversation, each with the time at which it began."""
        return [(entry["t"], entry["state"]) for entry in self.events("state_changed")]

    @property
    def audible(self) -> list[tuple[float, float]]:
        """The stretches of time in which the bot was heard."""
        return [(sound.begin, sound.end) for sound in self.sounds]

    @property
    def transcript(self) -> list[tuple[str, str]]:
        """The lines of the record's transcript, as (speaker, words)."""
        match self.record["transcript"]:
            case list(lines):
                return [(str(line["speaker"]), str(line["text"])) for line in lines]
            case other:
                raise TypeError(f"The transcript is {other!r}.")

    def of(self, event: str) -> list[Received]:
        """The messages of an ``eventType``."""
        return [received for received in self.received if received.event == event]

    def times(self, event: str) -> list[float]:
        """When messages of an ``eventType`` came."""
        return [received.time for received in self.of(event)]

    @property
    def entries(self) -> list[Entry]:
        """All entries of the record, in order."""
        match self.record["events"]:
            case list(entries):
                return entries
            case other:
                raise TypeError(f"The events are {other!r}.")

    def events(self, name: str) -> list[Entry]:
        """The entries of the record with a name, such as ``turn_committed``."""
        return [entry for entry in self.entries if entry["event"] == name]

    def heard(self, by: float = math.inf, since: float = 0.0) -> str:
        """The words of the bot that began to be heard from ``since`` to ``by``."""
        spoken = [
            str(entry["text"])
            for entry in self.events("words_spoken")
            if isinstance(entry["t"], float) and since <= entry["t"] <= by
        ]
        return " ".join(spoken)
