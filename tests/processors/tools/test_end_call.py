"""The tool that hangs up: it tells how the call came out, and the end travels behind the farewell."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import EndWorkerFrame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_context import LLMContextMessage
from pipecat.processors.frame_processor import FrameDirection

from processors.tools.end_call import end_call
from tests.processors.tool_call import answered_tool, call_tool
from vantum.core.dialogue_script import Disposition
from vantum.core.events import DispositionRecorded
from vantum.core.floor import FollowUp
from vantum.core.outreach.opt_out import LINES


def test_what_the_language_model_is_offered() -> None:
    tool = end_call()
    assert (tool.name, tool.schema.required) == ("end_call", ["disposition"])
    values = [str(disposition) for disposition in Disposition]
    assert tool.schema.properties == {
        "disposition": {"type": "string", "enum": values, "description": "How the call ended."}
    }
    assert tool.description.startswith("Hang up. Say goodbye in the same answer")


@pytest.mark.parametrize("disposition", list(Disposition))
async def test_the_disposition_is_told_before_the_call_ends(disposition: Disposition) -> None:
    called = await call_tool(end_call(), {"disposition": str(disposition)})
    assert called.told() == [DispositionRecorded(str(disposition))]
    assert (called.written.json, called.written.follow_up) == (
        f'{{"disposition":"{disposition}"}}',
        FollowUp.NEVER,
    )
    end, direction = called.frames[-1]
    assert isinstance(end, EndWorkerFrame)
    assert (end.reason, direction) == (str(disposition), FrameDirection.UPSTREAM)
    assert len(called.frames) == 2


@pytest.mark.parametrize("arguments", [{}, {"disposition": "fine"}, {"disposition": None}], ids=str)
async def test_a_call_does_not_end_in_a_way_that_is_not_known(arguments: dict[str, object]) -> None:
    called = await call_tool(end_call(), arguments)
    assert called.frames == []
    assert "disposition" in called.error


WISH: list[LLMContextMessage] = [{"role": "user", "content": "Please take me off your list."}]
DONE: list[LLMContextMessage] = [*WISH, {"role": "assistant", "content": "You are off our list."}]


@pytest.mark.parametrize(
    ("disposition", "said", "messages", "language", "line"),
    [
        (Disposition.DO_NOT_CALL, "Goodbye.", WISH, "en", LINES["en"]),
        (Disposition.DO_NOT_CALL, "Auf Wiederhören.", [], "de-AT", LINES["de"]),
        (Disposition.NOT_INTERESTED, "Goodbye.", WISH, "en", LINES["en"]),
        (Disposition.DO_NOT_CALL, "We will not call you again. Goodbye.", WISH, "en", None),
        (Disposition.DO_NOT_CALL, "Goodbye.", DONE, "en", None),
        (Disposition.NOT_INTERESTED, "Goodbye.", [], "en", None),
    ],
)
async def test_who_wants_no_calls_hears_it_before_the_end(
    disposition: Disposition, said: str, messages: list[LLMContextMessage], language: str, line: str | None
) -> None:
    called = await answered_tool(end_call(), {"disposition": str(disposition)}, messages, said, language)
    spoken = [frame.text for frame in called.queued if isinstance(frame, TTSSpeakFrame)]
    assert spoken == ([] if line is None else [line])
    assert isinstance(called.frames[-1][0], EndWorkerFrame)
