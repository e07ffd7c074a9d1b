"""A client that comes back, whole calls on virtual time: what it hears, what the record and the context hold.

The story answers at 3.2 and a letter takes 0.06 s, so its words begin at 3.2 This, 3.5 is, 3.68 a, 3.8 story, 4.16
that, 4.46 goes, 4.76 on, 4.94 for, 5.18 a, 5.3 good, 5.6 while.
"""

from __future__ import annotations

import pytest

from tests.vantum.comeback import AWAY, HOME, Comeback, acknowledged, starts, token
from tests.vantum.test_live_call import FINE, HELLO, STORY, turns
from vantum.core.resumption import Visitor
from vantum.testing import Closed, PlayedCall, ScriptedLLM


def story(**options: float) -> Comeback:
    """A caller who is told the story from 3.2 on."""
    script = Comeback(llm=ScriptedLLM([STORY, FINE]), **options)  # type: ignore[arg-type]
    script.says(0.5, HELLO, seconds=2.0)
    return script


def drops(call: PlayedCall) -> list[tuple[object, object, object]]:
    """When and how the client was lost, and after how long it was back."""
    entries = call.events("client_dropped") + call.events("client_returned")
    return [(entry["t"], entry.get("reason"), entry.get("seconds")) for entry in entries]


def about(at: float) -> object:
    """A time, but for the block of 128 samples that the end of a turn is filled up to."""
    return pytest.approx(at, abs=0.008)


def reasons(call: PlayedCall) -> list[object]:
    return [end["reason"] for end in call.events("call_ended")]


# --- mid-answer -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [0.01, 5.0, 29.9])
async def test_the_bot_goes_on_from_the_word_in_which_it_was_lost(away: float) -> None:
    script, back = story(), 4.6 + away
    script.drops(4.6)
    script.comes_back(back)
    script.leaves(back + 5.0)
    call = await script.play()
    begins = max(back, 4.75)  # a cut is followed by a pause of 0.15 s
    assert script.sounds(0) == [(3.2, 4.6)]
    assert script.sounds(1) == [(begins, about(begins + 5.96 - 4.46))]  # "goes on for a good while."
    assert call.context == (("user", HELLO), ("assistant", STORY))
    assert call.transcript == [("caller", HELLO), ("bot", STORY)]
    assert drops(call) == [(4.6, "connection lost", None), (pytest.approx(back), None, pytest.approx(away))]
    assert reasons(call) == ["client left"]
    assert script.found == [True]


async def test_who_comes_back_is_told_where_the_call_stands_after_its_start_is_acknowledged() -> None:
    script = story()
    script.drops(4.6)
    script.comes_back(5.0)
    script.leaves(9.0)
    await script.play()
    assert script.told(1)[:7] == [
        (5.0, "connection.ack"),
        (5.0, "connection.lifecycle.ack"),
        (5.0, "audio.input.start"),
        (5.0, "conversation.state.changed"),
        (5.0, "conversation.response.resumed"),
        (5.0, "audio.output.start"),
        (about(6.5), "audio.output.complete"),
    ]
    assert acknowledged(script.clients[0]).payload == {"success": True}
    assert acknowledged(script.clients[1]).payload == {"success": True, "resumed": True}
    assert token(script.clients[1]) != token(script.clients[0])


async def test_who_never_comes_back_has_left_after_the_time() -> None:
    script = story()
    script.drops(4.6)
    call = await script.play()
    assert 34.6 <= call.ended <= 36.6
    assert reasons(call) == ["connection lost"]
    assert call.transcript == [("caller", HELLO), ("bot", "This is a story that")]
    assert call.context == (("user", HELLO), ("assistant", "This is a story that…"))


@pytest.mark.parametrize("code", [1000, 1001, 1005])
async def test_who_closes_in_good_order_is_not_waited_for(code: int) -> None:
    script = story()
    script.drops(4.6, code)
    call = await script.play()
    assert (call.ended, reasons(call), drops(call)) == (4.6, ["client left"], [])


async def test_who_is_lost_before_the_session_began_is_not_waited_for() -> None:
    script = Comeback(greeting="Good day.")
    script._begin = lambda client: None  # type: ignore[method-assign]
    script.drops(1.0)
    call = await script.play()
    assert (call.ended, reasons(call)) == (1.0, ["connection lost"])


async def test_nobody_is_waited_for_when_that_is_switched_off() -> None:
    script = story(seconds=0.0)
    script.drops(4.6)
    call = await script.play()
    assert (call.ended, reasons(call)) == (4.6, ["connection lost"])
    assert "resumeToken" not in script.clients[0].received[0].payload


