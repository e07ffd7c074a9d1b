"""A call's trace, by its events, on virtual time."""

from __future__ import annotations

import asyncio
import time

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from vantum.core.events import (
    BargeIn,
    BargeInDecided,
    CallEnded,
    CallStarted,
    DraftDropped,
    DraftStarted,
    ErrorReported,
    Event,
    ProviderSwitched,
    Stage,
    ToolReturned,
    Transcript,
    TransferRequested,
    TurnCommitted,
    TurnEnd,
    TurnLatency,
    UtteranceEnded,
    UtterancePaused,
    WordsSpoken,
)
from vantum.core.faults import Fault
from vantum.spans import CallSpans

SECRET = "my number is +14155550100"
BEGAN = CallStarted("c1", "outreach", "browser", {"stt": "deepgram", "llm": "openai", "tts": "cartesia"})
ENDED = CallEnded(SECRET)
COMMITTED = TurnCommitted(3, SECRET, TurnEnd.SILENCE, 0.5)
HEARD = TurnLatency(
    3, {Stage.COMMITTED: 0.5, Stage.FIRST_TOKEN: 0.75, Stage.FIRST_BYTE: 1.0, Stage.HEARD: 1.25}
)


class Trace:
    """The spans of a call in which ``timed`` happened, at these seconds."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self._zero = time.monotonic()
        self._unix = time.time_ns()
        self._spans = CallSpans(provider.get_tracer("test"), "c1")

    async def happens(self, *timed: tuple[float, Event]) -> None:
        for at, event in timed:
            await asyncio.sleep(self._zero + at - time.monotonic())
            self._spans.watch(event)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return tuple(self._exporter.get_finished_spans())

    def times(self, span: ReadableSpan) -> tuple[float, float]:
        """When it began and ended, in seconds of the call."""
        assert span.start_time is not None
        assert span.end_time is not None
        return round((span.start_time - self._unix) / 1e9, 6), round((span.end_time - self._unix) / 1e9, 6)

    def told(self) -> dict[str, tuple[float, float]]:
        return {span.name: self.times(span) for span in self.spans}

    def named(self, name: str) -> ReadableSpan:
        [span] = [span for span in self.spans if span.name == name]
        return span


async def traced(*timed: tuple[float, Event]) -> Trace:
    trace = Trace()
    await trace.happens((0.0, BEGAN), *timed, (60.0, ENDED))
    return trace


async def test_a_call_is_a_span_with_what_it_ran_on() -> None:
    trace = await traced()
    assert trace.told() == {"call": (0.0, 60.0)}
    assert dict(trace.named("call").attributes or {}) == {
        "vantum.call.id": "c1",
        "vantum.pipeline": "outreach",
        "vantum.transport": "browser",
        "vantum.provider.stt": "deepgram",
        "vantum.provider.llm": "openai",
        "vantum.provider.tts": "cartesia",
    }


async def test_an_answer_is_a_span_from_the_end_of_speech_with_one_for_each_station() -> None:
    trace = await traced((10.5, COMMITTED), (11.25, HEARD))
    assert trace.told() == {
        "turn": (10.0, 11.25),
        "committed": (10.0, 10.5),
        "first_token": (10.5, 10.75),
        "first_byte": (10.75, 11.0),
        "heard": (11.0, 11.25),
        "call": (0.0, 60.0),
    }
    turn = trace.named("turn")
    assert dict(turn.attributes or {}) == {
        "vantum.turn.number": 3,
        "vantum.turn.drafted": False,
        "vantum.turn.voice_to_voice_seconds": 1.25,
    }
    assert turn.parent == trace.named("call").get_span_context()
    for stage in ("committed", "first_token", "first_byte", "heard"):
        assert trace.named(stage).parent == turn.get_span_context()


async def test_the_end_of_an_utterance_may_tell_a_latency_late() -> None:
    trace = await traced(
        (10.5, COMMITTED), (20.0, TurnLatency(3, {Stage.COMMITTED: 0.5, Stage.FIRST_BYTE: 1.0}))
    )
    assert trace.told()["turn"] == (10.0, 11.0)


async def test_a_draft_is_ahead_of_the_commit_and_perhaps_of_the_end_of_speech() -> None:
    seconds = {Stage.COMMITTED: 0.5, Stage.FIRST_TOKEN: -0.25, Stage.FIRST_PIECE: 0.25, Stage.FIRST_BYTE: 0.5}
    trace = await traced((10.5, COMMITTED), (10.5, TurnLatency(3, seconds, drafted=True)))
    assert trace.told() == {
        "turn": (9.75, 10.5),
        "first_token": (9.75, 9.75),
        "first_piece": (9.75, 10.25),
        "committed": (10.25, 10.5),
        "first_byte": (10.5, 10.5),
        "call": (0.0, 60.0),
    }


async def test_a_turn_that_was_not_sent_has_no_voice_to_voice() -> None:
    trace = await traced((10.5, COMMITTED), (11.0, TurnLatency(3, {Stage.COMMITTED: 0.5})))
    assert "vantum.turn.voice_to_voice_seconds" not in (trace.named("turn").attributes or {})


@pytest.mark.parametrize(("failed", "status"), [(False, StatusCode.UNSET), (True, StatusCode.ERROR)])
async def test_a_tool_is_a_span(failed: bool, status: StatusCode) -> None:
    trace = await traced((5.0, ToolReturned("t", "weather", SECRET, 1.5, failed)))
    tool = trace.named("tool")
    assert trace.times(tool) == (3.5, 5.0)
    assert dict(tool.attributes or {}) == {"vantum.tool.name": "weather", "vantum.tool.failed": failed}
    assert tool.status.status_code is status


async def test_a_barge_in_is_a_span_from_the_hold_to_the_decision() -> None:
    paused, decided = UtterancePaused("u"), BargeInDecided(BargeIn.BACKCHANNEL, SECRET)
    trace = await traced((5.0, paused), (5.5, decided), (8.0, decided))
    spans = [span for span in trace.spans if span.name == "barge_in"]
    assert [trace.times(span) for span in spans] == [(5.0, 5.5), (8.0, 8.0)]
    assert dict(spans[0].attributes or {}) == {"vantum.barge_in.kind": "backchannel"}


async def test_drafts_and_errors_are_noted_on_the_call() -> None:
    trace = await traced(
        (1.0, DraftStarted(1, 100)),
        (1.5, DraftDropped(1, 100, 7, 25)),
        (2.0, ErrorReported("llm", SECRET, retryable=True)),
    )
    assert [(event.name, dict(event.attributes or {})) for event in trace.named("call").events] == [
        ("draft_started", {"vantum.draft.attempt": 1, "vantum.draft.prompt_tokens": 100}),
        (
            "draft_dropped",
            {
                "vantum.draft.attempt": 1,
                "vantum.draft.prompt_tokens": 100,
                "vantum.draft.completion_tokens": 7,
            },
        ),
        ("error", {"vantum.error.source": "llm", "vantum.error.retryable": True}),
    ]


async def test_a_provider_that_takes_over_is_noted_on_the_call_and_on_its_turns() -> None:
    switched = ProviderSwitched("tts", "local", "cartesia", Fault.NETWORK, SECRET)
    back = ProviderSwitched("tts", "cartesia", "local")
    seconds = {Stage.COMMITTED: 0.5, Stage.FIRST_BYTE: 1.0}
    answered = TurnLatency(3, seconds, providers={"stt": "deepgram", "tts": "local"})
    trace = await traced((1.0, switched), (10.5, COMMITTED), (11.0, answered), (12.0, back))
    told = [(event.name, dict(event.attributes or {})) for event in trace.named("call").events]
    assert told == [
        ("provider_switched", {f"vantum.provider.{name}": value for name, value in noted.items()})
        for noted in (
            {"kind": "tts", "name": "local", "previous": "cartesia", "fault": "network"},
            {"kind": "tts", "name": "cartesia", "previous": "local", "fault": ""},
        )
    ]
    attributes = trace.named("turn").attributes or {}
    assert (attributes["vantum.provider.stt"], attributes["vantum.provider.tts"]) == ("deepgram", "local")


async def test_nothing_that_was_said_is_in_a_trace() -> None:
    trace = await traced(
        (1.0, Transcript(SECRET, final=True)),
        (1.5, COMMITTED),
        (2.0, HEARD),
        (2.1, WordsSpoken("u", SECRET)),
        (2.2, BargeInDecided(BargeIn.INTERRUPTION, SECRET)),
        (2.3, ToolReturned("t", "weather", SECRET, 0.1, failed=True)),
        (2.4, ErrorReported("llm", SECRET, retryable=False)),
        (2.4, ProviderSwitched("llm", "groq", "openai", Fault.FATAL, SECRET)),
        (2.5, TransferRequested("+14155550100")),
        (2.6, UtteranceEnded("u", SECRET, interrupted=False)),
    )
    assert len(trace.spans) == 8
    written = "".join(span.to_json() for span in trace.spans)
    assert "4155550100" not in written
    assert "my number" not in written
