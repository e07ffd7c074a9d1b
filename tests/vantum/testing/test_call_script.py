"""A call goes by its script: every step at its time, every run the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pipecat.frames.frames import Frame, InputTransportMessageFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from pipelines import echo
from processors.context_aggregator import ContextAggregator
from transports.browser.dialect import Dialect
from vantum.core.conversation import ToolCall
from vantum.core.events import Recognised, Sign, TurnJudged
from vantum.testing import CallScript, Closed, PlayedCall, ScriptedCall, ScriptedLLM, ScriptedTTS
from vantum.testing.call_script import context_of

AUDIO = Path(__file__).parents[2] / "audio"


async def small_talk(dialect: Dialect = Dialect.CURRENT) -> PlayedCall:
    script = CallScript(llm=ScriptedLLM(["I am fine."]), greeting="Hi.")
    script.says(1.0, "How are you?", seconds=2.0, interims=[(0.5, "How"), (1.0, "How are")])
    script.hangs_up(6.0)
    return await script.run(dialect=dialect)


async def test_a_whole_call() -> None:
    call = await small_talk()
    assert call.audible == [(0.2, 0.384), (3.54, 4.14)]
    assert call.heard(by=3.6) == "Hi. I"
    assert call.heard(since=3.0) == "I am fine."
    assert call.times("transcript.interim") == [1.5, 2.0]
    assert call.times("transcript.final") == [3.2]
    assert call.context == (("assistant", "Hi."), ("user", "How are you?"), ("assistant", "I am fine."))
    assert call.transcript == [("bot", "Hi."), ("caller", "How are you?"), ("bot", "I am fine.")]
    assert (call.ended, call.closed) == (6.0, None)


async def test_two_runs_are_the_same() -> None:
    one, other = await small_talk(), await small_talk()
    assert [(at, event) for at, event, _ in one.received] == [(at, event) for at, event, _ in other.received]
    assert one.states == other.states
    assert one.audible == other.audible


async def test_an_older_client_hears_the_same() -> None:
    call, older = await small_talk(), await small_talk(Dialect.FIRST)
    assert older.times("voicechat.response.chunk") == call.times("audio.output.chunk")
    assert (older.audible, older.states, older.heard()) == (call.audible, call.states, call.heard())


async def test_a_caller_who_stays_hangs_up_ten_seconds_after_the_last_step() -> None:
    script = CallScript()
    script.says(1.0, "", seconds=0.5)
    assert (await script.run()).ended == 11.7
    assert (await CallScript().run()).ended == 10.0


async def test_what_is_said_sounds_as_finished_as_the_script_has_it() -> None:
    heard: list[tuple[float, object]] = []

    class Listener(FrameProcessor):
        async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
            await super().process_frame(frame, direction)
            if isinstance(frame, InputTransportMessageFrame) and isinstance(frame.message, TurnJudged):
                heard.append((round(asyncio.get_running_loop().time() - began, 9), frame.message))
            await self.push_frame(frame, direction)

    began = asyncio.get_running_loop().time()
    script = CallScript()
    script.says(1.0, "", seconds=0.5, complete=0.1)
    script.says(2.0, "", seconds=0.5, complete=None, judged_after=0.2)
    script.says(4.0, "", seconds=0.5)
    await script.run(lambda call: [call.vad(), Listener()])
    assert heard == [(1.6, TurnJudged(0.1)), (2.8, TurnJudged(None)), (4.6, TurnJudged(1.0))]


async def test_any_pipeline_can_be_called() -> None:
    tts = ScriptedTTS()
    script = CallScript(tts=tts)
    script.says(1.0, "Is there an echo?", seconds=1.0)
    call = await script.run(echo.build)
    assert tts.spoken == ["Is there an echo?"]
    assert call.context == (("user", "Is there an echo?"), ("assistant", "Is there an echo?"))


async def test_a_pipeline_without_a_context() -> None:
    def build(call: ScriptedCall) -> list[ScriptedTTS]:
        return [ScriptedTTS()]

    call = await CallScript().run(build)
    assert call.context == ()


async def test_settings_are_those_of_the_environment() -> None:
    script = CallScript(greeting="Hi.")
    call = await script.run(settings={"VANTUM_OUTPUT_RATE": "48000"})
    assert {chunk.payload["sampleRate"] for chunk in call.of("audio.output.chunk")} == {48_000}
    assert call.heard() == "Hi."


async def test_a_recording_is_heard_by_the_real_detector() -> None:
    llm = ScriptedLLM(["Sunny."])
    script = CallScript(llm=llm)
    script.plays(1.0, AUDIO / "weather_question.wav", "What is the weather like?")
    call = await script.run()
    assert [turn["text"] for turn in call.events("turn_committed")] == ["What is the weather like?"]
    assert call.heard() == "Sunny."
    assert len(llm.asked) == 1


async def test_a_script_either_plays_or_says() -> None:
    script = CallScript()
    script.plays(1.0, AUDIO / "stop.wav", "Stop!")
    script.says(5.0, "Hello", seconds=1.0)
    with pytest.raises(ValueError, match="either plays audio or says words"):
        await script.run()


async def test_a_caller_speaks_once_at_a_time() -> None:
    script = CallScript()
    script.says(1.0, "Hello", seconds=1.0)
    with pytest.raises(ValueError, match=r"speaks twice at 1.5 s"):
        script.says(1.5, "there", seconds=1.0)


async def test_the_client_may_send_anything() -> None:
    script = CallScript()
    script.sends(1.0, b"\xc1")
    call = await script.run()
    assert call.times("error.system.unknown") == [1.0]


async def test_the_server_ends_the_call() -> None:
    script = CallScript()
    script.server_ends(2.0, "the server is shutting down")
    call = await script.run()
    assert call.closed == Closed(call.ended, 1000, "the server is shutting down")
    assert call.heard(since=2.0).endswith("Goodbye.")


async def test_the_caller_ends_the_turn() -> None:
    script = CallScript(llm=ScriptedLLM(["Yes."]))
    script.says(1.0, "Can you hear me?", seconds=2.0, final_after=-0.5)
    script.ends_turn(2.0)
    call = await script.run()
    assert [(turn["t"], turn["ended_by"]) for turn in call.events("turn_committed")] == [(2.5, "hand")]


async def test_an_error_of_the_kit_is_told_and_ends_the_call() -> None:
    class Broken(CallScript):
        async def _act(self, *_: object) -> None:
            raise LookupError("lost the script")

    with pytest.raises(ExceptionGroup) as told:
        await Broken().run()
    assert told.group_contains(LookupError, match="lost the script")


async def test_what_the_language_model_was_asked() -> None:
    call = await small_talk()
    assert [request[-1] for request in call.asked] == [{"role": "user", "content": "How are you?"}]


async def test_the_recogniser_knows_words_from_noise() -> None:
    script = CallScript(llm=ScriptedLLM(["Yes."]))
    script.says(1.0, "Hello?", seconds=1.0, final_after=3.0)
    script.says(6.0, "", seconds=1.0)
    script.recogniser_signs(7.5, Sign.NOTHING)
    heard: list[tuple[float, Sign]] = []

    class Listener(FrameProcessor):
        async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
            await super().process_frame(frame, direction)
            if isinstance(frame, InputTransportMessageFrame) and isinstance(frame.message, Recognised):
                heard.append((round(asyncio.get_running_loop().time(), 3), frame.message.sign))
            await self.push_frame(frame, direction)

    await script.run(lambda call: [call.vad(), call.stt(), Listener(), call.llm(), call.tts()])
    assert heard == [(1.3, Sign.SPEECH), (7.5, Sign.NOTHING)]


async def test_the_context_tells_calls_and_results() -> None:
    aggregator = ContextAggregator(prompt="Be kind.")
    aggregator.conversation.heard_caller("Where is it?")
    aggregator.conversation.called([ToolCall("1", "look_up", "{}")])
    aggregator.conversation.caller_heard("Let me see.", interrupted=False, call_id="1")
    aggregator.conversation.returned("1", "42")
    assert context_of([ScriptedTTS(), aggregator]) == (
        ("user", "Where is it?"),
        ("assistant", "Let me see."),
        ("call", "look_up"),
        ("result", "42"),
    )
