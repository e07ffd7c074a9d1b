"""The tool with which the language model writes down how the call came out, and goes on talking."""

from __future__ import annotations

from typing import Annotated

from processors.tools.tool import Tool, ToolContext, tool
from processors.tools.tool_result import Quiet
from vantum.core.dialogue_script import Disposition
from vantum.core.events import DispositionRecorded

MOST_NOTES = 2000
OFF_THE_LIST = (
    "They are not called again. If you have not said so, tell them now, in their language, that their number is off "
    "the list and that they are not called again."
)


def record_disposition() -> Tool:
    """The tool ``record_disposition(disposition, notes)``; give it to the context aggregator."""

    @tool
    async def record_disposition(
        context: ToolContext,
        disposition: Annotated[Disposition, "How the call came out."],
        notes: Annotated[str, "What a colleague should know, in a sentence or two."] = "",
    ) -> Quiet:
        """Write down how the call stands, as soon as it is clear, in the same answer in which you go on talking.
        The call does not end.
        """
        await context.publish(DispositionRecorded(disposition, notes[:MOST_NOTES]))
        if disposition is Disposition.DO_NOT_CALL:
            return Quiet({"recorded": disposition, "note": OFF_THE_LIST})
        return Quiet({"recorded": disposition})

    return record_disposition
