"""The tool that puts a caller through: to a number that we chose, after the bot's last word."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import EndWorkerFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.tools.transfer_call import REASON, transfer_call
from tests.processors.talking import talking
from tests.processors.tool_call import call_tool
from vantum.core.events import TransferRequested
from vantum.core.floor import FollowUp
from vantum.testing import Calls, Closed, MemoryPhone, PhoneScript, ScriptedLLM

SALES, HELP = "+15550100001", "+15550100002"
DESTINATIONS = {"sales": SALES, "help": HELP}


def test_the_language_model_chooses_a_name_and_never_sees_a_number() -> None:
    tool = transfer_call(DESTINATIONS)
    assert (tool.name, tool.schema.required) == ("transfer_call", ["destination"])
    assert tool.schema.properties["destination"]["enum"] == ["sales", "help"]
    assert "555" not in str((tool.description, tool.schema.properties))


def test_there_must_be_somebody() -> None:
    with pytest.raises(ValueError, match="at least one destination"):
        transfer_call({})


@pytest.mark.parametrize(("name", "number"), list(DESTINATIONS.items()))
async def test_the_transfer_is_told_before_the_call_ends(name: str, number: str) -> None:
    called = await call_tool(transfer_call(DESTINATIONS), {"destination": name})
    assert called.told() == [TransferRequested(number)]
    assert (called.written.json, called.written.follow_up) == ('{"transferred":true}', FollowUp.NEVER)
    end, direction = called.frames[-1]
    assert isinstance(end, EndWorkerFrame)
    assert (end.reason, direction) == (REASON, FrameDirection.UPSTREAM)
    assert len(called.frames) == 2


@pytest.mark.parametrize(
    "arguments",
    [{}, {"destination": ""}, {"destination": "Sales"}, {"destination": SALES}, {"destination": None}],
    ids=str,
)
async def test_anybody_else_is_an_error_and_the_call_goes_on(arguments: dict[str, object]) -> None:
    called = await call_tool(transfer_call(DESTINATIONS), arguments)
    assert called.frames == []
    assert "destination" in called.error
    assert "555" not in called.error


async def test_who_changes_the_table_later_changes_no_call() -> None:
    table = dict(DESTINATIONS)
    tool = transfer_call(table)
    table["sales"] = "+15550100666"
    assert (await call_tool(tool, {"destination": "sales"})).told() == [TransferRequested(SALES)]


@pytest.mark.parametrize("mark_delay", [0.0, 0.2])
async def test_in_a_call_the_last_word_is_heard_before_the_stream_ends(mark_delay: float) -> None:
    calls = [("transfer_call", {"destination": "help"})]
    script = PhoneScript(llm=ScriptedLLM([Calls("I am putting you through.", calls)]))
    script.says(0.5, "A human please.", seconds=2.0)
    phone = MemoryPhone(mark_delay=mark_delay)
    call = await script.run(talking(transfer_call(DESTINATIONS)), phone=phone)
    # 25 letters from 3.08 on; the stream ends when the mark behind them is back.
    assert call.audible == [(3.08, 4.58)]
    assert call.heard() == "I am putting you through."
    assert call.closed == Closed(round(4.58 + mark_delay, 9), 1000, f"the bot hung up: {REASON}")
    [requested] = call.events("transfer_requested")
    assert requested["number"] == HELP
    assert phone.cleared == []
