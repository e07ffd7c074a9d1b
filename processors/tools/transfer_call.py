"""The tool with which the language model puts a caller through to a human, after its last word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from processors.tools.tool import Tool, ToolContext, tool
from processors.tools.tool_result import Quiet
from vantum.core.events import TransferRequested

REASON = "put through to a human"


def transfer_call(destinations: Mapping[str, str]) -> Tool:
    """The tool ``transfer_call(destination)``; give it to the context aggregator of a phone call.

    ``destinations`` are names that the language model may choose from, each with its number in E.164. It never
    names a number itself: a caller could talk it into any.
    """
    if not destinations:
        raise ValueError("transfer_call needs at least one destination.")
    numbers = dict(destinations)

    @tool(choices={"destination": tuple(numbers)})
    async def transfer_call(
        context: ToolContext, destination: Annotated[str, "Who is to take the call."]
    ) -> Quiet:
        """Put the caller through to a human. Say so in the same answer, before calling this: the call is put through
        when those words have been spoken.
        """
        await context.publish(TransferRequested(numbers[destination]))
        await context.end_call(REASON)
        return Quiet({"transferred": True}, waits=True)

    return transfer_call
