"""Plays a scenario with scripted providers on virtual time: exact, and done in a moment."""

from __future__ import annotations

import asyncio
import time

from pipecat.processors.frame_processor import FrameProcessor

from vantum.loader import load_pipeline
from vantum.parts import Call
from vantum.simulation.paced_llm import PacedLLM
from vantum.simulation.plain_pipeline import plain_pipeline
from vantum.simulation.scenario import (
    Carrier,
    EndsTurn,
    HangsUp,
    Noise,
    Plays,
    Presses,
    Recognises,
    Says,
    Scenario,
    Signs,
    Step,
)
from vantum.simulation.simulated_call import Heard, SimulatedCall
from vantum.testing.call_script import SETTINGS, Build, CallScript
from vantum.testing.microphone import clip_of
from vantum.testing.phone_script import PhoneScript
from vantum.testing.played_call import PlayedCall
from vantum.testing.scripted_tts import ScriptedTTS
from vantum.testing.virtual_time import VirtualTimeLoop


def play_scripted(scenario: Scenario) -> SimulatedCall:
    """Play a scenario whose providers are scripted; raises UsageError for a pipeline that cannot be loaded."""
    began = time.monotonic()
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        call = runner.run(played(scenario))
    return SimulatedCall(scenario, call, heard_in(scenario), time.monotonic() - began)


async def played(scenario: Scenario) -> PlayedCall:
    """The scenario's call, on the loop that runs; times are exact if that is a virtual one."""
    cast = scenario.cast
    llm = PacedLLM(cast.answers, cast.timing)
    tts = ScriptedTTS(
        first_audio=cast.timing.tts_first_audio,
        seconds_per_char=cast.timing.tts_character,
        faults=cast.voice_faults,
    )
    build = _build_of(scenario)
    settings = {**SETTINGS, **scenario.settings}
    if scenario.carrier is Carrier.PHONE:
        phone = PhoneScript(llm=llm, tts=tts)
        for step in scenario.steps:
            _add_to_phone(phone, step)
        return await phone.run(build, settings=settings)
    script = CallScript(llm=llm, tts=tts)
    for step in scenario.steps:
        _add_to_browser(script, step)
    return await script.run(build, settings=settings)


def heard_in(scenario: Scenario) -> tuple[Heard, ...]:
    """When the caller is heard in a scenario whose times are known beforehand."""
    heard = []
    for step in scenario.steps:
        match step:
            case Says(seconds=float(seconds)):
                heard.append(Heard(step.when.at, step.when.at + seconds, step.text))
            case Noise():
                heard.append(Heard(step.when.at, step.when.at + step.seconds, ""))
            case Plays():
                clip = clip_of(step.when.at, step.wav)
                heard.append(Heard(clip.start, clip.stop, step.text))
            case _:
                pass
    return tuple(heard)


def _build_of(scenario: Scenario) -> Build:
    build = load_pipeline(scenario.pipeline).build if scenario.pipeline else plain_pipeline(scenario)

    # A pipeline's build takes any call, and with it the scripted one.
    def built(call: Call) -> list[FrameProcessor]:
        return list(build(call))

    return built


def _add_to_phone(script: PhoneScript, step: Step) -> None:
    match step:
        case Presses():
            script.presses(step.when.at, step.keys)
        case _:
            _add(script, step)


def _add_to_browser(script: CallScript, step: Step) -> None:
    match step:
        case EndsTurn():
            script.ends_turn(step.when.at)
        case _:
            _add(script, step)


def _add(script: CallScript | PhoneScript, step: Step) -> None:
    at = step.when.at
    match step:
        case Says(seconds=float(seconds)):
            script.says(
                at,
                step.text,
                seconds=seconds,
                final_after=step.final_after,
                interims=step.interims,
                complete=step.complete,
            )
        case Noise():
            script.says(at, "", seconds=step.seconds)
        case Plays():
            script.plays(at, step.wav, step.text, final_after=step.final_after)
        case Recognises():
            script.recogniser_gives(at, step.text, final=step.final)
        case Signs():
            script.recogniser_signs(at, step.sign)
        case HangsUp():
            script.hangs_up(at, step.code)
        case _:
            raise ValueError(f"{step} is no step of this caller.")
