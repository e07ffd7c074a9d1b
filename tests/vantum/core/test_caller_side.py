"""The caller's side alone: what is heard of them, and who is told."""

from __future__ import annotations

import pytest

from vantum.core.acts import Act, Acts, Ask, CallerBegan, CallerFinished, Cut, LetCallerGo, Tell, ToOutput
from vantum.core.barge_in import LATE_WORDS_SECONDS, LONG_NOISE_SECONDS, NOISE_SECONDS
from vantum.core.bot_side import BotSide
from vantum.core.caller_side import CallerSide
from vantum.core.conversation import Conversation
from vantum.core.deafness import Deafness
from vantum.core.events import BargeIn, BargeInDecided, DraftStarted, Hold, Release, Sign, TurnEnd
from vantum.core.floor import Floor, Kind
from vantum.core.manners import Manners
from vantum.core.silence import Silence
from vantum.core.turn import Committed, Signal

RESUMED = ToOutput(Release())


class Caller:
    """A caller's side with a bot that does what it is asked, and everything that was told of it."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.acts = Acts()
        self.silence = Silence()
        self.bot = BotSide(Conversation("be kind"), manners or Manners(), self.acts)
        self.side = CallerSide(self.bot, self.silence, Deafness(), self.acts, self)
        self.outcomes: list[tuple[float, Committed | str]] = []

    def committed(self, turn: Committed, now: float) -> None:
        """The turn is over and waits for an answer."""
        self.outcomes.append((now, turn))

    def wordless(self, now: float) -> None:
        """The turn is over and had no words."""
        self.outcomes.append((now, "wordless"))

    def interrupted(self, now: float) -> None:
        """The caller takes the floor from the bot."""
        self.outcomes.append((now, "interrupted"))

    def done(self) -> list[Act]:
        """What was to be done since last asked."""
        return list(self.acts.take())

    def speaks(self, start: float, end: float) -> None:
        """The caller is heard, and stops."""
        self.side.speech_started(start)
        self.side.speech_stopped(end + 0.25, 0.25)

    def pauses(self, words: str) -> None:
        """The caller speaks from 1.0 to 2.0 and is silent for a moment; ``words`` are all there."""
        self.side.speech_started(1.0)
        self.side.speech_paused(2.125, 0.125)
        self.side.words(2.25, Signal.FINAL, words)


def over_bot(kind: Kind = Kind.ANSWER) -> Caller:
    """A caller who listens to the bot."""
    caller = Caller()
    caller.bot.lines.begin(kind)
    caller.bot.started()
    caller.side.bot_spoke(0.5, "our shop opens at nine")
    return caller


def decided(kind: BargeIn, text: str = "") -> Act:
    return Tell(BargeInDecided(kind, text))


# --- turns ------------------------------------------------------------------------------------------------


def test_a_turn_begins_with_a_voice_and_ends_with_its_words() -> None:
    caller = Caller()
    caller.silence.begin(0.0)
    assert caller.side.silent
    caller.side.speech_started(1.0, 0.25)
    assert (caller.side.turn_open, caller.side.speaking, caller.side.has_words) == (True, True, False)
    assert caller.silence.due(8.0) is None
    assert caller.done() == [CallerBegan()]
    caller.side.speech_stopped(2.25, 0.25)
    assert caller.side.due() == 6.0
    caller.side.words(2.5, Signal.FINAL, "Yes, please.")
    assert caller.outcomes == [(2.5, Committed("Yes, please.", TurnEnd.SILENCE, 0.5, spoken_seconds=1.75))]
    assert caller.side.silent


def test_a_turn_waits_for_its_silence() -> None:
    caller = Caller()
    caller.speaks(1.0, 2.0)
    caller.side.words(2.25, Signal.FINAL, "I want a new tooth.")
    assert caller.side.due() == 2.5
    caller.side.judged(2.3, 0.25)
    assert caller.side.due() == 3.2
    caller.side.tick(3.2)
    (_, turn), *others = caller.outcomes
    assert isinstance(turn, Committed)
    assert (turn.text, others) == ("I want a new tooth.", [])


def test_a_turn_without_words_is_told_as_such() -> None:
    caller = Caller()
    caller.speaks(1.0, 2.0)
    caller.side.sign(2.5, Sign.NOTHING)
    caller.side.tick(4.0)
    assert caller.outcomes == [(4.0, "wordless")]


def test_no_words_break_no_silence() -> None:
    caller = Caller()
    caller.silence.begin(1.0)
    for signal in (Signal.INTERIM, Signal.FINAL):
        caller.side.words(2.0, signal, " ")
    assert (caller.silence.due(8.0), caller.side.silent) == (9.0, True)
    caller.side.words(2.0, Signal.INTERIM, "hello")
    assert caller.silence.due(8.0) is None


def test_the_callers_hand_ends_the_turn_with_what_there_is() -> None:
    caller = Caller()
    caller.side.speech_started(1.0)
    caller.side.words(1.5, Signal.FINAL, "I want a")
    caller.side.ended_by_hand(2.0)
    assert caller.side.due() == 3.0
    caller.side.tick(3.0)
    assert caller.outcomes == [(3.0, Committed("I want a", TurnEnd.HAND, 1.0, spoken_seconds=2.0))]


def test_interim_words_that_are_taken_back_make_no_turn() -> None:
    caller = Caller()
    caller.side.speech_started(1.0)
    caller.side.words(1.5, Signal.INTERIM, "are you a row")
    caller.side.speech_stopped(2.2, 0.2)
    caller.side.sign(2.2, Sign.REVISING)
    caller.side.tick(4.0)
    assert caller.outcomes == []
    caller.side.words(4.0, Signal.FINAL, "are you a robot")
    assert caller.outcomes == [(4.0, Committed("are you a robot", TurnEnd.SILENCE, 2.0, spoken_seconds=3.0))]


def test_a_sentence_that_was_expected_is_not_waited_upon() -> None:
    caller = Caller()
    caller.speaks(1.0, 2.0)
    caller.side.words(2.5, Signal.FINAL, "are you a robot")
    assert caller.outcomes == []
    caller.side.sign(2.5, Sign.WHOLE)
    assert caller.outcomes == [(2.5, Committed("are you a robot", TurnEnd.SILENCE, 0.5, spoken_seconds=1.5))]


def test_an_endpoint_makes_interim_words_final() -> None:
    caller = Caller()
    caller.speaks(1.0, 2.0)
    caller.side.sign(2.25, Sign.NOTHING)
    caller.side.words(2.25, Signal.INTERIM, "Yes, please.")
    assert caller.outcomes == []
    caller.side.sign(2.5, Sign.ENDPOINT)
    assert caller.outcomes == [(2.5, Committed("Yes, please.", TurnEnd.SILENCE, 0.5, spoken_seconds=1.5))]


@pytest.mark.parametrize(("language", "due"), [("en", 2.5), ("de", 2.2)])
def test_the_language_says_when_words_are_whole(language: str, due: float) -> None:
    caller = Caller()
    caller.side.speak(language)
    caller.side.speech_started(1.0)
    caller.side.words(1.5, Signal.FINAL, "Nein, danke.")
    caller.side.speech_stopped(2.125, 0.125)
    caller.side.sign(2.125, Sign.NOTHING)
    assert caller.side.due() == due


# --- over the bot -----------------------------------------------------------------------------------------


def test_a_voice_over_the_bot_holds_it_and_words_interrupt_it() -> None:
    caller = over_bot()
    caller.side.speech_started(1.0)
    assert caller.done() == [ToOutput(Hold()), CallerBegan()]
    caller.side.words(1.5, Signal.INTERIM, "wait a moment")
    assert caller.done() == [decided(BargeIn.INTERRUPTION, "wait a moment")]
    assert caller.outcomes == [(1.5, "interrupted")]


def test_a_nod_gives_the_floor_back() -> None:
    caller = over_bot()
    caller.speaks(1.0, 1.5)
    caller.done()
    caller.side.words(2.0, Signal.FINAL, "uh-huh")
    assert caller.done() == [decided(BargeIn.BACKCHANNEL, "uh-huh"), CallerFinished(), RESUMED]
    assert caller.outcomes == []
    assert caller.side.silent


@pytest.mark.parametrize("how", ["an empty final", "a sign"])
def test_a_sound_without_words_is_noise(how: str) -> None:
    caller = over_bot()
    caller.speaks(1.0, 1.5)
    caller.done()
    if how == "a sign":
        caller.side.sign(2.0, Sign.NOTHING)
    else:
        caller.side.words(2.0, Signal.FINAL, "")
    assert caller.done() == [decided(BargeIn.NOISE), CallerFinished(), RESUMED]


@pytest.mark.parametrize(("speech_is_heard", "seconds"), [(False, NOISE_SECONDS), (True, LATE_WORDS_SECONDS)])
def test_words_are_waited_for_as_long_as_the_recogniser_may_take(
    speech_is_heard: bool, seconds: float
) -> None:
    caller = over_bot()
    if speech_is_heard:
        caller.side.sign(1.0, Sign.SPEECH)
    caller.speaks(1.0, 1.5)
    caller.done()
    assert caller.side.due() == 1.5 + seconds
    caller.side.tick(1.5 + seconds - 0.01)
    assert caller.done() == []
    caller.side.tick(1.5 + seconds)
    assert caller.done() == [decided(BargeIn.NOISE), CallerFinished(), RESUMED]


def test_a_long_noise_is_dismissed_while_it_lasts() -> None:
    caller = over_bot()
    caller.side.speech_started(1.0)
    caller.done()
    caller.side.tick(1.0 + LONG_NOISE_SECONDS)
    assert caller.done() == [decided(BargeIn.NOISE), RESUMED]
    assert caller.side.speaking


def test_a_nod_that_no_voice_was_heard_of_closes_the_turn_it_opened() -> None:
    caller = over_bot()
    caller.side.words(1.0, Signal.FINAL, "uh-huh")
    assert caller.done() == [decided(BargeIn.BACKCHANNEL, "uh-huh"), CallerFinished()]


def test_a_bot_that_hears_itself_is_not_held_again() -> None:
    caller = over_bot()
    caller.side.speech_started(1.0)
    caller.side.words(1.25, Signal.INTERIM, "shop opens at nine")
    assert caller.done() == [
        *(ToOutput(Hold()), CallerBegan()),
        *(decided(BargeIn.ECHO, "shop opens at nine"), RESUMED),
    ]
    caller.side.speech_stopped(1.5, 0.125)
    caller.side.speech_started(2.0)
    assert ToOutput(Hold()) not in caller.done()
    caller.side.words(2.25, Signal.FINAL, "wait a moment")
    assert caller.outcomes == [(2.25, "interrupted")]


def test_nothing_stops_a_disclosure_but_what_is_said_over_it_counts() -> None:
    caller = over_bot(Kind.DISCLOSURE)
    caller.side.speech_started(1.0)
    caller.side.words(1.5, Signal.INTERIM, "wait a moment")
    assert caller.done() == [CallerBegan()]
    assert (caller.outcomes, caller.side.has_words) == ([], True)


def test_a_nod_over_a_disclosure_counts_for_nothing() -> None:
    caller = over_bot(Kind.DISCLOSURE)
    caller.speaks(1.0, 1.5)
    caller.done()
    caller.side.words(2.0, Signal.FINAL, "uh-huh")
    assert caller.done() == [decided(BargeIn.BACKCHANNEL, "uh-huh"), CallerFinished()]


def test_words_that_go_on_after_a_nod_over_a_disclosure_are_none() -> None:
    caller = over_bot(Kind.DISCLOSURE)
    caller.side.speech_started(1.0)
    caller.side.words(1.25, Signal.FINAL, "wait a moment")
    caller.side.words(1.5, Signal.INTERIM, "okay")
    assert caller.done() == [CallerBegan()]
    assert caller.side.has_words


def test_a_nod_that_comes_late_is_known_as_one() -> None:
    caller = over_bot()
    caller.speaks(1.0, 1.5)
    caller.side.sign(2.0, Sign.NOTHING)
    caller.bot.heard("our shop opens at nine", interrupted=False)
    caller.done()
    caller.side.words(3.0, Signal.FINAL, "uh-huh")
    assert (caller.done(), caller.side.silent) == ([], True)
    caller.side.words(3.5, Signal.FINAL, "I want a tooth.")
    assert [now for now, _ in caller.outcomes] == [3.5]


@pytest.mark.parametrize(
    ("interim", "done"),
    [
        ("got", [RESUMED]),
        ("okay", [decided(BargeIn.BACKCHANNEL, "okay"), CallerFinished(), RESUMED]),
    ],
)
def test_a_doubt_ends_with_what_was_said(interim: str, done: list[Act]) -> None:
    caller = over_bot()
    caller.speaks(1.0, 1.5)
    caller.side.words(1.75, Signal.INTERIM, interim)
    caller.done()
    caller.side.bot_is_through(2.0)
    assert caller.done() == done
    assert caller.side.turn_open is (interim == "got")


# --- drafts -----------------------------------------------------------------------------------------------


def test_whole_words_are_answered_in_advance_at_a_pause() -> None:
    caller = Caller()
    caller.pauses("What time is it?")
    began, tell, hold, ask = caller.done()
    assert (began, tell, hold) == (CallerBegan(), Tell(DraftStarted(1, 6)), ToOutput(Hold()))
    assert isinstance(ask, Ask)
    assert caller.side.turn_taken("what time is it")


def test_the_same_words_are_answered_in_advance_again_in_the_next_turn() -> None:
    caller = Caller()
    caller.pauses("What time is it?")
    caller.side.turn_taken("What time is it?")
    caller.bot.commit_draft(2.5)
    caller.bot.heard("Nine.", interrupted=False)
    caller.side.speech_resumed(3.0)
    caller.done()
    caller.side.speech_paused(4.125, 0.125)
    caller.side.words(4.25, Signal.FINAL, "")
    caller.side.has_the_floor()
    assert caller.done()[0] == Tell(DraftStarted(1, 8))


def test_words_that_are_there_before_the_pause_are_answered_at_it() -> None:
    caller = Caller()
    caller.side.speech_started(1.0)
    caller.side.words(2.0, Signal.INTERIM, "What time is it?")
    caller.side.speech_paused(2.0, 0.125)
    assert caller.bot.lines.state is Floor.DRAFTING


@pytest.mark.parametrize("words", ["", "I want to", "I want a tooth and"])
def test_words_that_must_go_on_are_not_answered_in_advance(words: str) -> None:
    caller = Caller()
    caller.pauses(words)
    assert caller.done() == [CallerBegan()]


def test_no_draft_is_made_where_the_bot_is_not_to_think_ahead() -> None:
    caller = Caller(Manners(speculate=False))
    caller.pauses("What time is it?")
    assert caller.done() == [CallerBegan()]


def test_the_floor_is_given_to_words_that_are_whole_already() -> None:
    caller = Caller()
    caller.bot.lines.begin(Kind.DISCLOSURE)
    caller.pauses("What time is it?")
    caller.bot.heard("This is a machine.", interrupted=False)
    caller.done()
    caller.side.has_the_floor()
    assert caller.done()[0] == Tell(DraftStarted(1, 11))


@pytest.mark.parametrize("how", ["voice", "resumed", "words"])
def test_a_draft_is_withdrawn_when_the_caller_goes_on(how: str) -> None:
    caller = Caller()
    caller.pauses("What time is it?")
    if how == "voice":
        caller.side.speech_stopped(2.25, 0.25)
        caller.done()
        caller.side.speech_started(2.375)
    elif how == "resumed":
        caller.done()
        caller.side.speech_resumed(2.375)
    else:
        caller.done()
        caller.side.words(2.375, Signal.INTERIM, "over there and")
    assert caller.done() == [Cut()]
    assert caller.bot.lines.state is Floor.CUTTING


def test_a_draft_that_was_made_for_other_words_does_not_fit() -> None:
    caller = Caller()
    caller.pauses("What time is it?")
    assert not caller.side.turn_taken("What time is it in Rome?")
    assert not Caller().side.turn_taken("")


# --- the end of the call ----------------------------------------------------------------------------------


def test_nothing_that_is_heard_after_the_end_changes_anything() -> None:
    caller = over_bot()
    caller.side.over()
    caller.speaks(1.0, 1.5)
    caller.side.words(1.75, Signal.FINAL, "Wait a moment.")
    caller.side.tick(9.0)
    assert (caller.done(), caller.outcomes) == ([CallerBegan()], [])


def test_a_caller_who_owes_no_words_may_go_at_once() -> None:
    caller = Caller()
    caller.side.over()
    caller.side.left()
    caller.side.words(1.0, Signal.FINAL, "bye")
    assert caller.done() == [LetCallerGo()]


@pytest.mark.parametrize("how", ["final", "empty final", "nothing", "endpoint"])
def test_a_caller_who_left_is_let_go_with_the_last_words(how: str) -> None:
    caller = Caller()
    caller.side.speech_started(1.0)
    caller.side.over()
    caller.side.left()
    caller.side.words(1.25, Signal.INTERIM, "good")
    caller.side.sign(1.25, Sign.SPEECH)
    assert caller.done() == [CallerBegan()]
    match how:
        case "final":
            caller.side.words(1.5, Signal.FINAL, "goodbye")
        case "empty final":
            caller.side.words(1.5, Signal.FINAL, "")
        case "nothing":
            caller.side.sign(1.5, Sign.NOTHING)
        case _:
            caller.side.sign(1.5, Sign.ENDPOINT)
    assert caller.done() == [LetCallerGo()]
    caller.side.sign(1.75, Sign.ENDPOINT)
    assert caller.done() == []
