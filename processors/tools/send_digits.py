"""The tool with which the language model presses keys of the telephone, as tones in the call's audio."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from processors.tools.tool import Tool, ToolContext, tool
from processors.tools.tool_result import Quiet
from vantum.core.dtmf import MAX_KEYS


def _without_spaces(digits: object) -> object:
    return "".join(digits.split()) if isinstance(digits, str) else digits


Keys = Annotated[str, Field(pattern=r"^[0-9*#]+$", max_length=MAX_KEYS), BeforeValidator(_without_spaces)]


def send_digits() -> Tool:
    """The tool ``send_digits(digits)``; give it to the context aggregator of a phone call."""

    @tool
    async def send_digits(
        context: ToolContext,
        digits: Annotated[Keys, f"The keys in order: 0 to 9, * and #, at most {MAX_KEYS}."],
    ) -> Quiet:
        """Press keys on the telephone, for instance to choose from a menu that is read out. They are sent when you
        have finished speaking. Then wait for what the other side says.
        """
        await context.press(digits)
        return Quiet({"sent": digits}, waits=True)

    return send_digits
