"""The conversation as pipecat's services read it, and their calls of tools as the conversation does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import uuid4

from pipecat.frames.frames import FunctionCallFromLLM, FunctionCallsStartedFrame, LLMUpdateSettingsFrame
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.services.settings import LLMSettings

from vantum.core.conversation import Message, Role, ToolCall
from vantum.core.languages import name


def context_messages(messages: Iterable[Message]) -> list[LLMContextMessage]:
    """The messages but for the system prompt, which has a place of its own in every service."""
    return [_message(message) for message in messages if message.role is not Role.SYSTEM]


def instruction(prompt: str, language: str | None) -> LLMUpdateSettingsFrame | None:
    """The system prompt, and the ``language`` to answer in where it must be said; None for nothing at all."""
    spoken = f"Answer in {name(language)}, whatever language you read above." if language else ""
    whole = "\n\n".join(part for part in (prompt, spoken) if part)
    return LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction=whole)) if whole else None


def tool_calls(frame: FunctionCallsStartedFrame) -> list[ToolCall]:
    """The calls that a language model announces; one without an id of its own is given one."""
    return [
        ToolCall(
            call.tool_call_id or f"call_{uuid4().hex}", call.function_name, json.dumps(dict(call.arguments))
        )
        for call in frame.function_calls
    ]


def called(call: ToolCall, context: LLMContext) -> FunctionCallFromLLM:
    """A call as pipecat has it, to be carried out; ``context`` is the conversation in which it was made."""
    return FunctionCallFromLLM(call.name, call.id, json.loads(call.arguments), context)


def _message(message: Message) -> LLMContextMessage:
    match message.role:
        case Role.TOOL:
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.content}
        case Role.ASSISTANT if message.calls:
            return {
                "role": "assistant",
                "content": message.content or None,
                "tool_calls": [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": call.arguments},
                    }
                    for call in message.calls
                ],
            }
        case Role.ASSISTANT:
            return {"role": "assistant", "content": message.content}
        case _:
            return {"role": "user", "content": message.content}
