"""Tells when the bot thinks for too long: the caller hears "one moment", the operator should hear of it too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from loguru import logger

from vantum.core.events import ConversationState, ErrorReported, Event, StateChanged


class ThinkingAlert:
    """Watches the events of one call; ``tell`` is given an ``ErrorReported`` after ``seconds`` of thinking, once each
    time. 0 seconds: never."""

    def __init__(self, call_id: str, seconds: float, tell: Callable[[Event], None]) -> None:
        self._call_id = call_id
        self._seconds = seconds
        self._tell = tell
        self._due: asyncio.TimerHandle | None = None

    def watch(self, event: Event) -> None:
        """Take an event."""
        if not isinstance(event, StateChanged) or not self._seconds:
            return
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if event.state is ConversationState.THINKING:
            self._due = asyncio.get_running_loop().call_later(self._seconds, self._alert)

    def _alert(self) -> None:
        self._due = None
        logger.warning("An answer takes long.", call=self._call_id, seconds=self._seconds)
        self._tell(ErrorReported("llm", f"The answer takes longer than {self._seconds:g} s.", retryable=True))