async def test_two_losses_in_one_answer() -> None:
    script = story()
    script.drops(3.9)
    script.comes_back(5.0)  # hears "story that goes ..." from 5.0
    script.drops(5.7)  # 0.7 s into it: in "goes"
    script.comes_back(10.0)
    script.leaves(15.0)
    call = await script.play()
    assert [script.sounds(number) for number in range(3)] == [
        [(3.2, 3.9)],
        [(5.0, 5.7)],
        [(10.0, about(11.5))],
    ]
    assert call.context == (("user", HELLO), ("assistant", STORY))
    assert call.heard() == STORY


# --- other moments --------------------------------------------------------------------------------------


async def test_what_the_caller_was_saying_is_kept_and_gone_on_with() -> None:
    script = Comeback(llm=ScriptedLLM([FINE]))
    script.says(0.5, "I would like to", seconds=1.0, complete=0.1, interims=[(0.5, "I would")])
    script.drops(1.6)  # before the turn is over, and the final transcript is there
    script.comes_back(6.0)
    script.says(6.2, "order a pizza.", seconds=1.0)
    script.leaves(12.0)
    call = await script.play()
    assert [text for _, text in turns(call)] == ["I would like to order a pizza."]
    assert call.context == (("user", "I would like to order a pizza."), ("assistant", FINE))


async def test_an_answer_that_is_under_way_waits_for_the_caller() -> None:
    script = story()
    script.drops(2.95)  # the turn is committed, the voice is not there yet
    script.comes_back(9.0)
    script.leaves(15.0)
    call = await script.play()
    assert script.sounds(0) == []
    assert script.sounds(1) == [(9.0, about(9.0 + 46 * 0.06))]
    assert len(call.asked) == 1
    assert call.context == (("user", HELLO), ("assistant", STORY))


async def test_nothing_is_asked_for_a_caller_who_is_not_there() -> None:
    script = Comeback(llm=ScriptedLLM([FINE]))
    script.says(0.5, HELLO, seconds=2.0)
    script.drops(2.45)  # the last sound, but the turn is open
    script.comes_back(12.0)
    script.leaves(20.0)
    call = await script.play(VANTUM_SPECULATION="false")
    assert [at for at, _ in turns(call)] == [pytest.approx(12.0, abs=2.0)]
    assert turns(call)[0][0] >= 12.0  # type: ignore[operator]
    assert call.context == (("user", HELLO), ("assistant", FINE))


async def test_who_is_not_there_is_not_asked_whether_they_are() -> None:
    script = Comeback(greeting="Good day.")  # heard at 0.744
    script.drops(5.0)
    script.comes_back(25.0)
    script.leaves(40.0)
    call = await script.play(VANTUM_SILENCE_SECONDS="8")
    prompts = [entry["t"] for entry in call.events("caller_prompted")]
    assert prompts[0] == pytest.approx(0.744 + 8 + 20)


async def test_the_greeting_goes_on() -> None:
    script = Comeback(greeting="Good day to you.")  # 0.2: Good, 0.5: day, 0.74: to, 0.92: you.
    script.drops(0.8)
    script.comes_back(3.0)
    script.leaves(6.0)
    call = await script.play()
    assert script.sounds(1) == [(3.0, about(3.0 + 0.42))]
    assert call.context == (("assistant", "Good day to you."),)


async def test_a_loss_while_the_caller_is_heard_over_the_bot() -> None:
    script = story()
    script.says(4.0, "mhm", seconds=0.4)  # held at 4.2, in "that"
    script.drops(4.3)
    script.comes_back(8.0)
    script.leaves(13.0)
    call = await script.play()
    assert script.sounds(0) == [(3.2, 4.2)]
    assert [begin for begin, _ in script.sounds(1)] == [pytest.approx(8.3, abs=0.5)]
    assert call.context == (("user", HELLO), ("assistant", STORY))
    assert call.heard() == STORY


# --- two at a time, and strangers -----------------------------------------------------------------------


async def test_who_comes_back_while_the_old_connection_seems_open_takes_over() -> None:
    script = story()
    script.comes_back(4.6)
    script.leaves(9.0)
    call = await script.play()
    assert script.clients[0].closed == Closed(4.6, 1000, "the call goes on in another connection")
    assert drops(call) == [(4.6, "the call goes on in another connection", None), (4.6, None, 0.0)]
    assert script.sounds(0) == [(3.2, 4.6)]
    assert script.sounds(1) == [(about(4.75), about(6.25))]
    assert call.context == (("user", HELLO), ("assistant", STORY))


