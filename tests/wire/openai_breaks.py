"""The ways in which a stream of the local OpenAI server breaks off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from enum import StrEnum


class Break(StrEnum):
    """What happens in the place of a part of the answer."""

    CUT = "cut"  # half of it, and the connection is closed
    GARBAGE = "garbage"  # something that is no JSON
    ERROR = "error"  # an error as an event, and the end
    END = "end"  # the end of the response, as if it were complete
    STALL = "stall"  # nothing, until the client leaves


class BrokenOffError(Exception):
    """The server is to close the connection."""


async def broken(kind: Break, event: bytes) -> AsyncIterator[bytes]:
    """What goes out in the place of ``event``, a whole chunk."""
    match kind:
        case Break.CUT:
            yield event[: len(event) // 2]
            raise BrokenOffError
        case Break.GARBAGE:
            yield chunk(b"data: {]\n\n") + chunk(b"")
        case Break.ERROR:
            error = {"message": "The server had an error.", "type": "server_error", "code": None}
            yield chunk(f"data: {json.dumps({'error': error})}\n\n".encode()) + chunk(b"")
        case Break.END:
            yield chunk(b"")
        case Break.STALL:
            await asyncio.Event().wait()


def chunk(data: bytes) -> bytes:
    """A chunk of a response; an empty one ends it."""
    return b"%x\r\n%s\r\n" % (len(data), data)
