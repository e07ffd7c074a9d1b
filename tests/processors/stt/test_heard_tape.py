"""What is kept of the caller's speech for whoever hears it next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.stt.heard_tape import HeardTape
from vantum.core.events import TurnEndedByHand

RATE = 10
"""Samples a second: the tape counts in samples, whatever they are."""
KEPT, QUIET = 100, 20


def audio(*samples: int) -> InputAudioRawFrame:
    return InputAudioRawFrame(b"".join(sample.to_bytes(2, "little") for sample in samples), RATE, 1)


def tape_of(script: str) -> HeardTape:
    """Each digit is a sample, each word a chunk; ``<`` and ``>`` are the detector's, ``!`` is the caller's hand."""
    tape = HeardTape()
    for word in script.split():
        tape.add(frame_of(word))
    return tape


def frame_of(word: str) -> Frame:
    match word:
        case "<":
            return VADUserStartedSpeakingFrame()
        case ">":
            return VADUserStoppedSpeakingFrame()
        case "!":
            return InputTransportMessageFrame(message=TurnEndedByHand())
        case _:
            return audio(*map(int, word))


def taken(tape: HeardTape) -> str:
    return " ".join(word_of(frame) for frame in iter_taken(tape))


def iter_taken(tape: HeardTape) -> list[Frame]:
    frames = []
    while tape.waits:
        frames.append(tape.take())
    return frames


def word_of(frame: Frame) -> str:
    match frame:
        case InputAudioRawFrame():
            return "".join(str(sample) for sample in frame.audio[::2])
        case VADUserStartedSpeakingFrame():
            return "<"
        case VADUserStoppedSpeakingFrame():
            return ">"
        case _:
            return "!"


def heard_again(tape: HeardTape) -> str:
    tape.rewind()
    return taken(tape)


def test_what_is_added_is_taken_in_order_and_again_after_a_rewind() -> None:
    tape = tape_of("00 < 12 3 > !")
    assert taken(tape) == "00 < 12 3 > !"
    assert not tape.waits
    tape.add(frame_of("44"))
    assert heard_again(tape) == "00 < 12 3 > ! 44"
    assert (tape.begins, tape.ends) == (0, 7)


@pytest.mark.parametrize(
    ("script", "covered", "left", "whole"),
    [
        # The recogniser says what it covers.
        ("00 < 12 34 >", 0.0, "00 < 12 34 >", True),
        ("00 < 12 34 >", 0.2, "< 12 34 >", True),
        ("00 < 12 34 >", 0.4, "< 34 >", True),
        ("00 < 12 34 >", 0.5, "< 4 >", True),
        ("00 < 12 34 >", 0.6, "", True),
        ("00 < 12 34 > 00", 0.6, "00", True),
        ("00 < 12 34 > 0 < 5", 0.7, "< 5", True),
        ("00 < 12", 9.0, "<", True),
        # It does not.
        ("00 < 12 34 >", None, "", True),
        ("00 < 12 34 > 00", None, "00", True),
        ("00 < 12 34 > 00 < 5", None, "00 < 5", False),
        ("00 < 12 !", None, "<", False),
        ("00 < 12 > < 34 > 0", None, "0", True),
        ("00 < 12 34", None, "00 < 12 34", False),
        ("00 12", None, "00 12", False),
    ],
)
def test_a_final_takes_off_what_it_covers(script: str, covered: float | None, left: str, whole: bool) -> None:
    tape = tape_of(script)
    taken(tape)
    assert tape.final(covered) is whole
    assert heard_again(tape) == left


def test_what_is_covered_is_counted_from_the_first_that_a_recogniser_was_given() -> None:
    tape = tape_of("00 < 12")
    taken(tape)
    tape.final(0.3)
    tape.rewind()
    tape.add(frame_of("34"))
    taken(tape)
    tape.final(0.2)
    assert heard_again(tape) == "< 4"


def test_what_was_not_sent_is_not_covered() -> None:
    tape = tape_of("12")
    tape.final(0.2)
    assert taken(tape) == "12"
    tape.add(frame_of("34"))
    tape.final(9.0)
    assert heard_again(tape) == "34"


@pytest.mark.parametrize(("script", "most"), [("", QUIET), ("<", KEPT), ("< 1 >", KEPT), ("!", KEPT)])
def test_of_silence_little_is_kept_and_of_what_waits_for_words_more(script: str, most: int) -> None:
    tape = tape_of(script)
    for _ in range(most - (tape.ends - tape.begins)):
        tape.add(frame_of("0"))
    assert tape.ends - tape.begins == most
    tape.add(frame_of("00"))
    assert tape.ends - tape.begins <= most
    taken(tape)
    for _ in range(KEPT):
        tape.add(frame_of("0"))
        tape.take()
    assert tape.ends - tape.begins <= most


def test_speech_that_is_longer_than_the_tape_is_known_for_speech_still() -> None:
    tape = tape_of("<")
    for _ in range(KEPT + 5):
        tape.add(frame_of("1"))
    assert taken(tape) == " ".join("1" * KEPT)
    assert heard_again(tape) == "< " + " ".join("1" * KEPT)


def test_speech_that_is_off_the_tape_is_forgotten() -> None:
    tape = tape_of("< 1 > !")
    for _ in range(2 * KEPT):
        tape.add(frame_of("0"))
    assert tape.idle
    assert heard_again(tape) == " ".join("0" * QUIET)


@pytest.mark.parametrize(
    ("script", "speaking", "idle"),
    [("0", False, True), ("<", True, False), ("< 1 >", False, False), ("< 1 > 0", False, False)],
)
def test_the_caller_is_idle_when_silent_and_answered(script: str, speaking: bool, idle: bool) -> None:
    tape = tape_of(script)
    taken(tape)
    assert (tape.speaking, tape.idle) == (speaking, idle)
    tape.add(frame_of(">"))
    tape.add(frame_of("0"))
    taken(tape)
    tape.final(None)
    assert tape.idle


@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=30),
    covered=st.lists(st.integers(0, 120), max_size=6),
)
def test_exactly_what_is_not_covered_is_heard_again(sizes: list[int], covered: list[int]) -> None:
    tape = tape_of("<")
    samples = [number % 256 for number in range(sum(sizes))]
    at = 0
    for size in sizes:
        tape.add(InputAudioRawFrame(bytes(v for s in samples[at : at + size] for v in (s, 0)), RATE, 1))
        at += size
    offset = tape.begins
    iter_taken(tape)
    for position in covered:
        tape.final(position / RATE)
    tape.rewind()
    again = [frame for frame in iter_taken(tape) if isinstance(frame, InputAudioRawFrame)]
    left = [value for frame in again for value in frame.audio[::2]]
    known = min(len(samples), offset + max(covered, default=0))
    assert left == samples[known:]
    assert tape.begins == known
