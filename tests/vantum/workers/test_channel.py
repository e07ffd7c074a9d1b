"""What ties a worker to the front: messages arrive whole, and so do connections, once each."""

from __future__ import annotations

import gc
import socket
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.workers.badge import Badge
from vantum.workers.channel import Handing, Lines, Taking, pair
from vantum.workers.messages import Asks, Drain, Message, Question, Report, Subject, packed, unpacked

pytestmark = pytest.mark.real_time


def open_descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


@given(st.one_of(*(st.from_type(kind) for kind in get_args(Message))))
def test_every_message_is_one_line_and_comes_back_as_it_was(message: Message) -> None:
    line = packed(message)
    assert (line.count(b"\n"), unpacked(line)) == (1, message)


@pytest.mark.parametrize("line", [b"", b"{}\n", b'{"kind": "unheard of"}\n', b'{"kind": "asks"}\n'])
def test_nonsense_is_no_message(line: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        unpacked(line)


async def test_messages_come_in_order_until_the_other_end_is_gone() -> None:
    ours, theirs = pair()
    front, worker = await Lines.over(ours.lines), await Lines.over(theirs.lines)
    long = Report(1, 2, True, ("192.0.2.7",) * 20_000, (), False)
    sent: list[Message] = [Asks(0, Subject.HEALTH), long, Drain()]
    for message in sent:
        worker.tell(message)
    worker.close()
    worker.tell(Drain())
    assert [message async for message in front.told()] == sent
    front.close()
    ours.connections.close()
    theirs.connections.close()


async def test_half_a_message_of_one_who_was_killed_is_none() -> None:
    ours, theirs = pair()
    front = await Lines.over(ours.lines)
    theirs.lines.send(packed(Question(1, Subject.METRICS)) + b'{"kind": "dr')
    theirs.close()
    assert [message async for message in front.told()] == [Question(1, Subject.METRICS)]
    front.close()
    ours.connections.close()


def test_a_connection_is_given_and_neither_lost_nor_kept() -> None:
    gc.collect()
    before = open_descriptors()
    ours, theirs = pair()
    handing, taking = Handing(ours.connections), Taking(theirs.connections)
    pairs = [socket.socketpair() for _ in range(3)]
    for client, connection in pairs:
        assert handing.give(connection)
        connection.close()
        client.send(b"hello")
    handing.close()
    for client, _ in pairs:
        taken = taking.take()
        assert taken is not None
        with taken:
            assert (taken.recv(9), taken.gettimeout()) == (b"hello", 0.0)
        client.close()
    assert taking.take() is None
    taking.close()
    ours.lines.close()
    theirs.lines.close()
    assert open_descriptors() == before


def test_where_there_is_no_room_or_nobody_it_stays_with_the_giver() -> None:
    ours, theirs = pair()
    handing, taking = Handing(ours.connections), Taking(theirs.connections)
    with pytest.raises(BlockingIOError):
        taking.take()
    client, connection = socket.socketpair()
    given_away = 0
    while handing.give(connection):
        given_away += 1
    assert given_away > 50
    taking.close()
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        handing.give(connection)
    for end in (client, connection):
        end.close()
    handing.close()
    ours.lines.close()
    theirs.lines.close()


def test_a_badge_is_read_as_it_was_written() -> None:
    badge = Badge(3, 4, "00c0ffee", 17, 19)
    assert (str(badge), Badge.read(str(badge))) == ("3,4,00c0ffee,17,19", badge)
    with pytest.raises(ValueError, match="unpack"):
        Badge.read("3,4")


def test_ends_are_closed_together() -> None:
    ours, theirs = pair()
    ours.close()
    theirs.close()
    assert {end.fileno() for ends in (ours, theirs) for end in (ends.lines, ends.connections)} == {-1}
