"""The system prompt, by which the stand-in of the language model knows whose call a request is of."""

from __future__ import annotations

import re

CALL = re.compile(r"This is call (\d+)\.")


def prompt(call: int) -> str:
    """The system prompt of the call of this number."""
    return f"You are helpful. This is call {call}."


def call_of(text: str) -> int | None:
    """The number of the call in a text with its prompt."""
    found = CALL.search(text)
    return int(found[1]) if found else None
