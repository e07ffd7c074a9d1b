"""The context aggregator: turns in, questions to the language model out, and what was heard in between."""

from __future__ import annotations

import pytest
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    EndWorkerFrame,
    Frame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMUpdateSettingsFrame,
    OutputTransportMessageUrgentFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from processors.context_aggregator import REPORT_SECONDS, WORDS_SECONDS, ContextAggregator
from vantum.core.dtmf import PAUSE_SECONDS, Keypad
from vantum.core.events import (
    ConversationState,
    Event,
    LastWords,
    SessionStarted,
    StateChanged,
    Transcript,
    TurnCommitted,
    TurnEnd,
    TurnEndedByHand,
    UtteranceEnded,
    UtteranceStarted,
)
from vantum.testing import Input, Run, run_processor

UP = FrameDirection.UPSTREAM
S, E = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame


def final(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "", "now")


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "", "now")


def asked(message: object) -> InputTransportMessageFrame:
    return InputTransportMessageFrame(message=message)


def heard(at: float, text: str, *, cut: bool = False) -> tuple[float, Frame, FrameDirection]:
    return (at, asked(UtteranceEnded("u", text, interrupted=cut)), UP)


def speaks(at: float) -> tuple[float, Frame, FrameDirection]:
    return (at, asked(UtteranceStarted("u")), UP)


async def run(*frames: Input, greeting: str = "", settle: float = 0.0) -> Run:
    return await run_processor(ContextAggregator(prompt="be kind", greeting=greeting), frames, settle=settle)


def questions(done: Run) -> list[list[tuple[str, str]]]:
    """The messages of each question to the language model, as (role, content)."""
    return [
        [(str(m["role"]), str(m["content"])) for m in frame.context.messages if isinstance(m, dict)]
        for frame in done.of(LLMContextFrame)
    ]


def told(done: Run) -> list[Event]:
    return [frame.message for frame in done.of(OutputTransportMessageUrgentFrame)]


def states(done: Run) -> list[ConversationState]:
    return [event.state for event in told(done) if isinstance(event, StateChanged)]


async def test_the_language_model_is_instructed_when_the_pipeline_starts() -> None:
    done = await run()
    (update,) = done.of(LLMUpdateSettingsFrame)
    assert update.delta is not None
    assert update.delta.system_instruction == "be kind"


async def test_the_bot_opens_the_call_when_the_session_becomes_active() -> None:
    done = await run(asked(SessionStarted()), greeting="Hello, I am an AI.")
    assert [frame.text for frame in done.of(TTSSpeakFrame)] == ["Hello, I am an AI."]


async def test_without_a_greeting_the_bot_listens() -> None:
    done = await run(asked(SessionStarted()))
    assert done.of(TTSSpeakFrame) == []
    assert states(done) == [ConversationState.LISTENING]


async def test_a_turn_becomes_one_question_with_the_greeting_as_heard() -> None:
    done = await run(
        (0.0, asked(SessionStarted())),
        speaks(0.1),
        heard(2.0, "Hello, I am an AI."),
        (2.5, S()),
        (3.5, E(stop_secs=0.2)),
        (3.7, final("how are you")),
        greeting="Hello, I am an AI.",
    )
    assert questions(done) == [[("assistant", "Hello, I am an AI."), ("user", "how are you")]]
    assert done.times(LLMContextFrame) == [3.7]
    assert states(done) == [
        ConversationState.RESPONDING,
        ConversationState.LISTENING,
        ConversationState.THINKING,
    ]


async def test_the_silence_before_the_commit_is_counted_from_the_end_of_speech() -> None:
    done = await run((1.0, S()), (2.0, E(stop_secs=0.2)), (2.3, final("yes")))
    (committed,) = [event for event in told(done) if isinstance(event, TurnCommitted)]
    assert (committed.turn, committed.text, committed.ended_by) == (1, "yes", TurnEnd.SILENCE)
    assert round(committed.silent_seconds, 3) == 0.5


async def test_transcripts_are_told_as_they_come_and_go_no_further() -> None:
    done = await run((0.0, S()), (0.5, interim("ye")), (1.0, final("yes")), (1.1, E()))
    assert [(e.text, e.final) for e in told(done) if isinstance(e, Transcript)] == [
        ("ye", False),
        ("yes", True),
    ]
    assert done.of(TranscriptionFrame) == done.of(InterimTranscriptionFrame) == []


async def test_a_recogniser_that_stays_silent_ends_the_wait_for_words() -> None:
    done = await run((0.0, S()), (0.5, interim("yes")), (1.0, E()), settle=WORDS_SECONDS + 0.1)
    assert questions(done) == [[("user", "yes")]]
    assert done.times(LLMContextFrame) == [1.0 + WORDS_SECONDS]


async def test_a_turn_without_words_asks_nothing() -> None:
    done = await run((0.0, S()), (1.0, E()), (1.2, final("")))
    assert questions(done) == []
    assert len(done.of(UserStoppedSpeakingFrame)) == 2


