"""A scenario with scripted providers is a real call on virtual time."""

from __future__ import annotations

from pathlib import Path

from vantum.simulation.document import parse_document
from vantum.simulation.scenario import Scenario
from vantum.simulation.scenario_file import read_scenario
from vantum.simulation.scripted_run import heard_in, play_scripted, played
from vantum.simulation.simulated_call import Heard
from vantum.testing import PlayedCall

FOLDER = Path(__file__).parents[2] / "audio"
QUESTION = """
caller:
  - {at: 0.5, says: "How are you?", until: 1.5}
  - {at: 6.0, hangs_up: true}
expect: [{user_turns: 1}]
"""


def scenario(text: str) -> Scenario:
    return read_scenario(parse_document(text, "a.yaml"), FOLDER / "a.yaml")


async def call_of(text: str) -> PlayedCall:
    return await played(scenario(text))


async def test_an_answer_takes_its_time_whatever_its_length() -> None:
    short = await call_of(f"answers: [Fine.]{QUESTION}")
    long = await call_of(f"answers: [I am fine and so is everybody else in this house.]{QUESTION}")
    assert short.audible[0][0] == long.audible[0][0] == 2.2


async def test_the_pace_of_the_providers() -> None:
    timing = "stt_final: 0.5, llm_first_token: 0.2, llm_total: 0.4, tts_first_audio: 0.3, tts_character: 0.1"
    call = await call_of(f"timing: {{{timing}}}\nanswers: [Fine.]{QUESTION}")
    assert call.audible == [(2.7, 3.204)]


async def test_answers_by_what_was_said() -> None:
    call = await call_of(f"answers: [No., {{to: how are, text: Fine.}}]{QUESTION}")
    assert call.heard() == "Fine."


async def test_an_answer_that_was_drafted_in_vain_is_given_to_the_next_request() -> None:
    call = await call_of("""
answers: [Certainly.]
caller:
  - {at: 0.5, says: I want a table, until: 2.0, interims: [[1.55, I want a table]], final_after: 0.4}
  - {at: 2.15, says: for two., until: 3.0}
  - {at: 7.0, hangs_up: true}
expect: [{user_turns: 1}]
""")
    assert len(call.events("draft_dropped")) == 1
    assert call.context == (("user", "I want a table for two."), ("assistant", "Certainly."))


async def test_more_questions_than_answers_are_an_error() -> None:
    call = await call_of(f"name: x{QUESTION}")
    assert "no answer left" in str(call.events("error_reported")[0]["message"])


async def test_a_language_model_that_fails() -> None:
    call = await call_of(f"answers: [{{trouble: error}}]{QUESTION}")
    assert "language model of the scenario failed" in str(call.events("error_reported")[0]["message"])
    assert [prompt["reason"] for prompt in call.events("caller_prompted")] == ["failure"]


async def test_a_tool_that_fails() -> None:
    call = await call_of(f"""
tools: [{{name: look_up, fails: it is closed}}]
answers: [{{calls: [look_up]}}, It did not work.]{QUESTION}""")
    assert [returned["failed"] for returned in call.events("tool_returned")] == [True]
    assert call.heard() == "It did not work."


async def test_a_telephone() -> None:
    call = await call_of("""
transport: phone
greeting: Press one or two.
answers: [Two it is.]
caller:
  - {at: 3.0, presses: "2#"}
  - {at: 8.0, hangs_up: true}
expect: [{user_turns: 1}]
""")
    assert [key["key"] for key in call.events("key_pressed")] == ["2", "#"]
    assert call.heard() == "Press one or two. Two it is."


async def test_a_recording_a_sign_and_a_hand() -> None:
    text = """
answers: [Stopped.]
caller:
  - {at: 0.5, plays: stop.wav, text: Stop!}
  - {at: 1.0, signs: speech}
  - {at: 1.1, recognises: sto, final: false}
  - {at: 9.0, hangs_up: true}
expect: [{user_turns: 1}]
"""
    call = await call_of(text)
    assert call.context == (("user", "Stop!"), ("assistant", "Stopped."))
    assert [heard.text for heard in heard_in(scenario(text))] == ["Stop!"]


async def test_a_pipeline_of_ones_own() -> None:
    call = await call_of(f"pipeline: pipelines/echo.py{QUESTION}")
    assert call.heard() == "How are you?"


def test_it_needs_no_loop_and_says_how_long_it_took() -> None:
    simulated = play_scripted(scenario(f"answers: [Fine.]{QUESTION}"))
    assert simulated.caller == (Heard(0.5, 1.5, "How are you?"),)
    assert simulated.passed
    assert 0 < simulated.took_seconds < 30
