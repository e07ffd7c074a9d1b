"""A call on a telephone goes by its script, as one in a browser does."""

from __future__ import annotations

from pathlib import Path

import pytest
import uuid_utils

from vantum.core.call_facts import CallFacts, Direction
from vantum.testing import MemoryPhone, PhoneScript, PlayedCall, ScriptedCall, ScriptedLLM, ScriptedTTS

AUDIO = Path(__file__).parents[2] / "audio"


async def small_talk(phone: MemoryPhone | None = None) -> PlayedCall:
    script = PhoneScript(llm=ScriptedLLM(["I am fine."]), greeting="Hi.")
    script.says(1.0, "How are you?", seconds=2.0)
    script.hangs_up(6.0)
    return await script.run(phone=phone)


async def test_a_whole_call() -> None:
    call = await small_talk()
    assert call.audible == [(0.2, 0.38), (3.54, 4.14)]
    assert call.heard() == "Hi. I am fine."
    assert call.context == (("assistant", "Hi."), ("user", "How are you?"), ("assistant", "I am fine."))
    assert (call.ended, call.closed) == (6.0, None)
    assert [end["reason"] for end in call.events("call_ended")] == ["caller hung up"]


async def test_two_runs_are_the_same() -> None:
    one, other = await small_talk(), await small_talk()
    assert [(at, event) for at, event, _ in one.received] == [(at, event) for at, event, _ in other.received]
    assert one.states == other.states


async def test_a_telephone_of_your_own_can_be_looked_at() -> None:
    phone = MemoryPhone(play_delay=0.1)
    call = await small_talk(phone)
    assert call.audible == [(0.3, 0.48), (3.64, 4.24)]
    assert call.sounds == phone.sounds
    assert len(phone.marks) == len(call.times("mark")) > 0


async def test_keys_are_pressed_one_after_the_other() -> None:
    llm = ScriptedLLM(["Sales."])
    script = PhoneScript(llm=llm)
    script.presses(1.0, "12#", apart=0.3)
    call = await script.run()
    assert [(entry["t"], entry["key"]) for entry in call.events("key_pressed")] == [
        (1.0, "1"),
        (1.3, "2"),
        (1.6, "#"),
    ]
    assert [turn["t"] for turn in call.events("turn_committed")] == [1.6]
    assert call.ended == 11.6


async def test_a_recording_is_heard_by_the_real_detector_at_8_khz() -> None:
    llm = ScriptedLLM(["Sunny."])
    script = PhoneScript(llm=llm)
    script.plays(1.0, AUDIO / "weather_question.wav", "What is the weather like?")
    call = await script.run()
    assert [turn["text"] for turn in call.events("turn_committed")] == ["What is the weather like?"]
    assert call.heard() == "Sunny."
    assert len(llm.asked) == 1


async def test_a_script_either_plays_or_says() -> None:
    script = PhoneScript()
    script.plays(1.0, AUDIO / "stop.wav", "Stop!")
    script.says(5.0, "Hello", seconds=1.0)
    with pytest.raises(ValueError, match="either plays audio or says words"):
        await script.run()


async def test_a_pipeline_knows_who_calls_whom() -> None:
    known: list[ScriptedCall] = []

    def build(call: ScriptedCall) -> list[ScriptedTTS]:
        known.append(call)
        return [ScriptedTTS()]

    facts = CallFacts(
        str(uuid_utils.uuid7()), "twilio", direction=Direction.OUTBOUND, to_number="+15550100001"
    )
    await PhoneScript().run(build, facts=facts)
    await PhoneScript().run(build)
    assert [(call.to_number, call.transport, call.on_phone) for call in known] == [
        ("+15550100001", "twilio", True),
        ("", "twilio", True),
    ]


async def test_the_telephone_may_send_anything_and_the_server_may_end_the_call() -> None:
    script = PhoneScript()
    script.sends(1.0, b"\xc1")
    script.server_ends(2.0, "the server is shutting down")
    call = await script.run()
    assert call.heard(since=2.0).endswith("Goodbye.")
    assert call.closed is not None
    assert call.closed.reason == "the server is shutting down"
