"""Holds conversations with one partner: a server of its own, callers at once, and what else the machine did."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.conversation.judging import Part, Trial
from benchmarks.conversation.stage import Partner, Stage, stage
from benchmarks.conversation.trials import Conversation, calls_of
from benchmarks.figures import percentile
from benchmarks.machine import usage
from benchmarks.servers import BenchmarkError


@dataclass(frozen=True, slots=True)
class Round:
    """The trials of some conversations with one partner, and what else the machine did meanwhile, in cores."""

    partner: Partner
    parts: tuple[Part, ...]
    trials: tuple[Trial, ...]
    seconds: float
    stolen_cores: float
    others_cores: float
    late_p99_ms: float


async def measured(partner: Partner, conversations: Sequence[Conversation]) -> Round:
    """Hold the conversations all at once; raises BenchmarkError if the server does not start."""
    async with stage(partner) as on:
        before, began = usage(on.pid), time.monotonic()
        done = await asyncio.gather(
            *(
                _calls(on, conversation, calls)
                for conversation in conversations
                for calls in calls_of(conversation.turns, conversation.callers)
            )
        )
        used, seconds = usage(on.pid).since(before), time.monotonic() - began
    late = percentile([late for _, lates in done for late in lates], 0.99)
    return Round(
        partner=partner,
        parts=tuple(part for conversation in conversations for part in conversation.parts),
        trials=tuple(trial for trials, _ in done for trial in trials),
        seconds=seconds,
        stolen_cores=used.stolen / seconds,
        others_cores=used.others / seconds,
        late_p99_ms=1000 * (late or 0.0),
    )


async def _calls(
    on: Stage, conversation: Conversation, calls: Sequence[range]
) -> tuple[list[Trial], list[float]]:
    trials: list[Trial] = []
    late: list[float] = []
    for turns in calls:
        async with on.call() as caller:
            try:
                trials += await conversation.hold(caller, turns)
            except BenchmarkError as broken:
                trials += [Trial(part, False, note=str(broken)) for part in conversation.parts for _ in turns]
        late += caller.late
    return trials, late
