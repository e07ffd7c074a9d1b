"""The conversation holds what was heard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.conversation import (
    MOST_JOINED_CHARACTERS,
    RUNNING,
    Conversation,
    Message,
    Role,
    ToolCall,
    newer_half,
)

LOOK = ToolCall("call-1", "look", '{"at": "book"}')
NOTE = ToolCall("call-2", "note", "{}")


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(str(m.role), m.content) for m in conversation.messages[1:]]


def test_turns_alternate_after_the_system_prompt() -> None:
    conversation = Conversation("be kind")
    conversation.heard_caller("hello")
    waits = [conversation.unanswered]
    conversation.caller_heard("hi there", interrupted=False)
    assert [*waits, conversation.unanswered] == [True, False]
    assert conversation.messages == (
        Message(Role.SYSTEM, "be kind"),
        Message(Role.USER, "hello"),
        Message(Role.ASSISTANT, "hi there"),
    )


def test_consecutive_turns_of_the_caller_are_joined() -> None:
    conversation = Conversation("p")
    conversation.heard_caller("tell me a story")
    conversation.caller_heard("", interrupted=True)
    conversation.heard_caller("about a firefighter")
    assert said(conversation) == [("user", "tell me a story about a firefighter")]


def test_of_turns_without_end_that_nobody_answers_the_newest_words_stay() -> None:
    conversation = Conversation("p")
    for number in range(10_000):
        conversation.heard_caller(f"turn {number}")
    ((_, text),) = said(conversation)
    words = text.split()
    assert MOST_JOINED_CHARACTERS - len("turn 9999") < len(text) <= MOST_JOINED_CHARACTERS
    assert text.endswith("turn 9998 turn 9999")
    assert words[0] == "turn" or words[0].isdecimal()
    assert conversation.with_caller("and more")[-1].content.endswith("turn 9999 and more")
    assert len(conversation.with_caller("and more")[-1].content) <= MOST_JOINED_CHARACTERS


def test_a_language_without_spaces_is_cut_anywhere() -> None:
    conversation = Conversation("p")
    conversation.heard_caller("\u8bdd" * 15_000)
    conversation.heard_caller("\u8bf4" * 9_000)
    assert said(conversation) == [("user", "\u8bdd" * 10_999 + " " + "\u8bf4" * 9_000)]


def test_consecutive_lines_of_the_bot_are_joined() -> None:
    conversation = Conversation("p")
    conversation.caller_heard("one moment", interrupted=False)
    conversation.caller_heard("here it is", interrupted=False)
    assert said(conversation) == [("assistant", "one moment here it is")]


def test_a_cut_answer_is_marked() -> None:
    conversation = Conversation("p")
    conversation.heard_caller("go on")
    conversation.caller_heard("once upon", interrupted=True)
    assert said(conversation)[-1] == ("assistant", "once upon…")


def test_an_empty_conversation_owes_nothing() -> None:
    assert not Conversation("p").unanswered


def test_a_limit_too_small_cannot_exist() -> None:
    with pytest.raises(ValueError, match="limit is 2"):
        Conversation("p", limit=2)


def test_words_that_may_come_to_nothing_leave_no_trace() -> None:
    conversation = Conversation("p")
    conversation.heard_caller("hello")
    assert conversation.with_caller("you")[1:] == (Message(Role.USER, "hello you"),)
    assert said(conversation) == [("user", "hello")]


def test_tools_run_until_each_has_its_result() -> None:
    conversation = Conversation("p")
    conversation.heard_caller("look it up")
    conversation.called([LOOK, NOTE])
    conversation.returned("call-2", '"noted"')
    assert conversation.messages[2:] == (
        Message(Role.ASSISTANT, "", (LOOK, NOTE)),
        Message(Role.TOOL, RUNNING, call_id="call-1"),
        Message(Role.TOOL, '"noted"', call_id="call-2"),
    )
    assert not conversation.unanswered


@pytest.mark.parametrize(
    ("interrupted", "content"), [(False, "Let me see. One moment."), (True, "Let me see. One moment.…")]
)
def test_words_of_an_answer_that_called_a_tool_stand_with_the_call(interrupted: bool, content: str) -> None:
    conversation = Conversation("p")
    conversation.called([LOOK])
    conversation.caller_heard("Let me see.", interrupted=False, call_id="call-1")
    conversation.caller_heard("One moment.", interrupted=interrupted, call_id="call-1")
    assert said(conversation) == [("assistant", content), ("tool", RUNNING)]


def test_words_after_a_call_are_a_message_of_their_own() -> None:
    conversation = Conversation("p")
    conversation.called([LOOK])
    conversation.caller_heard("It is red.", interrupted=False)
    conversation.called([NOTE])
    assert [role for role, _ in said(conversation)] == ["assistant", "tool", "assistant", "assistant", "tool"]


def test_a_call_is_pruned_with_its_results() -> None:
    conversation = Conversation("p", limit=4)
    conversation.called([LOOK, NOTE])
    conversation.heard_caller("and then")
    assert said(conversation) == [("user", "and then")]


def test_what_comes_late_for_a_pruned_call_finds_no_place() -> None:
    conversation = Conversation("p", limit=3)
    conversation.called([LOOK])
    conversation.heard_caller("and then")
    conversation.returned("call-1", '"found"')
    assert said(conversation) == [("user", "and then")]
    conversation.caller_heard("Let me see.", interrupted=False, call_id="call-1")
    assert said(conversation) == [("user", "and then"), ("assistant", "Let me see.")]


@given(st.integers(3, 12), st.lists(st.booleans(), max_size=60))
def test_the_oldest_go_and_the_prompt_stays(limit: int, turns: list[bool]) -> None:
    conversation = Conversation("p", limit)
    for number, caller in enumerate(turns):
        if caller:
            conversation.heard_caller(f"{number}")
        else:
            conversation.caller_heard(f"{number}", interrupted=False)
    messages = conversation.messages
    assert len(messages) <= limit
    assert messages[0].role is Role.SYSTEM
    roles = [m.role for m in messages[1:]]
    assert all(a is not b for a, b in pairwise(roles))
    if turns:
        assert messages[-1].content.split()[-1] == str(len(turns) - 1)


# --- too long for the model -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "left"),
    [
        ("", ""),
        ("u", "u"),
        ("ua", "a"),
        ("uauau", "uau"),
        ("ucrrau", "au"),
        ("uauacrru", "crru"),
        ("uacrrr", "crrr"),
        ("crr", "crr"),
    ],
)
def test_the_newer_half_stays_and_calls_with_their_results(roles: str, left: str) -> None:
    assert "".join(newer_half(roles, lambda role: role == "r")) == left


def test_a_conversation_that_is_shortened_keeps_its_prompt_and_the_newest_messages() -> None:
    conversation = Conversation("p")
    conversation.heard_caller("one")
    conversation.caller_heard("two", interrupted=False)
    conversation.called([LOOK, NOTE])
    conversation.heard_caller("three")
    conversation.shorten()
    assert conversation.messages[0].content == "p"
    assert said(conversation) == [("user", "three")]
    conversation.shorten()
    assert said(conversation) == [("user", "three")]
