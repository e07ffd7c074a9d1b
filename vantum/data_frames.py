"""Whole WebSocket messages at the beginning of what came (RFC 6455, section 5.2), found without a parser's steps.

A client's sound comes as one unfragmented frame at a time, whole. Whatever else comes is left for the parser that
knows the whole protocol.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from websockets.frames import apply_mask  # type: ignore[attr-defined]

WHOLE_TEXT: Final = 0x81
WHOLE_BINARY: Final = 0x82
MASKED: Final = 0x80
TWO_BYTE_LENGTH: Final = 126
MASK_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class DataFrames:
    """The messages that what came begins with; ``length`` is how many bytes of it they were."""

    messages: tuple[bytes | str, ...]
    length: int


NOTHING: Final = DataFrames((), 0)


def data_frames(data: bytes, most_bytes: int) -> DataFrames:
    """The messages of at most ``most_bytes`` that ``data`` begins with, each whole in one masked frame.

    What is longer than 65,535 bytes, of another kind, or no UTF-8 where it says that it is text, is left.
    """
    messages: list[bytes | str] = []
    length = 0
    while (found := _frame(data, length, most_bytes)) is not None:
        message, length = found
        messages.append(message)
    return DataFrames(tuple(messages), length) if messages else NOTHING


def _frame(data: bytes, start: int, most_bytes: int) -> tuple[bytes | str, int] | None:
    if len(data) - start < 2 + MASK_BYTES or data[start] not in (WHOLE_BINARY, WHOLE_TEXT):
        return None
    size, mask_at = data[start + 1] - MASKED, start + 2
    if size == TWO_BYTE_LENGTH:
        (size,), mask_at = struct.unpack_from("!H", data, mask_at), mask_at + 2
        if size < TWO_BYTE_LENGTH:
            return None
    elif not 0 <= size < TWO_BYTE_LENGTH:
        return None
    begin = mask_at + MASK_BYTES
    if size > most_bytes or len(data) < begin + size:
        return None
    payload = apply_mask(data[begin : begin + size], data[mask_at:begin])
    if data[start] == WHOLE_BINARY:
        return payload, begin + size
    try:
        return payload.decode(), begin + size
    except UnicodeDecodeError:
        return None
