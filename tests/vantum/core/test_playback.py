"""The ledger: what was sent, what was heard, to the sample."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.playback import (
    KEPT_SECONDS,
    MARK_PATIENCE_SECONDS,
    MOST_RUNS,
    MarkedPlayback,
    Playback,
    Word,
)

RATE = 1000


def test_audio_sent_ahead_is_heard_as_time_passes() -> None:
    playback = Playback(RATE)
    assert playback.send(400, now=10.0) == 10.0
    assert [playback.heard(now) for now in (10.0, 10.1, 10.4, 11.0)] == [0, 100, 400, 400]


def test_audio_follows_what_plays_and_begins_afresh_after_a_gap() -> None:
    playback = Playback(RATE)
    playback.send(400, now=0.0)
    assert playback.send(100, now=0.2) == pytest.approx(0.4)
    assert playback.send(100, now=1.0) == 1.0
    assert playback.heard(1.0) == 500
    assert playback.heard(1.05) == 550
    assert playback.sent == 600


def test_what_was_heard_at_a_time_in_the_past_is_known_also_before_a_gap() -> None:
    playback = Playback(RATE)
    playback.send(400, now=0.0)
    playback.send(100, now=1.0)
    playback.send(300, now=2.0)
    times = (-1.0, 0.0, 0.3, 0.4, 0.9, 1.05, 1.1, 1.9, 2.0, 2.2, 3.0)
    assert [playback.heard(now) for now in times] == [0, 0, 300, 400, 400, 450, 500, 500, 500, 700, 800]
    playback.hold(0.3)
    assert (playback.heard(0.3), playback.sent, playback.heard(5.0)) == (300, 300, 300)


def test_after_a_hold_in_the_past_the_past_is_what_came_after_it() -> None:
    playback = Playback(RATE)
    playback.send(400, now=0.0)
    playback.send(100, now=1.0)
    playback.hold(0.3)
    playback.rewind(0)
    playback.send(200, now=3.0)
    playback.send(200, now=4.0)
    assert [playback.heard(now) for now in (2.0, 3.1, 3.9, 4.1)] == [300, 300, 350, 450]


def test_of_pauses_without_end_the_last_are_known() -> None:
    playback = Playback(RATE)
    for number in range(MOST_RUNS + 5):
        playback.send(100, now=number * 1.0)
    last = MOST_RUNS + 4
    assert playback.heard(last - MOST_RUNS + 0.5) == (last - MOST_RUNS + 1) * 100
    assert playback.heard(1.05) == 0
    assert playback.heard(last + 0.5) == (last + 1) * 100


def test_words_are_told_once_when_they_begin_to_be_heard() -> None:
    playback = Playback(RATE)
    for word, start in (("one", 0), ("two", 100), ("three", 300)):
        playback.add_word(word, start)
    assert playback.tell(0.0) == ""
    playback.send(400, now=0.0)
    assert [playback.tell(now) for now in (0.01, 0.05, 0.11, 0.29, 0.3)] == ["one", "", "two", "", "three"]


def test_words_placed_behind_their_audio_are_told_when_all_was_heard() -> None:
    playback = Playback(RATE)
    playback.add_word("one", 0)
    playback.add_word("two", 100)
    playback.send(100, now=0.0)
    assert [playback.tell(1.0), playback.tell_rest(), playback.tell_rest()] == ["one", "two", ""]


def test_the_next_word_has_a_time_once_its_audio_is_sent() -> None:
    playback = Playback(RATE)
    assert playback.next_word_at() is None
    playback.add_word("one", 200)
    playback.send(200, now=0.0)
    assert playback.next_word_at() is None
    playback.send(100, now=0.0)
    assert playback.next_word_at() == pytest.approx(0.2)
    playback.tell(0.25)
    assert playback.next_word_at() is None


@pytest.mark.parametrize(
    ("now", "heard"),
    [
        (0.0, ""),
        (0.04, ""),
        (0.05, "one"),
        (0.14, "one"),
        (0.2, "one two"),
        (0.34, "one two"),
        (0.4, "one two three"),
    ],
)
def test_a_word_is_heard_when_half_of_it_was(now: float, heard: str) -> None:
    playback = Playback(RATE)
    for word, start in (("one", 0), ("two", 100), ("three", 300)):
        playback.add_word(word, start)
    playback.send(400, now=0.0)
    assert playback.heard_text(now) == heard


def test_text_without_times_is_spread_over_its_audio_by_length() -> None:
    playback = Playback(RATE)
    playback.add_text("aaa bbbbbbb", 100, 1300)
    playback.send(1300, now=0.0)
    assert playback.heard_text(0.5) == "aaa"
    assert playback.heard_text(1.3) == "aaa bbbbbbb"
    assert playback.text() == "aaa bbbbbbb"


def test_a_word_never_begins_before_the_one_it_follows() -> None:
    playback = Playback(RATE)
    playback.add_word("one", 200)
    playback.add_word("two", 100)
    playback.send(300, now=0.0)
    assert playback.tell(0.1) == ""
    assert playback.tell(0.2) == "one two"


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 0.3)), min_size=1, max_size=30), st.floats(0, 20))
def test_the_ear_never_hears_more_than_was_sent_nor_less_as_time_passes(
    sends: list[tuple[int, float]], later: float
) -> None:
    playback, now, heard = Playback(RATE), 0.0, 0
    for samples, wait in sends:
        now += wait
        playback.send(samples, now)
        assert heard <= playback.heard(now) <= playback.sent
        heard = playback.heard(now)
    assert playback.heard(now + later) <= playback.sent
    assert playback.heard(playback.ends_at) == playback.sent


# --- held -----------------------------------------------------------------------------------------------


def spoken(*words: tuple[str, int]) -> Playback:
    """Two seconds on the wire at 0, with words and the samples at which they begin."""
    playback = Playback(RATE)
    for text, start in words:
        playback.add_word(text, start)
    playback.send(2000, now=0.0)
    return playback


def test_what_is_held_stays_where_the_ear_was() -> None:
    playback = spoken(("one", 0), ("two", 500), ("three", 1000))
    playback.hold(0.8)
    assert [playback.heard(now) for now in (0.8, 5.0)] == [800, 800]
    assert playback.heard_text(9.0) == "one two"
    assert playback.tell(9.0) == "one two"
    assert playback.next_word_at() is None


@pytest.mark.parametrize(
    ("words", "held_at", "sent"),
    [
        ([("one", 0), ("two", 500), ("three", 1000)], 0.8, 500),
        ([("one", 0), ("two", 500)], 0.5, 500),  # between two words
        ([("one", 300)], 0.1, 100),  # before the first
        ([], 0.8, 650),  # about a syllable
        ([], 0.1, 0),
    ],
)
def test_it_goes_on_from_the_word_in_which_it_stopped(
    words: list[tuple[str, int]], held_at: float, sent: int
) -> None:
    playback = spoken(*words)
    playback.hold(held_at)
    playback.rewind(0)
    assert playback.sent == sent
    assert playback.heard(9.0) == round(held_at * RATE)


def test_words_without_times_are_no_place_to_go_on_from() -> None:
    playback = Playback(RATE)
    playback.add_text("one two", 0, 2000)
    playback.send(2000, now=0.0)
    playback.hold(0.9)
    playback.rewind(0)
    assert playback.sent == 750


def test_no_word_lasts_longer_than_the_audio_is_kept() -> None:
    playback = Playback(RATE)
    playback.add_word("one", 0)
    playback.send(5000, now=0.0)
    playback.hold(KEPT_SECONDS)
    playback.rewind(0)
    assert playback.sent == 0
    playback.send(5000, now=4.0)
    playback.hold(4.0 + KEPT_SECONDS + 0.001)
    playback.rewind(0)
    assert playback.sent == 3001 - 150


def test_it_never_goes_on_from_what_is_no_longer_there() -> None:
    playback = spoken(("one", 0))
    playback.hold(0.8)
    playback.rewind(700)
    assert playback.sent == 700


def test_what_is_heard_again_is_told_and_counted_once() -> None:
    playback = spoken(("one", 0), ("two", 500), ("three", 1000))
    assert playback.tell(0.8) == "one two"
    playback.hold(0.8)
    playback.rewind(0)
    assert playback.send(1500, now=3.0) == 3.0
    assert [playback.heard(now) for now in (3.0, 3.2, 3.4, 4.5)] == [800, 800, 900, 2000]
    assert [playback.tell(now) for now in (3.2, 3.49, 3.5)] == ["", "", "three"]
    assert playback.next_word_at() is None
    assert playback.heard_text(4.5) == "one two three"


STEPS = st.lists(
    st.tuples(st.sampled_from(["send", "hold", "release", "wait"]), st.integers(0, 400)), max_size=40
)


@given(STEPS, st.lists(st.integers(0, 3000), max_size=12).map(sorted), st.booleans())
def test_whatever_happens_the_words_heard_are_those_whose_samples_were_audible(
    steps: list[tuple[str, int]], starts: list[int], timed: bool
) -> None:
    """An ear of its own, a set of samples, hears a millisecond at a time what lies on a wire of its own."""
    playback = Playback(RATE)
    for number, start in enumerate(starts):
        playback._add(Word(str(number), start, timed))
    wire: list[int] = []
    ear: set[int] = set()
    now, held, furthest, told = 0, False, 0, []
    for step, amount in steps:
        match step:
            case "send" if not held:
                wire += range(playback.sent, playback.sent + amount)
                playback.send(amount, now / 1000)
                furthest = max(furthest, playback.sent)
            case "hold" if not held and wire:
                playback.hold(now / 1000)
                wire.clear()
                held = True
            case "release" if held:
                playback.rewind(0)
                held = False
                assert max(0, len(ear) - 3000) <= playback.sent <= len(ear)
            case "wait":
                for _ in range(amount):
                    now += 1
                    ear.update(wire[:1])
                    del wire[:1]
        told += playback.tell(now / 1000).split()
        assert ear == set(range(playback.heard(now / 1000)))
        ends = [*starts[1:], max([furthest, *starts[-1:]])]
        halves = [
            len(ear & set(range(a, b))) * 2 >= b - a and a in ear for a, b in zip(starts, ends, strict=False)
        ]
        heard = halves.index(False) if False in halves else len(halves)
        assert playback.heard_text(now / 1000).split() == [str(number) for number in range(heard)]
        assert told == [str(number) for number in range(len(told))]


# --- with marks -----------------------------------------------------------------------------------------


def marked(*sizes: int) -> MarkedPlayback:
    """Chunks of these sizes, all sent at 0, each with its mark."""
    playback = MarkedPlayback(RATE)
    for samples in sizes:
        playback.send(samples, now=0.0)
    return playback


def test_without_a_carrier_that_tells_time_alone_does() -> None:
    playback = Playback(RATE)
    playback.send(100, now=0.0)
    playback.confirm(10, now=0.05)
    assert playback.heard(0.05) == 50


def test_nothing_beyond_an_outstanding_mark_counts_as_heard() -> None:
    playback = marked(100, 100, 100)
    assert [playback.heard(now) for now in (0.0, 0.05, 0.1, 0.15, 1.0)] == [0, 50, 100, 100, 100]


def test_a_mark_sets_the_clock_of_what_follows() -> None:
    playback = marked(100, 100, 100)
    playback.confirm(100, now=0.25)
    assert [playback.heard(now) for now in (0.25, 0.3, 0.35, 0.4)] == [100, 150, 200, 200]
    assert playback.ends_at == pytest.approx(0.45 + MARK_PATIENCE_SECONDS - 0.1)
    playback.confirm(300, now=0.45)
    assert playback.heard(0.45) == 300
    assert playback.ends_at == pytest.approx(0.45)


def test_a_mark_that_overtook_the_clock_is_believed() -> None:
    playback = marked(100, 100)
    playback.confirm(100, now=0.02)
    assert playback.heard(0.02) == 100
    assert playback.heard(0.07) == 150


def test_marks_that_come_twice_or_were_never_sent_tell_nothing() -> None:
    playback = marked(100, 100)
    playback.confirm(100, now=0.1)
    for position in (100, 150, 999):
        playback.confirm(position, now=0.19)
    assert playback.heard(0.15) == 150


def test_a_mark_that_is_lost_is_not_waited_for_for_ever() -> None:
    playback = marked(100, 100)
    assert playback.heard(0.1 + MARK_PATIENCE_SECONDS - 0.01) == 100
    assert playback.heard(0.1 + MARK_PATIENCE_SECONDS) == 200
    assert playback.reached_at(50) == pytest.approx(0.05)
    assert playback.reached_at(200) == pytest.approx(0.1 + MARK_PATIENCE_SECONDS)


def test_words_wait_for_their_marks() -> None:
    playback = marked(100, 100)
    playback.add_word("one", 0)
    playback.add_word("two", 120)
    assert playback.tell(0.05) == "one"
    assert playback.tell(0.19) == ""
    assert playback.next_word_at() == pytest.approx(0.1 + MARK_PATIENCE_SECONDS)
    playback.confirm(100, now=0.2)
    assert playback.next_word_at() == pytest.approx(0.22)
    assert playback.heard_text(0.25) == "one"
    assert playback.heard_text(0.27) == "one two"


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.data())
def test_what_was_heard_lies_between_the_last_mark_and_the_next(
    sizes: list[int], data: st.DataObject
) -> None:
    playback, positions, now = marked(*sizes), [sum(sizes[: k + 1]) for k in range(len(sizes))], 0.0
    for index, position in enumerate(positions):
        now += data.draw(st.floats(0.0, 1.0))
        heard = playback.heard(now)
        assert (positions[index - 1] if index else 0) <= heard <= position
        playback.confirm(position, now)
    assert playback.heard(now) == playback.sent


# --- with marks, held ---------------------------------------------------------------------------------


def test_marks_sent_before_a_hold_confirm_nothing_that_is_sent_after_it() -> None:
    playback = marked(100, 100, 100)
    playback.confirm(100, now=0.1)
    playback.hold(0.15)
    assert playback.ends_at == 0.15
    for tally in (200, 300):  # the clear brings them back
        playback.confirm(tally, now=0.16)
    assert playback.heard(9.0) == 150
    playback.rewind(0)
    playback.send(100, now=1.0)
    playback.send(100, now=1.0)
    for tally in (200, 300):
        playback.confirm(tally, now=1.05)
    assert playback.heard(1.05) == 150
    assert playback.heard(1.2) == 150
    playback.confirm(400, now=1.3)
    assert playback.heard(1.3) == 150
    assert playback.heard(1.38) == 180
    playback.confirm(500, now=1.4)
    assert playback.heard(1.4) == 200


def test_a_hold_believes_no_more_than_the_marks() -> None:
    playback = marked(100, 100)
    playback.hold(0.19)
    assert playback.heard(0.19) == 100


def test_the_ear_is_reached_when_audio_is_sent_or_its_first_mark_is_back() -> None:
    timed = Playback(RATE)
    assert not timed.reaches_ear(0.0)
    timed.send(100, now=0.0)
    assert timed.reaches_ear(0.0)
    assert not MarkedPlayback(RATE).reaches_ear(9.0)
    playback = marked(100, 100)
    assert not playback.reaches_ear(0.1)
    playback.confirm(100, now=0.12)
    assert playback.reaches_ear(0.12)


def test_the_ear_is_taken_to_be_reached_when_the_first_mark_is_lost() -> None:
    playback = marked(100)
    assert not playback.reaches_ear(0.09 + MARK_PATIENCE_SECONDS)
    assert playback.reaches_ear(0.1 + MARK_PATIENCE_SECONDS)
