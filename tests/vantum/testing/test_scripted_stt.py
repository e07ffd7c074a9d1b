"""The scripted recogniser answers the VAD, or the clock, and swallows audio."""

from __future__ import annotations

from pipecat.frames.frames import (
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    TextFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from vantum.core.events import Recognised, Sign
from vantum.testing.processor_run import Run, run_processor
from vantum.testing.scripted_stt import ScriptedSTT, Signed, Transcribed, Utterance, Worded

START, STOP = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
SIGN = InputTransportMessageFrame


def signs(run: Run) -> list[tuple[float, object]]:
    return [(at, frame.message) for at, frame in run.down if isinstance(frame, SIGN)]


async def test_utterances_answer_the_vad_in_order() -> None:
    stt = ScriptedSTT([Utterance("hello there", 0.3, ((0.4, "hello"),)), Utterance(""), Utterance("bye")])
    speech = [(1.0, START()), (2.0, STOP()), (3.0, START()), (3.1, STOP()), (4.0, START()), (4.5, STOP())]
    run = await run_processor(stt, speech, settle=1)
    assert run.kinds() == [
        (1.0, START),
        (1.1, SIGN),
        (1.4, InterimTranscriptionFrame),
        (2.0, STOP),
        (2.3, TranscriptionFrame),
        (3.0, START),
        (3.1, STOP),
        (4.0, START),
        (4.1, SIGN),
        (4.5, STOP),
        (4.7, TranscriptionFrame),
    ]
    assert run.texts() == ["hello", "hello there", "bye"]
    final = run.of(TranscriptionFrame)[0]
    assert (final.user_id, final.finalized, final.timestamp) == (
        "caller",
        True,
        "2026-01-01T00:00:02.300000+00:00",
    )


async def test_speech_beyond_the_script_is_not_recognised() -> None:
    run = await run_processor(ScriptedSTT([]), [START(), STOP()], settle=5)
    assert run.texts() == []


async def test_transcripts_at_times_of_their_own() -> None:
    stt = ScriptedSTT([Transcribed(2.0, "hello"), Transcribed(1.0, "hel", final=False)])
    run = await run_processor(stt, [], settle=3)
    assert run.kinds() == [(1.0, InterimTranscriptionFrame), (2.0, TranscriptionFrame)]


async def test_audio_stops_here_and_other_frames_pass() -> None:
    run = await run_processor(ScriptedSTT([]), [InputAudioRawFrame(bytes(640), 16000, 1), TextFrame("x")])
    assert run.kinds() == [(0.0, TextFrame)]


async def test_what_is_due_after_the_end_is_forgotten() -> None:
    run = await run_processor(ScriptedSTT([Transcribed(99, "late")]), [])
    assert run.down == ()


async def test_speech_is_told_from_noise() -> None:
    stt = ScriptedSTT([Worded(0.9, 1.5), Transcribed(1.8, "hello")])
    speech = [(1.0, START()), (1.7, STOP()), (3.0, START()), (3.5, STOP())]
    run = await run_processor(stt, speech, settle=1)
    assert signs(run) == [(1.1, Recognised(Sign.SPEECH))]


async def test_signs_at_times_of_their_own() -> None:
    run = await run_processor(ScriptedSTT([Signed(1.5, Sign.NOTHING)]), [], settle=2)
    assert signs(run) == [(1.5, Recognised(Sign.NOTHING))]
