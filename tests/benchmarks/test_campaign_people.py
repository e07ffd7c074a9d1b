"""Those who speak in the campaign's benchmark: known by their tones, and understood as they are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr

from benchmarks.campaign.cast import Kind, kind_of, number_of
from benchmarks.campaign.people import (
    LAST_PLACE,
    LINES,
    PEOPLE,
    PROMISED,
    REMOVALS,
    WANTED,
    line_of,
    marked,
    person_at,
)
from benchmarks.campaign.providers import Ear
from processors.llm.local_llm import phrase_matcher
from processors.script_file import load_script
from vantum.core import mulaw
from vantum.core.analysis.do_not_call import do_not_call
from vantum.core.audio import PHONE_RATE
from vantum.core.conversation import Conversation
from vantum.core.dialogue import reply
from vantum.core.words import BREAK
from vantum.local_carrier.prospect import Prospect, Says

RATE = 16_000
SCRIPT = load_script(Path(__file__).parents[2] / "pipelines" / "outreach_script.yaml")
OPTIONS = {
    "sample_rate": str(RATE),
    "encoding": "linear16",
    "interim_results": "true",
    "endpointing": "300",
    "model": "test",
}


def spoken(line: str) -> bytes:
    """A line as the server sends it on: off the telephone, at 16 kHz."""
    noise = np.random.default_rng(1).normal(0, 3_000, PHONE_RATE)
    heard = mulaw.decoded(marked(line, mulaw.encoded(noise.astype("<i2").tobytes())))
    return soxr.resample(np.frombuffer(heard, "<i2"), PHONE_RATE, RATE).astype("<i2").tobytes()


def texts(messages: list[dict[str, object]]) -> list[str]:
    found = []
    for message in messages:
        match message:
            case {"is_final": True, "channel": {"alternatives": [{"transcript": str(text)}]}}:
                found.append(text)
    return found


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("late", [0, 0.013, 0.039])
def test_a_line_is_known_by_its_tone_wherever_a_piece_of_audio_begins(line: str, late: float) -> None:
    silence = bytes(2 * round(late * RATE))
    audio = silence + spoken(line) + bytes(RATE)
    step = 2 * round(0.04 * RATE)
    ear = Ear(OPTIONS)
    told = [each for at in range(0, len(audio), step) for each in ear.audio(audio[at : at + step])]
    assert texts([*told, *ear.finalize()])[0] == line


def test_what_has_no_tone_has_no_words() -> None:
    noise = np.random.default_rng(2).normal(0, 3_000, 640)
    assert line_of(noise, RATE) is None
    assert line_of(np.zeros(640), RATE) is None


def test_everybody_is_somewhere_and_only_where_people_answer() -> None:
    people = [person_at(number_of(place)) for place in range(500)]
    assert {person.name for person in people if person is not None} == {person.name for person in PEOPLE}
    for place, person in enumerate(people):
        if kind_of(number_of(place)) in (Kind.BUSY, Kind.NO_ANSWER, Kind.MACHINE, Kind.DEAD, Kind.INVALID):
            assert person is None
    assert person_at(number_of(LAST_PLACE + 1)) is None


def test_it_is_told_what_is_to_come_of_everybody() -> None:
    assert set(WANTED) == {person.name for person in PEOPLE}
    assert set(PROMISED) < set(WANTED)
    assert {line for line in LINES if do_not_call(line)} == REMOVALS


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_the_script_understands_them(person: Prospect) -> None:
    conversation = Conversation("You are a demo.")
    conversation.caller_heard(SCRIPT.greeting, interrupted=False)
    came = None
    for line in (step.deed.text for step in person.steps if isinstance(step.deed, Says)):
        conversation.heard_caller(line)
        told = reply(SCRIPT, conversation.messages, phrase_matcher())
        conversation.caller_heard(told.text.replace(BREAK, ""), interrupted=False)
        came = told.disposition
    assert (came and came.value) in {wanted and wanted.value for wanted in WANTED[person.name]}
