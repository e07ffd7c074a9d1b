"""Whole calls on virtual time: the real call, transport, context and record; only the providers are scripted.

Unless a test says otherwise: the VAD takes 0.2 s to notice the start and the end of speech, the final transcript
comes 0.2 s after the speech, the first token 0.1 s after the turn, and the first audio 0.2 s after the first piece.
A letter takes 0.06 s to say.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openai import AsyncOpenAI
from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from processors.llm.local_llm import scripted_client
from processors.llm.openai_llm import OpenAILLM
from processors.script_file import load_script
from processors.stt.failover import FailoverSTT
from processors.tools.end_call import end_call
from processors.tts.failover import FailoverTTS
from processors.tts.voice import Voice
from vantum.core.choice import Kind
from vantum.live_call import _source
from vantum.testing import CallScript, Closed, PlayedCall, ScriptedCall, ScriptedLLM, ScriptedTTS

HELLO = "Hello, how are you?"
FINE = "I am fine."
STORY = "This is a story that goes on for a good while."
"""One piece; said from 3.2 to 5.96 when it answers what ends at 2.5."""

OUTREACH = load_script(Path(__file__).parents[2] / "pipelines" / "outreach_script.yaml")


def nobody() -> Voice:
    """A voice that is never asked for."""
    raise AssertionError


def turns(call: PlayedCall) -> list[tuple[object, object]]:
    return [(turn["t"], turn["text"]) for turn in call.events("turn_committed")]


def states(call: PlayedCall) -> list[object]:
    return [state for _, state in call.states]


def questions(llm: ScriptedLLM) -> list[object]:
    """The last message of each context."""
    return [messages[-1] for messages in llm.asked]


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


# --- the usual ------------------------------------------------------------------------------------------


async def test_the_bot_opens_the_call_with_its_greeting() -> None:
    call = await CallScript(greeting="Good day.").run()
    assert call.audible == [(0.2, 0.744)]
    assert call.heard() == "Good day."
    assert call.context == (("assistant", "Good day."),)
    assert call.states == [(0.2, "responding"), (0.744, "listening"), (10.0, "ended")]


async def test_s1_one_message_one_answer_one_playback() -> None:
    llm = ScriptedLLM([FINE])
    script = CallScript(llm=llm)
    script.says(0.5, HELLO, seconds=2.0)
    call = await script.run()
    assert turns(call) == [(2.7, HELLO)]
    assert llm.asked == [[user(HELLO)]]
    assert call.audible == [(3.04, 3.64)]
    assert len({sound.utterance_id for sound in call.sounds}) == 1
    assert call.times("audio.output.start") == [3.04]
    assert call.times("audio.output.complete") == [3.64]
    assert call.context == (("user", HELLO), ("assistant", FINE))
    assert call.states == [
        (0.0, "listening"),
        (2.7, "thinking"),
        (3.04, "responding"),
        (3.64, "listening"),
        (12.7, "ended"),
    ]


async def test_the_client_is_told_where_the_time_of_an_answer_went() -> None:
    script = CallScript(llm=ScriptedLLM([FINE]))
    script.says(0.5, HELLO, seconds=2.0)
    [latency] = [payload for _, _, payload in (await script.run()).of("conversation.turn.latency")]
    assert latency["turn"] == 1
    assert latency["stages"] == {
        "committed": pytest.approx(200),
        "first_token": pytest.approx(300),
        "first_piece": pytest.approx(340),
        "first_audio": pytest.approx(540),
        "first_byte": pytest.approx(540),
        "heard": pytest.approx(540),
    }


async def test_a_turn_without_words_is_not_answered() -> None:
    llm = ScriptedLLM([FINE])
    script = CallScript(llm=llm)
    script.says(0.5, "", seconds=1.0)
    call = await script.run()
    assert turns(call) == []
    assert llm.asked == []
    assert call.context == ()
    assert states(call) == ["listening", "ended"]


async def test_a_turn_after_an_empty_one_is_answered() -> None:
    script = CallScript(llm=ScriptedLLM([FINE]))
    script.says(0.5, "", seconds=1.0)
    script.says(5.0, HELLO, seconds=2.0)
    call = await script.run()
    assert call.context == (("user", HELLO), ("assistant", FINE))


# --- barge-in -------------------------------------------------------------------------------------------


async def test_s4_the_bot_is_silent_at_once_and_keeps_the_words_heard() -> None:
    llm = ScriptedLLM([STORY, "Sorry."])
    script = CallScript(llm=llm)
    script.says(0.5, HELLO, seconds=2.0)
    script.says(5.0, "Stop!", seconds=1.0)
    call = await script.run()
    assert call.audible == [(3.2, 5.2), (6.5, 6.86)]
    assert call.times("audio.output.cancel") == [5.2]
    names = [event for _, event, _ in call.received]
    cut = names.index("audio.output.cancel")
    assert "audio.output.chunk" not in names[cut : names.index("audio.output.start", cut)]
    # At 5.2, two seconds into the story, "a" has begun and is not half said.
    assert call.heard(by=5.2) == "This is a story that goes on for a"
    heard = "This is a story that goes on for"
    assert call.context == (
        ("user", HELLO),
        ("assistant", f"{heard}…"),
        ("user", "Stop!"),
        ("assistant", "Sorry."),
    )
    assert call.transcript[1] == ("bot", heard)
    assert call.states[3:] == [
        (6.2, "interrupted"),
        (6.2, "thinking"),
        (6.5, "responding"),
        (6.86, "listening"),
        (16.2, "ended"),
    ]


async def test_a_cancelled_utterance_is_over_before_the_next_begins() -> None:
    """A faster answer than any: it still leaves clients the 150 ms that they need after a cut."""
    script = CallScript(
        llm=ScriptedLLM([STORY, FINE], first_token=0.0, per_token=0.0), tts=ScriptedTTS(first_audio=0.0)
    )
    script.says(0.5, HELLO, seconds=2.0)
    script.recogniser_gives(4.0, "Stop!")
    call = await script.run()
    assert call.times("audio.output.cancel") == [4.0]
    assert call.audible == [(2.7, 4.0), (4.15, 4.75)]
    assert call.context[2:] == (("user", "Stop!"), ("assistant", FINE))


async def test_s7_an_answer_that_was_not_heard_yet_is_dropped_without_trace() -> None:
    llm = ScriptedLLM([STORY, "Yes."], first_token=1.0)
    script = CallScript(llm=llm)
    script.says(0.5, HELLO, seconds=2.0)
    script.says(3.0, "Stop!", seconds=1.0)
    call = await script.run()
    assert turns(call) == [(2.7, HELLO), (4.2, "Stop!")]
    assert questions(llm) == [user(HELLO), user(f"{HELLO} Stop!")]
    assert call.audible == [(5.4, 5.64)]
    assert call.times("audio.output.cancel") == []
    assert call.context == (("user", f"{HELLO} Stop!"), ("assistant", "Yes."))
    assert states(call) == [
        "listening",
        "thinking",
        "listening",
        "thinking",
        "responding",
        "listening",
        "ended",
    ]


async def test_s11_who_goes_on_before_the_answer_gets_one_answer_to_both() -> None:
    llm = ScriptedLLM(["Once upon a time.", "There was a fire."], first_token=0.5)
    tts = ScriptedTTS()
    script = CallScript(llm=llm, tts=tts)
    script.says(0.5, "Tell me a story", seconds=1.5)
    script.says(2.6, "about a firefighter.", seconds=0.6)
    call = await script.run()
    both = "Tell me a story about a firefighter."
    assert questions(llm) == [user("Tell me a story"), user(both)]
    assert call.heard() == "There was a fire."
    assert call.context == (("user", both), ("assistant", "There was a fire."))


async def test_s13_the_second_piece_is_never_sent() -> None:
    answer = "This is the first piece of it. ||BREAK|| And this is the second one."
    script = CallScript(llm=ScriptedLLM([answer, "Yes."]))
    script.says(0.5, HELLO, seconds=2.0)
    script.says(4.0, "Wait", seconds=0.6)
    call = await script.run()
    assert call.audible == [(3.14, 4.2), (5.1, 5.34)]
    assert call.heard(by=4.5) == "This is the first"
    assert call.context[1] == ("assistant", "This is the first…")
    assert "second" not in call.heard()


async def test_two_pieces_are_one_utterance_without_a_hole() -> None:
    answer = "This is the first piece of it. ||BREAK|| And this is the second one."
    script = CallScript(llm=ScriptedLLM([answer]))
    script.says(0.5, HELLO, seconds=2.0)
    call = await script.run()
    assert call.audible == [(3.14, 6.564)]
    assert call.context[1] == ("assistant", "This is the first piece of it. And this is the second one.")


# --- the end of a turn ----------------------------------------------------------------------------------


def s_t_e(script: CallScript) -> None:
    script.says(0.5, HELLO, seconds=2.0, final_after=-0.1)


def s_e_t(script: CallScript) -> None:
    script.says(0.5, HELLO, seconds=2.0, final_after=0.5)


def s_i_e_t(script: CallScript) -> None:
    script.says(0.5, HELLO, seconds=2.0, final_after=0.5, interims=[(1.0, "Hello")])


def t_only(script: CallScript) -> None:
    script.recogniser_gives(2.5, HELLO)


def s_e_t1_t2(script: CallScript) -> None:
    script.says(0.5, "Hello,", seconds=2.0, final_after=-0.5)
    script.recogniser_gives(2.1, "how are you?")


@pytest.mark.parametrize(
    ("order", "committed_at"), [(s_t_e, 2.7), (s_e_t, 3.0), (s_i_e_t, 3.0), (t_only, 2.5), (s_e_t1_t2, 2.7)]
)
async def test_s17_each_order_of_signals_ends_exactly_one_turn(
    order: Callable[[CallScript], None], committed_at: float
) -> None:
    llm = ScriptedLLM([FINE])
    script = CallScript(llm=llm)
    order(script)
    call = await script.run()
    assert turns(call) == [(committed_at, HELLO)]
    assert questions(llm) == [user(HELLO)]
    assert call.heard() == FINE


async def test_s18_a_duplicate_final_between_turns_starts_no_turn() -> None:
    llm = ScriptedLLM([FINE])
    script = CallScript(llm=llm)
    script.says(0.5, HELLO, seconds=2.0)
    script.recogniser_gives(4.5, HELLO.lower())
    call = await script.run()
    assert turns(call) == [(2.7, HELLO)]
    assert len(llm.asked) == 1
    assert call.context == (("user", HELLO), ("assistant", FINE))


async def test_s27_the_end_by_hand_commits_all_words_so_far() -> None:
    script = CallScript(llm=ScriptedLLM([FINE]))
    script.says(0.5, "", seconds=3.0, interims=[(0.8, "Hello,")])
    script.recogniser_gives(1.6, "Hello, how are")
    script.recogniser_gives(1.7, "you?", final=False)
    script.ends_turn(1.8)
    script.recogniser_gives(2.0, "you?")
    call = await script.run()
    assert turns(call) == [(2.0, HELLO)]
    assert [turn["ended_by"] for turn in call.events("turn_committed")] == ["hand"]
    assert call.context == (("user", HELLO), ("assistant", FINE))


# --- the end of a call ----------------------------------------------------------------------------------


async def test_who_hangs_up_in_the_middle_of_an_answer_leaves_nothing_behind() -> None:
    script = CallScript(llm=ScriptedLLM([STORY]))
    script.says(0.5, HELLO, seconds=2.0)
    script.hangs_up(5.0)
    call = await script.run()
    assert (call.ended, call.closed) == (5.0, None)
    assert call.transcript == [("caller", HELLO), ("bot", "This is a story that goes on")]
    assert [end["interrupted"] for end in call.events("utterance_ended")] == [True]
    assert [end["reason"] for end in call.events("call_ended")] == ["client left"]
    assert (call.record["state"], call.record["durationSeconds"]) == ("ended", 5.0)
    assert str(call.record["recording"]).endswith("/recording.wav")


async def test_the_words_of_who_vanishes_in_the_middle_of_them_are_kept() -> None:
    script = CallScript(llm=ScriptedLLM([FINE]))
    script.says(0.5, HELLO, seconds=2.0, interims=[(1.0, "Hello, how")])
    script.hangs_up(1.8, code=1006)
    call = await script.run()
    assert call.ended == 2.7
    assert call.transcript == [("caller", HELLO)]
    assert call.asked == ()
    assert [end["reason"] for end in call.events("call_ended")] == ["connection lost"]


async def test_words_that_never_come_keep_nobody_for_more_than_two_seconds() -> None:
    script = CallScript(llm=ScriptedLLM([FINE]))
    script.says(0.5, "", seconds=9.0)
    script.hangs_up(1.8)
    call = await script.run()
    assert call.ended == 3.6


async def test_the_server_says_goodbye() -> None:
    script = CallScript(llm=ScriptedLLM([FINE]))
    script.says(0.5, HELLO, seconds=2.0)
    script.server_ends(8.0, "the server is shutting down")
    call = await script.run()
    assert call.heard(since=8.0) == "I am sorry, I have to end our call here. Goodbye."
    assert call.audible[1:] == [(8.2, 11.144)]
    assert call.closed == Closed(11.144, 1000, "the server is shutting down")
    assert call.states[-2:] == [(8.2, "responding"), (11.144, "ended")]
    assert call.ended == 11.144


async def test_a_goodbye_that_takes_too_long_is_cut() -> None:
    script = CallScript(llm=ScriptedLLM([" ".join([STORY] * 10)]))
    script.says(0.5, HELLO, seconds=2.0)
    script.server_ends(4.0, "the server is shutting down")
    call = await script.run(settings={"VANTUM_GOODBYE_SECONDS": "3"})
    assert call.closed == Closed(7.0, 1000, "the server is shutting down")
    assert call.audible[-1][1] == 7.0


async def test_who_hangs_up_in_the_goodbye_leaves_nothing_behind() -> None:
    script = CallScript(greeting=STORY)
    script.server_ends(1.0, "the server is shutting down")
    script.hangs_up(4.0)
    call = await script.run()
    assert call.ended == 4.0
    greeting, goodbye = call.events("utterance_ended")
    assert (greeting["text"], greeting["interrupted"]) == (STORY, False)
    assert (goodbye["interrupted"], str(goodbye["text"]).split()[:3]) == (True, ["I", "am", "sorry,"])


async def test_a_call_has_a_longest_time() -> None:
    call = await CallScript().run(settings={"VANTUM_MAX_CALL_SECONDS": "5"})
    assert [end["reason"] for end in call.events("call_ended")] == ["the call reached its longest time"]
    assert call.heard(since=5.0).endswith("Goodbye.")


async def test_a_pipeline_that_cannot_be_built_is_told_when_the_client_starts() -> None:
    def build(call: ScriptedCall) -> list[FrameProcessor]:
        raise LookupError("no such voice")

    call = await CallScript().run(build)
    assert [message for _, _, message in call.of("audio.input.error")] == [
        {"message": "The call cannot start: its pipeline failed to build."}
    ]
    assert call.closed == Closed(0.0, 1011, "the pipeline could not start")
    [error] = call.events("error_reported")
    assert error["source"] == "pipeline"
    assert "LookupError: no such voice" in str(error["message"])
    assert states(call) == ["ended"]


@pytest.mark.parametrize(
    ("make", "source"),
    [
        (lambda: FailoverSTT(Desk(Kind.STT, [Candidate("nobody", FrameProcessor)])), "stt"),
        (lambda: FailoverLLM(Desk(Kind.LLM, [Candidate("nobody", FrameProcessor)])), "llm"),
        (lambda: FailoverTTS(Desk(Kind.TTS, [Candidate("nobody", nobody)])), "tts"),
        (FrameProcessor, "pipeline"),
        (lambda: None, "pipeline"),
    ],
)
async def test_a_failure_is_told_by_the_job_of_who_failed(
    make: Callable[[], FrameProcessor | None], source: str
) -> None:
    assert _source(make()) == source


def outreach_with(client: AsyncOpenAI) -> Callable[[ScriptedCall], list[FrameProcessor]]:
    """A pipeline whose language model follows the outreach script and may hang up."""

    def build(call: ScriptedCall) -> list[FrameProcessor]:
        aggregator = ContextAggregator(prompt="", greeting=OUTREACH.greeting, tools=[end_call()])
        llm = OpenAILLM(client, "script")
        return [call.vad(), call.stt(), aggregator, llm, BreakSplitter(), call.tts()]

    return build


async def test_the_bot_hangs_up_when_its_farewell_has_been_heard() -> None:
    script = CallScript()
    script.says(20.0, "Take me off your list.", seconds=1.5)
    async with scripted_client(OUTREACH) as client:
        call = await script.run(outreach_with(client))
    [reason] = [end["reason"] for end in call.events("call_ended")]
    assert reason == "the bot hung up: do_not_call"
    farewell = call.events("utterance_ended")[-1]
    assert (farewell["interrupted"], farewell["text"]) == (False, call.heard(since=20.0))
    assert call.closed == Closed(call.ended, 1000, reason)
    assert call.ended == call.audible[-1][1]


async def test_who_does_not_wait_for_the_farewell_leaves_nothing_behind() -> None:
    script = CallScript()
    script.says(20.0, "Take me off your list.", seconds=1.5)
    script.hangs_up(23.0)
    async with scripted_client(OUTREACH) as client:
        call = await script.run(outreach_with(client))
    assert call.ended == 23.0
    assert call.events("utterance_ended")[-1]["interrupted"] is True
    assert [end["reason"] for end in call.events("call_ended")] == ["client left"]


@pytest.mark.parametrize(
    ("globally", "in_this_call", "kept"),
    [("true", True, True), ("true", False, False), ("false", True, False), ("false", False, False)],
)
async def test_sound_is_recorded_unless_the_call_or_the_settings_say_no(
    globally: str, in_this_call: bool, kept: bool
) -> None:
    def build(call: ScriptedCall) -> list[FrameProcessor]:
        call.record = in_this_call
        return [ContextAggregator(prompt="", greeting="Hello, I am an AI assistant."), call.tts()]

    script = CallScript()
    script.hangs_up(1.0)
    call = await script.run(build, settings={"VANTUM_RECORD": globally})
    assert (call.record["recording"] is not None) is kept
    assert call.record["state"] == "ended"
