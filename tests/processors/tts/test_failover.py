"""Voices that stall, fail or say nothing, on virtual time: the rest is spoken, and what is told is true."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipecat.frames.frames import (
    AggregatedTextFrame,
    EndWorkerFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.language_switch import voice_follows
from processors.tts.failover import NO_VOICE, OPEN_SECONDS, STALL_SECONDS
from processors.tts.last_words import TEXTS, last_words
from processors.tts.trial import FIRST_AUDIO_SECONDS, LATE_SECONDS, OTHERS_SECONDS, SPEECHLESS_SECONDS
from tests.processors.fake_voice import (
    NEVER,
    WORD_SECONDS,
    Attempt,
    FakeVoice,
    Speech,
    early_end,
    failing,
    hang,
    nothing,
    raising,
    stall,
    stall_at_the_end,
    tts_of,
    untimed,
    untimed_stall,
    words_for_ever,
    words_of,
)
from vantum.core.choice import Kind
from vantum.core.errors import CapacityError
from vantum.core.events import ProviderSwitched
from vantum.core.faults import Fault
from vantum.core.provider_board import ProviderBoard, Standing
from vantum.testing import run_processor
from vantum.testing.processor_run import Input, Run

LAST = TEXTS["en"]
LAST_SECONDS = len(last_words("en", 16_000)[1]) / 2 / 16_000


def turn(*pieces: str) -> list[Frame]:
    texts = [AggregatedTextFrame(piece, "sentence") for piece in pieces]
    return [LLMFullResponseStartFrame(), *texts, LLMFullResponseEndFrame()]


def told(run: Run) -> str:
    return " ".join(frame.text for frame in run.of(TTSTextFrame))


def seconds(run: Run) -> float:
    return sum(len(frame.audio) for frame in run.of(TTSAudioRawFrame)) / 2 / 16_000


def errors(run: Run) -> list[str]:
    return [frame.error for frame in run.of(ErrorFrame)]


def switches(run: Run) -> list[tuple[float, ProviderSwitched]]:
    return [
        (time, frame.message)
        for time, frame in run.down
        if isinstance(frame, OutputTransportMessageUrgentFrame)
        and isinstance(frame.message, ProviderSwitched)
    ]


def ends(run: Run) -> list[object]:
    return [frame.reason for frame in run.of(EndWorkerFrame)]


# --- one voice ------------------------------------------------------------------------------------------


async def test_s20_the_rest_of_a_stalled_piece_is_spoken_within_two_seconds() -> None:
    voice = FakeVoice({1: stall})
    run = await run_processor(tts_of(voice)[0], turn("One two three.", "Four."))
    assert voice.asked == ["One two three.", "two three.", "Four."]
    assert (voice.abandoned, voice.ended) == (1, 3)
    assert told(run) == "One two three. Four."
    assert errors(run) == []
    assert run.times(TTSAudioRawFrame)[:2] == [0.0, STALL_SECONDS]
    assert seconds(run) == pytest.approx(4.5 * WORD_SECONDS)
    stamps = [(frame.pts or 0) / 1e9 for frame in run.of(TTSTextFrame)]
    # "two" was told where it was begun; it was said again from 1.5 words on.
    assert [at - stamps[0] for at in stamps] == pytest.approx([0.0, 0.25, 2.5 * 0.25, 3.5 * 0.25], abs=1e-6)
    assert len(run.of(TTSStartedFrame)) == len(run.of(TTSStoppedFrame)) == 1
    assert run.down[-1].frame.__class__ is LLMFullResponseEndFrame


async def test_the_rest_of_a_piece_that_ends_too_early_is_spoken() -> None:
    voice = FakeVoice({1: early_end})
    run = await run_processor(tts_of(voice)[0], turn("One two three four.", "Five."))
    assert voice.asked == ["One two three four.", "two three four.", "Five."]
    assert told(run) == "One two three four. Five."
    assert seconds(run) == pytest.approx(5 * WORD_SECONDS)
    assert errors(run) == []


async def test_a_piece_that_stalls_behind_its_last_word_is_over() -> None:
    voice = FakeVoice({1: stall_at_the_end})
    run = await run_processor(tts_of(voice)[0], turn("One two.", "Three."))
    assert voice.asked == ["One two.", "Three."]
    assert told(run) == "One two. Three."
    assert errors(run) == []


@pytest.mark.parametrize(
    ("fault", "again_at"),
    [
        (hang, FIRST_AUDIO_SECONDS),
        (words_for_ever, FIRST_AUDIO_SECONDS),
        (nothing, 0.0),
        (failing(), 0.0),
        (failing(Fault.RATE_LIMIT), 1.0),
        (failing(Fault.RATE_LIMIT, wait=2.5), 2.5),
        (raising(ConnectionError("refused")), 0.0),
        (raising(CapacityError("full")), 1.0),
    ],
)
async def test_a_piece_that_gives_nothing_is_asked_for_again(fault: Attempt, again_at: float) -> None:
    voice = FakeVoice({1: fault})
    run = await run_processor(tts_of(voice)[0], turn("One."))
    assert voice.asked == ["One.", "One."]
    assert told(run) == "One."
    assert run.times(TTSAudioRawFrame) == [again_at]
    assert errors(run) == []
    assert ends(run) == []


async def test_one_voice_is_asked_until_the_time_is_up() -> None:
    voice = FakeVoice({number: failing() for number in range(1, 6)})
    run = await run_processor(tts_of(voice)[0], turn("One."))
    began = voice.asked_at[0]
    assert [round(at - began, 6) for at in voice.asked_at] == [0, 0, 0.1, 0.6, 1.1, 1.6]
    assert told(run) == "One."


async def test_s21_after_two_silent_attempts_the_next_piece_is_spoken() -> None:
    voice = FakeVoice({2: nothing, 3: nothing})
    run = await run_processor(tts_of(voice)[0], turn("One.", "Two two.", "Three."))
    assert voice.asked == ["One.", "Two two.", "Two two.", "Three."]
    assert told(run) == "One. Three."
    assert errors(run) == ["a (tts): it gave no audio"]
    assert run.times(TTSAudioRawFrame) == [0.0, 0.0]
    assert len(run.of(TTSStoppedFrame)) == 1
    assert ends(run) == []


@pytest.mark.parametrize("fault", [raising(ValueError("too long")), failing(Fault.FATAL)])
async def test_a_text_that_is_refused_is_left_out(fault: Attempt) -> None:
    voice = FakeVoice({1: fault})
    run = await run_processor(tts_of(voice)[0], turn("One.", "Two."))
    assert voice.asked == ["One.", "Two."]
    assert len(errors(run)) == 1
    assert told(run) == "Two."
    assert ends(run) == []


async def test_a_piece_without_letters_is_silent_and_no_error() -> None:
    voice = FakeVoice({1: nothing})
    run = await run_processor(tts_of(voice)[0], [*turn("..."), TTSSpeakFrame("One.")])
    assert voice.asked == ["...", "One."]
    assert errors(run) == []
    assert seconds(run) == WORD_SECONDS
    assert ends(run) == []


async def test_words_of_a_voice_without_times_are_told_all_the_same() -> None:
    run = await run_processor(tts_of(FakeVoice({1: untimed}))[0], turn("One three."))
    stamps = [(frame.pts or 0) / 1e9 for frame in run.of(TTSTextFrame)]
    assert told(run) == "One three."
    assert stamps[1] - stamps[0] == pytest.approx(3 / 8, abs=1e-6)


async def test_a_stall_of_a_voice_without_times_is_estimated() -> None:
    voice = FakeVoice({1: untimed_stall})
    run = await run_processor(tts_of(voice)[0], turn("One two three four."))
    # 7.5 letters in half a second.
    assert voice.asked[1] == "three four."
    assert told(run) == "One two three four."


async def test_an_interruption_closes_what_is_being_spoken() -> None:
    voice = FakeVoice({1: hang})
    frames: list[Input] = [*turn("One.", "Two."), (1.0, InterruptionFrame())]
    run = await run_processor(tts_of(voice)[0], frames, settle=10.0)
    assert (voice.asked, voice.ended, voice.abandoned) == (["One."], 1, 1)
    assert errors(run) == []
    assert told(run) == ""
    assert ends(run) == []


async def test_an_interruption_in_a_pause_between_attempts_ends_them() -> None:
    voice = FakeVoice(otherwise=failing(Fault.RATE_LIMIT))
    frames: list[Input] = [*turn("One."), (0.5, InterruptionFrame())]
    run = await run_processor(tts_of(voice)[0], frames, settle=10.0)
    assert voice.asked == ["One."]
    assert (told(run), ends(run)) == ("", [])


async def test_a_turn_ends_one_context_and_the_call_closes_the_voice() -> None:
    voice = FakeVoice()
    run = await run_processor(tts_of(voice)[0], [*turn("One."), *turn("Two.", "Three.")])
    assert told(run) == "One. Two. Three."
    assert (voice.opened, len(set(voice.finished))) == (1, 2)
    assert voice.closed == 1


# --- several voices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "asked", "second_at"),
    [
        (failing(), 2, 0.0),
        (nothing, 2, 0.0),
        (failing(Fault.AUTH), 1, 0.0),
        (failing(Fault.FATAL), 1, 0.0),
        (failing(Fault.RATE_LIMIT), 1, 0.0),
        (raising(ValueError("too long")), 1, 0.0),
        (hang, 1, FIRST_AUDIO_SECONDS),
        (failing(after=LATE_SECONDS), 1, LATE_SECONDS),
        (failing(after=0.5), 2, 1.0),
    ],
)
async def test_the_next_voice_speaks_when_the_first_does_not(
    fault: Attempt, asked: int, second_at: float
) -> None:
    first, second = FakeVoice(otherwise=fault), FakeVoice()
    run = await run_processor(tts_of(first, second)[0], turn("One two.", "Three."))
    assert first.asked == ["One two."] * asked
    # The turn goes on with the voice that works.
    assert second.asked == ["One two.", "Three."]
    assert run.times(TTSAudioRawFrame)[0] == second_at
    assert told(run) == "One two. Three."
    assert (errors(run), ends(run)) == ([], [])
    ((at, news),) = switches(run)
    assert (at, news.kind, news.provider, news.previous) == (second_at, "tts", "b", "a")
    assert news.fault is not None


async def test_the_next_voice_goes_on_with_the_next_unheard_word() -> None:
    first, second = FakeVoice(otherwise=stall), FakeVoice()
    run = await run_processor(tts_of(first, second)[0], turn("One two three four five."))
    assert first.asked == ["One two three four five.", "two three four five."]
    assert second.asked == ["three four five."]
    assert told(run) == "One two three four five."
    # A second attempt at the same voice stalls at once when there is audio.
    assert run.times(TTSAudioRawFrame)[:3] == [0.0, STALL_SECONDS, 2 * STALL_SECONDS]
    assert len(run.of(TTSStartedFrame)) == len(run.of(TTSStoppedFrame)) == 1


async def test_of_three_that_hang_each_has_its_time() -> None:
    voices = [FakeVoice(otherwise=hang), FakeVoice(otherwise=hang), FakeVoice()]
    run = await run_processor(tts_of(*voices)[0], turn("One."))
    assert run.times(TTSAudioRawFrame) == [SPEECHLESS_SECONDS - OTHERS_SECONDS]
    assert told(run) == "One."


async def test_a_voice_that_failed_rests_and_is_back_between_two_turns() -> None:
    first, second = FakeVoice({1: hang}), FakeVoice()
    pieces: list[Input] = []
    for at in (0.0, 5.0, 20.0, 40.0):
        pieces += [(at, LLMFullResponseStartFrame()), *turn("One.", "Two.")[1:]]
    run = await run_processor(tts_of(first, second)[0], pieces)
    assert first.asked == ["One.", "One.", "Two."]
    assert len(second.asked) == 6
    # Nobody waits for the first again: every later turn is heard at once.
    assert [at for at in run.times(TTSAudioRawFrame) if at >= 5.0] == [5.0, 5.0, 20.0, 20.0, 40.0, 40.0]
    assert [news.provider for _, news in switches(run)] == ["b", "a"]
    back = switches(run)[1][1]
    assert (back.previous, back.fault, back.problem) == ("b", None, "")


async def test_a_voice_that_the_process_leaves_alone_is_not_asked() -> None:
    board = ProviderBoard({Kind.TTS: ["a", "b"]})
    board.failed(Kind.TTS, "a", 0.0, Fault.AUTH)
    first, second = FakeVoice(), FakeVoice()
    run = await run_processor(tts_of(first, second, board=board)[0], turn("One."))
    assert (first.opened, first.asked, second.asked) == (0, [], ["One."])
    assert [(news.provider, news.previous) for _, news in switches(run)] == [("b", "")]


async def test_the_board_is_told_how_each_did() -> None:
    board = ProviderBoard({Kind.TTS: ["a", "b"]})

    async def slow(voice: FakeVoice, text: str) -> Speech:
        await asyncio.sleep(0.25)
        yield voice.audio(1.0)

    voices = FakeVoice(otherwise=failing(Fault.RATE_LIMIT)), FakeVoice(otherwise=slow)
    await run_processor(tts_of(*voices, board=board)[0], turn("One.", "Two."))
    a, b = board.standings(0.0)
    assert isinstance(a, Standing)
    assert (a.requests, a.error_rate, a.last_fault, a.last_problem) == (
        1,
        1.0,
        Fault.RATE_LIMIT,
        "out of order",
    )
    assert (b.requests, b.error_rate) == (2, 0.0)
    assert b.median_seconds == pytest.approx(0.25)


async def test_whoever_speaks_later_follows_the_newest_language_and_voice() -> None:
    first, second = FakeVoice({2: failing(Fault.AUTH)}), FakeVoice()
    frames = [
        *turn("One."),
        voice_follows("de-AT", "male"),
        voice_follows(voice="female"),
        *turn("Zwei."),
        voice_follows("fr"),
    ]
    await run_processor(tts_of(first, second)[0], [*frames, *turn("Trois.")])
    assert first.told == [(None, None), ("de-AT", "male"), (None, "female"), ("fr", None)]
    assert second.told == [("de-AT", "female"), ("fr", None)]


async def test_a_voice_that_cannot_be_made_is_one_that_fails() -> None:
    tts, desk = tts_of(FakeVoice(), FakeVoice())
    second = FakeVoice()

    def broken() -> FakeVoice:
        raise ValueError("no such region")

    for name, make in (("a", broken), ("b", lambda: second)):
        object.__setattr__(desk._candidates[name], "make", make)
    run = await run_processor(tts, turn("One."))
    assert second.asked == ["One."]
    assert told(run) == "One."


# --- nobody is left -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faults", "at"),
    [
        ([failing(Fault.AUTH)], 0.0),
        ([failing(Fault.AUTH), failing(Fault.AUTH)], 0.0),
        ([hang], SPEECHLESS_SECONDS),
        ([hang, hang], SPEECHLESS_SECONDS),
        ([hang, hang, hang, hang, hang], SPEECHLESS_SECONDS),
        ([failing(Fault.AUTH), hang], 3.0 + 1.0),
        ([failing(Fault.RATE_LIMIT, wait=60.0)], 0.0),
        ([nothing], 0.0),
        ([failing(Fault.FATAL), nothing], 0.0),
    ],
)
@pytest.mark.parametrize("frames", [turn("Hello there."), [TTSSpeakFrame("Hello there.")]])
async def test_recorded_words_end_a_call_in_which_no_voice_works(
    faults: list[Attempt], at: float, frames: list[Frame]
) -> None:
    voices = [FakeVoice(otherwise=fault) for fault in faults]
    run = await run_processor(tts_of(*voices)[0], frames, until=EndWorkerFrame)
    assert run.times(TTSAudioRawFrame)[0] == at
    assert seconds(run) == pytest.approx(LAST_SECONDS)
    assert told(run) == LAST
    assert ends(run) == [NO_VOICE]
    assert len(errors(run)) == 1
    assert len(run.of(TTSStartedFrame)) == len(run.of(TTSStoppedFrame)) == 1


async def test_quick_failures_use_the_time_there_is() -> None:
    voice = FakeVoice(otherwise=failing())
    run = await run_processor(tts_of(voice)[0], turn("One."), until=EndWorkerFrame)
    began = voice.asked_at[0]
    assert [round(at - began, 6) for at in voice.asked_at] == [0, 0, 0.1, 0.6, 1.1, 1.6, 2.1, 2.6, 3.1, 3.6]
    assert run.times(TTSAudioRawFrame)[0] == pytest.approx(3.6)


async def test_last_words_follow_what_was_spoken_and_nothing_follows_them() -> None:
    voice = FakeVoice({1: stall}, otherwise=failing(Fault.AUTH))
    frames: list[Input] = [*turn("One two three.", "Four.", "Five."), *turn("Six."), TTSSpeakFrame("Seven.")]
    run = await run_processor(tts_of(voice, language="de-AT")[0], frames, until=EndWorkerFrame)
    assert told(run) == f"One two {TEXTS['de']}"
    assert seconds(run) == pytest.approx(1.5 * WORD_SECONDS + len(last_words("de", 16_000)[1]) / 32_000)
    assert voice.asked == ["One two three.", "two three."]
    assert ends(run) == [NO_VOICE]
    assert len({frame.context_id for frame in run.of(TTSAudioRawFrame)}) == 1


class Late(FrameProcessor):
    """The wish that the call end is long on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.wishes = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, EndWorkerFrame):
            self.wishes += 1
        else:
            await self.push_frame(frame, direction)


