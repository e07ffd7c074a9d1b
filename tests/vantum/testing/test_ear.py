"""The ear hears what a browser's player makes audible."""

from __future__ import annotations

from vantum.testing import Sound
from vantum.testing.ear import Ear


def test_chunks_sent_ahead_play_without_a_hole() -> None:
    ear = Ear()
    for now in (1.0, 1.0, 1.02, 1.12):
        ear.play("a", 0.04, now)
    assert ear.sounds == (Sound(1.0, 1.16, "a"),)


def test_a_late_chunk_leaves_a_hole() -> None:
    ear = Ear()
    ear.play("a", 0.04, 1.0)
    ear.play("a", 0.04, 1.05)
    assert ear.sounds == (Sound(1.0, 1.04, "a"), Sound(1.05, 1.09, "a"))


def test_a_stop_silences_what_still_plays_and_what_would_play() -> None:
    ear = Ear()
    ear.play("a", 0.5, 1.0)
    ear.play("a", 0.5, 2.0)
    ear.stop(1.2)
    assert ear.sounds == (Sound(1.0, 1.2, "a"),)


def test_a_chunk_after_the_stop_is_audible() -> None:
    ear = Ear()
    ear.play("a", 0.5, 1.0)
    ear.stop(1.2)
    ear.play("a", 0.04, 1.3)
    assert ear.sounds[1:] == (Sound(1.3, 1.34, "a"),)


def test_a_new_utterance_wipes_the_last_one() -> None:
    ear = Ear()
    ear.play("a", 0.5, 1.0)
    ear.play("b", 0.5, 1.1)
    assert ear.sounds == (Sound(1.0, 1.1, "a"), Sound(1.1, 1.6, "b"))


def test_silence() -> None:
    ear = Ear()
    ear.stop(1.0)
    assert ear.sounds == ()
