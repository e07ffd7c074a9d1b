"""What goes into a context aggregator and what comes out of it, in words short enough for a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    EndWorkerFrame,
    Frame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMUpdateSettingsFrame,
    OutputTransportMessageUrgentFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from processors.context_aggregator import ContextAggregator
from processors.tools.tool import Tool
from vantum.core.events import (
    Event,
    Hold,
    OutputRequest,
    Release,
    Say,
    Stage,
    StageReached,
    TurnCommitted,
    TurnEnd,
    UtteranceEnded,
    UtteranceStarted,
)
from vantum.core.manners import Manners
from vantum.testing import Input, Run, run_processor

Timed = tuple[float, Frame]
TimedUp = tuple[float, Frame, FrameDirection]

PLAIN = Manners(silence_seconds=0.0, filler_seconds=0.0, speculate=False)
"""A bot that does nothing of itself."""
DRAFTS = replace(PLAIN, speculate=True)

S, E = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame


def final(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "", "now")


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "", "now")


def asked(message: object) -> InputTransportMessageFrame:
    return InputTransportMessageFrame(message=message)


def up(at: float, frame: Frame) -> TimedUp:
    return at, frame, FrameDirection.UPSTREAM


def token(at: float) -> TimedUp:
    """The language model begins to answer."""
    return up(at, asked(StageReached(Stage.FIRST_TOKEN)))


def speaks(at: float) -> TimedUp:
    """A line of the bot is heard."""
    return up(at, asked(UtteranceStarted("u")))


def heard(at: float, text: str, *, cut: bool = False) -> TimedUp:
    """A line of the bot was heard to its end, or was cut."""
    return up(at, asked(UtteranceEnded("u", text, interrupted=cut)))


def keys(text: str, at: float = 0.0, apart: float = 0.25) -> list[Timed]:
    return [(at + number * apart, InputDTMFFrame(button=KeypadEntry(key))) for number, key in enumerate(text)]


def pressed(text: str) -> tuple[str, str]:
    """The message that keys become."""
    return "user", f"(pressed {text} on the phone's keypad)"


async def converse(
    *frames: Input,
    disclosure: str = "",
    greeting: str = "",
    tools: Sequence[Tool] = (),
    manners: Manners = PLAIN,
    settle: float = 0.0,
) -> Run:
    """Put the frames through a context aggregator."""
    aggregator = ContextAggregator(
        prompt="be kind", disclosure=disclosure, greeting=greeting, tools=tools, manners=manners
    )
    return await run_processor(aggregator, frames, settle=settle)


def questions(done: Run) -> list[list[tuple[str, str]]]:
    """The messages of each question to the language model, as (role, content)."""
    return [
        [(str(m["role"]), str(m["content"])) for m in frame.context.messages if isinstance(m, dict)]
        for frame in done.of(LLMContextFrame)
    ]


def messages(done: Run) -> list[tuple[float, object]]:
    """All that was told or asked of the output, with the times."""
    return [
        (at, frame.message) for at, frame in done.down if isinstance(frame, OutputTransportMessageUrgentFrame)
    ]


def told(done: Run) -> list[Event]:
    return [frame.message for frame in done.of(OutputTransportMessageUrgentFrame)]


def asked_of_output(done: Run) -> list[tuple[float, OutputRequest]]:
    return [(at, message) for at, message in messages(done) if isinstance(message, Hold | Release | Say)]


def said(done: Run) -> list[tuple[float, str]]:
    """The sentences of the bot's own, with the times."""
    return [(at, frame.text) for at, frame in done.down if isinstance(frame, TTSSpeakFrame)]


def committed(done: Run) -> list[tuple[int, str, TurnEnd]]:
    events = [event for event in told(done) if isinstance(event, TurnCommitted)]
    return [(event.turn, event.text, event.ended_by) for event in events]


def ends(done: Run) -> list[tuple[float, str]]:
    """When the end of the call was asked for, and why."""
    return [(at, str(frame.reason)) for at, frame in done.up if isinstance(frame, EndWorkerFrame)]


def instructions(done: Run) -> list[str]:
    """The system prompts that the language model was given."""
    deltas = [frame.delta for frame in done.of(LLMUpdateSettingsFrame)]
    return [str(delta.system_instruction) for delta in deltas if delta is not None]