async def test_the_id_of_the_session_takes_over_only_from_who_has_fallen_silent() -> None:
    script = story()
    script.does(4.2, lambda client, _: client.speak(b"", muted=True))
    script.comes_back(4.6, script.with_session(0))
    script.comes_back(5.3, script.with_session(0))
    script.leaves(9.0)
    call = await script.play()
    assert script.found == [False, True]
    assert script.sounds(1) == []
    assert call.heard() == STORY


async def test_the_old_id_is_enough_for_who_is_lost_also_a_second_time() -> None:
    script = story()
    for at in (3.9, 6.0):
        script.drops(at)
        script.comes_back(at + 1.0, script.with_session(0))
    script.leaves(12.0)
    call = await script.play()
    assert script.found == [True, True]
    assert call.context == (("user", HELLO), ("assistant", STORY))


async def test_audio_with_the_old_id_is_enough() -> None:
    script = story()
    script.drops(4.6)

    def speaks(client: object) -> None:
        script.clients[1]._session_id = script.clients[0]._session_id
        script.clients[1].speak(b"\0\0" * 160)

    script.comes_back(5.0, speaks)
    script.leaves(9.0)
    await script.play()
    assert script.sounds(1) == [(5.0, about(6.5))]


@pytest.mark.parametrize(
    ("session", "visitor"),
    [
        (True, AWAY),
        (True, Visitor(HOME.address, "https://evil.test")),
        (True, Visitor(HOME.address, None)),
        (False, HOME),
    ],
)
async def test_who_proves_nothing_gains_nothing(session: bool, visitor: Visitor) -> None:
    script = story()
    script.drops(4.6)
    script.comes_back(5.0, script.with_session(0) if session else starts, visitor)
    script.comes_back(6.0, lambda client: client.start(resumeToken="guess"), visitor)
    script.comes_back(7.0, lambda client: client.start(resumeToken=token(script.clients[0])), AWAY)
    script.leaves(12.0)
    call = await script.play()
    assert script.found == [False, False, True]
    assert [each.event for each in script.clients[1].received] == [
        "connection.ack",
        "connection.lifecycle.ack",
    ]
    assert call.heard() == STORY


async def test_a_token_is_good_once() -> None:
    script = story()
    script.drops(3.9)
    script.comes_back(5.0, script.with_token(0))
    script.drops(5.7)
    script.comes_back(6.0, lambda client: client.start(resumeToken=token(script.clients[0])))
    call = await script.play()
    assert script.found == [True, False]
    assert reasons(call) == ["connection lost"]


async def test_who_claims_too_often_is_not_looked_at_any_more() -> None:
    script = story()
    script.drops(4.0)
    for _ in range(20):
        script.comes_back(5.0, lambda client: client.start(resumeToken="guess"), AWAY)
    script.comes_back(5.1, lambda client: client.start(resumeToken=token(script.clients[0])), AWAY)
    script.comes_back(5.2, lambda client: client.start(resumeToken=token(script.clients[0])), HOME)
    script.leaves(12.0)
    await script.play()
    assert script.found == [False] * 21 + [True]


# --- ends -----------------------------------------------------------------------------------------------


async def test_a_call_without_a_client_ends_at_once_when_the_server_shuts_down() -> None:
    script = story()
    script.drops(4.6)
    script.server_ends(6.0, "the server is shutting down")
    call = await script.play()
    assert 6.0 <= call.ended <= 8.0
    assert reasons(call) == ["the server is shutting down"]
    assert len(script.returns.tickets) == 0


async def test_who_is_lost_in_the_goodbye_is_not_waited_for() -> None:
    script = story()
    script.server_ends(4.0, "the server is shutting down")
    script.comes_back(4.2)
    script.drops(4.5, number=0)
    call = await script.play()
    assert 4.5 <= call.ended <= 6.5
    assert reasons(call) == ["the server is shutting down"]
    assert script.found == [False]


async def test_the_longest_time_of_a_call_counts_without_a_client_too() -> None:
    script = story()
    script.drops(4.6)
    call = await script.play(VANTUM_MAX_CALL_SECONDS="10")
    assert 10.0 <= call.ended <= 12.0
    assert reasons(call) == ["the call reached its longest time"]


async def test_nothing_said_for_too_long_counts_without_a_client_too() -> None:
    script = story()
    script.drops(4.6)
    call = await script.play(VANTUM_IDLE_SECONDS="8")
    assert 8.0 <= call.ended <= 10.0
    assert reasons(call) == ["connection lost"]
