"""One worker as the front has it: its process, what it says, and the way to give it connections."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Final

from vantum.workers.badge import OPTION, Badge
from vantum.workers.channel import Ends, Handing, Lines, pair
from vantum.workers.messages import Message, Secret

COMMAND: Final = (sys.executable, "-m", "vantum.run")


class Hired:
    """A worker process, from its start to its end."""

    def __init__(
        self, slot: int, stamp: str, process: asyncio.subprocess.Process, lines: Lines, ends: Ends
    ) -> None:
        self.slot = slot
        self.stamp = stamp
        self.ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """The chain of its calls, once it takes connections; None of it is known before."""
        self.metrics = ""
        """What it told last of its counts."""
        self.serves = False
        self._process = process
        self._lines = lines
        self._handing = Handing(ends.connections)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives."""
        return self._process.returncode

    def tell(self, message: Message) -> None:
        """Send it a message; never waits."""
        self._lines.tell(message)

    def told(self) -> AsyncIterator[Message]:
        """What it says, until it is gone."""
        return self._lines.told()

    def give(self, connection: socket.socket) -> bool:
        """Whether it has room for a connection now; raises OSError when it is gone."""
        return self._handing.give(connection)

    def give_no_more(self) -> None:
        """It gets no connection any more, and knows that."""
        self._handing.close()

    def kill(self) -> None:
        """End it at once."""
        if self._process.returncode is None:
            self._process.kill()

    async def ended(self) -> int:
        """Wait until it is gone; returns its exit code."""
        code = await self._process.wait()
        self._lines.close()
        self._handing.close()
        return code


async def hire(arguments: Sequence[str], badge_of: tuple[int, int, str], secret: str) -> Hired:
    """Start the worker in a slot: ``badge_of`` are the slot, the number of slots and the stamp.

    ``arguments`` are those of the front, and ``secret`` is what only its workers may know.
    """
    slot, workers, stamp = badge_of
    ours, theirs = pair()
    badge = Badge(slot, workers, stamp, theirs.lines.fileno(), theirs.connections.fileno())
    try:
        process = await asyncio.create_subprocess_exec(
            *(*COMMAND, *arguments, OPTION, str(badge)),
            pass_fds=(badge.lines, badge.connections),
            # A terminal's Ctrl-C is for the front alone, which tells the others what to do.
            start_new_session=True,
        )
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    lines = await Lines.over(ours.lines)
    lines.tell(Secret(secret))
    return Hired(slot, stamp, process, lines, ours)
