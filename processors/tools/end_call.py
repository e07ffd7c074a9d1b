"""The tool with which the language model hangs up, after its farewell has been spoken to the end."""

from __future__ import annotations

from typing import Annotated

from processors.tools.tool import Tool, ToolContext, tool
from processors.tools.tool_result import Quiet
from vantum.core.dialogue_script import Disposition
from vantum.core.events import DispositionRecorded


def end_call() -> Tool:
    """The tool ``end_call(disposition)``; give it to the context aggregator."""

    @tool
    async def end_call(
        context: ToolContext, disposition: Annotated[Disposition, "How the call ended."]
    ) -> Quiet:
        """Hang up. Say goodbye in the same answer, before calling this: the call ends when those words have been
        spoken.
        """
        await context.publish(DispositionRecorded(disposition))
        await context.end_call(disposition)
        return Quiet({"disposition": disposition}, waits=True)

    return end_call
