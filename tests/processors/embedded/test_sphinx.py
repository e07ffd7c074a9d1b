from __future__ import annotations

import wave
from pathlib import Path

import pytest

from processors.embedded.choice import choose
from processors.embedded.jobs import Heard, Utterance, pack_utterance, unpack_heard
from processors.embedded.sphinx import SCRIPTS_KEPT, General, Script, script_sentences

AUDIO = Path(__file__).parents[2] / "audio"
PHRASES = (
    "Tell me more about the price.",
    "Yes, I am interested.",
    "I am not interested.",
    "No, thank you.",
    "Please take me off your list.",
    "Call me back on Thursday.",
    "I'm busy, can you call me back?",
    "Who is this?",
    "Where did you get my number?",
    "Are you a robot?",
)


def clip(name: str) -> bytes:
    with wave.open(str(AUDIO / f"{name}.wav")) as file:
        return bytes(file.readframes(file.getnframes()))


@pytest.fixture(scope="module")
def general() -> General:
    return General()


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


def heard(engine: General | Script, utterance: Utterance) -> Heard:
    return unpack_heard(engine(pack_utterance(utterance)))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("do_not_call", {"take", "me", "off", "list"}),
        ("are_you_a_robot", {"are", "you", "robot"}),
        ("call_later", {"call", "back", "thursday"}),
        ("interested_price", {"interested", "price"}),
        ("not_interested", {"not", "interested"}),
        ("who_is_this", {"who", "this", "number"}),
        ("weather_question", {"weather", "paris"}),
        ("order_status", {"status", "order"}),
        ("librivox_0930", {"might", "himself"}),
    ],
)
def test_the_words_that_matter_are_heard(
    general: General, script: Script, name: str, words: set[str]
) -> None:
    pcm = clip(name)
    text = choose(heard(general, Utterance(pcm)), heard(script, Utterance(pcm, PHRASES)), PHRASES)
    assert words <= set(text.split())


def test_the_script_is_not_heard_in_a_speech_about_something_else(general: General, script: Script) -> None:
    pcm = clip("jfk")
    free, by_script = heard(general, Utterance(pcm)), heard(script, Utterance(pcm, PHRASES))
    assert choose(free, by_script, PHRASES) == free.text


@pytest.mark.parametrize("pcm", [b"", bytes(320), bytes(32000)])
def test_silence_has_no_words(general: General, script: Script, pcm: bytes) -> None:
    assert heard(general, Utterance(pcm)).text == ""
    assert heard(script, Utterance(pcm, PHRASES)).text == ""


def test_an_utterance_does_not_change_how_the_next_one_is_heard(general: General) -> None:
    before = heard(general, Utterance(clip("stop")))
    heard(general, Utterance(clip("order_status")))
    assert heard(general, Utterance(clip("stop"))) == before


def test_a_script_comes_back_after_others(script: Script) -> None:
    utterance = Utterance(clip("do_not_call"), PHRASES)
    before = heard(script, utterance)
    for number in range(SCRIPTS_KEPT + 1):
        heard(script, Utterance(clip("mhm"), ("hello there", f"good morning {'very ' * number}much")))
    assert heard(script, utterance) == before


@pytest.mark.parametrize("phrases", [(), ("...", "42")])
def test_a_script_without_words_is_refused(script: Script, phrases: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="phrases to listen for"):
        heard(script, Utterance(clip("mhm"), phrases))


def test_a_phrase_is_expected_alone_and_after_a_leading_word() -> None:
    assert script_sentences(["I'm in!", "?"]) == [
        "i'm in",
        "okay i'm in",
        "well i'm in",
        "sorry i'm in",
        "yes i'm in",
        "no i'm in",
    ]
