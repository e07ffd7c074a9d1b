"""What a server counts about its calls, for Prometheus: latencies, drafts, tools, barge-ins, prompts and errors.

Each server has its own registry. Whatever becomes a label is bounded: no call id, no words and no number ever does.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vantum.core.admission import Reason
from vantum.core.events import (
    BargeIn,
    BargeInDecided,
    CallEnded,
    CallerPrompted,
    CallStarted,
    DraftDropped,
    DraftStarted,
    ErrorReported,
    Event,
    Stage,
    ToolReturned,
    TurnCommitted,
    TurnLatency,
)
from vantum.core.latency import voice_to_voice
from vantum.core.provider_totals import CountingBoard
from vantum.heap import c_library_heap

Watch = Callable[[Event], None]

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
TURN_BUCKETS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Seconds; the finest where an answer begins to feel late."""
TOOL_BUCKETS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
MOST_TOOLS: Final = 50
OPEN_FDS: Final = Path("/dev/fd")
"""Linux, macOS and the BSDs list the open files of a process here."""
OTHER: Final = "other"
LOOP_LAG: Final = "vantum_loop_lag_seconds"
PROVIDER_UP: Final = "vantum_provider_up"
TOOL_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
PROMPT_REASONS: Final = ("silence", "unheard", "slow", "failure")
ERROR_SOURCES: Final = ("stt", "llm", "tts", "transport", "pipeline")


class Metrics:
    """The metrics of one server process, whose providers ``board`` knows; ``lag`` tells how late its loop is."""

    def __init__(self, board: CountingBoard, lag: Callable[[], float] = lambda: 0.0) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_ProviderMetrics(board))
        self._registry.register(_ProcessMetrics(lag))
        self._refused = Counter(
            "vantum_admission_refused",
            "Calls that were turned away, by reason.",
            ["reason"],
            registry=self._registry,
        )
        for reason in Reason:
            self._refused.labels(reason)
        self._calls = _CallMetrics(self._registry)
        self._latency = _LatencyMetrics(self._registry)
        self._drafts = _DraftMetrics(self._registry)
        self._tools = _ToolMetrics(self._registry)

    def refused(self, reason: Reason) -> None:
        """A call was turned away."""
        self._refused.labels(reason).inc()

    def watch_call(self, _call_id: str) -> Watch:
        """What is to be told of every event of one call."""
        parts = (self._calls.watch, self._latency.watch, self._drafts.watch_call(), self._tools.watch)

        def watch(event: Event) -> None:
            for part in parts:
                part(event)

        return watch

    def exposition(self) -> bytes:
        """All of it, as Prometheus reads it: text of the type ``CONTENT_TYPE``."""
        return generate_latest(self._registry)


class _ProviderMetrics(Collector):
    """What the board counts, at the moment when somebody asks."""

    def __init__(self, board: CountingBoard) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "vantum_provider_requests",
            "What became of requests to providers.",
            labels=["kind", "provider", "outcome"],
        )
        up = GaugeMetricFamily(PROVIDER_UP, "1 while calls use the provider.", labels=["kind", "provider"])
        for (kind, name), totals in self._board.totals.items():
            up.add_metric([kind, name], int(self._board.usable(kind, name)))
            for outcome, count in totals.items():
                requests.add_metric([kind, name, outcome], count)
        yield from (requests, up)


class _ProcessMetrics(Collector):
    """What the process holds at the moment: what only ever grows is a leak. What cannot be told is left out."""

    def __init__(self, lag: Callable[[], float]) -> None:
        self._lag = lag
        self._heap = c_library_heap()

    def collect(self) -> Iterator[Metric]:
        usage = None if self._heap is None else self._heap.usage()
        for name, about, count in (
            ("vantum_tasks", "Tasks of the event loop that are not done.", _tasks()),
            ("vantum_open_fds", "Open files and sockets.", _open_fds()),
            ("vantum_python_blocks", "Small objects that Python holds.", sys.getallocatedblocks()),
            (
                "vantum_heap_used_bytes",
                "Memory of the C library that is in use.",
                None if usage is None else usage.used,
            ),
            (
                "vantum_heap_free_bytes",
                "Memory that lies ready for calls.",
                None if usage is None else usage.free,
            ),
        ):
            if count is not None:
                yield GaugeMetricFamily(name, about, value=count)
        about = "How late the event loop was in the last five seconds, at the 95th percentile."
        yield GaugeMetricFamily(LOOP_LAG, about, value=self._lag())