async def test_the_end_by_hand_commits_with_the_words_so_far() -> None:
    done = await run(
        (0.0, S()), (0.9, final("so far")), (1.0, asked(TurnEndedByHand())), (1.2, final("and more"))
    )
    assert questions(done) == [[("user", "so far and more")]]


async def test_speech_over_the_bot_interrupts_it_and_the_words_heard_stay() -> None:
    done = await run(
        (0.0, S()),
        (0.5, final("tell me")),
        (0.6, E()),
        speaks(1.0),
        (3.0, S()),
        heard(3.001, "once upon", cut=True),
        (4.0, E()),
        (4.2, final("stop please")),
    )
    assert [round(t, 3) for t in done.times(InterruptionFrame)] == [3.0, 3.0]
    assert questions(done)[1] == [("user", "tell me"), ("assistant", "once upon…"), ("user", "stop please")]
    assert ConversationState.INTERRUPTED in states(done)


async def test_an_answer_not_heard_yet_is_dropped_and_both_turns_get_one_answer() -> None:
    done = await run(
        (0.0, S()),
        (0.5, final("tell me a story")),
        (0.6, E()),
        (0.8, S()),
        heard(0.801, "", cut=True),
        (1.5, final("about a firefighter")),
        (1.6, E()),
    )
    assert questions(done) == [
        [("user", "tell me a story")],
        [("user", "tell me a story about a firefighter")],
    ]


async def test_noise_while_thinking_delays_the_answer_and_does_not_lose_it() -> None:
    done = await run(
        (0.0, S()),
        (0.5, final("tell me")),
        (0.6, E()),
        (0.8, S()),
        heard(0.801, "", cut=True),
        (1.1, E()),
        (1.3, final("")),
    )
    assert questions(done) == [[("user", "tell me")], [("user", "tell me")]]


async def test_words_that_come_while_the_bot_speaks_wait_until_its_cut_is_reported() -> None:
    done = await run(
        (0.0, final("first")), speaks(0.5), (2.0, final("second")), heard(2.005, "an answer", cut=True)
    )
    assert questions(done)[1] == [("user", "first"), ("assistant", "an answer…"), ("user", "second")]
    assert done.times(LLMContextFrame)[1] == 2.005


async def test_a_report_that_never_comes_does_not_stop_the_call() -> None:
    done = await run((0.0, final("first")), speaks(0.5), (2.0, final("second")), settle=REPORT_SECONDS + 0.1)
    assert questions(done)[1] == [("user", "first second")]


async def test_a_final_said_twice_is_answered_once() -> None:
    done = await run((0.0, S()), (1.0, E()), (1.2, final("hello")), (1.3, final("Hello.")))
    assert len(questions(done)) == 1


async def test_other_processors_learn_when_the_caller_starts_and_stops() -> None:
    done = await run((0.0, S()), (0.5, final("yes")), (1.0, E()))
    assert done.times(UserStartedSpeakingFrame) == [0.0, 0.0]
    assert done.times(UserStoppedSpeakingFrame) == [1.0, 1.0]


async def test_tools_are_offered_with_every_question() -> None:
    tool = FunctionSchema(name="end_call", description="hang up", properties={}, required=[])
    done = await run_processor(ContextAggregator(prompt="p", tools=[tool]), [final("bye")])
    (question,) = done.of(LLMContextFrame)
    assert [t.name for t in question.context.tools.standard_tools] == ["end_call"]  # type: ignore[union-attr]


async def test_messages_of_others_pass() -> None:
    frame = asked({"my": "own"})
    done = await run(frame)
    assert frame in [passed.frame for passed in done.down]


# --- keys of the telephone ------------------------------------------------------------------------------


def keys(text: str, at: float = 0.0, apart: float = 0.25) -> list[Input]:
    return [(at + number * apart, InputDTMFFrame(button=KeypadEntry(key))) for number, key in enumerate(text)]


def pressed(text: str) -> tuple[str, str]:
    return "user", f"(pressed {text} on the phone's keypad)"


def committed(done: Run) -> list[tuple[int, str, TurnEnd]]:
    events = [event for event in told(done) if isinstance(event, TurnCommitted)]
    return [(event.turn, event.text, event.ended_by) for event in events]


async def test_keys_are_a_turn_when_the_caller_ends_them() -> None:
    done = await run(*keys("12*#"))
    assert questions(done) == [[pressed("1 2 *")]]
    assert done.times(LLMContextFrame) == [0.75]
    assert committed(done) == [(1, pressed("1 2 *")[1], TurnEnd.KEYS)]
    assert done.of(InputDTMFFrame) == []


@pytest.mark.parametrize("apart", [0.25, 1.75])
async def test_keys_are_a_turn_when_no_other_comes_for_two_seconds(apart: float) -> None:
    done = await run(*keys("12", apart=apart), settle=PAUSE_SECONDS + 0.5)
    assert questions(done) == [[pressed("1 2")]]
    assert done.times(LLMContextFrame) == [apart + PAUSE_SECONDS]


