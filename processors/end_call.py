"""The tool with which the language model hangs up, after its farewell has been spoken to the end."""

from __future__ import annotations

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import EndWorkerFrame, FunctionCallResultProperties
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import FunctionCallParams

from processors.publish import publish
from vantum.core.dialogue_script import Disposition
from vantum.core.events import DispositionRecorded


def end_call() -> FunctionSchema:
    """The tool ``end_call(disposition)``; give it to the context aggregator."""
    return FunctionSchema(
        name="end_call",
        description=(
            "Hang up. Say goodbye in the same answer, before calling this: the call ends when those words"
            " have been spoken."
        ),
        properties={
            "disposition": {
                "type": "string",
                "enum": [str(disposition) for disposition in Disposition],
                "description": "How the call ended.",
            }
        },
        required=["disposition"],
        handler=_hang_up,
    )


async def _hang_up(params: FunctionCallParams) -> None:
    """The end travels behind the farewell through the pipeline, so no word of it is lost."""
    disposition = str(params.arguments.get("disposition", "unknown"))
    properties = FunctionCallResultProperties(run_llm=False)
    await publish(params, DispositionRecorded(disposition))
    await params.result_callback({"disposition": disposition}, properties=properties)
    await params.llm.push_frame(EndWorkerFrame(reason=disposition), FrameDirection.UPSTREAM)