async def test_last_words_that_are_cut_before_the_call_ends_are_said_again() -> None:
    voice = FakeVoice(otherwise=failing(Fault.AUTH))
    late, tts = Late(), tts_of(voice)[0]
    run = await run_processor(Pipeline([late, tts]), [*turn("One."), (0.5, InterruptionFrame())], settle=1.0)
    assert late.wishes == 1
    cut = next(index for index, (_, frame) in enumerate(run.down) if isinstance(frame, InterruptionFrame))
    before, behind = [frame for _, frame in run.down[:cut]], [frame for _, frame in run.down[cut:]]
    for frames in (before, behind):
        kinds = [kind.__name__ for kind in map(type, frames) if kind in (TTSStartedFrame, TTSStoppedFrame)]
        assert kinds == ["TTSStartedFrame", "TTSStoppedFrame"]
        spoken = [frame.audio for frame in frames if isinstance(frame, TTSAudioRawFrame)]
        assert len(b"".join(spoken)) / 2 / 16_000 == LAST_SECONDS
    assert told(run) == f"{LAST} {LAST}"


async def test_last_words_are_in_the_newest_language() -> None:
    voice = FakeVoice(otherwise=failing(Fault.AUTH))
    run = await run_processor(tts_of(voice)[0], [voice_follows("fr-CA"), *turn("Un.")], until=EndWorkerFrame)
    assert told(run) == TEXTS["fr"]


