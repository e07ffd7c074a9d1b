"""Who thinks for too long is told of."""

from __future__ import annotations

import asyncio

import pytest

from vantum.core.events import ConversationState, ErrorReported, Event, StateChanged
from vantum.thinking_alert import ThinkingAlert

LISTENING, THINKING, ENDED = ConversationState.LISTENING, ConversationState.THINKING, ConversationState.ENDED


@pytest.mark.parametrize(
    ("seconds", "moves", "alerts"),
    [
        (5.0, [(0.0, THINKING), (9.0, LISTENING), (10.0, THINKING)], [5.0, 15.0]),
        (5.0, [(0.0, THINKING), (4.9, LISTENING)], []),
        (5.0, [(0.0, THINKING), (4.9, ENDED)], []),
        (5.0, [(0.0, LISTENING)], []),
        (0.0, [(0.0, THINKING)], []),
    ],
)
async def test_an_alert_comes_once_for_each_time_that_takes_long(
    seconds: float, moves: list[tuple[float, ConversationState]], alerts: list[float]
) -> None:
    loop = asyncio.get_running_loop()
    began, told = loop.time(), []

    def tell(event: Event) -> None:
        assert event == ErrorReported("llm", "The answer takes longer than 5 s.", retryable=True)
        told.append(round(loop.time() - began, 3))

    alert = ThinkingAlert("c1", seconds, tell)
    done = asyncio.Event()
    for at, state in moves:
        loop.call_at(began + at, alert.watch, StateChanged(LISTENING, state))
    loop.call_at(began + 30.0, done.set)
    await done.wait()
    assert told == alerts
