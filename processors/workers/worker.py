"""A worker: a process that loads its engine once and then answers requests until its parent is gone.

Run by ``process.py`` as ``python -m processors.workers.worker KIND``; the protocol is in ``pipe.py``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from loguru import logger

from processors.workers.pipe import DONE, FAILED, HEADER, READY, Handler, WorkerKind, frame

NICENESS = {WorkerKind.PARTIAL: 10, WorkerKind.TURN: 10}
"""What they answer may be missed; the event loop, where they share its core, may not wait for them."""
THREADS_OF_NUMPY = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_PR_SET_PDEATHSIG = 1
AUTOGROUP = Path("/proc/self/autogroup")


def load(kind: WorkerKind) -> Handler:
    """The engine of a worker, warm; each engine is imported only where it is used."""
    match kind:
        case WorkerKind.VOICE:
            from processors.embedded.espeak import Voice  # noqa: PLC0415

            return Voice()
        case WorkerKind.SCRIPT:
            from processors.embedded.sphinx import Script  # noqa: PLC0415

            return Script()
        case WorkerKind.GENERAL | WorkerKind.PARTIAL:
            from processors.embedded.sphinx import General  # noqa: PLC0415

            return General()
        case WorkerKind.TURN:
            from processors.smart_turn_model import SmartTurn  # noqa: PLC0415

            return SmartTurn()


def serve(requests: BinaryIO, answers: BinaryIO, handler: Handler) -> None:
    """Answer requests in order until there are no more."""
    _write(answers, READY)
    while (request := _read(requests)) is not None:
        _write(answers, reply(handler, request))


def reply(handler: Callable[[bytes], bytes], request: bytes) -> bytes:
    """The answer to one request; a request that cannot be met is answered, and the worker lives on."""
    try:
        return DONE + handler(request)
    except (ValueError, TypeError, RuntimeError, OSError) as error:
        return FAILED + (str(error) or type(error).__name__).encode()


def _read(requests: BinaryIO) -> bytes | None:
    header = requests.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    payload = requests.read(size)
    return payload if len(payload) == size else None


def _write(answers: BinaryIO, payload: bytes) -> None:
    answers.write(frame(payload))
    answers.flush()


def _tie_to_parent() -> None:
    # Ctrl-C reaches the whole group; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The end of the request pipe tells an idle worker that its parent is gone; this tells a busy one, also after
    # a kill -9. Other systems have no such signal: there a busy worker ends after its job.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _give_way(niceness: int) -> None:
    os.nice(niceness)
    # A worker is in a session of its own, and Linux shares the cores out between sessions first, by a niceness
    # of theirs. Elsewhere, and where that is switched off, there is no such file.
    with suppress(OSError):
        AUTOGROUP.write_text(str(niceness))


def main() -> None:
    """Serve requests from standard input to standard output."""
    _tie_to_parent()
    # One thread for each worker: the server's event loop needs the other cores. Numpy looks at its import only.
    for name in THREADS_OF_NUMPY:
        os.putenv(name, "1")
    # Pipecat greets at its import, and the server has done that already.
    logger.disable("pipecat")
    kind = WorkerKind(sys.argv[1])
    _give_way(NICENESS.get(kind, 0))
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up among the answers.
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, answers, load(kind))
    except BrokenPipeError:
        return


if __name__ == "__main__":
    main()
