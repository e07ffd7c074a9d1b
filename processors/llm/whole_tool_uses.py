"""Makes the tool calls in an Anthropic stream whole, so that none is lost: not even one that makes no sense.

pipecat keeps the last of several calls in an answer and drops the others, takes an answer that was cut off in the
middle of a call for one without any, and fails where the arguments are no JSON. The model must be told, or the caller
waits in silence.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from anthropic import AsyncStream
from anthropic.types.beta import (
    BetaInputJSONDelta,
    BetaRawContentBlockDeltaEvent,
    BetaRawContentBlockStartEvent,
    BetaRawMessageDeltaEvent,
    BetaRawMessageStopEvent,
    BetaRawMessageStreamEvent,
    BetaToolUseBlock,
)

from processors.llm.whole_tool_calls import WrittenArguments

CALLS = "tool_use"
"""The reason to stop that pipecat takes for a call."""


@dataclass(slots=True)
class WholeToolUses:
    """The calls of one answer, put together from their parts."""

    _uses: dict[int, tuple[BetaToolUseBlock, WrittenArguments]] = field(default_factory=dict)

    def take(self, event: BetaRawMessageStreamEvent) -> bool:
        """Take the event in if it is part of a call."""
        match event:
            case BetaRawContentBlockStartEvent(index=index, content_block=BetaToolUseBlock() as block):
                self._uses[index] = (block, WrittenArguments())
            case BetaRawContentBlockDeltaEvent(index=index, delta=BetaInputJSONDelta(partial_json=part)):
                if index in self._uses:
                    self._uses[index][1].add(part)
            case _:
                return False
        return True

    def events(self, end: BetaRawMessageDeltaEvent) -> Iterator[BetaRawMessageStreamEvent]:
        """Each call as pipecat takes one: its beginning, its arguments, and an ``end`` of its own."""
        ends = end.model_copy(update={"delta": end.delta.model_copy(update={"stop_reason": CALLS})})
        for index, (block, written) in self._uses.items():
            arguments = BetaInputJSONDelta(partial_json=written.whole(), type="input_json_delta")
            yield BetaRawContentBlockStartEvent(index=index, content_block=block, type="content_block_start")
            yield BetaRawContentBlockDeltaEvent(index=index, delta=arguments, type="content_block_delta")
            yield ends
        if not self._uses or end.delta.stop_reason != CALLS:
            yield end


async def with_whole_uses(
    stream: AsyncStream[BetaRawMessageStreamEvent], under_way: Callable[[], Awaitable[None]]
) -> AsyncIterator[BetaRawMessageStreamEvent]:
    """The events of ``stream``, its calls behind all else: one after the other, their arguments a JSON object.

    ``under_way`` is called for each part of a call. Raises ``ConnectionError`` for a stream that ends before the
    message does: half a call is none. Closes the stream.
    """
    uses, stopped = WholeToolUses(), False
    try:
        async for event in stream:
            if uses.take(event):
                await under_way()
                continue
            stopped = stopped or isinstance(event, BetaRawMessageStopEvent)
            if isinstance(event, BetaRawMessageDeltaEvent):
                for whole in uses.events(event):
                    yield whole
            else:
                yield event
        if not stopped:
            raise ConnectionError("The stream ended before the answer did.")
    finally:
        await stream.close()
