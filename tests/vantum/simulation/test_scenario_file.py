"""A scenario is read as it is written, or refused with the line, the key and what is allowed there."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.core.errors import UsageError
from vantum.core.events import Sign
from vantum.simulation.document import parse_document
from vantum.simulation.scenario import (
    Answer,
    Carrier,
    EndsTurn,
    HangsUp,
    Noise,
    Plays,
    Presses,
    Providers,
    Recognises,
    Says,
    Scenario,
    Signs,
    Timing,
    ToolScript,
    ToolUse,
    Trouble,
    When,
)
from vantum.simulation.scenario_file import load_scenario, read_scenario
from vantum.testing.scripted_tts import Mute, Stall

AUDIO = Path(__file__).parents[2] / "audio"
EXPECT = "expect: [{user_turns: 1}]\n"


def read(text: str, folder: Path = AUDIO) -> Scenario:
    return read_scenario(parse_document(text, "a.yaml"), folder / "a.yaml")


def test_a_small_scenario() -> None:
    scenario = read("caller: [{at: 1, says: Hello, until: 2}]\n" + EXPECT)
    assert scenario.name == "a"
    assert (scenario.carrier, scenario.providers) == (Carrier.BROWSER, Providers.SCRIPTED)
    assert scenario.steps == (Says(When(1.0), "Hello", 1.0, 0.2),)
    assert (scenario.pipeline, scenario.settings, scenario.cast.timing) == ("", {}, Timing())


def test_all_that_a_caller_can_do() -> None:
    scenario = read("""
caller:
  - {at: 0, says: Hi there, until: 1.5, final_after: -0.2, interims: [[0.3, hi]], complete: none}
  - {at: 2, noise: 0.5}
  - {at: 3, plays: stop.wav, text: Stop!}
  - {at: 4, recognises: stop, final: false}
  - {at: 4, signs: nothing}
  - {at: 5, ends_turn: true}
  - {at: 6, hangs_up: true, code: 1006}
expect: [{user_turns: 1}]
""")
    assert scenario.steps == (
        Says(When(0.0), "Hi there", 1.5, -0.2, ((0.3, "hi"),), None),
        Noise(When(2.0), 0.5),
        Plays(When(3.0), AUDIO / "stop.wav", "Stop!", 0.2),
        Recognises(When(4.0), "stop", final=False),
        Signs(When(4.0), Sign.NOTHING),
        EndsTurn(When(5.0)),
        HangsUp(When(6.0), 1006),
    )


def test_what_the_providers_do() -> None:
    scenario = read("""
timing: {stt_final: 0.4, llm_total: 2}
answers:
  - Hello.
  - {to: order, text: Let me see., calls: [order_status, {name: order_items, arguments: {order: 42}}]}
  - {trouble: never}
tools:
  - {name: order_status, seconds: 8, result: {status: shipped}}
  - {name: order_items, fails: no such order}
voice:
  - {piece: 1, stalls_after: 1, stalls_for: 2}
  - {piece: 2, stalls_after: 0.5}
  - {piece: 3, mute: true}
caller: [{at: 1, says: Hello, until: 2}]
expect: [{user_turns: 1}]
""")
    cast = scenario.cast
    assert cast.timing == Timing(stt_final=0.4, llm_total=2.0)
    assert cast.answers == (
        Answer("Hello."),
        Answer(
            "Let me see.", (ToolUse("order_status", {}), ToolUse("order_items", {"order": 42})), to="order"
        ),
        Answer("", trouble=Trouble.NEVER),
    )
    assert cast.tools == (
        ToolScript("order_status", 8.0, {"status": "shipped"}),
        ToolScript("order_items", 0.0, "no such order", fails=True),
    )
    assert cast.voice_faults == {1: Stall(1.0, 2.0), 2: Stall(0.5, float("inf")), 3: Mute()}
    assert scenario.steps == (Says(When(1.0), "Hello", 1.0, 0.4),)


def test_a_telephone_has_keys() -> None:
    scenario = read("transport: phone\ncaller: [{at: 1, presses: '12#'}]\n" + EXPECT)
    assert scenario.steps == (Presses(When(1.0), "12#"),)


def test_configured_providers_take_their_time() -> None:
    scenario = read("""
providers: configured
pipeline: pipelines/outreach.py
settings: {VANTUM_VAD_STOP: 0.4}
caller:
  - {after_bot: 0.5, says: Hello}
