"""Traces on their way to a collector: a server that decodes what it is sent, or that is of no use."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from loguru import logger
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from tests.vantum.collector import Collector
from vantum.core.events import (
    CallEnded,
    CallStarted,
    Event,
    Stage,
    TurnCommitted,
    TurnEnd,
    TurnLatency,
)
from vantum.tracing import CLOSE_SECONDS, opened_tracing

pytestmark = pytest.mark.real_time

CALL: tuple[Event, ...] = (
    CallStarted("c1", "outreach", "twilio", {"llm": "openai"}),
    TurnCommitted(1, "hello", TurnEnd.SILENCE, 0.5),
    TurnLatency(1, {Stage.COMMITTED: 0.5, Stage.HEARD: 0.75}),
    CallEnded("client left"),
)


def texts(attributes: list[KeyValue]) -> dict[str, str]:
    return {pair.key: pair.value.string_value for pair in attributes if pair.value.string_value}


def have_a_call(url: str) -> float:
    """Trace one call; returns how many seconds the end took."""
    with opened_tracing(url) as watch_call:
        watch = watch_call("c1")
        for event in CALL:
            watch(event)
        leaving = time.monotonic()
    return time.monotonic() - leaving


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    told: list[str] = []
    sink = logger.add(lambda message: told.append(message.record["message"]), level="WARNING")
    yield told
    logger.remove(sink)


def test_a_call_is_delivered_when_tracing_ends() -> None:
    with Collector().serving() as collector:
        have_a_call(collector.url)
        assert set(collector.paths) == {"/v1/traces"}
        [request] = collector.requests
    [resource] = request.resource_spans
    assert texts(list(resource.resource.attributes))["service.name"] == "vantum"
    spans = {span.name: span for scope in resource.scope_spans for span in scope.spans}
    assert set(spans) == {"call", "turn", "committed", "heard"}
    call, turn = spans["call"], spans["turn"]
    assert texts(list(call.attributes))["vantum.call.id"] == "c1"
    assert call.parent_span_id == b""
    assert turn.parent_span_id == call.span_id
    assert {span.trace_id for span in spans.values()} == {call.trace_id}
    assert turn.end_time_unix_nano - turn.start_time_unix_nano == pytest.approx(0.75e9, abs=1e3)
    assert abs(call.end_time_unix_nano / 1e9 - time.time()) < 60


def test_a_busy_collector_is_asked_again(warnings: list[str]) -> None:
    with Collector(503, 200).serving() as collector:
        have_a_call(collector.url)
        assert len(collector.paths) == 2
        assert len(collector.requests) == 1
    assert warnings == ["Traces are not delivered."]


@pytest.mark.parametrize("answer", [0, 400, 503])
def test_a_collector_that_is_of_no_use_holds_nobody_up(answer: int, warnings: list[str]) -> None:
    with Collector(answer).serving() as collector:
        assert have_a_call(collector.url) < CLOSE_SECONDS + 0.5
    told = {"Traces are not delivered.", "The last traces could not be delivered."}
    # The library may speak up for itself once more, when nobody listens to it any longer.
    assert {warning for warning in warnings if not warning.startswith("Failed to export spans")} <= told
    assert warnings


def test_a_collector_that_is_away_holds_nobody_up(warnings: list[str]) -> None:
    gone = Collector()
    gone.server_close()
    assert have_a_call(gone.url) < CLOSE_SECONDS + 0.5
    assert warnings
