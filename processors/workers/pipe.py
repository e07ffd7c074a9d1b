"""What crosses the pipe between the server and a worker process.

A message is four bytes of length (big endian) and that many bytes of payload. A worker says ``READY`` once it is
warm; then it answers each request, in order, with ``DONE`` or ``FAILED`` and the answer or the reason.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from typing import Protocol

HEADER = struct.Struct(">I")
READY = b"ready"
DONE = b"+"
FAILED = b"-"


class WorkerKind(StrEnum):
    """What a worker process is for."""

    GENERAL = "general"
    SCRIPT = "script"
    PARTIAL = "partial"
    VOICE = "voice"
    TURN = "turn"


class Handler(Protocol):
    """The work of a worker: one request in, one answer out."""

    def __call__(self, request: bytes) -> bytes: ...


def frame(payload: bytes) -> bytes:
    """A payload as it goes onto the pipe."""
    return HEADER.pack(len(payload)) + payload
