"""Who recognises speech in one call: exchanged when it fails, and exchanged back when the first works again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Protocol
from weakref import proxy

from loguru import logger
from pipecat.frames.frames import Frame, StartFrame
from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.failover import Candidate, Desk
from processors.faults import provider_error
from processors.stt.at_work import Reports, STTAtWork
from processors.stt.heard_tape import HeardTape
from vantum.core.errors import ProviderError
from vantum.core.events import ProviderSwitched
from vantum.core.rota import LASTING

AGAIN_SECONDS = 2.0
"""So often the best recogniser is begun again when none works."""
REVIEW_SECONDS = 5.0
"""So often it is looked whether a better one works again."""


class BenchReports(Reports, Protocol):
    """Who is told what becomes of the recognisers."""

    def begins(self) -> None:
        """One begins, and hears the tape from its beginning."""

    def planned(self) -> None:
        """What is ``due``, and when, has changed."""

    async def switched(self, news: ProviderSwitched) -> None:
        """Another one works."""

    async def nobody_left(self, error: ProviderError) -> None:
        """None works, because of ``error`` in the end."""


class STTBench:
    """The recognisers of one call, one of which works at a time."""

    def __init__(
        self,
        owner: FrameProcessor,
        desk: Desk[FrameProcessor],
        tape: HeardTape,
        reports: BenchReports,
    ) -> None:
        self._owner = proxy(owner)
        self._desk = desk
        self._tape = tape
        self._reports = proxy(reports)
        self._opened: tuple[FrameProcessorSetup, StartFrame] | None = None
        self._work: STTAtWork | None = None
        self._standing: dict[type[Frame], Frame] = {}
        self._tried: set[str] = set()
        self._lasting: set[str] = set()
        self._mourned = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._began_at = 0.0
        self._next_at: float | None = None

    async def open(self, setup: FrameProcessorSetup, frame: StartFrame) -> None:
        """The call begins."""
        self._opened = setup, frame
        await self._begin(None)

    def serves(self, work: STTAtWork) -> bool:
        """Whether it is the one that works now."""
        return work is self._work

    async def give(self) -> None:
        """There is more on the tape."""
        if self._work is not None:
            await self._work.give()

    async def inform(self, frame: Frame) -> None:
        """Something that who works now needs to know."""
        if self._work is not None:
            await self._work.tell(frame)

    async def settle(self, frame: Frame) -> None:
        """Something that whoever works needs to know from here on."""
        self._standing[type(frame)] = frame
        await self.inform(frame)

    async def follow(self, frame: Frame, language: str) -> None:
        """The call goes on in ``language``, as ``frame`` tells: who does not speak it is exchanged."""
        self._desk.follow(language)
        if self._work is not None and self._desk.serving not in self._desk.names:
            self._standing[type(frame)] = frame
            self._let_go(self._work)
            await self._begin(None)
            return
        await self.settle(frame)
        if self._work is not None:
            self._next_at = None if self._desk.alone else time.monotonic() + REVIEW_SECONDS

    def works(self, seconds: float | None) -> None:
        """Who works now has given words, ``seconds`` after the speech."""
        self._tried.clear()
        self._mourned = False
        self._desk.served(seconds)

    def fail(self, error: ProviderError) -> None:
        """Who works now has failed: the next one begins."""
        if self._work is not None:
            self._let_go(self._work)
        logger.warning(
            "A speech recogniser failed.",
            provider=self._desk.serving,
            problem=error.message,
            fault=error.fault,
        )
        self._desk.failed(error)
        self._tried.add(self._desk.serving)
        if error.fault in LASTING:
            self._lasting.add(self._desk.serving)
        self._next_at = None
        self._start(self._begin(error))

    def due(self) -> float | None:
        """When ``tick`` is to be called."""
        return self._next_at

    async def tick(self, now: float, *, idle: bool) -> None:
        """Begin again where nobody works; exchange back to a better one, when the caller is ``idle``."""
        if self._next_at is None or now < self._next_at:
            return
        if self._work is None:
            await self._begin(None)
            return
        self._next_at = now + REVIEW_SECONDS
        better = self._desk.choose()
        if idle and not self._tried and better is not None and better.name != self._desk.serving:
            self._let_go(self._work)
            await self._begin(None)

    async def end(self) -> None:
        """The call ends: whoever works gives the words that are still to come."""
        self._opened = self._next_at = None
        if self._work is not None:
            await self._work.end()
        self._work = None

    async def close(self) -> None:
        """Let everybody go."""
        self._opened = self._next_at = None
        if self._work is not None:
            self._let_go(self._work)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _begin(self, error: ProviderError | None) -> None:
        candidate = self._desk.choose(self._tried)
        if candidate is None:
            await self._begin_later(error)
            return
        self._began_at = time.monotonic()
        self._next_at = None if self._desk.alone else self._began_at + REVIEW_SECONDS
        self._reports.planned()
        switched = self._desk.begin(candidate.name, error)
        if switched is not None:
            await self._reports.switched(switched)
        self._put_to_work(candidate)

    def _put_to_work(self, candidate: Candidate[FrameProcessor]) -> None:
        if self._opened is None:
            return
        try:
            service = candidate.make()
        except Exception as problem:
            # Whatever a provider's SDK raises.
            self.fail(provider_error(self._desk.kind, candidate.name, problem))
            return
        self._work = STTAtWork(self._owner, service, self._tape, self._reports)
        self._tape.rewind()
        self._reports.begins()
        self._work.start(*self._opened, tuple(self._standing.values()))

    async def _begin_later(self, error: ProviderError | None) -> None:
        """All have been tried: the best of those that may yet work is begun again."""
        if error is not None and not self._mourned:
            self._mourned = True
            await self._reports.nobody_left(error)
        self._tried = set(self._lasting)
        hopeless = self._desk.choose(self._tried) is None
        self._next_at = None if hopeless else max(time.monotonic(), self._began_at + AGAIN_SECONDS)
        self._reports.planned()

    def _let_go(self, work: STTAtWork) -> None:
        self._work = None
        self._start(work.close())

    def _start(self, doing: Coroutine[object, object, None]) -> None:
        task = self._owner.create_task(doing, "stt_bench")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
