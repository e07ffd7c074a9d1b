"""The conversation holds what was heard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.conversation import Conversation, Message, Role


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(str(m.role), m.content) for m in conversation.messages[1:]]


def test_turns_alternate_after_the_system_prompt() -> None:
    conversation = Conversation("be kind")
    conversation.heard_caller("hello")
    assert conversation.unanswered
    conversation.caller_heard("hi there", interrupted=False)
    assert not conversation.unanswered
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