async def test_a_turn_open_for_long_after_the_last_words_does_not_hold_the_end() -> None:
    voice = FakeVoice(otherwise=failing(Fault.AUTH))
    run = await run_processor(tts_of(voice)[0], turn("One.")[:-1], until=EndWorkerFrame)
    assert run.ended < OPEN_SECONDS
    assert told(run) == LAST
    assert len(run.of(TTSStoppedFrame)) == 1


# --- whatever the attempts do ---------------------------------------------------------------------------

TEXT = "One two three four five six."
OUTCOMES = ("end", "error", "auth", "fatal", "stall")


@st.composite
def attempts(draw: st.DrawFn) -> Mapping[int, Attempt]:
    count = draw(st.integers(0, 8))
    kinds = st.tuples(st.floats(0.0, 2.0), st.sampled_from(OUTCOMES), st.floats(0.0, 2.5), st.booleans())
    return {number + 1: _attempt(*draw(kinds)) for number in range(count)}


def _attempt(audio_seconds: float, outcome: str, first_after: float, timed: bool) -> Attempt:
    async def attempt(voice: FakeVoice, text: str) -> Speech:
        await asyncio.sleep(first_after)
        for word in words_of(text) if timed else ():
            yield word
        whole = len(text.split()) * WORD_SECONDS
        pcm = voice.audio(whole if outcome == "end" and timed else min(whole, audio_seconds))
        for at in range(0, len(pcm), 3200):
            yield pcm[at : at + 3200]
        match outcome:
            case "stall":
                await asyncio.sleep(NEVER)
            case "error" | "auth" | "fatal":
                fault = {"error": Fault.NETWORK, "auth": Fault.AUTH, "fatal": Fault.FATAL}[outcome]
                async for item in failing(fault)(voice, text):
                    yield item

    return attempt


@settings(deadline=None, max_examples=80)
@given(st.lists(attempts(), min_size=1, max_size=3))
async def test_what_is_told_was_heard_once_and_in_order_and_every_piece_ends(
    scripts: list[Mapping[int, Attempt]],
) -> None:
    voices = [FakeVoice(script) for script in scripts]
    run = await run_processor(tts_of(*voices)[0], turn(TEXT), until=TTSStoppedFrame)
    words = told(run).removesuffix(LAST).split()
    assert words == TEXT.split()[: len(words)]
    spoken = seconds(run) - (LAST_SECONDS if ends(run) else 0.0)
    assert bool(words) == (spoken > 0)
    assert told(run).endswith(LAST) == bool(ends(run))
    # Nobody is asked for what was told as whole before, and what is left out at the end was never begun.
    if not ends(run) and not errors(run):
        assert words == TEXT.split()
    attempts_made = sum(len(voice.asked) for voice in voices)
    assert run.ended <= attempts_made * (FIRST_AUDIO_SECONDS + STALL_SECONDS)
    heard = [0.0, *run.times(TTSAudioRawFrame)]
    assert max(after - before for before, after in itertools.pairwise(heard)) <= 5.0
