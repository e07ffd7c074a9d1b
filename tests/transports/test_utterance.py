"""Where the words of an utterance lie."""

from __future__ import annotations

import tracemalloc

from transports.utterance import Framing, Utterance
from vantum.core.audio import WEB_AUDIO_BLOCK

RATE = 16_000
FRAMING = Framing(RATE, 640, WEB_AUDIO_BLOCK)
SECOND_NS = 1_000_000_000


def utterance(*contexts: tuple[str, int, float, list[tuple[str, float]]]) -> Utterance:
    """Contexts as (id, clock in ns, seconds of audio, words with their times in the context)."""
    made = Utterance("u", FRAMING)
    for context, clock, seconds, words in contexts:
        made.queue_audio(b"\0\0" * int(seconds * RATE), context, clock)
        for text, at in words:
            made.queue_text(text, context, clock + int(at * SECOND_NS), clock + 5_000_000)
    return made


def heard_after(made: Utterance, seconds: float) -> str:
    while made.next_chunk(0.0) is not None:
        made.playback.send(640, 0.0)
    made.playback.send(10 * RATE, 0.0)
    return made.playback.heard_text(seconds)


def test_words_with_times_count_from_the_first_audio_of_their_context() -> None:
    made = utterance(("a", 77 * SECOND_NS, 2.0, [("one", 0.0), ("two", 0.5), ("three", 1.5)]))
    assert heard_after(made, 1.1) == "one two"


def test_a_second_context_follows_the_first() -> None:
    made = utterance(("a", SECOND_NS, 1.0, [("one", 0.1)]), ("b", 3 * SECOND_NS, 1.0, [("two", 0.2)]))
    assert heard_after(made, 0.9) == "one"
    made = utterance(("a", SECOND_NS, 1.0, [("one", 0.1)]), ("b", 3 * SECOND_NS, 1.0, [("two", 0.2)]))
    assert heard_after(made, 6.5) == "one two"


def test_words_may_come_before_their_audio() -> None:
    made = Utterance("u", FRAMING)
    made.queue_text("early", "a", SECOND_NS + SECOND_NS // 2, SECOND_NS)
    made.queue_audio(b"\0\0" * RATE, "a", SECOND_NS)
    assert heard_after(made, 0.4) == ""


def test_nothing_is_due_while_the_tts_has_to_deliver() -> None:
    made = Utterance("u", FRAMING)
    made.queue_audio(bytes(100), "a", 0)
    assert made.next_chunk(0.0) is None
    assert made.chunk_due() is made.word_due() is None
    made.complete = True
    assert made.next_chunk(0.0) is not None


def test_of_what_was_heard_a_few_seconds_stay_in_memory() -> None:
    made, fifth = Utterance("u", FRAMING), bytes(2 * RATE // 5)
    tracemalloc.start()
    for tick in range(3000):
        made.queue_audio(fifth, "a", 0)
        while made.next_chunk(tick / 5) is not None:
            made.playback.send(FRAMING.chunk_samples, tick / 5)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 3 s that were heard and what was not, and the slack of a bytearray, which is at most as much again.
    assert 3.0 < kept / (2 * RATE) < 8.0
