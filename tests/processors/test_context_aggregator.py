"""The context aggregator: the shell that brings the conversation its news, and does what it decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from openai import AsyncOpenAI
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.context_aggregator import ContextAggregator
from processors.llm.openai_llm import OpenAILLM
from tests.processors.conversing import (
    DRAFTS,
    PLAIN,
    E,
    S,
    asked,
    asked_of_output,
    committed,
    converse,
    final,
    heard,
    instructions,
    interim,
    messages,
    questions,
    said,
    speaks,
    token,
    told,
    up,
)
from vantum.core.barge_in import NOISE_SECONDS
from vantum.core.bot_side import REPORT_SECONDS
from vantum.core.events import (
    BargeIn,
    BargeInDecided,
    CallerPrompted,
    ConversationState,
    DraftStarted,
    Hold,
    Recognised,
    Release,
    Say,
    SessionStarted,
    Sign,
    SpeechPaused,
    SpeechResumed,
    StateChanged,
    Transcript,
    TurnCommitted,
    TurnEnd,
    TurnEndedByHand,
    TurnJudged,
    WordsSpoken,
)
from vantum.core.manners import Manners
from vantum.core.phrases import phrases
from vantum.core.turn import WORDS_SECONDS
from vantum.testing import Input, Run, ScriptedSTT, run_processor

HELLO = "Hello, I am an AI."


def states(done: Run) -> list[ConversationState]:
    return [event.state for event in told(done) if isinstance(event, StateChanged)]


# --- the opening ----------------------------------------------------------------------------------------


async def test_the_language_model_is_instructed_when_the_pipeline_starts() -> None:
    assert instructions(await converse()) == ["be kind"]


async def test_without_a_prompt_there_is_nothing_to_instruct() -> None:
    assert instructions(await run_processor(ContextAggregator(prompt=""), [])) == []


async def test_the_bot_opens_the_call_when_the_session_becomes_active() -> None:
    done = await converse((1.0, asked(SessionStarted())), disclosure="We record.", greeting=HELLO)
    assert said(done) == [(1.0, "We record."), (1.0, HELLO)]


async def test_without_a_greeting_the_bot_listens() -> None:
    done = await converse(asked(SessionStarted()))
    assert said(done) == []
    assert states(done) == [ConversationState.LISTENING]


OVER_THE_DISCLOSURE = (
    (0.0, asked(SessionStarted())),
    speaks(0.2),
    (1.0, S()),
    (1.5, final("wait a moment")),
    (2.0, E(stop_secs=0.2)),
)


async def test_a_disclosure_is_not_interrupted_and_the_words_over_it_count_behind_it() -> None:
    done = await converse(
        *OVER_THE_DISCLOSURE,
        heard(4.0, "This call is recorded."),
        heard(4.01, "", cut=True),
        disclosure="This call is recorded.",
        greeting=HELLO,
    )
    assert asked_of_output(done) == []
    assert done.times(InterruptionFrame) == [4.0, 4.0]
    assert questions(done) == [[("assistant", "This call is recorded."), ("user", "wait a moment")]]


async def test_a_greeting_is_interrupted_like_any_answer() -> None:
    done = await converse(*OVER_THE_DISCLOSURE, heard(2.1, "Hello,", cut=True), greeting=HELLO)
    assert done.times(InterruptionFrame) == [1.5, 1.5]
    assert asked_of_output(done) == [(1.0, Hold())]


# --- turns ----------------------------------------------------------------------------------------------


async def test_a_turn_becomes_one_question_with_the_greeting_as_heard() -> None:
    done = await converse(
        (0.0, asked(SessionStarted())),
        speaks(0.1),
        heard(2.0, HELLO),
        (2.5, S()),
        (3.5, E(stop_secs=0.2)),
        (3.55, asked(TurnJudged(1.0))),
        (3.7, final("how are you?")),
        greeting=HELLO,
    )
    assert questions(done) == [[("assistant", HELLO), ("user", "how are you?")]]
    assert done.times(LLMContextFrame) == [3.7]
    assert states(done) == [
        ConversationState.RESPONDING,
        ConversationState.LISTENING,
        ConversationState.THINKING,
    ]


async def test_the_silence_before_the_commit_is_counted_from_the_end_of_speech() -> None:
    done = await converse((1.0, S()), (2.0, E(stop_secs=0.2)), (2.3, final("yes")))
    [event] = [event for event in told(done) if isinstance(event, TurnCommitted)]
    assert (event.turn, event.text, event.ended_by) == (1, "yes", TurnEnd.SILENCE)
    assert round(event.silent_seconds, 3) == 0.5


async def test_transcripts_are_told_before_what_they_lead_to_and_go_no_further() -> None:
    done = await converse((0.0, S()), (0.5, interim("ye")), (0.6, E()), (1.0, final("yes")), (1.1, final("")))
    assert [(at, event) for at, event in messages(done) if isinstance(event, Transcript)] == [
        (0.5, Transcript("ye", final=False)),
        (1.0, Transcript("yes", final=True)),
    ]
    names = [type(event) for at, event in messages(done) if at == 1.0]
    assert names == [Transcript, TurnCommitted, StateChanged]
    assert not done.of(TranscriptionFrame)
    assert not done.of(InterimTranscriptionFrame)


async def test_a_recogniser_that_stays_silent_ends_the_wait_for_words() -> None:
    done = await converse((0.0, S()), (1.0, E(stop_secs=0.2)), settle=WORDS_SECONDS)
    assert questions(done) == []
    assert done.times(UserStoppedSpeakingFrame) == [pytest.approx(0.8 + WORDS_SECONDS)] * 2


@pytest.mark.parametrize(
    ("judgement", "at"),
    [([], 1.3), ([(1.0, asked(TurnJudged(1.0)))], 1.0), ([(1.0, asked(TurnJudged(0.1)))], 2.0)],
)
async def test_the_turn_is_over_when_words_and_voice_say_so(judgement: list[Input], at: float) -> None:
    done = await converse(
        (0.0, S()),
        (0.7, final("I have booked a room.")),
        (0.9, asked(SpeechPaused(0.1))),
        *judgement,
        (1.0, E(stop_secs=0.2)),
        settle=2.0,
    )
    assert done.times(LLMContextFrame) == [pytest.approx(at)]


async def test_who_goes_on_after_a_pause_is_in_the_same_turn() -> None:
    done = await converse(
        (0.0, S()),
        (0.9, asked(SpeechPaused(0.1))),
        (0.95, asked(SpeechResumed())),
        (1.5, final("yes")),
        (2.0, E(stop_secs=0.2)),
    )
    assert committed(done) == [(1, "yes", TurnEnd.SILENCE)]
    assert done.times(LLMContextFrame) == [2.0]


async def test_the_recognisers_endpoint_ends_a_turn() -> None:
    done = await converse(
        (0.0, S()), (0.5, final("I would like")), (1.0, asked(Recognised(Sign.ENDPOINT))), settle=2.0
    )
    assert committed(done) == [(1, "I would like", TurnEnd.STT)]


@pytest.mark.parametrize("nothing", [final(""), asked(Recognised(Sign.NOTHING))])
async def test_a_turn_without_words_asks_nothing_and_is_over_for_others_too(nothing: Frame) -> None:
    done = await converse((0.0, S()), (1.0, E(stop_secs=0.2)), (1.25, nothing), settle=2.0)
    assert questions(done) == []
    assert done.times(UserStartedSpeakingFrame) == [0.0, 0.0]
    [down, upwards] = done.times(UserStoppedSpeakingFrame)
    assert down == upwards < WORDS_SECONDS


async def test_the_end_by_hand_commits_with_the_words_so_far() -> None:
    done = await converse(
        (0.0, S()), (0.9, final("so far")), (1.0, asked(TurnEndedByHand())), (1.2, final("and more"))
    )
    assert committed(done) == [(1, "so far and more", TurnEnd.HAND)]


async def test_others_learn_when_the_caller_starts_and_stops() -> None:
    done = await converse((0.0, S()), (0.5, final("yes")), (1.0, E(stop_secs=0.2)))
    assert done.times(UserStartedSpeakingFrame) == [0.0, 0.0]
    assert done.times(UserStoppedSpeakingFrame) == [1.0, 1.0]


async def test_tools_are_offered_with_every_question() -> None:
    tool = FunctionSchema("end_call", "hang up", {}, [], handler=_never)
    done = await run_processor(ContextAggregator(prompt="p", tools=[tool]), [final("bye")])
    [question] = done.of(LLMContextFrame)
    assert [t.name for t in question.context.tools.standard_tools] == ["end_call"]  # type: ignore[union-attr]


async def _never(_: object) -> None:
    """Is not called."""


async def test_frames_of_others_pass_once_and_news_goes_no_further() -> None:
    others: list[Frame] = [asked({"my": "own"}), S(), E()]
    news = [SpeechPaused(0.1), SpeechResumed(), TurnJudged(None), Recognised(Sign.SPEECH), TurnEndedByHand()]
    done = await converse(*others, *map(asked, news), up(0.5, asked(WordsSpoken("u", "Hi."))))
    passed = [frame for _, frame in done.down if frame in others]
    assert passed == others
    assert done.of(type(others[0])) == [others[0]]


# --- the bot's words ------------------------------------------------------------------------------------


async def test_the_bot_is_held_by_a_sound_and_cut_by_words() -> None:
    done = await converse(
        (0.0, final("tell me")),
        token(0.3),
        speaks(1.0),
        (3.0, S()),
        (4.0, E(stop_secs=0.2)),
        (4.2, final("stop please")),
        heard(4.201, "once upon", cut=True),
    )
    assert asked_of_output(done) == [(3.0, Hold())]
    assert done.times(InterruptionFrame) == [4.2, 4.2]
    assert questions(done)[1] == [("user", "tell me"), ("assistant", "once upon…"), ("user", "stop please")]
    assert ConversationState.INTERRUPTED in states(done)


async def test_the_bot_goes_on_after_a_noise() -> None:
    done = await converse(
        (0.0, final("tell me")), token(0.3), speaks(1.0), (3.0, S()), (4.0, E(stop_secs=0.2)), settle=2.0
    )
    assert asked_of_output(done) == [(3.0, Hold()), (pytest.approx(3.8 + NOISE_SECONDS), Release())]
    assert BargeInDecided(BargeIn.NOISE) in told(done)
    assert len(questions(done)) == 1


async def test_an_echo_of_the_bots_own_words_is_none_of_the_callers() -> None:
    done = await converse(
        (0.0, final("tell me")),
        token(0.3),
        speaks(1.0),
        up(1.0, asked(WordsSpoken("u", "once upon a time there was a king"))),
        (2.0, S()),
        (2.5, final("once upon a time there was a king")),
    )
    assert asked_of_output(done) == [(2.0, Hold()), (2.5, Release())]
    assert [event.kind for event in told(done) if isinstance(event, BargeInDecided)] == [BargeIn.ECHO]


async def test_an_answer_not_heard_yet_is_dropped_and_both_turns_get_one_answer() -> None:
    done = await converse(
        (0.0, final("tell me a story")),
        (0.8, S()),
        (1.5, final("about a firefighter")),
        heard(1.501, "", cut=True),
        (1.6, E(stop_secs=0.2)),
        settle=2.0,
    )
    assert questions(done)[-1] == [("user", "tell me a story about a firefighter")]
    assert len(questions(done)) == 2


async def test_a_report_that_never_comes_does_not_stop_the_call() -> None:
    done = await converse(
        (0.0, final("first")), token(0.3), speaks(0.5), (2.0, final("second")), settle=REPORT_SECONDS + 0.1
    )
    assert questions(done)[1] == [("user", "first second")]
    assert done.times(LLMContextFrame)[1] == 2.0 + REPORT_SECONDS


async def test_what_the_call_itself_says_is_a_line_that_a_sound_holds() -> None:
    done = await converse((0.0, TTSSpeakFrame("Your card arrives.")), speaks(0.3), (1.0, S()), settle=0.5)
    assert asked_of_output(done)[0] == (1.0, Hold())


async def test_a_silence_is_broken() -> None:
    done = await converse(asked(SessionStarted()), manners=Manners(silence_seconds=8.0), settle=8.5)
    assert said(done) == [(8.0, phrases("en").still_there)]


async def test_an_error_of_the_language_model_is_answered_by_the_bot() -> None:
    async with AsyncOpenAI(api_key="none") as client:
        failed = ErrorFrame("boom", processor=OpenAILLM(client, "m"))
    done = await converse((0.0, final("hello")), up(0.5, failed), heard(0.6, ""))
    assert said(done) == [(0.6, phrases("en").say_again)]
    assert [event.reason for event in told(done) if isinstance(event, CallerPrompted)] == ["failure"]
    assert failed in done.of(ErrorFrame)


async def test_who_waits_long_is_told_so_at_once_whatever_the_language_model_does() -> None:
    done = await converse((0.0, final("hello")), manners=replace(PLAIN, filler_seconds=2.5), settle=3.0)
    assert asked_of_output(done) == [(2.5, Say(phrases("en").one_moment))]


async def test_an_error_of_another_is_not_the_language_models() -> None:
    failed = ErrorFrame("boom", processor=ScriptedSTT([]))
    done = await converse((0.0, final("hello")), token(0.3), up(0.5, failed), heard(0.6, "Hi."))
    assert said(done) == []


# --- drafts ---------------------------------------------------------------------------------------------

PAUSE = ((0.0, S()), (0.9, final("tell me about your rooms")), (1.0, asked(SpeechPaused(0.1))))


async def test_an_answer_is_begun_at_a_pause_and_released_when_the_turn_is_over() -> None:
    done = await converse(
        *PAUSE, token(1.3), (1.1, asked(TurnJudged(0.9))), (1.1, E(stop_secs=0.2)), manners=DRAFTS, settle=1.0
    )
    assert [type(event) for at, event in messages(done) if at == 1.0] == [DraftStarted, Hold]
    assert done.times(LLMContextFrame) == [1.0]
    assert asked_of_output(done)[1][1] == Release()
    assert committed(done) == [(1, "tell me about your rooms", TurnEnd.SILENCE)]
    assert done.of(InterruptionFrame) == []


async def test_a_draft_is_withdrawn_when_the_caller_goes_on() -> None:
    done = await converse(*PAUSE, (1.05, asked(SpeechResumed())), heard(1.06, "", cut=True), manners=DRAFTS)
    assert done.times(InterruptionFrame) == [1.05, 1.05]
    assert committed(done) == []


class Witness(FrameProcessor):
    """Writes down what kinds of frames come by."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[type[Frame]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.kinds.append(type(frame))
        await self.push_frame(frame, direction)


@pytest.mark.parametrize("word", [TTSSpeakFrame("Your card arrives."), EndFrame()], ids=["word", "end"])
async def test_what_the_call_itself_says_comes_behind_the_cut_of_a_draft(word: Frame) -> None:
    witness = Witness()
    chain = Pipeline([ContextAggregator(prompt="", manners=DRAFTS), witness])
    await run_processor(chain, [*PAUSE, (1.05, word)])
    kinds = [kind for kind in witness.kinds if kind in (LLMContextFrame, InterruptionFrame, type(word))]
    assert kinds[:3] == [LLMContextFrame, InterruptionFrame, type(word)]


async def test_the_settings_manners_apply_where_the_pipeline_has_none_of_its_own() -> None:
    for own, attempts in [(None, 1), (PLAIN, 0)]:
        aggregator = ContextAggregator(prompt="", manners=own)
        aggregator.adopt(DRAFTS)
        done = await run_processor(aggregator, PAUSE)
        assert len([event for event in told(done) if isinstance(event, DraftStarted)]) == attempts
