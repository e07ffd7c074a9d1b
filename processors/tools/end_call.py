"""The tool with which the language model hangs up, after its farewell has been spoken to the end.

Who asked not to be called any more hears that they are not: where the model did not say so, in this answer or before,
a sentence of our own follows its farewell.
"""

from __future__ import annotations

from typing import Annotated

from processors.tools.tool import Tool, ToolContext, tool
from processors.tools.tool_result import Quiet
from vantum.core.analysis.do_not_call import do_not_call
from vantum.core.dialogue_script import Disposition
from vantum.core.events import DispositionRecorded
from vantum.core.outreach.opt_out import confirmation, confirms


def end_call() -> Tool:
    """The tool ``end_call(disposition)``; give it to the context aggregator."""

    @tool
    async def end_call(
        context: ToolContext, disposition: Annotated[Disposition, "How the call ended."]
    ) -> Quiet:
        """Hang up. Say goodbye in the same answer, before calling this: the call ends when those words have been
        spoken. With do_not_call, say first that their number is off the list and that they are not called again.
        """
        await context.publish(DispositionRecorded(disposition))
        owed = _owed(context, disposition)
        if owed:
            await context.say(owed)
        await context.end_call(disposition)
        return Quiet({"disposition": disposition}, waits=True)

    return end_call


def _owed(context: ToolContext, disposition: Disposition) -> str:
    """What is to be said before the call ends; "" for nothing, or where nobody knows what was said."""
    answer = context.answer
    if answer is None or confirms(answer.said):
        return ""
    said: dict[str, list[str]] = {"user": [], "assistant": []}
    for message in context.asked.context.get_messages():
        if isinstance(message, dict) and isinstance(text := message.get("content"), str):
            said.setdefault(str(message.get("role")), []).append(text)
    if any(map(confirms, said["assistant"])):
        return ""
    wished = disposition is Disposition.DO_NOT_CALL or any(do_not_call(text) for text in said["user"])
    return confirmation(answer.language) if wished else ""
