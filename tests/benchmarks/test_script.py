"""What callers say, and whether every detector hears its turns."""

from __future__ import annotations

import pytest

from benchmarks.figures import System, Transport
from benchmarks.script import CHUNK_BYTES, as_sent, caller_stream, chunks, turn_ends

STREAM = caller_stream(30.0)


def test_a_stream_is_whole_chunks() -> None:
    assert len(STREAM) % CHUNK_BYTES == 0
    assert b"".join(chunks(STREAM)) == STREAM


@pytest.mark.parametrize(
    ("system", "transport", "size"),
    [
        (System.STOCK, Transport.BROWSER, 640),
        (System.VANTUM, Transport.BROWSER, 1920),
        (System.FLOOR, Transport.BROWSER, 1920),
        (System.VANTUM, Transport.TWILIO, 160),
    ],
)
def test_each_server_gets_its_own_form_in_frames_of_20_ms(
    system: System, transport: Transport, size: int
) -> None:
    sent = as_sent(STREAM, system, transport)
    assert len(sent) == len(STREAM) // CHUNK_BYTES
    assert {len(chunk) for chunk in sent} == {size}


@pytest.mark.parametrize("transport", list(Transport))
async def test_all_detectors_hear_every_turn_once_and_at_about_the_same_time(transport: Transport) -> None:
    heard = [
        await turn_ends(as_sent(STREAM, system, transport), system, transport)
        for system in (System.STOCK, System.VANTUM, System.FLOOR)
    ]
    assert [len(ends) for ends in heard] == [4, 4, 4]
    for ends in zip(*heard, strict=True):
        assert max(ends) - min(ends) <= 12
