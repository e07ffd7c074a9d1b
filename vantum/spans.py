"""One call as a trace: a span for the call, one for each answer with its stations, and ones for tools and barge-ins.

Nothing that was said and no phone number is ever in a trace.
"""

from __future__ import annotations

import time

from opentelemetry.context import Context
from opentelemetry.trace import Span, StatusCode, Tracer, set_span_in_context
from opentelemetry.util.types import AttributeValue

from vantum.core.events import (
    BargeInDecided,
    CallEnded,
    CallStarted,
    DraftDropped,
    DraftStarted,
    ErrorReported,
    Event,
    ProviderSwitched,
    ToolReturned,
    TurnCommitted,
    TurnLatency,
    UtterancePaused,
)
from vantum.core.latency import voice_to_voice

Attributes = dict[str, AttributeValue]
Noted = DraftStarted | DraftDropped | ErrorReported | ProviderSwitched


class CallSpans:
    """Watches the events of one call and writes its trace.

    Spans need the time of day; the clock of a call is steady, and the two are compared once, when the call begins.
    """

    def __init__(self, tracer: Tracer, call_id: str) -> None:
        self._tracer = tracer
        self._began = time.monotonic()
        self._unix_nanoseconds = time.time_ns()
        self._call = tracer.start_span(
            "call",
            Context(),
            attributes={"vantum.call.id": call_id},
            start_time=self._unix_nanoseconds,
        )
        self._inside = set_span_in_context(self._call, Context())
        self._speech_ended = self._began
        self._paused: float | None = None

    def watch(self, event: Event) -> None:
        """Take an event that happens now."""
        now = time.monotonic()
        match event:
            case CallStarted():
                self._call.set_attributes(_facts(event))
            case TurnCommitted():
                self._speech_ended = now - event.silent_seconds
            case TurnLatency():
                self._write_turn(event)
            case ToolReturned():
                self._write_tool(event, now)
            case UtterancePaused():
                self._paused = now
            case BargeInDecided():
                self._write_barge_in(event, now)
            case DraftStarted() | DraftDropped() | ErrorReported() | ProviderSwitched():
                self._note(event, now)
            case CallEnded():
                self._call.end(self._at(now))

    def _at(self, seconds: float) -> int:
        """A moment of the call's clock as nanoseconds since 1970."""
        return self._unix_nanoseconds + round((seconds - self._began) * 1e9)

    def _span(self, name: str, start: float, inside: Context, attributes: Attributes) -> Span:
        return self._tracer.start_span(name, inside, attributes=attributes, start_time=self._at(start))

    def _write_turn(self, latency: TurnLatency) -> None:
        """An answer, from the end of the caller's speech; each station from the one that was reached before it."""
        attributes: Attributes = {"vantum.turn.number": latency.turn, "vantum.turn.drafted": latency.drafted}
        attributes.update({f"vantum.provider.{kind}": name for kind, name in latency.providers.items()})
        reply = voice_to_voice(latency.seconds)
        if reply is not None:
            attributes["vantum.turn.voice_to_voice_seconds"] = reply
        reached = sorted(latency.seconds.items(), key=lambda station: station[1])
        # A draft may have been begun before the speech was over.
        first = self._speech_ended + min(0.0, *latency.seconds.values())
        turn = self._span("turn", first, self._inside, attributes)
        inside = set_span_in_context(turn, Context())
        for stage, seconds in reached:
            until = self._speech_ended + seconds
            self._span(stage, first, inside, {}).end(self._at(until))
            first = until
        turn.end(self._at(first))

    def _write_tool(self, tool: ToolReturned, now: float) -> None:
        attributes: Attributes = {"vantum.tool.name": tool.name, "vantum.tool.failed": tool.failed}
        span = self._span("tool", now - tool.seconds, self._inside, attributes)
        if tool.failed:
            span.set_status(StatusCode.ERROR)
        span.end(self._at(now))

    def _write_barge_in(self, decided: BargeInDecided, now: float) -> None:
        """From where the bot was held until it was clear what the caller's sound was."""
        begun, self._paused = self._paused, None
        attributes: Attributes = {"vantum.barge_in.kind": decided.kind}
        self._span("barge_in", now if begun is None else begun, self._inside, attributes).end(self._at(now))

    def _note(self, event: Noted, now: float) -> None:
        name, attributes = _noted(event)
        self._call.add_event(name, attributes, self._at(now))


def _facts(call: CallStarted) -> Attributes:
    providers = {f"vantum.provider.{kind}": name for kind, name in call.providers.items()}
    return {"vantum.pipeline": call.pipeline, "vantum.transport": call.transport, **providers}


def _noted(event: Noted) -> tuple[str, Attributes]:
    match event:
        case DraftStarted():
            return "draft_started", {
                "vantum.draft.attempt": event.attempt,
                "vantum.draft.prompt_tokens": event.prompt_tokens,
            }
        case DraftDropped():
            return "draft_dropped", {
                "vantum.draft.attempt": event.attempt,
                "vantum.draft.prompt_tokens": event.prompt_tokens,
                "vantum.draft.completion_tokens": event.completion_tokens,
            }
        case ProviderSwitched():
            # Not the problem, which is in the provider's own words.
            return "provider_switched", {
                "vantum.provider.kind": event.kind,
                "vantum.provider.name": event.provider,
                "vantum.provider.previous": event.previous,
                "vantum.provider.fault": event.fault or "",
            }
        case ErrorReported():
            # Not the message: a provider may quote in it what was said.
            return "error", {"vantum.error.source": event.source, "vantum.error.retryable": event.retryable}
