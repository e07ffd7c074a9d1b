"""The stand-in's mu-law and its play-out buffer, by values."""

from __future__ import annotations

import pytest

from tests.wire.twilio_mulaw import decoded, encoded
from tests.wire.twilio_playout import PlayedMark, PlayOut


@pytest.mark.parametrize(
    ("code", "sample"),
    [(0xFF, 0), (0x7F, 0), (0x80, 32124), (0x00, -32124), (0xFE, 8), (0xEF, 132), (0x5F, -396)],
)
def test_mulaw_is_that_of_the_standard(code: int, sample: int) -> None:
    assert decoded(bytes([code])).tolist() == [sample]


def test_every_mulaw_byte_survives_the_way_there_and_back() -> None:
    everything = bytes(range(256))
    assert encoded(decoded(everything)) == everything.replace(b"\x7f", b"\xff")


def test_audio_waits_its_turn_and_marks_wait_for_it() -> None:
    playout = PlayOut()
    playout.play(100, b"a" * 800)
    playout.mark(110, "first")
    playout.play(120, b"b" * 400)
    playout.mark(130, "second")
    assert [(piece.begin, piece.end) for piece in playout.pieces] == [(100, 900), (900, 1300)]
    assert playout.max_ahead == 1180
    assert list(playout.due_marks(899)) == []
    assert list(playout.due_marks(900)) == [PlayedMark(900, "first")]
    assert list(playout.due_marks(5000)) == [PlayedMark(1300, "second")]


def test_a_mark_with_nothing_before_it_is_due_at_once() -> None:
    playout = PlayOut()
    playout.mark(50, "now")
    assert list(playout.due_marks(50)) == [PlayedMark(50, "now")]


def test_clear_keeps_the_20_ms_that_play_and_gives_the_pending_marks_back() -> None:
    playout = PlayOut()
    playout.play(100, b"a" * 800)
    playout.mark(100, "played")
    playout.play(100, b"b" * 800)
    playout.mark(100, "unheard")
    playout.clear(1000)
    assert [(piece.begin, piece.end) for piece in playout.pieces] == [(100, 900), (900, 1060)]
    assert list(playout.due_marks(1000)) == [PlayedMark(900, "played"), PlayedMark(1000, "unheard", True)]
    playout.play(1010, b"c" * 160)
    assert playout.pieces[-1].begin == 1060


def test_late_play_out_is_late_after_every_gap_and_cleared_before_it_began() -> None:
    playout = PlayOut(delay=80)
    playout.play(0, b"a" * 160)
    playout.play(10, b"b" * 160)
    playout.play(1000, b"c" * 160)
    assert [piece.begin for piece in playout.pieces] == [80, 240, 1080]
    assert playout.max_ahead == 320
    playout.clear(1010)
    assert [piece.begin for piece in playout.pieces] == [80, 240]
