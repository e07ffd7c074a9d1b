"""The tool that presses keys: tones behind the bot's words, and never anything but keys."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import OutputDTMFFrame

from processors.tools.send_digits import send_digits
from tests.processors.talking import talking
from tests.processors.tool_call import ToolCall, call_tool
from vantum.core import mulaw
from vantum.core.dtmf import KEYS, MAX_KEYS, tones
from vantum.core.floor import FollowUp
from vantum.testing import Calls, MemoryPhone, PhoneScript, ScriptedLLM


def pressed(called: ToolCall) -> list[str]:
    return [frame.to_string() for frame in called.queued if isinstance(frame, OutputDTMFFrame)]


def test_what_the_language_model_is_offered() -> None:
    tool = send_digits()
    assert (tool.name, tool.schema.required) == ("send_digits", ["digits"])
    assert tool.schema.properties["digits"] == {
        "type": "string",
        "pattern": r"^[0-9*#]+$",
        "maxLength": MAX_KEYS,
        "description": "The keys in order: 0 to 9, * and #, at most 32.",
    }


@pytest.mark.parametrize("digits", [*KEYS, KEYS, "1" * MAX_KEYS])
async def test_keys_are_pressed_in_order(digits: str) -> None:
    called = await call_tool(send_digits(), {"digits": digits})
    assert pressed(called) == [digits]
    assert (called.written.json, called.written.follow_up) == (f'{{"sent":"{digits}"}}', FollowUp.NEVER)


@pytest.mark.parametrize(("given", "keys"), [(" 1 2\t3\n", "123"), (42, "42")])
async def test_spaces_between_keys_are_overlooked_and_a_number_is_a_text(given: object, keys: str) -> None:
    assert pressed(await call_tool(send_digits(), {"digits": given})) == [keys]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"digits": ""},
        {"digits": "  "},
        {"digits": "1" * (MAX_KEYS + 1)},
        {"digits": "12a"},
        {"digits": "1w2"},
        {"digits": "+1"},
        {"digits": "\u0661"},
        {"digits": None},
        {"digits": ["1"]},
    ],
    ids=ascii,
)
async def test_what_is_no_key_is_an_error_and_presses_nothing(arguments: dict[str, object]) -> None:
    called = await call_tool(send_digits(), arguments)
    assert (called.frames, called.queued) == ([], [])
    assert "digits" in called.error


@pytest.mark.parametrize(("answer", "pressed_at"), [("One moment.", 3.68), ("", 2.8)])
async def test_in_a_call_the_tones_come_behind_the_words(answer: str, pressed_at: float) -> None:
    phone = MemoryPhone()
    script = PhoneScript(llm=ScriptedLLM([Calls(answer, [("send_digits", {"digits": "12#"})])]))
    script.says(0.5, "Press one, two and pound.", seconds=2.0)
    script.hangs_up(6.0)
    call = await script.run(talking(send_digits()), phone=phone)
    assert [(entry["t"], entry["digits"]) for entry in call.events("digits_sent")] == [(pressed_at, "12#")]
    sound = phone.heard[-1]
    at = round((pressed_at - sound.time) * 8000)
    # Three keys of 260 ms.
    assert sound.mulaw[at:] == mulaw.encoded(tones("12#", 8000))
    assert len(sound.mulaw[at:]) == 6240
    assert call.heard() == answer