class _CallMetrics:
    """Calls, their turns, and what went wrong in them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter("vantum_calls", "Calls that began.", ["transport"], registry=registry)
        self._live = Gauge("vantum_live_calls", "Calls under way.", registry=registry)
        self._turns = Counter("vantum_turns", "Turns of callers that were committed.", registry=registry)
        self._barge_ins = Counter(
            "vantum_barge_ins",
            "Sounds of callers over the bot, by what they were.",
            ["kind"],
            registry=registry,
        )
        self._prompts = Counter(
            "vantum_prompts", "Silences that the bot broke, by reason.", ["reason"], registry=registry
        )
        self._errors = Counter(
            "vantum_errors", "Failures, by the part that failed.", ["source"], registry=registry
        )
        # A series that is there from the start shows its first increase.
        for kind in BargeIn:
            self._barge_ins.labels(kind)
        for reason in PROMPT_REASONS:
            self._prompts.labels(reason)
        for source in ERROR_SOURCES:
            self._errors.labels(source)

    def watch(self, event: Event) -> None:
        match event:
            case CallStarted():
                self._calls.labels(event.transport).inc()
                self._live.inc()
            case CallEnded():
                self._live.dec()
            case TurnCommitted():
                self._turns.inc()
            case BargeInDecided():
                self._barge_ins.labels(event.kind).inc()
            case CallerPrompted():
                self._prompts.labels(_one_of(PROMPT_REASONS, event.reason)).inc()
            case ErrorReported():
                self._errors.labels(_one_of(ERROR_SOURCES, event.source)).inc()


class _LatencyMetrics:
    """Where the time of answers goes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._stages = Histogram(
            "vantum_turn_seconds",
            "Seconds from the end of the caller's speech to each station of the answer.",
            ["stage"],
            buckets=TURN_BUCKETS,
            registry=registry,
        )
        self._replies = Histogram(
            "vantum_voice_to_voice_seconds",
            "Seconds from the end of the caller's speech until the answer was heard.",
            ["drafted"],
            buckets=TURN_BUCKETS,
            registry=registry,
        )
        for stage in Stage:
            self._stages.labels(stage)
        for drafted in ("false", "true"):
            self._replies.labels(drafted)

    def watch(self, event: Event) -> None:
        if not isinstance(event, TurnLatency):
            return
        for stage, seconds in event.seconds.items():
            # A draft may be ahead of the end of speech; a sum that falls would look like a restart.
            self._stages.labels(stage).observe(max(0.0, seconds))
        reply = voice_to_voice(event.seconds)
        if reply is not None:
            self._replies.labels("true" if event.drafted else "false").observe(max(0.0, reply))


class _DraftMetrics:
    """Answers made before the turn was over: how many were of use, and what the others cost."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._drafts = Counter(
            "vantum_drafts",
            "Answers drafted before the turn was over: started, committed (said), dropped.",
            ["step"],
            registry=registry,
        )
        self._tokens = Counter(
            "vantum_dropped_tokens", "Estimated tokens of dropped drafts.", ["kind"], registry=registry
        )
        self._characters = Counter(
            "vantum_dropped_characters",
            "Characters that dropped drafts gave to the voice.",
            registry=registry,
        )
        for step in ("started", "committed", "dropped"):
            self._drafts.labels(step)
        for kind in ("prompt", "completion"):
            self._tokens.labels(kind)

    def watch_call(self) -> Watch:
        """One call has at most one draft under way."""
        under_way = False

        def watch(event: Event) -> None:
            nonlocal under_way
            match event:
                case DraftStarted():
                    under_way = True
                    self._drafts.labels("started").inc()
                case DraftDropped():
                    under_way = False
                    self._drop(event)
                case TurnCommitted() if under_way:
                    under_way = False
                    self._drafts.labels("committed").inc()

        return watch

    def _drop(self, dropped: DraftDropped) -> None:
        self._drafts.labels("dropped").inc()
        self._tokens.labels("prompt").inc(dropped.prompt_tokens)
        self._tokens.labels("completion").inc(dropped.completion_tokens)
        self._characters.inc(dropped.spoken_characters)


class _ToolMetrics:
    """Tools that language models called. A model may make up names: only so many get a label of their own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "vantum_tool_calls", "Calls of tools that came to an end.", ["tool", "failed"], registry=registry
        )
        self._seconds = Histogram(
            "vantum_tool_seconds",
            "Seconds that a tool took.",
            ["tool"],
            buckets=TOOL_BUCKETS,
            registry=registry,
        )
        self._named: set[str] = set()

    def watch(self, event: Event) -> None:
        if not isinstance(event, ToolReturned):
            return
        tool = self._label(event.name)
        self._calls.labels(tool, "true" if event.failed else "false").inc()
        self._seconds.labels(tool).observe(event.seconds)

    def _label(self, name: str) -> str:
        if name not in self._named:
            if len(self._named) >= MOST_TOOLS or not TOOL_NAME.fullmatch(name):
                return OTHER
            self._named.add(name)
        return name


def _tasks() -> int | None:
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        return None


def _open_fds() -> int | None:
    """None on a system without a folder of them."""
    try:
        return len(list(OPEN_FDS.iterdir()))
    except OSError:
        return None


def _one_of(known: tuple[str, ...], label: str) -> str:
    return label if label in known else OTHER
