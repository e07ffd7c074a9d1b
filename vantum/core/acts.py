"""What the conversation wants done, as values: its shell turns them into frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vantum.core.conversation import Message, ToolCall
from vantum.core.events import Event, OutputRequest


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the language model, with these messages."""

    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Cancel whatever is being made or said; what was heard of it is reported once."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Let the record, the client and the metrics know."""

    event: Event


@dataclass(frozen=True, slots=True)
class ToOutput:
    """Ask something of the splitter and the transport output."""

    request: OutputRequest


@dataclass(frozen=True, slots=True)
class Speak:
    """Say ``text``, behind what the language model has said."""

    text: str


@dataclass(frozen=True, slots=True)
class RunTools:
    """Run tools, all at once."""

    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class CallerBegan:
    """The caller's turn has begun."""


@dataclass(frozen=True, slots=True)
class CallerFinished:
    """The caller's turn is over."""


@dataclass(frozen=True, slots=True)
class EndCall:
    """End the call once all that was said has been heard; ``reason`` in words."""

    reason: str


@dataclass(frozen=True, slots=True)
class LetCallerGo:
    """The caller has left, and no word of theirs is outstanding any more."""


Act = Ask | Cut | Tell | ToOutput | Speak | RunTools | CallerBegan | CallerFinished | EndCall | LetCallerGo


class Acts:
    """What is to be done, in order, until somebody does it."""

    def __init__(self) -> None:
        self._waiting: list[Act] = []

    def add(self, *acts: Act) -> None:
        """These too."""
        self._waiting.extend(acts)

    def tell(self, event: Event) -> None:
        """Let the others know of an event."""
        self.add(Tell(event))

    def ask_output(self, request: OutputRequest) -> None:
        """Ask something of the output."""
        self.add(ToOutput(request))

    def take(self) -> Sequence[Act]:
        """All that waits; nothing waits any more."""
        waiting, self._waiting = self._waiting, []
        return waiting
