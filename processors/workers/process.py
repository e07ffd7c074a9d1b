"""One child process that answers requests over its pipes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Self

from processors.workers.pipe import HEADER, READY, WorkerKind, frame

# ``python -m`` looks here first, so the worker runs the same code from a bare checkout and from an installed wheel.
_ROOT = Path(__file__).resolve().parents[2]


class WorkerProcess:
    """A running, warm worker; one request at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a worker needs both pipes")
        self._process = process
        self._requests = process.stdin
        self._answers = process.stdout

    @classmethod
    async def launch(cls, kind: WorkerKind) -> Self:
        """Start a worker and wait until it is warm. Raises OSError or EOFError if it does not come up."""
        # A session of its own keeps it out of the terminal's Ctrl-C before it can ignore the signal.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "processors.workers.worker",
            kind,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            start_new_session=True,
        )
        worker = cls(process)
        try:
            await worker._read_ready()
        except BaseException:
            await worker.kill()
            raise
        return worker

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is not known to have ended."""
        return self._process.returncode is None

    async def ask(self, request: bytes) -> bytes:
        """The answer to a request. Raises EOFError or ConnectionError if the process dies first."""
        self._requests.write(frame(request))
        await self._requests.drain()
        return await self._read()

    async def ended(self) -> None:
        """Wait until the process has ended, for whatever reason."""
        await self._process.wait()

    async def kill(self) -> None:
        """End the process now (it holds nothing worth saving) and release its pipes."""
        if self._process.returncode is None:
            self._process.kill()
        self._requests.close()
        await self._process.wait()
        # The transport closes itself once its last pipe has been read to the end.
        while await self._answers.read(1 << 16):
            pass

    async def _read_ready(self) -> None:
        if (word := await self._read()) != READY:
            raise EOFError(f"the worker said {word[:80]!r} instead of {READY!r}")

    async def _read(self) -> bytes:
        (size,) = HEADER.unpack(await self._answers.readexactly(HEADER.size))
        return await self._answers.readexactly(size)
