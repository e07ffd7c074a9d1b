"""A provider's bytes in units: WebSocket messages, or chunks of an HTTP response; and units of one's own making."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

HEAD_END = b"\r\n\r\n"


class Part(StrEnum):
    """What a unit is."""

    HEAD = "head"
    MESSAGE = "message"
    CONTROL = "control"  # a close, a ping, or the end of a response


@dataclass(frozen=True, slots=True)
class Unit:
    """Bytes that belong together; ``body`` is what they say."""

    part: Part
    raw: bytes
    body: bytes = b""


@dataclass(slots=True)
class Units:
    """Cuts what a server sends."""

    _rest: bytes = b""
    _framed: bool = False
    _chunked: bool = False
    _length: int = field(default=-1)

    @property
    def answering(self) -> bool:
        """Whether a response has begun, and not ended."""
        return self._framed or self._chunked or self._length >= 0

    def feed(self, data: bytes) -> Iterator[Unit]:
        """The units that are complete now."""
        self._rest += data
        while (unit := self._next()) is not None:
            self._rest = self._rest[len(unit.raw) :]
            yield unit

    def _next(self) -> Unit | None:
        if self._framed:
            return _frame(self._rest)
        if self._chunked:
            unit = _chunk(self._rest)
            self._chunked = unit is None or unit.part is Part.MESSAGE
            return unit
        if self._length >= 0:
            if len(self._rest) < self._length:
                return None
            body, self._length = self._rest[: self._length], -1
            return Unit(Part.MESSAGE, body, body)
        return self._head()

    def _head(self) -> Unit | None:
        head, end, _ = self._rest.partition(HEAD_END)
        if not end:
            return None
        self._framed = head.startswith(b"HTTP/1.1 101")
        self._chunked = b"chunked" in head.lower()
        length = re.search(rb"content-length: *(\d+)", head.lower())
        if length is not None and not self._framed and int(length[1]):
            self._length = int(length[1])
        return Unit(Part.HEAD, head + end)


def _frame(data: bytes) -> Unit | None:
    if len(data) < 2:
        return None
    size, at = data[1] & 127, 2
    if size >= 126:
        at = 4 if size == 126 else 10
        if len(data) < at:
            return None
        size = int.from_bytes(data[2:at], "big")
    if len(data) < at + size:
        return None
    part = Part.MESSAGE if data[0] & 15 in (1, 2) else Part.CONTROL
    return Unit(part, data[: at + size], data[at : at + size])


def _chunk(data: bytes) -> Unit | None:
    line, end, rest = data.partition(b"\r\n")
    if not end or len(rest) < int(line, 16) + 2:
        return None
    size = int(line, 16)
    raw = data[: len(line) + 4 + size]
    return Unit(Part.MESSAGE if size else Part.CONTROL, raw, rest[:size])


def message_frame(body: str | bytes) -> bytes:
    """A message of a WebSocket server."""
    return _framed(1 if isinstance(body, str) else 2, body.encode() if isinstance(body, str) else body)


def close_frame(code: int, reason: str) -> bytes:
    """A WebSocket server's goodbye."""
    return _framed(8, struct.pack(">H", code) + reason.encode())


def chunk(body: bytes) -> bytes:
    """A chunk of a response; an empty one ends it."""
    return b"%x\r\n%s\r\n" % (len(body), body)


def response(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    """A whole HTTP response, behind which the connection is closed."""
    every = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (every | headers).items())
    return f"HTTP/1.1 {status} Fault\r\n{lines}\r\n".encode() + body


def _framed(opcode: int, body: bytes) -> bytes:
    size = bytes([len(body)]) if len(body) < 126 else b"\x7e" + struct.pack(">H", len(body))
    return bytes([128 | opcode]) + size + body
