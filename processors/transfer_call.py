"""The tool with which the language model puts a caller through to a human, after its last word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import EndWorkerFrame, FunctionCallResultProperties
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import FunctionCallParams

from processors.publish import publish
from vantum.core.events import TransferRequested

REASON = "put through to a human"


def transfer_call(destinations: Mapping[str, str]) -> FunctionSchema:
    """The tool ``transfer_call(destination)``; give it to the context aggregator of a phone call.

    ``destinations`` are names that the language model may choose from, each with its number in E.164. It never
    names a number itself: a caller could talk it into any.
    """
    if not destinations:
        raise ValueError("transfer_call needs at least one destination.")
    return FunctionSchema(
        name="transfer_call",
        description=(
            "Put the caller through to a human. Say so in the same answer, before calling this: the call is put"
            " through when those words have been spoken."
        ),
        properties={
            "destination": {
                "type": "string",
                "enum": list(destinations),
                "description": "Who is to take the call.",
            }
        },
        required=["destination"],
        handler=_transfer_to(dict(destinations)),
    )


def _transfer_to(destinations: dict[str, str]) -> Callable[[FunctionCallParams], Awaitable[None]]:
    async def transfer(params: FunctionCallParams) -> None:
        """The end travels behind the last word through the pipeline; what is next is decided already."""
        # Where there is one destination only, a slip in its name leaves no doubt.
        sole = next(iter(destinations.values())) if len(destinations) == 1 else None
        number = destinations.get(str(params.arguments.get("destination")), sole)
        properties = FunctionCallResultProperties(run_llm=False)
        if number is None:
            problem = f"destination must be one of {', '.join(destinations)}"
            await params.result_callback({"error": problem}, properties=properties)
            return
        await publish(params, TransferRequested(number))
        await params.result_callback({"transferred": True}, properties=properties)
        await params.llm.push_frame(EndWorkerFrame(reason=REASON), FrameDirection.UPSTREAM)

    return transfer
