"""The tool that writes down how a call stands: a note to the record, and the call goes on."""

from __future__ import annotations

import json

import pytest

from processors.tools.record_disposition import MOST_NOTES, record_disposition
from tests.processors.talking import talking
from tests.processors.tool_call import call_tool
from vantum.core.dialogue_script import Disposition
from vantum.core.events import DispositionRecorded
from vantum.core.floor import FollowUp
from vantum.testing import Calls, PhoneScript, ScriptedLLM


def test_what_the_language_model_is_offered() -> None:
    tool = record_disposition()
    assert (tool.name, tool.schema.required) == ("record_disposition", ["disposition"])
    properties = tool.schema.properties
    assert properties["disposition"]["enum"] == [str(disposition) for disposition in Disposition]
    assert set(properties) == {"disposition", "notes"}


@pytest.mark.parametrize("disposition", list(Disposition))
async def test_a_disposition_is_told_and_nothing_else_happens(disposition: Disposition) -> None:
    called = await call_tool(record_disposition(), {"disposition": str(disposition), "notes": "Thursday."})
    assert called.told() == [DispositionRecorded(str(disposition), "Thursday.")]
    assert len(called.frames) == 1
    assert json.loads(called.written.json)["recorded"] == disposition
    assert called.written.follow_up is FollowUp.UNLESS_SPOKEN


@pytest.mark.parametrize("disposition", list(Disposition))
async def test_who_wants_no_calls_is_to_hear_that_it_is_done(disposition: Disposition) -> None:
    called = await call_tool(record_disposition(), {"disposition": str(disposition)})
    told = json.loads(called.written.json)
    assert ("note" in told) is (disposition is Disposition.DO_NOT_CALL)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"disposition": "callback"}, DispositionRecorded("callback", "")),
        ({"disposition": "callback", "notes": 7}, DispositionRecorded("callback", "7")),
        (
            {"disposition": "callback", "notes": "n" * (MOST_NOTES + 1)},
            DispositionRecorded("callback", "n" * MOST_NOTES),
        ),
    ],
    ids=["no notes", "a number", "long notes"],
)
async def test_notes_that_are_missing_or_too_long(
    arguments: dict[str, object], told: DispositionRecorded
) -> None:
    assert (await call_tool(record_disposition(), arguments)).told() == [told]


@pytest.mark.parametrize("arguments", [{}, {"disposition": "unknown"}, {"notes": "Thursday."}], ids=str)
async def test_a_disposition_that_is_none_is_an_error(arguments: dict[str, object]) -> None:
    called = await call_tool(record_disposition(), arguments)
    assert called.frames == []
    assert "disposition" in called.error


async def test_in_a_call_it_is_recorded_and_the_call_goes_on() -> None:
    calls = [("record_disposition", {"disposition": "callback", "notes": "After noon."})]
    script = PhoneScript(llm=ScriptedLLM([Calls("Noted.", calls), Calls("Yes.", calls)]))
    script.says(0.5, "Call me later.", seconds=2.0)
    script.says(6.0, "Are you there?", seconds=1.0)
    call = await script.run(talking(record_disposition()))
    notes = [(entry["disposition"], entry["notes"]) for entry in call.events("disposition_recorded")]
    assert notes == [("callback", "After noon.")] * 2
    assert call.heard() == "Noted. Yes."
    assert call.closed is None
