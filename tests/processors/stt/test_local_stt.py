from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    TextFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.transcriptions.language import Language

from processors.language_switch import recogniser_follows
from processors.stt.local_stt import LocalSTT
from vantum.core.errors import CapacityError, ProviderError
from vantum.core.events import Recognised, SessionStarted, Sign, TurnEndedByHand
from vantum.testing import run_processor

FRAME_SECONDS = 0.04
STARTED = VADUserStartedSpeakingFrame
STOPPED = VADUserStoppedSpeakingFrame
Timed = tuple[float, Frame]


@dataclass
class FakeRecogniser:
    """Takes ``seconds`` for a final and a quarter of a second for a partial; texts tell how much was heard."""

    seconds: float = 0.3
    words: str = "{:.2f} s"
    error: ProviderError | CapacityError | None = None
    busy: bool = False
    phrases: list[Sequence[str]] = field(default_factory=list)

    async def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> str:
        self.phrases.append(phrases)
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return self.words.format(len(pcm) / 32000)

    async def glimpse(self, pcm: bytes) -> str | None:
        if self.busy:
            return None
        await asyncio.sleep(0.25)
        if self.error is not None:
            raise self.error
        return f"so far {len(pcm) / 32000:.2f} s"


def audio(begin: float, end: float) -> list[Timed]:
    """Audio that arrives from ``begin`` to ``end``."""
    count = round((end - begin) / FRAME_SECONDS)
    pcm = bytes(round(32000 * FRAME_SECONDS))
    return [
        (round(begin + (index + 1) * FRAME_SECONDS, 3), InputAudioRawFrame(pcm, 16000, 1))
        for index in range(count)
    ]


def hand() -> InputTransportMessageFrame:
    return InputTransportMessageFrame(message=TurnEndedByHand())


def merged(*parts: list[Timed]) -> list[Timed]:
    return sorted((timed for part in parts for timed in part), key=lambda timed: timed[0])


def one_utterance(begin: float, end: float) -> list[Timed]:
    """A second of quiet and speech, with a detector that takes 0.2 s to hear it start and 0.6 s to hear it end."""
    return merged(
        audio(begin - 1.0, end + 0.6),
        [(begin + 0.2, STARTED(start_secs=0.2)), (end + 0.6, STOPPED(stop_secs=0.6))],
    )


async def test_an_utterance_ends_in_one_final_after_the_news_that_it_ended() -> None:
    recogniser = FakeRecogniser(busy=True)
    run = await run_processor(
        LocalSTT(recogniser, ["who is this"]), one_utterance(1.0, 2.0), until=TranscriptionFrame
    )
    assert [(time, type(frame)) for time, frame in run.down] == [
        (1.2, STARTED),
        (2.6, STOPPED),
        (2.9, TranscriptionFrame),
    ]
    (final,) = run.of(TranscriptionFrame)
    # A second of speech and a quarter of a second around it.
    assert (final.text, final.finalized, final.language, final.user_id) == (
        "1.50 s",
        True,
        Language.EN,
        "",
    )
    assert recogniser.phrases == [("who is this",)]


async def test_partials_come_while_the_caller_speaks() -> None:
    run = await run_processor(LocalSTT(FakeRecogniser()), one_utterance(1.0, 4.0), until=TranscriptionFrame)
    interims = run.of(InterimTranscriptionFrame)
    assert len(interims) == 4
    times = run.times(InterimTranscriptionFrame)
    assert all(0.69 < later - time < 0.75 for time, later in pairwise(times))
    assert times[-1] < run.times(TranscriptionFrame)[-1]


async def test_partials_are_taken_back_when_the_caller_stops() -> None:
    run = await run_processor(LocalSTT(FakeRecogniser()), one_utterance(1.0, 4.0), until=TranscriptionFrame)
    assert [
        (at, frame.message) for at, frame in run.down if isinstance(frame, InputTransportMessageFrame)
    ] == [(4.6, Recognised(Sign.REVISING))]


async def test_a_partial_that_is_late_is_dropped() -> None:
    run = await run_processor(
        LocalSTT(FakeRecogniser()), one_utterance(1.0, 1.4), until=TranscriptionFrame, settle=2.0
    )
    assert run.of(InterimTranscriptionFrame) == []


async def test_a_busy_recogniser_gives_no_partials() -> None:
    run = await run_processor(
        LocalSTT(FakeRecogniser(busy=True)), one_utterance(1.0, 4.0), until=TranscriptionFrame
    )
    assert run.of(InterimTranscriptionFrame) == []


async def test_no_words_are_told_too() -> None:
    run = await run_processor(
        LocalSTT(FakeRecogniser(words="", busy=True)), one_utterance(1.0, 2.0), until=TranscriptionFrame
    )
    assert [frame.text for frame in run.of(TranscriptionFrame)] == [""]


@pytest.mark.parametrize(("words", "told"), [("who is this", [Recognised(Sign.WHOLE)]), ("who is", [])])
async def test_a_phrase_of_the_script_is_known_to_be_whole(words: str, told: list[Recognised]) -> None:
    stt = LocalSTT(FakeRecogniser(words=words, busy=True), ["Who is this?"])
    run = await run_processor(stt, one_utterance(1.0, 2.0), until=TranscriptionFrame, settle=0.5)
    assert [frame.message for frame in run.of(InputTransportMessageFrame)] == told


