"""Keys of the telephone are a turn: ended by the caller, by their number, or by a pause."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import InputDTMFFrame, InterruptionFrame, LLMContextFrame

from processors.context_aggregator import ContextAggregator
from tests.processors.conversing import (
    PLAIN,
    asked,
    committed,
    converse,
    final,
    heard,
    keys,
    pressed,
    questions,
    speaks,
    token,
)
from vantum.core.dtmf import PAUSE_SECONDS, Keypad
from vantum.core.events import LastWords, TurnEnd
from vantum.testing import run_processor


async def test_keys_are_a_turn_when_the_caller_ends_them() -> None:
    done = await converse(*keys("12*#"))
    assert questions(done) == [[pressed("1 2 *")]]
    assert done.times(LLMContextFrame) == [0.75]
    assert committed(done) == [(1, pressed("1 2 *")[1], TurnEnd.KEYS)]
    assert done.of(InputDTMFFrame) == []


@pytest.mark.parametrize("apart", [0.25, 1.75])
async def test_keys_are_a_turn_when_no_other_comes_for_two_seconds(apart: float) -> None:
    done = await converse(*keys("12", apart=apart), settle=PAUSE_SECONDS + 0.5)
    assert questions(done) == [[pressed("1 2")]]
    assert done.times(LLMContextFrame) == [apart + PAUSE_SECONDS]


async def test_the_keys_of_two_turns() -> None:
    done = await converse(*keys("1#"), token(0.3), heard(1.0, "And now?"), *keys("2#", at=2.0), settle=5.0)
    assert committed(done) == [(1, pressed("1")[1], TurnEnd.KEYS), (2, pressed("2")[1], TurnEnd.KEYS)]
    assert questions(done)[1] == [pressed("1"), ("assistant", "And now?"), pressed("2")]


async def test_a_terminator_that_ends_nothing_is_no_turn() -> None:
    assert committed(await converse(*keys("##"), settle=5.0)) == []


@pytest.mark.parametrize(
    ("keypad", "entered", "read"),
    [(Keypad(longest=3), "1234", ["1 2 3", "4"]), (Keypad(terminator="*"), "1#*", ["1 #"])],
    ids=["longest", "terminator"],
)
async def test_a_keypad_of_your_own(keypad: Keypad, entered: str, read: list[str]) -> None:
    aggregator = ContextAggregator(prompt="", keypad=keypad, manners=PLAIN)
    done = await run_processor(
        aggregator, [*keys(entered), heard(0.8, "", cut=True)], settle=PAUSE_SECONDS + 0.5
    )
    assert [text for _, text, _ in committed(done)] == [pressed(each)[1] for each in read]


async def test_keys_take_the_floor_from_the_bot() -> None:
    done = await converse(
        (0.0, final("hello")),
        token(0.2),
        speaks(0.5),
        *keys("1#", at=2.0),
        heard(2.255, "press one", cut=True),
    )
    assert done.times(InterruptionFrame) == [2.25, 2.25]
    assert questions(done)[1] == [("user", "hello"), ("assistant", "press one…"), pressed("1")]
    assert done.times(LLMContextFrame)[1] == 2.255


async def test_words_and_keys_that_nobody_answered_yet_get_one_answer() -> None:
    done = await converse((0.0, final("my number is")), *keys("42#", at=0.25), heard(0.755, "", cut=True))
    assert questions(done)[-1] == [("user", f"my number is {pressed('4 2')[1]}")]


async def test_keys_whose_pause_the_end_of_the_call_cuts_short_are_nothing() -> None:
    assert committed(await converse(*keys("1"), settle=PAUSE_SECONDS - 0.1)) == []


async def test_keys_that_were_not_ended_are_nothing_after_the_last_words() -> None:
    done = await converse(*keys("1"), (1.0, asked(LastWords("Goodbye.", "put through"))), settle=5.0)
    assert (questions(done), committed(done)) == ([], [])
