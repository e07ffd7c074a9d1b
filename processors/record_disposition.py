"""The tool with which the language model writes down how the call came out, and goes on talking."""

from __future__ import annotations

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.services.llm_service import FunctionCallParams

from processors.publish import publish
from vantum.core.dialogue_script import Disposition
from vantum.core.events import DispositionRecorded

MOST_NOTES = 2000


def record_disposition() -> FunctionSchema:
    """The tool ``record_disposition(disposition, notes)``; give it to the context aggregator."""
    return FunctionSchema(
        name="record_disposition",
        description=(
            "Write down how the call stands, as soon as it is clear, in the same answer in which you go on talking."
            " The call does not end."
        ),
        properties={
            "disposition": {
                "type": "string",
                "enum": [str(disposition) for disposition in Disposition],
                "description": "How the call came out.",
            },
            "notes": {"type": "string", "description": "What a colleague should know, in a sentence or two."},
        },
        required=["disposition"],
        handler=_record,
    )


async def _record(params: FunctionCallParams) -> None:
    disposition = str(params.arguments.get("disposition", "unknown"))
    notes = str(params.arguments.get("notes", ""))[:MOST_NOTES]
    await publish(params, DispositionRecorded(disposition, notes))
    properties = FunctionCallResultProperties(run_llm=False)
    await params.result_callback({"recorded": disposition}, properties=properties)
