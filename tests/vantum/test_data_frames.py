"""Whole messages are read as the parser reads them, and everything else is left to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode

from vantum.data_frames import NOTHING, DataFrames, data_frames

PLENTY = 1_000_000


def packed(message: bytes | str) -> bytes:
    """A message as a client sends it."""
    if isinstance(message, str):
        return Frame(Opcode.TEXT, message.encode()).serialize(mask=True)
    return Frame(Opcode.BINARY, message).serialize(mask=True)


@given(st.lists(st.one_of(st.binary(max_size=300), st.text(max_size=100)), max_size=5), st.binary(max_size=5))
def test_the_messages_at_the_beginning_are_read(messages: list[bytes | str], rest: bytes) -> None:
    whole = b"".join(map(packed, messages))
    rest = b"\x00" + rest
    assert data_frames(whole + rest, PLENTY) == (
        DataFrames(tuple(messages), len(whole)) if messages else NOTHING
    )


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 1_920, 65_535])
def test_of_every_length_that_two_bytes_hold(size: int) -> None:
    data = packed(bytes(range(256)) * (size // 256) + bytes(size % 256))
    (message,) = data_frames(data, PLENTY).messages
    assert len(message) == size
    for cut in {*range(min(14, len(data))), len(data) // 2, len(data) - 1}:
        assert data_frames(data[:cut], PLENTY) is NOTHING


@pytest.mark.parametrize(
    "data",
    [
        packed(bytes(65_536)),
        Frame(Opcode.BINARY, b"unmasked").serialize(mask=False),
        Frame(Opcode.BINARY, bytes(200)).serialize(mask=False),
        Frame(Opcode.BINARY, b"first", fin=False).serialize(mask=True),
        Frame(Opcode.CONT, b"last").serialize(mask=True),
        Frame(Opcode.PING, b"there?").serialize(mask=True),
        Frame(Opcode.CLOSE, Close(1000, "").serialize()).serialize(mask=True),
        b"\xc2" + packed(b"packed")[1:],
        Frame(Opcode.TEXT, b"\xff\xff").serialize(mask=True),
        b"\x82\xfe\x00\x05" + b"mask" + b"short",
        b"\x82\xff" + bytes(20),
    ],
    ids=[
        "long",
        "bare",
        "bare 200",
        "begun",
        "continued",
        "ping",
        "close",
        "packed",
        "no text",
        "odd length",
        "8 bytes",
    ],
)
def test_what_is_no_whole_message_is_left(data: bytes) -> None:
    assert data_frames(data, PLENTY) is NOTHING
    before = packed(b"before")
    assert data_frames(before + data, PLENTY) == DataFrames((b"before",), len(before))


def test_what_is_too_long_is_left() -> None:
    assert data_frames(packed(b"12345"), 5).messages == (b"12345",)
    assert data_frames(packed(b"123456"), 5) is NOTHING