expect: [{user_turns: 1}]
""")
    assert scenario.steps == (Says(When(0.0, 0.5), "Hello", None, 0.2),)
    assert scenario.pipeline == "pipelines/outreach.py"
    assert scenario.settings == {"VANTUM_VAD_STOP": "0.4"}


def test_a_pipeline_may_lie_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.py").touch()
    file = tmp_path / "late.yaml"
    file.write_text("pipeline: mine.py\ncaller: [{at: 1, noise: 1}]\n" + EXPECT, encoding="utf-8")
    scenario = load_scenario(file)
    assert (scenario.name, scenario.pipeline) == ("late", str(tmp_path / "mine.py"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("caller: [{at: 1, noise: 1}]", "'expect' is missing"),
        ("calls: []", "unknown key 'calls'. Allowed: caller, expect, name"),
        ("caller: []\nexpect: []", "expect: nothing is expected"),
        ("transport: radio\ncaller: []\n" + EXPECT, "'radio' is not known here. Allowed: browser, phone"),
        ("pipeline: a.py\nprompt: Be kind\ncaller: []\n" + EXPECT, "prompt: a pipeline has its own"),
        ("settings: {VANTUM_VAT: 1}\ncaller: []\n" + EXPECT, "settings.VANTUM_VAT: this is no setting"),
        ("settings: {VANTUM_DATA: x}\ncaller: []\n" + EXPECT, "settings.VANTUM_DATA: this is no setting"),
        (
            "settings: {VANTUM_VAD_STOP: x}\ncaller: []\n" + EXPECT,
            "VANTUM_VAD_STOP is 'x'. Set it to a number",
        ),
        ("providers: configured\nanswers: [a]\ncaller: []\n" + EXPECT, "answers: only scripted providers"),
        ("providers: configured\ncaller: []\nexpect: [{asked: 1}]", "what it was asked"),
        ("timing: {llm_total: 0.05}\ncaller: []\n" + EXPECT, "an answer ends before its first token"),
        ("timing: {tts_character: 0}\ncaller: []\n" + EXPECT, "a character takes no time"),
        ("tools: [{name: a b}]\ncaller: []\n" + EXPECT, "'a b' is no name of a tool"),
        ("tools: [{name: a}, {name: a}]\ncaller: []\n" + EXPECT, "a tool is there twice"),
        ("tools: [{name: a, result: 1, fails: x}]\ncaller: []\n" + EXPECT, "either returns or fails"),
        ("answers: [{trouble: some}]\ncaller: []\n" + EXPECT, "Allowed: never, error"),
        ("voice: [{piece: 1}]\ncaller: []\n" + EXPECT, "nothing befalls this piece"),
        (
            "voice: [{piece: 1, mute: true}, {piece: 1, mute: true}]\ncaller: []\n" + EXPECT,
            "piece 1 is there",
        ),
    ],
)
def test_scenarios_that_cannot_be_played(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=rf"(?s)a\.yaml, line \d+: .*{problem}"):
        read(text)


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("{at: 1}", "one thing that the caller does. Allowed: says, noise, plays"),
        ("{at: 1, says: a, noise: 1}", "one thing that the caller does"),
        ("{at: 1, says: a, untill: 2}", "unknown key 'untill'. Allowed: says, at, after_bot, until"),
        ("{says: a, until: 2}", "this has no time"),
        ("{at: 1, after_bot: 1, noise: 1}", "this has no time"),
        ("{at: 1, says: a}", "'until' is missing"),
        ("{at: 2, says: a, until: 2}", "until: this is not after the speech begins. Write a time after 2"),
        ("{after_bot: 1, noise: 1}", "scripted providers are exact"),
        ("{after_bot: 1, says: a, until: 2}", "Leave 'until' out"),
        ("{at: 1, says: a, until: 2, complete: 2}", "complete: 2 is out of range. Allowed: 0 to 1"),
        ("{at: 1, says: a, until: 2, interims: [[1]]}", "this is no pair"),
        ("{at: 1, plays: none.wav}", "there is no file 'none.wav'"),
        ("{at: 1, presses: 'A'}", "'A' are no keys of a telephone"),
        ("{at: 1, presses: '1'}", "a browser has no keys"),
        ("{at: 1, ends_turn: false}", "'false' is not known here"),
        ("{at: 1, signs: speach}", "Allowed: speech, nothing, endpoint"),
        ("{at: 9999, noise: 1}", "9999 is out of range. Allowed: 0 to 3600"),
    ],
)
def test_steps_that_cannot_be_done(step: str, problem: str) -> None:
    with pytest.raises(UsageError, match=rf"(?s)a\.yaml, line 3: caller\[0\].*{problem}"):
        read(f"name: x\ncaller:\n  - {step}\n{EXPECT}")


@pytest.mark.parametrize(
    ("top", "step", "problem"),
    [
        ("transport: phone", "{at: 1, ends_turn: true}", "a telephone has no button for that"),
        ("providers: configured", "{at: 1, recognises: a}", "only a scripted recogniser"),
        ("providers: configured", "{at: 1, says: a, until: 2}", "a real voice takes as long as it takes"),
    ],
)
def test_steps_that_do_not_go_with_the_rest(top: str, step: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        read(f"{top}\ncaller: [{step}]\n{EXPECT}")
