"""The tool with which the language model presses keys of the telephone, as tones in the call's audio."""

from __future__ import annotations

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import FunctionCallResultProperties, OutputDTMFFrame
from pipecat.services.llm_service import FunctionCallParams

from vantum.core.dtmf import KEYS, MAX_KEYS


def send_digits() -> FunctionSchema:
    """The tool ``send_digits(digits)``; give it to the context aggregator of a phone call."""
    return FunctionSchema(
        name="send_digits",
        description=(
            "Press keys on the telephone, for instance to choose from a menu that is read out. They are sent when"
            " you have finished speaking. Then wait for what the other side says."
        ),
        properties={
            "digits": {
                "type": "string",
                "pattern": r"^[0-9*#]+$",
                "description": f"The keys in order: 0 to 9, * and #, at most {MAX_KEYS}.",
            }
        },
        required=["digits"],
        handler=_send,
    )


async def _send(params: FunctionCallParams) -> None:
    digits = "".join(str(params.arguments.get("digits", "")).split())
    properties = FunctionCallResultProperties(run_llm=False)
    if not digits or len(digits) > MAX_KEYS or not set(digits) <= set(KEYS):
        problem = f"digits must be 1 to {MAX_KEYS} of {KEYS}"
        await params.result_callback({"error": problem}, properties=properties)
        return
    await params.llm.push_frame(OutputDTMFFrame.from_string(digits))
    await params.result_callback({"sent": digits}, properties=properties)
