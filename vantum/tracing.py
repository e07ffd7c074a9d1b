"""Sends the traces of calls to an OpenTelemetry collector, from a thread of its own.

It needs the extra ``otel``: import this module only when an endpoint is set.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final

from loguru import logger
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from vantum.core.events import Event
from vantum.spans import CallSpans

Watch = Callable[[Event], None]

TRACES_PATH: Final = "/v1/traces"
"""Where a collector takes traces over HTTP (OTLP 1.x, section OTLP/HTTP Request)."""
QUEUE_SPANS: Final = 8_192
BATCH_SPANS: Final = 512
BATCH_MILLISECONDS: Final = 1_000.0
EXPORT_SECONDS: Final = 2.0
CLOSE_SECONDS: Final = 2.0
"""What the last spans may take to be delivered when the server shuts down."""


@contextmanager
def opened_tracing(endpoint: str) -> Iterator[Callable[[str], Watch]]:
    """While the block lasts, traces go to the collector at ``endpoint``; yields what watches a call, by its id.

    A collector that is slow or away costs spans, never a call: what does not fit into the queue is dropped.
    """
    exporter = OTLPSpanExporter(endpoint + TRACES_PATH, timeout=EXPORT_SECONDS)
    processor = BatchSpanProcessor(
        exporter,
        max_queue_size=QUEUE_SPANS,
        max_export_batch_size=BATCH_SPANS,
        schedule_delay_millis=BATCH_MILLISECONDS,
    )
    resource = Resource.create({"service.name": "vantum", "service.version": version("vantum")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("vantum", version("vantum"))
    with _faults_told():
        try:
            yield lambda call_id: CallSpans(tracer, call_id).watch
        finally:
            _close(provider)


def _close(provider: TracerProvider) -> None:
    """Deliver what waits, within bounds; the library would take half a minute for a collector that is away."""
    closing = threading.Thread(target=provider.shutdown, name="tracing-close", daemon=True)
    closing.start()
    closing.join(CLOSE_SECONDS)
    if closing.is_alive():
        logger.warning("The last traces could not be delivered.")


class _Fault(logging.Handler):
    """Tells our log what the library complains of."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.warning("Traces are not delivered.", problem=record.getMessage()[:200])


@contextmanager
def _faults_told() -> Iterator[None]:
    library, handler = logging.getLogger("opentelemetry"), _Fault(logging.WARNING)
    propagated, library.propagate = library.propagate, False
    library.addHandler(handler)
    try:
        yield
    finally:
        library.removeHandler(handler)
        library.propagate = propagated
