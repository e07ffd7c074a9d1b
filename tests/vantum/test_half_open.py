"""A connection that seems open and is not: what was sent into the void does not count as heard. On virtual time.

The story answers at 3.2 and a letter takes 0.06 s, so its words begin at 3.2 This, 3.5 is, 3.68 a, 3.8 story, 4.16
that, 4.46 goes, 4.76 on, 4.94 for, 5.18 a, 5.3 good, 5.6 while; the last sound is at 5.96.
"""

from __future__ import annotations

import pytest

from tests.vantum.comeback import Comeback
from tests.vantum.test_live_call import FINE, HELLO, STORY
from tests.vantum.test_resumption import about, reasons
from vantum.core.pulse import DOUBT_SECONDS, PATIENCE_SECONDS
from vantum.testing import PlayedCall, ScriptedLLM

CHUNK_SECONDS = 0.1
CHUNK = b"\0\0" * 1_600


class HalfOpen(Comeback):
    """A caller who is told the story, and whose microphone sends all the time until the network is gone."""

    def __init__(self, until: float, *, since: float = 0.0, asks_at: float = 0.5) -> None:
        super().__init__(llm=ScriptedLLM([STORY, FINE]))
        self.says(asks_at, HELLO, seconds=2.0)
        self.sends_sound(since, until)

    def sends_sound(self, since: float, until: float, number: int = 0) -> None:
        """The microphone of a connection is heard from ``since`` to ``until``."""
        for step in range(1, round((until - since) / CHUNK_SECONDS) + 1):
            at = round(since + step * CHUNK_SECONDS, 9)
            self.does(at, lambda *_: self.clients[number].speak(CHUNK))


def ends(call: PlayedCall) -> list[tuple[object, object]]:
    return [(entry["t"], entry["text"]) for entry in call.events("utterance_ended")]


@pytest.mark.parametrize(
    ("last", "word_at"),
    [(3.3, 3.2), (3.6, 3.5), (4.1, 3.8), (4.2, 4.16), (5.2, 5.18)],
)
async def test_after_a_take_over_the_bot_goes_on_from_the_last_sign_of_life(
    last: float, word_at: float
) -> None:
    script = HalfOpen(last)
    script.comes_back(5.5)
    script.leaves(12.0)
    call = await script.play()
    assert script.sounds(1) == [(about(5.65), about(5.65 + 5.96 - word_at))]
    assert ends(call) == [(about(5.65 + 5.96 - word_at), STORY)]
    assert call.context == (("user", HELLO), ("assistant", STORY))


async def test_who_fell_silent_before_the_bot_spoke_hears_all_of_it() -> None:
    script = HalfOpen(3.0)
    script.comes_back(5.5)
    script.leaves(12.0)
    await script.play()
    assert script.sounds(1) == [(about(5.65), about(5.65 + 5.96 - 3.2))]


async def test_who_never_comes_back_heard_what_it_heard_alive() -> None:
    script = HalfOpen(4.1)
    script.drops(5.5)
    call = await script.play()
    assert call.context == (("user", HELLO), ("assistant", "This is a story…"))
    assert reasons(call) == ["connection lost"]


async def test_an_answer_that_ended_in_the_void_is_said_again() -> None:
    script = HalfOpen(5.4)  # in "good"
    script.comes_back(8.0)
    script.leaves(14.0)
    call = await script.play()
    assert script.sounds(1) == [(about(8.15), about(8.15 + 5.96 - 5.3))]
    assert ends(call) == [(about(8.15 + 5.96 - 5.3), STORY)]
    assert call.context == (("user", HELLO), ("assistant", STORY))


async def test_a_sign_of_life_tells_that_it_was_heard() -> None:
    script = HalfOpen(5.4)
    script.sends_sound(6.9, 7.0)
    script.leaves(10.0)
    call = await script.play()
    assert ends(call) == [(7.0, STORY)]


async def test_who_is_only_muted_is_not_waited_for_long() -> None:
    script = HalfOpen(5.4)
    script.leaves(14.0)
    call = await script.play()
    assert ends(call) == [(pytest.approx(5.4 + PATIENCE_SECONDS), STORY)]


@pytest.mark.parametrize(
    ("last", "ends_at"),
    [(2.9, 7.96), (3.0, 8.0), (7.4, 12.4), (8.0 - DOUBT_SECONDS, 7.96)],
)
async def test_who_is_silent_for_longer_than_that_is_not_waited_for(last: float, ends_at: float) -> None:
    script = HalfOpen(last, asks_at=2.5)  # the answer ends at 7.96
    script.leaves(14.0)
    call = await script.play()
    assert ends(call) == [(about(ends_at), STORY)]


@pytest.mark.parametrize("until", [8.0, 5.6])
async def test_a_microphone_that_works_changes_nothing(until: float) -> None:
    script = HalfOpen(until)
    script.leaves(8.0)
    call = await script.play()
    assert ends(call) == [(about(5.96), STORY)]


async def test_who_presses_a_key_to_speak_may_be_silent_and_listen() -> None:
    script = HalfOpen(2.5, since=0.7)
    script.comes_back(4.6)
    script.leaves(9.0)
    call = await script.play()
    assert script.sounds(1) == [(about(4.75), about(4.75 + 5.96 - 4.46))]
    assert call.heard() == STORY


async def test_each_connection_has_signs_of_life_of_its_own() -> None:
    script = HalfOpen(4.1)
    script.comes_back(
        5.5
    )  # hears "story that goes on ..." from 5.65 on; "that" begins at 6.01, "goes" at 6.31
    script.sends_sound(5.5, 6.6, number=1)
    script.comes_back(7.0)
    script.leaves(14.0)
    call = await script.play()
    assert script.sounds(2) == [(about(7.15), about(7.15 + 5.96 - 4.46))]
    assert call.context == (("user", HELLO), ("assistant", STORY))
