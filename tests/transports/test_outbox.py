"""What waits for a browser: in order, bounded, ended in good order."""

from __future__ import annotations

import asyncio

from transports.outbox import Outbox


def never(_: bytes | str) -> bool:
    return False


async def test_what_can_be_written_at_once_is_and_nothing_overtakes_what_waits() -> None:
    able, now, sent = True, list[bytes | str](), list[bytes | str]()

    def write_now(message: bytes | str) -> bool:
        if able:
            now.append(message)
        return able

    async def send(message: bytes | str) -> None:
        await asyncio.sleep(0.01)
        sent.append(message)

    outbox = Outbox(1000, write_now)
    draining = asyncio.create_task(outbox.drain(send))
    outbox.put(b"one")
    able = False
    outbox.put(b"two")
    await asyncio.sleep(0)
    able = True
    # The one before it is being written.
    outbox.put(b"three")
    await asyncio.sleep(0.1)
    outbox.put(b"four")
    outbox.close()
    await draining
    assert (now, sent) == ([b"one", b"four"], [b"two", b"three"])


async def test_messages_leave_in_order_and_the_end_is_waited_for() -> None:
    outbox, sent = Outbox(1000, never), list[bytes | str]()

    async def send(message: bytes | str) -> None:
        await asyncio.sleep(0.01)
        sent.append(message)

    outbox.put(b"one")
    draining = asyncio.create_task(outbox.drain(send))
    await asyncio.sleep(0.1)
    outbox.put(b"two")
    outbox.put(None)
    outbox.put(b"three")
    outbox.close()
    outbox.put(b"too late")
    await draining
    assert sent == [b"one", b"two", b"three"]


async def test_a_reader_too_slow_is_noticed_and_nothing_more_is_kept() -> None:
    outbox, sent, reading = Outbox(10, never), list[bytes | str](), asyncio.Event()

    async def send(message: bytes | str) -> None:
        await reading.wait()
        sent.append(message)

    draining = asyncio.create_task(outbox.drain(send))
    outbox.put(b"12345")
    await asyncio.sleep(0.01)
    outbox.put(b"12345")
    assert not outbox.overflowed.is_set()
    outbox.put(b"1")
    assert outbox.overflowed.is_set()
    reading.set()
    await draining
    assert sent == [b"12345"]
