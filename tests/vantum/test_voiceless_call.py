"""Whole calls on virtual time in which no voice works: the caller hears the recorded words, and the call ends."""

from __future__ import annotations

import math

import pytest

from processors.tts.last_words import TEXTS, last_words
from vantum.testing import CallScript, PlayedCall, ScriptedLLM, ScriptedTTS
from vantum.testing.scripted_tts import Fault, Mute, Stall

HELLO = "Hello, how are you?"
STORY = "This is a story that goes on for a good while."
LAST_SECONDS = len(last_words("en", 16_000)[1]) / 32_000
HANGS = Stall(0.0, math.inf)


def voice(fault: Fault, first: int = 1) -> ScriptedTTS:
    """One that fails from its ``first`` attempt on."""
    return ScriptedTTS(faults=dict.fromkeys(range(first, 100), fault))


def reason(call: PlayedCall) -> object:
    return call.events("call_ended")[0]["reason"]


@pytest.mark.parametrize(("fault", "at"), [(HANGS, 4.0), (Mute(), 0.4)])
async def test_a_greeting_that_nobody_can_speak_is_followed_by_recorded_words(
    fault: Fault, at: float
) -> None:
    call = await CallScript(greeting="Good day.", tts=voice(fault)).run()
    ((began, ended),) = call.audible
    assert began == pytest.approx(at)
    assert ended - began == pytest.approx(LAST_SECONDS, abs=0.05)
    assert call.heard() == TEXTS["en"]
    assert reason(call) == "the bot hung up: no voice works"


async def test_an_answer_that_nobody_can_speak_is_followed_by_recorded_words() -> None:
    llm = ScriptedLLM([STORY, "More."])
    script = CallScript(greeting="Good day.", llm=llm, tts=voice(HANGS, first=2))
    script.says(2.0, HELLO, seconds=1.0)
    call = await script.run()
    assert call.heard() == f"Good day. {TEXTS['en']}"
    # The caller was done at 3.0.
    assert call.audible[1][0] < 3.0 + 5.0
    assert reason(call) == "the bot hung up: no voice works"
    assert len(llm.asked) == 1


async def test_a_caller_who_talks_over_the_last_words_hears_them_to_the_end() -> None:
    script = CallScript(greeting="Good day.", tts=voice(HANGS))
    script.says(5.0, "What is going on there?", seconds=2.0)
    call = await script.run()
    assert call.heard() == TEXTS["en"]
    assert reason(call) == "the bot hung up: no voice works"
    assert call.audible[-1][1] == pytest.approx(4.0 + LAST_SECONDS, abs=0.05)


async def test_an_answer_begun_in_advance_that_nobody_can_speak_ends_the_call_aloud() -> None:
    # The voice is refused while the turn may still go on: the end of the call drops the draft, not the words.
    llm = ScriptedLLM([STORY], first_token=0.01, per_token=0.001)
    script = CallScript(greeting="Good day.", llm=llm, tts=voice(Mute(), first=2))
    script.says(2.0, "Tell me a story.", seconds=1.0, final_after=0.0, complete=0.0)
    call = await script.run()
    assert len(call.events("draft_started")) == 1
    assert call.events("turn_committed") == []
    assert call.heard() == f"Good day. {TEXTS['en']}"
    assert reason(call) == "the bot hung up: no voice works"


async def test_a_voice_that_comes_back_in_time_is_not_noticed() -> None:
    tts = ScriptedTTS(faults=dict.fromkeys(range(1, 3), Stall(0.3, math.inf)))
    call = await CallScript(greeting="Good day to you all.", tts=tts).run()
    assert call.heard() == "Good day to you all."
    assert TEXTS["en"] not in call.heard()
