"""The scripted voice has exact audio and word times, and stops when interrupted."""

from __future__ import annotations

from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)

from vantum.testing.processor_run import Run, run_processor
from vantum.testing.scripted_tts import Mute, ScriptedTTS, Stall

SAMPLE_RATE = 16_000


def audio_seconds(run: Run) -> float:
    return sum(len(frame.audio) for frame in run.of(TTSAudioRawFrame)) / 2 / SAMPLE_RATE


def word_times(run: Run) -> list[tuple[str, float]]:
    return [(frame.text, (frame.pts or 0) / 1e9) for frame in run.of(TTSTextFrame)]


def answer(*pieces: str) -> list[Frame]:
    texts = [AggregatedTextFrame(piece, "sentence") for piece in pieces]
    return [LLMFullResponseStartFrame(), *texts, LLMFullResponseEndFrame()]


async def test_a_line_is_spoken_at_its_speed() -> None:
    tts = ScriptedTTS()
    run = await run_processor(tts, [TTSSpeakFrame("Hello there.")])
    assert (run.times(TTSStartedFrame), run.times(TTSAudioRawFrame)[0]) == ([0.0], 0.2)
    assert audio_seconds(run) == 0.72
    assert word_times(run) == [("Hello", 0.2), ("there.", 0.56)]
    assert run.times(TTSStoppedFrame) == [0.272]
    assert tts.spoken == ["Hello there."]


async def test_the_pieces_of_an_answer_share_a_context_and_its_word_times() -> None:
    run = await run_processor(
        ScriptedTTS(first_audio=0.1, seconds_per_char=0.1, speed=5), answer("One.", " Two.")
    )
    assert word_times(run) == [("One.", 0.1), ("Two.", 0.6)]
    assert run.times(TTSAudioRawFrame)[0] == 0.1
    assert audio_seconds(run) == 0.9
    assert len({frame.context_id for frame in run.of(TTSAudioRawFrame)}) == 1
    assert len(run.of(TTSStoppedFrame)) == 1


async def test_an_interruption_stops_the_audio() -> None:
    tts = ScriptedTTS()
    run = await run_processor(
        tts, [TTSSpeakFrame("Hello there."), (0.225, InterruptionFrame()), TTSSpeakFrame("Bye.")]
    )
    assert [time for time in run.times(TTSAudioRawFrame) if time < 0.4] == [0.2, 0.21, 0.22]
    assert run.times(TTSAudioRawFrame)[3] == 0.425
    assert word_times(run)[-1] == ("Bye.", 0.425)


async def test_the_audio_is_never_silence() -> None:
    run = await run_processor(ScriptedTTS(), [TTSSpeakFrame("Hi.")])
    assert all(any(frame.audio[at : at + 2]) for frame in run.of(TTSAudioRawFrame) for at in range(0, 640, 2))


async def test_a_short_stall_is_waited_for() -> None:
    tts = ScriptedTTS(faults={1: Stall(audio_seconds=0.3, seconds=1.0)})
    run = await run_processor(tts, answer("Hello there."))
    assert run.times(TTSAudioRawFrame)[2:4] == [0.22, 1.23]
    assert (audio_seconds(run), tts.spoken) == (0.72, ["Hello there."])


async def test_a_voice_that_stalls_for_good_is_asked_for_the_rest() -> None:
    tts = ScriptedTTS(faults={1: Stall(audio_seconds=0.4, seconds=float("inf"))})
    run = await run_processor(tts, answer("Hello there."), settle=4)
    assert [word for word, _ in word_times(run)] == ["Hello", "there."]
    assert len(tts.spoken) == 2


async def test_a_piece_without_audio_is_not_told_as_spoken() -> None:
    tts = ScriptedTTS(faults={1: Mute(), 2: Mute()})
    run = await run_processor(tts, answer("Hello there.", "Bye."), settle=4)
    assert [word for word, _ in word_times(run)] == ["Bye."]
    assert tts.spoken == ["Hello there.", "Hello there.", "Bye."]
