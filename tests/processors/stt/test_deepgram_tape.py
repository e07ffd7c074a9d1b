"""What is kept for a stream that drops: the audio that no final result covers, and the requests among it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.stt.deepgram_tape import Tape


def taken(tape: Tape) -> list[str | bytes]:
    items = []
    while tape.waits:
        items.append(tape.take())
    return items


def tape_of(*items: str | bytes, audio_bytes: int = 100) -> Tape:
    tape = Tape(audio_bytes)
    for item in items:
        tape.add(item)
    return tape


def test_the_order_is_kept_and_of_the_audio_the_newest() -> None:
    tape = tape_of(b"ab", "one", b"cd", "two", b"ef", audio_bytes=4)
    assert taken(tape) == ["one", b"cd", "two", b"ef"]
    tape.add(b"wxyz")
    assert taken(tape) == [b"wxyz"]
    tape.rewind()
    assert taken(tape) == ["one", "two", b"wxyz"]


@pytest.mark.parametrize(
    ("position", "kept"),
    [
        (0, [b"abcd", "ask", b"efgh"]),
        (2, [b"cd", "ask", b"efgh"]),
        (4, ["ask", b"efgh"]),
        (6, ["ask", b"gh"]),
        (8, ["ask"]),
        (99, ["ask"]),
    ],
)
def test_what_is_covered_is_not_sent_again(position: int, kept: list[str | bytes]) -> None:
    tape = tape_of(b"abcd", "ask", b"efgh")
    taken(tape)
    tape.covered(position)
    tape.rewind()
    assert taken(tape) == kept


def test_an_answer_covers_all_that_lies_before_its_request() -> None:
    tape = tape_of(b"ab", "one", b"cd", "two", b"ef")
    taken(tape)
    tape.answered()
    tape.covered(3)
    tape.rewind()
    assert taken(tape) == [b"d", "two", b"ef"]


def test_an_answer_to_nothing_covers_nothing() -> None:
    tape = tape_of(b"ab")
    taken(tape)
    tape.answered()
    tape.rewind()
    assert taken(tape) == [b"ab"]


def test_positions_count_from_the_beginning_of_each_stream() -> None:
    tape = tape_of(b"abcd", b"efgh")
    taken(tape)
    tape.covered(6)
    tape.rewind()
    taken(tape)
    tape.covered(1)
    tape.rewind()
    assert taken(tape) == [b"h"]


def test_audio_that_was_dropped_still_counts_in_positions() -> None:
    tape = tape_of(b"abcd", b"efgh", audio_bytes=8)
    taken(tape)
    tape.add(b"ijkl")
    taken(tape)
    tape.covered(6)
    tape.rewind()
    assert taken(tape) == [b"gh", b"ijkl"]


@given(
    sizes=st.lists(st.integers(1, 6), max_size=20),
    sent=st.integers(0, 20),
    covered=st.lists(st.integers(0, 60), max_size=5),
    room=st.integers(6, 60),
)
def test_the_newest_audio_behind_what_is_covered_is_kept(
    sizes: list[int], sent: int, covered: list[int], room: int
) -> None:
    audio = bytes(range(sum(sizes)))
    tape, at, on_stream = Tape(room), 0, 0
    for index, size in enumerate(sizes):
        tape.add(audio[at : at + size])
        at += size
        if index < sent:
            on_stream = at
            taken(tape)
    for position in covered:
        tape.covered(position)
    tape.rewind()
    kept = b"".join(item for item in taken(tape) if isinstance(item, bytes))
    assert audio.endswith(kept)
    assert len(kept) <= room
    # A chunk is dropped as a whole, so less than a chunk more than needed may be gone.
    known = min(on_stream, max(covered, default=0))
    assert len(kept) <= len(audio) - known
    assert len(kept) > min(room - 6, len(audio) - known - 1)


@pytest.mark.parametrize(
    ("items", "position", "asked", "uncovered"),
    [
        ((b"abcd", b"ef"), 0, 0, 6),
        ((b"abcd", "ask", b"ef"), 0, 4, 6),
        ((b"abcd", "ask", b"ef", "ask"), 0, 6, 6),
        ((b"abcd", "ask", b"ef"), 3, 1, 3),
        ((b"abcd", "ask", b"ef"), 5, 0, 1),
    ],
)
def test_an_answer_is_due_for_the_audio_before_the_newest_request(
    items: tuple[str | bytes, ...], position: int, asked: int, uncovered: int
) -> None:
    tape = tape_of(*items)
    taken(tape)
    tape.covered(position)
    assert (tape.asked, tape.uncovered) == (asked, uncovered)


def test_no_answer_is_due_to_what_was_not_sent() -> None:
    tape = tape_of(b"abcd", "ask")
    assert (tape.asked, tape.uncovered) == (0, 4)
