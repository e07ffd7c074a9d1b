"""Handing a connection over: to whom it is for, to another where it may be, and to nobody in the end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import cast

import pytest

from vantum.core.routing import Wish
from vantum.workers.hired import Hired
from vantum.workers.staff import HAND_SECONDS, Staff

A, B = "0000000a", "0000000b"
CALL = Wish(begins=True)


class Worker:
    """Takes connections, is full (False), or is gone (OSError)."""

    def __init__(self) -> None:
        self.room: bool | OSError = True
        self.taken = 0

    def give(self, _connection: socket.socket) -> bool:
        if isinstance(self.room, OSError):
            raise self.room
        self.taken += self.room
        return self.room


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    with socket.socket() as unused:
        yield unused


def staff_of(*stamps: str) -> tuple[Staff, list[Worker]]:
    staff, workers = Staff(len(stamps), (), ""), [Worker() for _ in stamps]
    for slot, stamp in enumerate(stamps):
        staff._crew.join(slot, stamp)
        staff._hired[stamp] = cast(Hired, workers[slot])
    return staff, workers


@pytest.mark.parametrize("room", [False, BrokenPipeError()])
async def test_what_one_cannot_take_another_does(connection: socket.socket, room: bool | OSError) -> None:
    staff, (one, other) = staff_of(A, B)
    one.room = room
    for _ in range(3):
        await staff.hand(connection, CALL)
    assert (one.taken, other.taken) == (0, 3)


@pytest.mark.parametrize("wish", [Wish((A,)), Wish(key="a")])
async def test_what_is_for_one_waits_for_its_room(connection: socket.socket, wish: Wish) -> None:
    staff, workers = staff_of(A, B)
    stamp = staff._crew.choose(wish, 0.0)
    bound = workers[[A, B].index(str(stamp))]
    bound.room = False
    handing = asyncio.create_task(staff.hand(connection, wish))
    await asyncio.sleep(1.0)
    assert not handing.done()
    bound.room = True
    await handing
    assert [worker.taken for worker in workers] == [worker is bound for worker in workers]


async def test_while_there_is_nobody_it_waits_for_the_next(connection: socket.socket) -> None:
    staff, [one] = staff_of(A)
    one.room = BrokenPipeError()
    handing = asyncio.create_task(staff.hand(connection, Wish((A,))))
    await asyncio.sleep(2.0)
    assert not handing.done()
    later = Worker()
    staff._crew.leave(A)
    staff._crew.join(0, B)
    staff._hired = {B: cast(Hired, later)}
    await handing
    assert later.taken == 1


async def test_it_does_not_wait_for_ever(connection: socket.socket) -> None:
    staff, [one] = staff_of(A)
    one.room = False
    await staff.hand(connection, CALL)
    assert HAND_SECONDS <= asyncio.get_running_loop().time() < HAND_SECONDS + 0.1
    assert one.taken == 0
