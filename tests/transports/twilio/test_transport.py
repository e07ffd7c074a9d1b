"""A phone call on its Media Stream, on virtual time: a whole call with a telephone in memory at the other end.

Unless a test says otherwise the story answers what ends at 2.5: its first piece is heard from 3.2 on, a letter takes
0.06 s to say, and the caller's "Stop!" at 5.0 holds it at 5.2 and cuts it at 6.2.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipecat.frames.frames import Frame, InputAudioRawFrame, InputDTMFFrame, TTSAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors import resampler
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum.core import mulaw
from vantum.testing import Closed, MemoryPhone, PhoneScript, ScriptedCall, ScriptedLLM, ScriptedTTS

AUDIO = Path(__file__).parents[2] / "audio"
HELLO = "Hello, how are you?"
STORY = "This is a story that goes on for a good while."
LETTER_SECONDS = 0.06
DELAYS = [(0.0, 0.0), (0.05, 0.0), (0.0, 0.05), (0.1, 0.1), (0.2, 0.0), (0.0, 0.2), (0.2, 0.2), (0.3, 0.3)]
"""Seconds until the play-out begins, and seconds that a mark travels."""

delays = pytest.mark.parametrize(("play", "mark"), DELAYS)


def story() -> PhoneScript:
    script = PhoneScript(llm=ScriptedLLM([STORY, "Sorry."]))
    script.says(0.5, HELLO, seconds=2.0)
    return script


def interrupted_story() -> PhoneScript:
    script = story()
    script.says(5.0, "Stop!", seconds=1.0)
    return script


def words_in(seconds: float) -> str:
    """The words of the story of which at least half is heard in its first ``seconds``."""
    starts = [match.start() for match in re.finditer(r"\S+", STORY)]
    ends = [*starts[1:], len(STORY)]
    middles = [(start + end) / 2 * LETTER_SECONDS for start, end in zip(starts, ends, strict=True)]
    return " ".join(STORY.split()[: sum(middle <= seconds + 1e-9 for middle in middles)])


def bot_speech(text: str) -> bytes:
    """Mu-law of what the scripted voice makes of ``text``: a square wave of 250 Hz at 8 kHz."""
    period = b"\x00\x10" * 32 + b"\x00\xf0" * 32
    size = round(len(text) * LETTER_SECONDS * 8000) * 2
    return mulaw.encoded((period * (size // len(period) + 1))[:size])


class Seen(FrameProcessor):
    """Keeps the frames of a kind that pass."""

    def __init__(self, kind: type[Frame]) -> None:
        super().__init__(enable_direct_mode=True)
        self.frames: list[Frame] = []
        self._kind = kind

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, self._kind):
            self.frames.append(frame)
        await self.push_frame(frame, direction)


# --- the usual ------------------------------------------------------------------------------------------


async def test_the_bot_opens_the_call_with_its_greeting() -> None:
    phone = MemoryPhone()
    call = await PhoneScript(greeting="Good day.").run(phone=phone)
    # 0.54 s of speech, filled up to a frame of 20 ms.
    assert call.audible == [(0.2, 0.74)]
    assert call.heard() == "Good day."
    assert call.context == (("assistant", "Good day."),)
    assert call.states == [(0.2, "responding"), (0.74, "listening"), (10.0, "ended")]


async def test_the_greeting_waits_for_the_start_of_the_stream() -> None:
    class Late(MemoryPhone):
        def answer(self) -> None:
            asyncio.get_running_loop().call_later(3.0, super().answer)

    call = await PhoneScript(greeting="Good day.").run(phone=Late())
    assert call.audible == [(3.2, 3.74)]


async def test_a_second_start_begins_nothing() -> None:
    class Twice(MemoryPhone):
        def answer(self) -> None:
            super().answer()
            super().answer()

    call = await PhoneScript(greeting="Good day.").run(phone=Twice())
    assert call.heard() == "Good day."
    assert len(call.events("session_started")) == 1


async def test_audio_is_mu_law_at_8000_hz_both_ways_and_nothing_is_resampled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something was resampled")

    monkeypatch.setattr(resampler, "ResampleStream", refuse)
    heard, spoken = Seen(InputAudioRawFrame), Seen(TTSAudioRawFrame)
    pcm = mulaw.decoded(bytes(range(128, 256)) + bytes(range(32)))

    def build(call: ScriptedCall) -> list[FrameProcessor]:
        aggregator = ContextAggregator(prompt="", greeting="Good day.")
        return [Resampler(), heard, call.vad(), call.stt(), aggregator, call.llm(), call.tts(), spoken]

    class Talking(MemoryPhone):
        def answer(self) -> None:
            super().answer()
            for number in range(50):
                asyncio.get_running_loop().call_later(1.0 + number * 0.02, self.speak, pcm)

    phone = Talking()
    call = await PhoneScript().run(build, phone=phone)
    assert call.events("error_reported") == []
    frames = [frame for frame in heard.frames if isinstance(frame, InputAudioRawFrame)]
    assert {(frame.sample_rate, frame.num_channels) for frame in frames} == {(8000, 1)}
    assert b"".join(frame.audio for frame in frames) == pcm * 50
    voice = [frame for frame in spoken.frames if isinstance(frame, TTSAudioRawFrame)]
    assert {frame.sample_rate for frame in voice} == {8000}
    assert phone.heard == ((0.2, bot_speech("Good day.")),)


async def test_the_vad_hears_the_caller_at_8000_hz() -> None:
    """The real detector hears the speech; had it been told 16 kHz, the speech would last half as long."""
    script = PhoneScript(llm=ScriptedLLM(["Sunny."]))
    script.plays(1.0, AUDIO / "weather_question.wav", "What is the weather like?")
    heard = Seen(InputAudioRawFrame)

    def build(call: ScriptedCall) -> list[FrameProcessor]:
        return [call.vad(), heard, call.stt(), ContextAggregator(prompt=""), call.llm(), call.tts()]

    call = await script.run(build)
    frames = [frame for frame in heard.frames if isinstance(frame, InputAudioRawFrame)]
    assert {frame.sample_rate for frame in frames} == {8000}
    # 40 ms; less only where a change of the caller's speech is told.
    assert max(len(frame.audio) for frame in frames) == 960
    assert call.heard() == "Sunny."


# --- pacing and marks -----------------------------------------------------------------------------------


@delays
async def test_no_more_than_400_ms_are_ever_ahead_and_the_play_out_never_runs_dry(
    play: float, mark: float
) -> None:
    phone = MemoryPhone(play_delay=play, mark_delay=mark)
    call = await story().run(phone=phone)
    assert 0.3 < phone.max_ahead_seconds <= 0.4
    begin = round(3.2 + play, 9)
    assert call.audible == [(begin, round(begin + 2.76, 9))]
    assert phone.heard[0].mulaw == bot_speech(STORY)
    assert call.context == (("user", HELLO), ("assistant", STORY))


@delays
async def test_the_bots_turn_is_over_when_its_last_mark_is_back(play: float, mark: float) -> None:
    phone = MemoryPhone(play_delay=play, mark_delay=mark)
    call = await story().run(phone=phone)
    over = round(3.2 + play + 2.76 + mark, 9)
    assert call.states[-2:] == [(over, "listening"), (12.7, "ended")]
    assert phone.marks[-1].time == over


async def test_a_mark_is_behind_every_chunk() -> None:
    call = await story().run()
    sent = [(at, event) for at, event, _ in call.received]
    assert {event for _, event in sent[::2]} == {"media"}
    assert {event for _, event in sent[1::2]} == {"mark"}
    assert call.times("media") == call.times("mark")
    names = [str(received.payload["mark"]).rpartition(":") for received in call.of("mark")]
    positions = [int(position.rstrip("'}")) for _, _, position in names]
    # 69 chunks of 40 ms; the last one is as long as the others.
    assert positions == [320 * (number + 1) for number in range(69)]
    assert len({utterance for utterance, _, _ in names}) == 1


async def test_chunks_leave_as_their_time_comes() -> None:
    script = PhoneScript(tts=ScriptedTTS(speed=1e6), greeting=STORY)
    times = (await script.run()).times("media")
    assert times[:9] == [pytest.approx(0.2, abs=1e-5)] * 9
    assert times[9:] == [pytest.approx(0.22 + 0.04 * number, abs=1e-5) for number in range(60)]


async def test_a_mark_for_nothing_that_was_sent_is_nothing() -> None:
    script = story()
    for at, name in ((3.5, ""), (3.6, "x:y"), (3.7, "other:320"), (3.8, ":"), (3.9, "other:")):
        script.sends(at, json.dumps({"event": "mark", "streamSid": "MZ1", "mark": {"name": name}}))
    call = await script.run()
    assert call.audible == [(3.2, 5.96)]
    assert call.context[1] == ("assistant", STORY)


# --- barge-in -------------------------------------------------------------------------------------------


@delays
async def test_the_bot_is_silent_at_once_and_the_context_holds_the_words_heard(
    play: float, mark: float
) -> None:
    phone = MemoryPhone(play_delay=play, mark_delay=mark)
    call = await interrupted_story().run(phone=phone)
    assert call.times("clear") == [5.2]
    begin = round(3.2 + play, 9)
    assert call.audible[0] == (begin, 5.2)
    # What the marks have not told by then is not known to be heard.
    heard = words_in(5.2 - begin - mark)
    assert call.context[1] == ("assistant", f"{heard}…")
    assert call.transcript[1] == ("bot", heard)
    assert call.context[2:] == (("user", "Stop!"), ("assistant", "Sorry."))


def test_the_words_of_the_story_by_hand() -> None:
    assert words_in(2.0) == "This is a story that goes on for"
    assert words_in(1.8) == "This is a story that goes on"
    assert (words_in(0.0), words_in(2.76)) == ("", STORY)


@pytest.mark.parametrize("mark", [0.0, 0.05, 0.2])
async def test_marks_that_a_clear_brings_back_were_not_heard(mark: float) -> None:
    phone = MemoryPhone(mark_delay=mark)
    call = await interrupted_story().run(phone=phone)
    [cleared] = phone.cleared
    assert cleared.time == 5.2
    back = [returned for returned in phone.marks if returned.cleared]
    assert [returned.name for returned in back] == list(cleared.marks) != []
    assert {returned.time for returned in back} == {round(5.2 + mark, 9)}
    assert call.heard(since=5.2) == "Sorry."
    assert call.context[1] == ("assistant", f"{words_in(2.0 - mark)}…")
    assert [end["interrupted"] for end in call.events("utterance_ended")] == [True, False]


async def test_nothing_of_a_cut_answer_is_sent_after_its_clear() -> None:
    call = await interrupted_story().run()
    media = call.times("media")
    assert not [at for at in media if 5.2 < at < 6.5]
    events = [event for at, event, _ in call.received if at == 5.2]
    assert "clear" not in events[:-1]
    assert events[-1] == "clear"


async def test_an_answer_that_was_not_heard_yet_is_dropped_and_nothing_is_cleared() -> None:
    script = PhoneScript(llm=ScriptedLLM([STORY, "Yes."], first_token=1.0))
    script.says(0.5, HELLO, seconds=2.0)
    script.says(3.0, "Stop!", seconds=1.0)
    call = await script.run()
    assert call.times("clear") == []
    assert call.context == (("user", f"{HELLO} Stop!"), ("assistant", "Yes."))


# --- marks that are lost --------------------------------------------------------------------------------


async def test_a_call_goes_on_two_seconds_after_marks_that_never_come() -> None:
    call = await PhoneScript(greeting="Hi, Ann.").run(phone=MemoryPhone(mark_delay=None))
    # 0.48 s: the ninth and tenth chunk wait for the first mark, which is due at 0.24.
    assert call.audible[0] == (0.2, 0.6)
    assert call.audible[1][0] == pytest.approx(2.24, abs=0.4)
    assert sum(end - begin for begin, end in call.audible) == pytest.approx(0.48)
    assert call.context == (("assistant", "Hi, Ann."),)


async def test_a_turn_shorter_than_the_lead_is_over_two_seconds_later() -> None:
    call = await PhoneScript(greeting="Hi.").run(phone=MemoryPhone(mark_delay=None))
    assert call.audible == [(0.2, 0.38)]
    assert call.states == [(0.2, "responding"), (2.24, "listening"), (10.0, "ended")]


async def test_without_marks_time_alone_tells_once_patience_has_ended() -> None:
    call = await story().run(phone=MemoryPhone(mark_delay=None))
    assert len(call.audible) == 2
    assert call.context[1] == ("assistant", STORY)


# --- the end --------------------------------------------------------------------------------------------


@delays
async def test_the_end_waits_for_the_last_mark(play: float, mark: float) -> None:
    phone = MemoryPhone(play_delay=play, mark_delay=mark)
    script = PhoneScript(greeting="Good day.")
    script.server_ends(4.0, "the server is shutting down")
    call = await script.run(phone=phone)
    farewell = phone.heard[-1]
    # The goodbye of 2.94 s is filled up to a frame of 20 ms, and none of it is cut.
    assert farewell.mulaw[:23520] == bot_speech("I am sorry, I have to end our call here. Goodbye.")
    assert call.closed == Closed(round(farewell.end + mark, 9), 1000, "the server is shutting down")
    assert phone.cleared == []
    assert call.ended == phone.marks[-1].time


def _code_and_reason(code: int) -> tuple[int, str]:
    return code, "caller hung up" if code == 1000 else "connection lost"


@settings(deadline=None, max_examples=60)
@given(
    st.floats(0.0, 9.0).map(lambda at: round(at, 3)),
    st.sampled_from([1000, 1006]).map(_code_and_reason),
    st.sampled_from(DELAYS),
)
async def test_who_hangs_up_at_any_moment_leaves_nothing_behind(
    at: float, way: tuple[int, str], delay: tuple[float, float]
) -> None:
    # Tasks that are left, and timers of marks that fire into nothing, fail the test.
    phone = MemoryPhone(play_delay=delay[0], mark_delay=delay[1])
    script = interrupted_story()
    script.presses(1.0, "1#")
    script.hangs_up(at, way[0])
    call = await script.run(phone=phone)
    # What was said before the hang-up is still recognised.
    assert at <= call.ended <= at + 2.0
    assert call.closed is None
    assert [end["reason"] for end in call.events("call_ended")] == [way[1]]
    assert all(end <= at for _, end in call.audible)
    marks = list(phone.marks)
    await asyncio.sleep(5.0)
    assert phone.marks == marks


async def test_what_comes_after_the_stop_is_not_read() -> None:
    class Muttering(MemoryPhone):
        def hang_up(self, code: int = 1000) -> None:
            self._tell("stop", accountSid="AC1", callSid=self.call_sid)
            self.press("1")

    call = await PhoneScript(greeting="Hi.").run(phone=Muttering())
    assert call.closed == Closed(10.0, 1000, "caller hung up")
    assert call.events("key_pressed") == []


async def test_a_pipeline_that_cannot_be_built_ends_the_stream_as_it_begins() -> None:
    def build(call: ScriptedCall) -> list[FrameProcessor]:
        raise LookupError("no such voice")

    call = await PhoneScript().run(build)
    assert call.closed == Closed(0.0, 1000, "the pipeline could not start")
    assert [error["source"] for error in call.events("error_reported")] == ["pipeline"]
    assert call.received == ()


async def test_a_telephone_that_cannot_wait_for_a_refused_pipeline_is_not_heard() -> None:
    class Eager(MemoryPhone):
        def answer(self) -> None:
            self.press("1")
            self.speak(bytes(320))
            self.transmit(json.dumps({"event": "mark", "mark": {"name": "u:320"}}))
            super().answer()

    def build(call: ScriptedCall) -> list[FrameProcessor]:
        raise LookupError("no such voice")

    call = await PhoneScript().run(build, phone=Eager())
    assert call.closed == Closed(0.0, 1000, "the pipeline could not start")
    assert call.events("key_pressed") == []


# --- keys -----------------------------------------------------------------------------------------------


async def test_keys_are_told_and_go_into_the_pipeline() -> None:
    pressed = Seen(InputDTMFFrame)
    script = PhoneScript()
    script.presses(1.0, "0123456789*#", apart=0.25)

    def build(call: ScriptedCall) -> list[FrameProcessor]:
        return [pressed, call.tts()]

    call = await script.run(build)
    keys = [frame.button.value for frame in pressed.frames if isinstance(frame, InputDTMFFrame)]
    assert "".join(keys) == "0123456789*#"
    events = [(entry["t"], entry["key"]) for entry in call.events("key_pressed")]
    assert events == [(round(1.0 + 0.25 * number, 9), key) for number, key in enumerate("0123456789*#")]


async def test_keys_are_a_turn_of_the_caller() -> None:
    llm = ScriptedLLM(["Sales it is."])
    script = PhoneScript(llm=llm, greeting="Press one.")
    script.presses(2.0, "1")
    call = await script.run()
    # Two seconds without another key.
    assert [(turn["t"], turn["ended_by"]) for turn in call.events("turn_committed")] == [(4.0, "keys")]
    assert call.context[1] == ("user", "(pressed 1 on the phone's keypad)")
    assert call.heard(since=4.0) == "Sales it is."
