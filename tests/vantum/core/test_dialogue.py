from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.small_script import SMALL, same
from vantum.core.conversation import Conversation, Message, Role
from vantum.core.dialogue import reply
from vantum.core.dialogue_script import Disposition
from vantum.core.dialogue_turn import Phase, Reply, State

CUT = "…"


def talk(*lines: str) -> Reply:
    """Lines in turn, the agent first; an empty one was never heard."""
    roles = (Role.ASSISTANT, Role.USER)
    messages = [Message(roles[index % 2], line) for index, line in enumerate(lines)]
    return reply(SMALL, [Message(Role.SYSTEM, "May I ask? So Friday at two, right?"), *messages], same)


def test_an_empty_conversation_begins_with_the_greeting() -> None:
    assert talk() == Reply(SMALL.greeting, State("ask"))


def test_the_state_is_found_again_by_replay() -> None:
    assert talk(SMALL.greeting, "yes", "Thanks. When?", "Thursday").text == "Thursday. What time?"


def test_the_greeting_need_not_be_among_the_messages() -> None:
    assert talk("", "yes").text == "Thanks. ||BREAK|| When?"


def test_the_same_messages_give_the_same_reply() -> None:
    lines = (SMALL.greeting, "yes", "Thanks. When?", "tomorrow at four")
    assert talk(*lines) == talk(*lines)


def test_lines_without_an_answer_between_get_one_answer() -> None:
    assert talk(SMALL.greeting, "yes", "", "how much is it").text == "It is free. ||BREAK|| May I ask?"


def test_a_cut_answer_counts_as_far_as_it_was_heard() -> None:
    assert talk(SMALL.greeting, "yes", f"Tha{CUT}", "Thursday").text == "Thursday. What time?"


def test_a_cut_read_back_is_read_back_again() -> None:
    opening = (SMALL.greeting, "yes", "Thanks. When?", "Thursday at ten")
    assert talk(*opening, f"So Thu{CUT}", "yes").text == "So Thursday at ten, right?"
    assert talk(*opening, f"So Thursday at ten{CUT}", "yes").disposition is Disposition.MEETING_BOOKED


def test_words_that_are_not_of_the_script_change_nothing() -> None:
    sorry = "Sorry, there is a problem. Could you say that again?"
    assert talk(SMALL.greeting, "yes", sorry, "yes").text == "Thanks. ||BREAK|| When?"


def test_words_added_to_an_answer_change_nothing() -> None:
    assert (
        talk(SMALL.greeting, "yes", "Thanks. When? Are you still there?", "Friday").text
        == "Friday. What time?"
    )


def test_a_pruned_conversation_goes_on_from_the_last_question() -> None:
    assert talk("Is it red?", "yes").disposition is Disposition.NOT_INTERESTED
    assert talk("", "whatever", "It is free. Is it red?", "yes").disposition is Disposition.NOT_INTERESTED
    assert talk("Thursday. What time?", "ten").text == "So Thursday at ten, right?"
    assert talk("So Thursday at ten, right?", "yes").text == "See you Thursday at ten."
    assert talk("So Thursday at ten, right?", "no").text == "Sorry? ||BREAK|| When?"


def test_the_last_of_several_questions_counts() -> None:
    assert talk("May I ask? I mean, is it red?", "yes").disposition is Disposition.NOT_INTERESTED


def test_what_was_heard_outranks_what_would_have_been_said() -> None:
    heard = "So Friday at ten, right?"
    opening = (SMALL.greeting, "yes", "When?", "Thursday at ten")
    assert talk(*opening, heard, "yes").text == "See you Friday at ten."


def test_objections_are_remembered_over_a_question_that_was_heard_otherwise() -> None:
    opening = (SMALL.greeting, "not interested", "Short. Is it red?", "not interested")
    assert talk(*opening).disposition is Disposition.NOT_INTERESTED


def test_after_its_own_line_the_agent_asks_again() -> None:
    assert talk(SMALL.greeting).text == "May I ask?"
    assert talk(SMALL.greeting, "yes", "Thanks. When?").text == "When?"


def test_after_its_last_sentence_the_agent_says_nothing() -> None:
    assert talk(SMALL.greeting, "no", "Goodbye.") == Reply("", State("over", Phase.ENDED))
    assert talk(SMALL.greeting, "no", "Goodbye.", "hello").text == "Goodbye."


@given(
    st.lists(st.sampled_from(["yes", "no", "Thursday", "at ten", "how much", "okay", "hello"]), max_size=40)
)
def test_pruning_does_not_change_what_is_asked(lines: list[str]) -> None:
    """Only counts are forgotten; a read-back, a day and the step are in what was said last."""
    whole, pruned = Conversation("", 1000), Conversation("", 6)
    for conversation in (whole, pruned):
        conversation.caller_heard(SMALL.greeting, interrupted=False)
    for line in lines:
        for conversation in (whole, pruned):
            conversation.heard_caller(line)
        told, again = (reply(SMALL, conversation.messages, same) for conversation in (whole, pruned))
        if {told.state.at, again.state.at} & set(SMALL.exits):
            return
        assert (again.state.at, again.state.phase) == (told.state.at, told.state.phase)
        for conversation in (whole, pruned):
            conversation.caller_heard(told.text.replace("||BREAK|| ", ""), interrupted=False)


@given(st.lists(st.builds(Message, st.sampled_from(Role), st.text(max_size=30)), max_size=12))
def test_any_conversation_has_a_reply(messages: list[Message]) -> None:
    assert reply(SMALL, messages, same) == reply(SMALL, messages, same)
