"""A prospect in a call, tick by tick: when they speak, press keys, are known, and leave."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.vantum.local_carrier.kit import prospect, step
from vantum.local_carrier.person import PATIENCE_SECONDS, TICK_BYTES, Person, Tick
from vantum.local_carrier.prospect import Beeps, Cue, Deed, HangsUp, Presses, Prospect, Says

HELLO, YES, BEEP = Says("Hello?"), Says("Yes."), Beeps()
SOUNDS: dict[Deed, bytes] = {HELLO: b"\x01" * 400, YES: b"\x02" * TICK_BYTES * 5, BEEP: b"\x03" * TICK_BYTES}
SILENCE = b"\xff" * TICK_BYTES
BOT, QUIET = True, False


def ticks(who: Prospect, bot: Iterable[bool]) -> list[Tick]:
    person = Person(who, SOUNDS)
    return [person.tick(speaks) for speaks in bot]


def said(told: list[Tick], sound: int) -> list[int]:
    """The ticks in which a sound is heard."""
    return [place for place, tick in enumerate(told) if sound in tick.audio]


def test_a_line_at_a_time_is_said_to_its_end_and_filled_up_with_silence() -> None:
    told = ticks(prospect(step(HELLO, 0.06, Cue.AT)), [QUIET] * 8)
    assert [tick.audio for tick in told] == [
        SILENCE,
        SILENCE,
        SILENCE,
        b"\x01" * TICK_BYTES,
        b"\x01" * TICK_BYTES,
        b"\x01" * 80 + b"\xff" * 80,
        SILENCE,
        SILENCE,
    ]


def test_who_waits_for_the_bot_speaks_a_moment_after_it() -> None:
    told = ticks(prospect(step(YES, 0.1)), [QUIET] * 9 + [BOT] * 10 + [QUIET] * 20)
    # 0.1 s are five quiet ticks, the last of which is the one in which the line begins.
    assert said(told, 2) == [23, 24, 25, 26, 27]


def test_a_short_pause_of_the_bot_is_not_its_end() -> None:
    bot = [BOT] * 5 + [QUIET] * 4 + [BOT] * 5 + [QUIET] * 10
    assert said(ticks(prospect(step(YES, 0.1)), bot), 2)[0] == 18


def test_each_answer_needs_words_of_the_bot_of_its_own() -> None:
    who = prospect(step(YES, 0.1), step(HELLO, 0.1))
    told = ticks(who, [BOT] * 5 + [QUIET] * 100 + [BOT] * 5 + [QUIET] * 10)
    assert said(told, 2) == [9, 10, 11, 12, 13]
    assert said(told, 1) == [114, 115, 116]


def test_what_the_bot_says_while_they_speak_is_no_turn_of_it() -> None:
    who = prospect(step(YES, 0.0, Cue.AT), step(HELLO, 0.0))
    told = ticks(who, [BOT] * 5 + [QUIET] * 100)
    assert said(told, 1) == []


def test_an_interruption_comes_while_the_bot_speaks() -> None:
    told = ticks(prospect(step(YES, 0.2, Cue.OVER_BOT)), [QUIET] * 5 + [BOT] * 30)
    assert said(told, 2)[0] == 14


def test_keys_come_at_once_and_what_follows_them_waits_for_the_bot() -> None:
    who = prospect(step(Presses("1"), 0.02, Cue.AT), step(Presses("2#"), 0.02, Cue.AT), step(YES, 0.02))
    told = ticks(who, [QUIET] * 50)
    assert [(place, tick.keys) for place, tick in enumerate(told) if tick.keys] == [(1, "12#")]
    assert said(told, 2) == []


def test_who_hangs_up_does_nothing_more() -> None:
    told = ticks(prospect(step(HangsUp(), 0.04, Cue.AT), step(YES, 0.0, Cue.AT)), [QUIET] * 3)
    assert [tick.leaves for tick in told] == [False, False, True]
    assert said(told, 2) == []


def test_a_human_is_known_after_a_while_and_once() -> None:
    told = ticks(prospect(step(YES), verdict_after=0.1), [QUIET] * 50)
    assert [place for place, tick in enumerate(told) if tick.verdict] == [4]


def test_a_machine_is_known_a_second_after_its_tone() -> None:
    who = prospect(step(HELLO, 0.0, Cue.AT), step(BEEP, 0.0, Cue.AT), verdict_after=None)
    told = ticks(who, [BOT] * 200)
    assert (said(told, 1), said(told, 3)) == ([0, 1, 2], [3])
    assert [place for place, tick in enumerate(told) if tick.verdict] == [3 + 50]


@pytest.mark.parametrize("bot", [[], [BOT] * 100])
def test_nobody_listens_to_silence_for_ever(bot: list[bool]) -> None:
    patience = round(PATIENCE_SECONDS / 0.02)
    told = ticks(prospect(step(YES, 299.0)), [*bot, *[QUIET] * patience])
    assert [place for place, tick in enumerate(told) if tick.leaves] == [len(bot) + patience - 1]


def test_who_has_said_all_waits_for_the_last_words() -> None:
    patience = round(PATIENCE_SECONDS / 0.02)
    told = ticks(prospect(step(YES, 0.0, Cue.AT)), [QUIET] * 5 + [BOT] * 2000 + [QUIET] * patience)
    assert [place for place, tick in enumerate(told) if tick.leaves] == [5 + 2000 + patience - 1]


def test_who_is_to_speak_at_a_time_is_patient_until_then() -> None:
    who = prospect(step(YES, PATIENCE_SECONDS + 1, Cue.AT))
    told = ticks(who, [QUIET] * round((PATIENCE_SECONDS + 1.2) / 0.02))
    assert not any(tick.leaves for tick in told)
    assert said(told, 2)[0] == round((PATIENCE_SECONDS + 1) / 0.02)
