"""Calls and answers for the tests of the analysis."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from vantum.core.analysis.turn import Turn
from vantum.core.transcript import Speaker

BOT, CALLER = Speaker.BOT, Speaker.CALLER

# A busy machine is no fault of the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def call(*texts: str) -> tuple[Turn, ...]:
    """Turns of four seconds; a text that begins with ">" is the bot's."""
    return tuple(
        Turn(BOT if text.startswith(">") else CALLER, text.lstrip("> "), 5000 * at, 5000 * at + 4000)
        for at, text in enumerate(texts)
    )


def claim(value: object, quote: str = "", turn: int | None = None) -> dict[str, object]:
    """A value with its quote."""
    return {"value": value, "quote": quote, "turn": turn}


SHOP = call(
    "> Hello, I am Ada, an AI assistant. Do customers sometimes miss their appointment?",
    "Yes, all the time. We are twelve people here.",
    "> A reminder costs 49 dollars a month. May a colleague show you on Thursday at ten?",
    "That is too expensive for us, but yes, Thursday at ten is fine.",
    "> Thank you, talk to you on Thursday. Goodbye!",
    "Bye.",
)
GOOD: dict[str, object] = {
    "sentiment": claim(0.4, "Thursday at ten is fine", 3),
    "interest": claim(95, "yes, Thursday at ten is fine", 3),
    "disposition": claim("meeting_booked", "yes, Thursday at ten is fine", 3),
    "objections": [claim("too expensive", "too expensive for us", 3)],
    "next_step": claim("A colleague calls on Thursday", "talk to you on Thursday", 4),
    "callback": claim("Thursday at ten", "yes, Thursday at ten is fine", 3),
    "summary": [
        claim("Customers miss appointments.", "Yes, all the time.", 1),
        claim("It costs 49 dollars.", "costs 49 dollars a month", 2),
        claim("They agreed to Thursday.", "Thursday at ten is fine", 3),
    ],
    "data": {"size": claim(12, "We are twelve people here", 1)},
    "confidence": 0.9,
}
SCHEMA = {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1}}}
