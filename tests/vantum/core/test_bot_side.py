"""The bot's side alone: what it asks for, and what it makes of what comes back."""

from __future__ import annotations

import pytest

from tests.vantum.core.talk import texts
from vantum.core.acts import Act, Acts, Ask, Cut, EndCall, RunTools, Speak, Tell, ToOutput
from vantum.core.bot_side import REPORT_SECONDS, BotSide
from vantum.core.conversation import Conversation, ToolCall
from vantum.core.events import CallerPrompted, DraftStarted, Hold, Release, Say, ToolCalled, ToolReturned
from vantum.core.floor import Floor, FollowUp, Kind
from vantum.core.manners import Manners
from vantum.core.phrases import phrases

LOOK = ToolCall("call-1", "look", "{}")
NOTE = ToolCall("call-2", "note", "{}")
ENGLISH = phrases("en")
MOMENT = [Tell(CallerPrompted("slow", ENGLISH.one_moment)), ToOutput(Say(ENGLISH.one_moment))]


class Bot:
    """A bot's side, and what it wants done."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.acts = Acts()
        self.conversation = Conversation("be kind")
        self.side = BotSide(self.conversation, manners or Manners(), self.acts)

    def done(self) -> list[Act]:
        """What it wanted done since last asked."""
        return list(self.acts.take())

    def asked(self) -> list[list[str]]:
        """The questions to the language model among that."""
        return [texts(act.messages) for act in self.done() if isinstance(act, Ask)]

    @property
    def said(self) -> list[str]:
        """The messages after the prompt."""
        return texts(self.conversation.messages)

    @property
    def state(self) -> Floor:
        """What it is doing."""
        return self.side.lines.state


def asked(text: str = "hello", at: float = 1.0) -> Bot:
    """A bot that was asked something and waits for the language model."""
    bot = Bot()
    bot.side.owe(text)
    bot.side.answer(at)
    bot.done()
    return bot


def drafted(words: str = "hello") -> Bot:
    """A bot that thinks ahead."""
    bot = Bot()
    bot.side.draft(words, 1)
    bot.done()
    return bot


def returned(call: ToolCall, result: str = '"done"') -> ToolReturned:
    return ToolReturned(call.id, call.name, result, 0.5, failed=False)


def test_all_that_is_owed_gets_one_answer() -> None:
    bot = Bot()
    bot.side.owe("hello")
    bot.side.owe("what time is it")
    assert (bot.side.owes, bot.side.busy) == (True, False)
    bot.side.answer(1.0)
    assert bot.asked() == [["user: hello what time is it"]]
    assert (bot.side.owes, bot.side.busy, bot.state) == (False, True, Floor.THINKING)


def test_an_answer_is_waited_for_until_its_first_token() -> None:
    bot = asked(at=1.0)
    assert bot.side.due() == 3.5
    bot.side.first_token()
    assert bot.side.due() is None


def test_an_answer_heard_to_its_end_leaves_nothing_to_do() -> None:
    bot = asked()
    bot.side.first_token()
    bot.side.started()
    line = bot.side.heard("Hi.", interrupted=False)
    assert line is not None
    assert line.kind is Kind.ANSWER
    assert (bot.said, bot.side.busy, bot.side.due()) == (["user: hello", "assistant: Hi."], False, None)
    assert not bot.side.make_up()


# --- drafts -----------------------------------------------------------------------------------------------


def test_a_draft_is_made_without_a_sound_or_a_trace() -> None:
    bot = Bot()
    bot.side.draft("what time is it", 2)
    tell, hold, ask = bot.done()
    assert (tell, hold) == (Tell(DraftStarted(2, 6)), ToOutput(Hold()))
    assert isinstance(ask, Ask)
    assert texts(ask.messages) == ["user: what time is it"]
    assert (bot.said, bot.state, bot.side.due()) == ([], Floor.DRAFTING, None)


def test_a_draft_also_answers_what_was_owed_before() -> None:
    bot = Bot()
    bot.side.owe("hello")
    bot.side.draft("what time is it", 1)
    assert bot.asked() == [["user: hello what time is it"]]


def test_a_draft_that_counts_is_waited_for_and_let_through() -> None:
    bot = drafted()
    bot.side.owe("hello")
    bot.side.commit_draft(2.0)
    assert bot.done() == [ToOutput(Release())]
    assert (bot.said, bot.side.due(), bot.state) == (["user: hello"], 4.5, Floor.THINKING)


def test_a_draft_whose_answer_has_begun_is_not_waited_for() -> None:
    bot = drafted()
    bot.side.first_token()
    bot.side.commit_draft(2.0)
    assert (bot.done(), bot.side.due()) == ([ToOutput(Release())], None)


@pytest.mark.parametrize("fails", [False, True])
def test_a_draft_that_came_to_nothing_is_asked_for_again(fails: bool) -> None:
    bot = drafted()
    if fails:
        bot.side.failed()
    bot.side.heard("", interrupted=False)
    bot.side.owe("hello")
    bot.side.commit_draft(2.0)
    release, ask = bot.done()
    assert release == ToOutput(Release())
    assert isinstance(ask, Ask)
    assert texts(ask.messages) == ["user: hello"]
    assert (bot.side.make_up(), bot.state, bot.side.due()) == (False, Floor.THINKING, 4.5)


def test_the_tools_of_a_draft_run_when_it_counts() -> None:
    bot = drafted()
    bot.side.called([LOOK], 1.2)
    assert bot.done() == []
    bot.side.heard("", interrupted=False)
    bot.side.owe("hello")
    bot.side.commit_draft(2.0)
    assert bot.done() == [Tell(ToolCalled("call-1", "look", "{}")), RunTools((LOOK,)), ToOutput(Release())]
    assert (bot.side.busy, bot.side.due()) == (True, 4.5)


def test_the_tools_of_a_dropped_draft_never_run() -> None:
    bot = drafted()
    bot.side.called([LOOK], 1.2)
    bot.side.cut(1.3)
    assert bot.done() == [Cut()]
    bot.side.heard("", interrupted=True)
    bot.side.draft("hello there", 2)
    bot.done()
    bot.side.owe("hello there")
    bot.side.commit_draft(1.5)
    assert bot.done() == [ToOutput(Release())]


def test_nobody_hears_a_draft_when_the_call_is_over() -> None:
    bot = drafted()
    bot.side.over()
    assert (bot.done(), bot.state) == ([Cut()], Floor.CUTTING)


def test_what_is_held_goes_on_when_the_call_is_over() -> None:
    bot = asked()
    bot.side.hold()
    bot.side.hold()
    bot.side.over()
    assert (bot.done(), bot.state) == ([ToOutput(Hold()), ToOutput(Release())], Floor.THINKING)


# --- cuts -------------------------------------------------------------------------------------------------


def test_a_cut_waits_for_its_report_alone() -> None:
    bot = asked(at=1.0)
    bot.side.cut(2.0)
    assert (bot.done(), bot.side.due()) == ([Cut()], 2.0 + REPORT_SECONDS)
    assert not bot.side.tick(2.9, caller_speaks=True)
    assert bot.side.tick(3.0, caller_speaks=True)
    assert bot.side.due() is None


def test_an_answer_cut_unheard_is_still_owed() -> None:
    bot = asked()
    bot.side.cut(2.0)
    bot.side.heard("", interrupted=True)
    assert (bot.side.owes, bot.said, bot.side.due()) == (True, ["user: hello"], None)
    bot.done()
    bot.side.answer(3.0)
    assert (bot.asked(), bot.side.owes) == ([["user: hello"]], False)


def test_an_answer_heard_in_part_is_not_owed() -> None:
    bot = asked()
    bot.side.started()
    bot.side.cut(2.0)
    bot.side.heard("It is", interrupted=True)
    assert (bot.side.owes, bot.said[-1]) == (False, "assistant: It is…")


def test_a_request_may_fail_of_its_cut() -> None:
    bot = asked()
    bot.side.cut(2.0)
    bot.side.failed()
    bot.side.heard("", interrupted=True)
    assert not bot.side.make_up()
    assert bot.side.owes


# --- failures ---------------------------------------------------------------------------------------------


def fail(bot: Bot, at: float) -> None:
    bot.side.owe("hello")
    bot.side.answer(at)
    bot.side.failed()
    bot.side.heard("", interrupted=False)
    bot.done()


def test_the_third_failure_in_a_row_ends_the_call() -> None:
    bot = Bot()
    made_up: list[list[Act]] = []
    for at in (1.0, 2.0, 3.0):
        fail(bot, at)
        assert bot.side.make_up()
        made_up.append(bot.done())
        bot.side.heard("said", interrupted=False)
    ladder = (ENGLISH.say_again, ENGLISH.technical_problem, ENGLISH.call_back)
    expected: list[list[Act]] = [[Tell(CallerPrompted("failure", text)), Speak(text)] for text in ladder]
    expected[-1].append(EndCall("the language model failed"))
    assert made_up == expected


def test_an_answer_between_two_failures_begins_the_ladder_anew() -> None:
    bot = Bot()
    fail(bot, 1.0)
    bot.side.make_up()
    bot.side.heard("said", interrupted=False)
    bot.side.answer(2.0)
    bot.side.first_token()
    bot.side.heard("Hi.", interrupted=False)
    fail(bot, 3.0)
    bot.side.make_up()
    assert Speak(ENGLISH.say_again) in bot.done()


def test_an_answer_without_a_word_has_failed() -> None:
    bot = asked()
    bot.side.heard("", interrupted=False)
    assert bot.side.make_up()


def test_one_moment_alone_is_no_answer() -> None:
    bot = asked(at=1.0)
    bot.side.tick(3.5, caller_speaks=False)
    bot.side.started()
    bot.side.heard(ENGLISH.one_moment, interrupted=False)
    assert bot.side.make_up()


def test_an_answer_before_the_one_that_is_waited_for_decides_nothing() -> None:
    bot = asked(at=1.0)
    bot.side.owe("and then")
    bot.side.answer(1.5)
    bot.side.heard("", interrupted=False)
    assert bot.side.due() == 4.0
    assert not bot.side.make_up()


def test_an_answer_that_never_comes_is_cut_and_made_up_for() -> None:
    bot = asked(at=1.0)
    bot.side.first_token()
    assert bot.side.due() is None
    bot = Bot(Manners(filler_seconds=0))
    bot.side.answer(1.0)
    assert bot.side.due() == 5.0
    bot.done()
    assert not bot.side.tick(5.0, caller_speaks=False)
    assert (bot.done(), bot.side.due()) == ([Cut()], 6.0)
    bot.side.heard("", interrupted=True)
    assert bot.side.make_up()


# --- one moment -------------------------------------------------------------------------------------------


def test_one_moment_is_said_once_inside_the_answer_that_takes_long() -> None:
    bot = asked(at=1.0)
    assert not bot.side.tick(3.4, caller_speaks=False)
    assert bot.done() == []
    bot.side.tick(3.5, caller_speaks=False)
    assert (bot.done(), bot.side.due()) == (MOMENT, 5.0)
    bot.side.started()
    assert bot.side.due() == 5.0
    bot.side.first_token()
    bot.side.called([LOOK], 4.0)
    assert bot.side.due() is None


def test_a_slow_tool_makes_one_moment_a_line_of_its_own() -> None:
    bot = asked(at=1.0)
    bot.side.called([LOOK], 1.5)
    bot.side.heard("", interrupted=False)
    bot.done()
    bot.side.tick(4.0, caller_speaks=False)
    assert (bot.done(), bot.state) == (MOMENT, Floor.THINKING)


@pytest.mark.parametrize("why", ["the caller speaks", "the bot speaks", "the bot is held"])
def test_one_moment_is_not_said_over_anybody_but_afterwards(why: str) -> None:
    bot = asked(at=1.0)
    if why == "the bot speaks":
        bot.side.started()
        bot.side.called([LOOK], 1.0)
    elif why == "the bot is held":
        bot.side.hold()
    bot.done()
    bot.side.tick(3.5, caller_speaks=why == "the caller speaks")
    assert (bot.done(), bot.side.due()) == ([], 3.75)
    if why == "the bot speaks":
        bot.side.heard("Let me see.", interrupted=False)
    bot.side.release()
    bot.done()
    bot.side.tick(3.75, caller_speaks=False)
    assert bot.done() == MOMENT


def test_one_moment_is_not_said_when_nothing_is_waited_for_any_more() -> None:
    bot = asked(at=1.0)
    bot.side.started()
    bot.side.called([LOOK], 1.0)
    bot.side.returned(ToolReturned(LOOK.id, LOOK.name, "{}", 1.0, failed=False), FollowUp.ALWAYS)
    bot.done()
    bot.side.tick(3.5, caller_speaks=False)
    assert (bot.done(), bot.side.due()) == ([], None)


def test_a_line_that_is_heard_ends_the_wait() -> None:
    bot = asked(at=1.0)
    bot.side.started()
    assert bot.side.due() is None


def test_two_things_due_at_once_are_a_cut_and_no_more() -> None:
    bot = asked(at=1.0)
    bot.side.tick(9.0, caller_speaks=True)
    assert (bot.done(), bot.side.due()) == ([Cut()], 10.0)


# --- tools ------------------------------------------------------------------------------------------------


def test_what_tools_found_is_asked_about_when_all_are_through() -> None:
    bot = asked()
    bot.side.called([LOOK, NOTE], 1.5)
    bot.side.heard("Let me see.", interrupted=False)
    assert bot.side.busy
    bot.side.returned(returned(LOOK, "1"), FollowUp.ALWAYS)
    assert not bot.side.follow_up(2.0)
    bot.side.returned(returned(NOTE, "2"), FollowUp.UNLESS_SPOKEN)
    bot.done()
    assert bot.side.follow_up(2.5)
    assert bot.asked() == [["user: hello", "assistant: Let me see. [look] [note]", "tool: 1", "tool: 2"]]
    assert not bot.side.follow_up(2.6)


def test_a_quiet_tool_asks_for_nothing() -> None:
    bot = asked()
    bot.side.called([NOTE], 1.5)
    bot.side.heard("", interrupted=False)
    assert bot.side.due() == 4.0
    bot.side.returned(returned(NOTE), FollowUp.NEVER)
    assert (bot.side.due(), bot.side.follow_up(2.0), bot.side.busy) == (None, False, False)
    assert not bot.side.make_up()


@pytest.mark.parametrize("spoke", [True, False])
def test_a_note_is_asked_about_when_it_was_taken_without_a_word(spoke: bool) -> None:
    bot = asked()
    if spoke:
        bot.side.first_token()
    bot.side.called([NOTE], 1.5)
    bot.side.heard("Good." if spoke else "", interrupted=False)
    bot.side.returned(returned(NOTE), FollowUp.UNLESS_SPOKEN)
    assert bot.side.follow_up(2.0) is not spoke


def test_a_tool_that_nobody_called_is_not_told_of() -> None:
    bot = asked()
    bot.side.returned(returned(LOOK), FollowUp.ALWAYS)
    assert (bot.done(), bot.said) == ([], ["user: hello"])


def test_tools_called_by_an_answer_that_was_cut_do_not_run() -> None:
    bot = asked()
    bot.side.cut(1.2)
    bot.done()
    bot.side.called([LOOK], 1.3)
    assert (bot.done(), bot.side.busy) == ([], True)
    bot.side.heard("", interrupted=True)
    assert not bot.side.busy


@pytest.mark.parametrize("state", [Floor.DRAFTING, Floor.CUTTING, Floor.THINKING])
def test_nothing_is_asked_about_tools_while_an_answer_is_on_its_way(state: Floor) -> None:
    bot = asked()
    bot.side.called([LOOK], 1.5)
    bot.side.heard("", interrupted=False)
    bot.side.returned(returned(LOOK), FollowUp.ALWAYS)
    if state is Floor.THINKING:
        bot.side.owe("and then")
        bot.side.answer(2.0)
    else:
        bot.side.draft("and then", 1)
    if state is Floor.CUTTING:
        bot.side.cut(2.0)
    assert bot.state is state
    assert not bot.side.follow_up(2.1)


def test_a_draft_knows_what_the_tools_found_before_it() -> None:
    bot = asked()
    bot.side.called([LOOK], 1.5)
    bot.side.heard("", interrupted=False)
    bot.side.returned(returned(LOOK), FollowUp.ALWAYS)
    bot.side.draft("and then", 1)
    bot.side.owe("and then")
    bot.side.commit_draft(2.0)
    bot.side.heard("That is done.", interrupted=False)
    assert not bot.side.follow_up(3.0)


def test_what_a_tool_finds_during_a_draft_is_asked_about_after_it() -> None:
    bot = asked()
    bot.side.called([LOOK], 1.5)
    bot.side.heard("", interrupted=False)
    bot.side.draft("and then", 1)
    bot.side.returned(returned(LOOK), FollowUp.ALWAYS)
    bot.side.owe("and then")
    bot.side.commit_draft(2.0)
    bot.side.heard("Wait.", interrupted=False)
    assert bot.side.follow_up(3.0)