async def test_the_keys_of_two_turns() -> None:
    done = await run(*keys("1#"), heard(1.0, "And now?"), *keys("2#", at=2.0), settle=5.0)
    assert committed(done) == [
        (1, pressed("1")[1], TurnEnd.KEYS),
        (2, pressed("2")[1], TurnEnd.KEYS),
    ]
    assert questions(done)[1] == [pressed("1"), ("assistant", "And now?"), pressed("2")]


async def test_a_terminator_that_ends_nothing_is_no_turn() -> None:
    done = await run(*keys("##"), settle=5.0)
    assert committed(done) == []


@pytest.mark.parametrize(
    ("keypad", "entered", "read"),
    [(Keypad(longest=3), "1234", ["1 2 3", "4"]), (Keypad(terminator="*"), "1#*", ["1 #"])],
    ids=["longest", "terminator"],
)
async def test_a_keypad_of_your_own(keypad: Keypad, entered: str, read: list[str]) -> None:
    done = await run_processor(
        ContextAggregator(prompt="", keypad=keypad), keys(entered), settle=PAUSE_SECONDS + 0.5
    )
    assert [text for _, text, _ in committed(done)] == [pressed(each)[1] for each in read]


async def test_keys_take_the_floor_from_the_bot() -> None:
    done = await run(
        (0.0, final("hello")),
        speaks(0.5),
        *keys("1#", at=2.0),
        heard(2.255, "press one", cut=True),
    )
    assert done.times(InterruptionFrame) == [2.25, 2.25]
    assert questions(done)[1] == [("user", "hello"), ("assistant", "press one…"), pressed("1")]
    assert done.times(LLMContextFrame)[1] == 2.255


async def test_words_and_keys_that_nobody_answered_yet_get_one_answer() -> None:
    done = await run((0.0, final("my number is")), *keys("42#", at=0.25), heard(0.755, "", cut=True))
    assert questions(done)[-1] == [("user", f"my number is {pressed('4 2')[1]}")]


async def test_keys_whose_pause_the_end_of_the_call_cuts_short_are_nothing() -> None:
    done = await run(*keys("1"), settle=PAUSE_SECONDS - 0.1)
    assert committed(done) == []


# --- last words -----------------------------------------------------------------------------------------


GOODBYE = LastWords("Goodbye, Ann.", "put through")


def ends(done: Run) -> list[tuple[float, str]]:
    return [(at, str(frame.reason)) for at, frame in done.up if isinstance(frame, EndWorkerFrame)]


async def test_last_words_are_spoken_and_the_end_is_asked_for_behind_them() -> None:
    done = await run((1.0, asked(GOODBYE)))
    assert [frame.text for frame in done.of(TTSSpeakFrame)] == ["Goodbye, Ann."]
    assert done.times(TTSSpeakFrame) == [1.0]
    assert ends(done) == [(1.0, "put through")]
    assert done.of(InterruptionFrame) == []


@pytest.mark.parametrize("speaking", [True, False])
async def test_last_words_stop_the_answer_under_way(speaking: bool) -> None:
    begun: list[Input] = [(0.0, final("hello")), *([speaks(0.5)] if speaking else [])]
    done = await run(*begun, (2.0, asked(GOODBYE)))
    assert done.times(InterruptionFrame) == [2.0, 2.0]
    kinds = [kind for at, kind in done.kinds() if at == 2.0]
    assert kinds.index(InterruptionFrame) < kinds.index(TTSSpeakFrame)
    assert ends(done) == [(2.0, "put through")]


async def test_nothing_that_is_said_or_pressed_after_the_last_words_changes_anything() -> None:
    done = await run(
        (1.0, asked(GOODBYE)),
        speaks(1.2),
        (1.5, S()),
        (1.8, final("wait")),
        (2.0, E()),
        *keys("1#", at=2.25),
        (2.75, asked(TurnEndedByHand())),
        heard(3.0, "Goodbye, Ann."),
        settle=10.0,
    )
    assert questions(done) == []
    assert committed(done) == []
    assert done.of(InterruptionFrame) == []
    assert len(done.of(TTSSpeakFrame)) == 1


async def test_what_waited_for_an_answer_is_not_answered_after_the_last_words() -> None:
    done = await run(
        (0.0, final("first")),
        speaks(0.5),
        (1.0, final("second")),
        (1.01, asked(GOODBYE)),
        heard(1.02, "an answer", cut=True),
        settle=10.0,
    )
    assert questions(done) == [[("user", "first")]]


async def test_keys_that_were_not_ended_are_nothing_after_the_last_words() -> None:
    done = await run(*keys("1"), (1.0, asked(GOODBYE)), settle=5.0)
    assert (questions(done), committed(done)) == ([], [])