async def test_finals_keep_their_order() -> None:
    frames = merged(one_utterance(1.0, 2.0), [t for t in one_utterance(3.0, 3.6) if t[0] > 2.6])
    run = await run_processor(LocalSTT(FakeRecogniser(seconds=2.0, busy=True)), frames, settle=5.0)
    assert run.texts() == ["1.50 s", "1.10 s"]
    assert run.times(TranscriptionFrame) == [4.6, 6.6]


async def test_the_turn_ends_by_hand_once() -> None:
    frames = merged(one_utterance(1.0, 2.0), [(1.8, hand())])
    run = await run_processor(LocalSTT(FakeRecogniser(busy=True)), frames, settle=2.0)
    assert run.texts() == ["1.05 s"]
    assert run.times(InputTransportMessageFrame) == [1.8]
    assert run.times(TranscriptionFrame) == [2.1]


async def test_speech_after_the_hand_is_a_turn_of_its_own() -> None:
    frames = merged(one_utterance(1.0, 2.0), [(1.8, hand())], one_utterance(5.0, 6.0))
    run = await run_processor(LocalSTT(FakeRecogniser(busy=True)), frames, settle=2.0)
    assert run.texts() == ["1.05 s", "1.50 s"]


async def test_a_hand_while_the_final_is_on_its_way_adds_none() -> None:
    frames = merged(one_utterance(1.0, 2.0), [(2.7, hand())])
    run = await run_processor(LocalSTT(FakeRecogniser(busy=True)), frames, settle=2.0)
    assert run.texts() == ["1.50 s"]


async def test_a_hand_with_nothing_said_is_answered_at_once() -> None:
    run = await run_processor(LocalSTT(FakeRecogniser()), [*audio(0.0, 1.0), (1.0, hand())], settle=1.0)
    assert run.texts() == [""]
    assert run.times(TranscriptionFrame) == [1.0]


async def test_other_messages_end_nothing() -> None:
    frames = merged(one_utterance(1.0, 2.0), [(1.8, InputTransportMessageFrame(message=SessionStarted()))])
    run = await run_processor(LocalSTT(FakeRecogniser(busy=True)), frames, settle=2.0)
    assert run.texts() == ["1.50 s"]


async def test_an_interruption_drops_nothing_of_the_caller() -> None:
    frames = merged(one_utterance(1.0, 2.0), [(1.3, InterruptionFrame()), (2.7, InterruptionFrame())])
    run = await run_processor(LocalSTT(FakeRecogniser(busy=True)), frames, settle=2.0)
    assert run.texts() == ["1.50 s"]
    assert len(run.of(InterruptionFrame)) == 2


async def test_a_second_start_without_a_stop_keeps_the_beginning() -> None:
    frames = merged(one_utterance(1.0, 2.0), [(1.5, STARTED(start_secs=0.2))])
    run = await run_processor(LocalSTT(FakeRecogniser(busy=True)), frames, settle=2.0)
    assert run.texts() == ["1.50 s"]


async def test_a_failure_is_an_error_and_closes_the_turn() -> None:
    error = ProviderError("stt", "pocketsphinx", "its process died; it is being restarted")
    recogniser = FakeRecogniser(error=error)
    run = await run_processor(LocalSTT(recogniser), one_utterance(1.0, 4.0), settle=1.0)
    assert [frame.error for frame in run.of(ErrorFrame)] == [
        "pocketsphinx (stt): its process died; it is being restarted"
    ]
    assert [frame.text for frame in run.of(TranscriptionFrame)] == [""]


async def test_after_a_failure_the_next_turn_is_heard() -> None:
    recogniser = FakeRecogniser(error=CapacityError("pocketsphinx is busy."), busy=True)
    stt = LocalSTT(recogniser)

    async def recover() -> None:
        await asyncio.sleep(4.0)
        recogniser.error = None

    recovery = asyncio.create_task(recover())
    frames = merged(one_utterance(1.0, 2.0), one_utterance(5.0, 6.0))
    run = await run_processor(stt, frames, settle=1.0)
    await recovery
    assert run.texts() == ["", "1.50 s"]
    assert stt.is_usable


async def test_the_end_of_the_call_does_not_wait_for_words() -> None:
    run = await run_processor(
        LocalSTT(FakeRecogniser(seconds=60.0, busy=True)), one_utterance(1.0, 2.0), settle=0.5
    )
    assert run.of(TranscriptionFrame) == []


async def test_everything_but_audio_passes_in_both_directions() -> None:
    run = await run_processor(LocalSTT(FakeRecogniser()), [TextFrame("hello"), *audio(0.0, 0.2)])
    assert [type(frame) for _, frame in run.down] == [TextFrame]


async def test_another_language_changes_nothing() -> None:
    frames = [(0.0, recogniser_follows("de")), *one_utterance(1.0, 2.0)]
    run = await run_processor(LocalSTT(FakeRecogniser(busy=True)), frames, until=TranscriptionFrame)
    assert [frame.language for frame in run.of(TranscriptionFrame)] == [Language.EN]
