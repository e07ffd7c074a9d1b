"""The pipeline of a scenario that names none: the usual processors, with the scenario's prompt and tools."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import FunctionCallParams

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum.parts import Call
from vantum.simulation.scenario import Scenario, ToolScript

PROMPT = "You are a friendly assistant on a phone call. Answer in one or two short sentences."


def plain_pipeline(scenario: Scenario) -> Callable[[Call], list[FrameProcessor]]:
    """The ``build`` of a pipeline file."""

    def build(call: Call) -> list[FrameProcessor]:
        return [
            Resampler(),
            call.vad(),
            call.stt(),
            ContextAggregator(
                prompt=scenario.prompt or PROMPT,
                greeting=scenario.greeting,
                tools=[tool_of(script) for script in scenario.cast.tools],
                limit=call.context_messages,
            ),
            call.llm(),
            BreakSplitter(),
            call.tts(),
        ]

    return build


def tool_of(script: ToolScript) -> FunctionSchema:
    """A tool that does as its script says, whatever its arguments."""
    return FunctionSchema(
        name=script.name,
        description=f"The scenario's {script.name}.",
        properties={},
        required=[],
        handler=partial(_act, script),
    )


async def _act(script: ToolScript, params: FunctionCallParams) -> None:
    await asyncio.sleep(script.seconds)
    if script.fails:
        raise RuntimeError(str(script.result))
    # A copy: what the tool returned must not change with what becomes of it.
    await params.result_callback(json.loads(json.dumps(script.result)))
