from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.frames import (
    AggregatedTextFrame,
    EndWorkerFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.services.settings import TTSSettings

from processors.embedded.jobs import LONGEST_TEXT, Line, Speech
from processors.failover import Candidate, Desk
from processors.language_switch import voice_follows
from processors.tts.failover import FailoverTTS
from processors.tts.last_words import TEXTS
from processors.tts.local_voice import CHUNK_SECONDS, VOICES, LocalVoice, Speaks, chunks
from processors.tts.voice import Voice
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.testing import run_processor

WORD_SECONDS = 0.25
Input = Frame | tuple[float, Frame]


@dataclass
class FakeSynthesiser:
    """Speaks a word in a quarter of a second, after ``seconds``; fails on lines with ``bad`` in them."""

    seconds: float = 0.0
    lines: list[Line] = field(default_factory=list)

    async def speak(self, line: Line) -> Speech:
        await asyncio.sleep(self.seconds)
        self.lines.append(line)
        if "bad" in line.text:
            raise ProviderError("tts", "espeak-ng", "its process died; it is being restarted")
        words = line.text.split()
        pcm = b"\1\0" * round(len(words) * WORD_SECONDS * line.rate)
        return Speech(pcm, tuple((word, index * WORD_SECONDS) for index, word in enumerate(words)))


def local_tts(synthesiser: Speaks, voice: str = "female", sample_rate: int | None = None) -> FailoverTTS:
    candidate: Candidate[Voice] = Candidate("local", lambda: LocalVoice(synthesiser, voice))
    return FailoverTTS(Desk(Kind.TTS, [candidate]), sample_rate=sample_rate)


def turn(*pieces: str) -> list[Frame]:
    return [
        LLMFullResponseStartFrame(),
        *(AggregatedTextFrame(piece, "sentence") for piece in pieces),
        LLMFullResponseEndFrame(),
    ]


def told(frames: list[TTSTextFrame]) -> str:
    return " ".join(frame.text for frame in frames)


def seconds(frames: list[TTSAudioRawFrame]) -> float:
    return sum(len(frame.audio) / 2 / frame.sample_rate for frame in frames)


async def test_a_turn_is_one_context_with_all_its_pieces() -> None:
    run = await run_processor(local_tts(FakeSynthesiser()), turn("Hello there, Ava.", "How are you?"))
    audio = run.of(TTSAudioRawFrame)
    assert seconds(audio) == pytest.approx(6 * WORD_SECONDS)
    assert max(len(frame.audio) for frame in audio) == 2 * CHUNK_SECONDS * 16000
    assert len({frame.context_id for frame in audio}) == 1
    assert len(run.of(TTSStartedFrame)) == len(run.of(TTSStoppedFrame)) == 1
    assert told(run.of(TTSTextFrame)) == "Hello there, Ava. How are you?"


async def test_word_times_go_on_across_the_pieces_of_a_turn() -> None:
    run = await run_processor(local_tts(FakeSynthesiser()), turn("Hello there, Ava.", "How are you?"))
    stamps = [frame.pts or 0 for frame in run.of(TTSTextFrame)]
    assert [(pts - stamps[0]) / 1e9 for pts in stamps] == [index * WORD_SECONDS for index in range(6)]


async def test_word_times_begin_anew_with_the_next_turn() -> None:
    frames: list[Input] = [*turn("One two."), (10.0, LLMFullResponseStartFrame()), *turn("Three four.")[1:]]
    run = await run_processor(local_tts(FakeSynthesiser()), frames)
    stamps = [frame.pts or 0 for frame in run.of(TTSTextFrame)]
    assert stamps[1] - stamps[0] == stamps[3] - stamps[2] == WORD_SECONDS * 1e9
    assert stamps[2] / 1e9 == pytest.approx(10.0, abs=0.1)


async def test_a_word_is_told_just_before_the_audio_it_begins_in() -> None:
    run = await run_processor(local_tts(FakeSynthesiser()), turn("One two three."))
    spoken, before = 0.0, {}
    for _, frame in run.down:
        if isinstance(frame, TTSAudioRawFrame):
            spoken += len(frame.audio) / 2 / frame.sample_rate
        if isinstance(frame, TTSTextFrame):
            before[frame.text] = spoken
    for index, (_, at) in enumerate(before.items()):
        assert at <= index * WORD_SECONDS < at + CHUNK_SECONDS


async def test_a_synthesiser_that_dies_is_asked_again_and_then_the_call_ends_in_words() -> None:
    run = await run_processor(
        local_tts(FakeSynthesiser()), turn("Hello there.", "A bad piece.", "Go on."), until=EndWorkerFrame
    )
    assert [frame.error for frame in run.of(ErrorFrame)] == [
        "espeak-ng (tts): its process died; it is being restarted"
    ]
    assert told(run.of(TTSTextFrame)) == f"Hello there. {TEXTS['en']}"
    assert len(run.of(TTSStoppedFrame)) == 1


async def test_a_piece_too_long_is_refused() -> None:
    synthesiser = FakeSynthesiser()
    run = await run_processor(local_tts(synthesiser), turn("a" * (LONGEST_TEXT + 1), "Go on."))
    assert "at most 5000" in run.of(ErrorFrame)[0].error
    assert [line.text for line in synthesiser.lines] == ["Go on."]


async def test_an_interruption_leaves_what_has_not_begun_unspoken() -> None:
    synthesiser = FakeSynthesiser(seconds=1.0)
    pieces = turn("One.", "Two.", "Three.")
    run = await run_processor(local_tts(synthesiser), [*pieces[:-1], (1.5, InterruptionFrame())], settle=5.0)
    assert [line.text for line in synthesiser.lines] == ["One."]
    assert told(run.of(TTSTextFrame)) == "One."


async def test_the_turn_after_an_interruption_is_spoken_from_its_beginning() -> None:
    frames: list[Input] = [
        *turn("One two.", "Three four.")[:-1],
        (1.0, InterruptionFrame()),
        *turn("Five six."),
    ]
    run = await run_processor(local_tts(FakeSynthesiser()), frames)
    stamps = {frame.text: (frame.pts or 0) / 1e9 for frame in run.of(TTSTextFrame)}
    assert stamps["six."] - stamps["Five"] == pytest.approx(WORD_SECONDS)


async def test_a_line_to_speak_outside_a_turn() -> None:
    run = await run_processor(local_tts(FakeSynthesiser()), [TTSSpeakFrame("Hello, this is an AI.")])
    assert told(run.of(TTSTextFrame)) == "Hello, this is an AI."


@pytest.mark.parametrize(
    ("name", "voice"),
    [("male", VOICES["male"]), ("female", VOICES["female"]), ("6ccbfb76-1fc6", VOICES["female"])],
)
async def test_voices_go_by_name(name: str, voice: str) -> None:
    synthesiser = FakeSynthesiser()
    await run_processor(local_tts(synthesiser, voice=name, sample_rate=24000), turn("Hello."))
    assert synthesiser.lines == [Line("Hello.", voice, 165, 24000)]


async def test_the_voice_can_change_in_a_call() -> None:
    synthesiser = FakeSynthesiser()
    change = TTSUpdateSettingsFrame(delta=TTSSettings(voice="male"))
    await run_processor(local_tts(synthesiser), [*turn("Hello."), change, *turn("Hello.")])
    assert [line.voice for line in synthesiser.lines] == [VOICES["female"], VOICES["male"]]


@given(
    samples=st.integers(0, 100_000),
    times=st.lists(st.floats(0, 10)).map(sorted),
    rate=st.sampled_from([8000, 16000, 22050]),
)
def test_chunks_hold_all_the_audio_and_all_the_words_in_order(
    samples: int, times: list[float], rate: int
) -> None:
    speech = Speech(bytes(2 * samples), tuple((str(index), at) for index, at in enumerate(times)))
    cut = list(chunks(speech, rate))
    assert b"".join(pcm for _, pcm in cut) == speech.pcm
    assert [word for words, _ in cut for word in words] == list(speech.words)


async def test_another_language_changes_the_voice_alone() -> None:
    synthesiser = FakeSynthesiser()
    await run_processor(local_tts(synthesiser), [voice_follows("de", "male"), *turn("Hello.")], settle=5.0)
    assert [line.voice for line in synthesiser.lines] == [VOICES["male"]]
