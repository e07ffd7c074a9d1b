"""How a tool of the language model lets the call know of an event."""

from __future__ import annotations

from pipecat.frames.frames import OutputTransportMessageUrgentFrame
from pipecat.services.llm_service import FunctionCallParams

from vantum.core.events import Event


async def publish(params: FunctionCallParams, event: Event) -> None:
    """Send ``event`` to the transport output, which tells the record, the client and whoever watches."""
    await params.llm.push_frame(OutputTransportMessageUrgentFrame(message=event))
