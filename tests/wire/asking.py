"""What the tests of all language models ask, and how they read what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import ErrorFrame, LLMContextFrame, LLMFullResponseEndFrame, LLMTextFrame
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage

from processors.faults import provider_error_told
from tests.wire.conftest import until
from vantum.core.faults import Fault

if TYPE_CHECKING:
    from tests.wire.conftest import Line

LONG = "One two three four five six seven eight."
FLY = FunctionSchema("fly", "Fly away.", {"height": {"type": "integer"}}, ["height"])
QUESTION: list[LLMContextMessage] = [{"role": "user", "content": "Who is this?"}]
HISTORY: list[LLMContextMessage] = [
    {"role": "user", "content": "Fly!"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "fly", "arguments": '{"height":3}'}}
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": '{"done":true}'},
]
"""A call of a tool, and what came of it."""


def question(messages: list[LLMContextMessage] | None = None) -> LLMContextFrame:
    """A question to a model that may use the tool ``fly``."""
    return LLMContextFrame(LLMContext(list(messages or QUESTION), ToolsSchema(standard_tools=[FLY])))


def spoken(line: Line) -> str:
    """The words of the answers so far."""
    return "".join(frame.text for frame in line.down(LLMTextFrame))


async def ended(line: Line, answers: int = 1) -> None:
    """Return when so many answers have come to their end."""
    await until(lambda: len(line.down(LLMFullResponseEndFrame)) == answers)


def faults_told(line: Line, provider: str, kind: str = "llm") -> list[Fault]:
    """The classes of the errors that a provider's service has told."""
    errors = [frame for _, frame in line.before.seen if isinstance(frame, ErrorFrame)]
    return [provider_error_told(kind, provider, frame).fault for frame in errors]
