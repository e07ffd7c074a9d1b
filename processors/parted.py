"""Parts a processor that is over from all that it was wired to, so that it goes when nobody holds it any more.

pipecat's processors hold on to their neighbours and to whoever listens to them, in rings. What nobody else holds
would stay until Python's rare search for such rings, and that search stops every call for as long as it lasts.
"""

from __future__ import annotations

from pipecat.processors.frame_processor import FrameProcessor


def part(processor: FrameProcessor) -> None:
    """``processor`` was cleaned up: it keeps all that it has but its neighbours and its listeners."""
    # pipecat has no way to undo what links and listeners did.
    processor._next = processor._prev = None  # noqa: SLF001
    processor._event_handlers.clear()  # noqa: SLF001
