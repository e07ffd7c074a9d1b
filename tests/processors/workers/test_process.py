from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from processors.embedded.jobs import Line, pack_line, unpack_speech
from processors.workers.pipe import DONE, FAILED, WorkerKind, frame
from processors.workers.process import WorkerProcess

pytestmark = pytest.mark.real_time

HELLO = pack_line(Line("Hello.", "en-us", 165, 16000))
ROOT = Path(__file__).parents[3]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_worker_answers_and_is_gone_after_the_kill() -> None:
    worker = await WorkerProcess.launch(WorkerKind.VOICE)
    answer = await worker.ask(HELLO)
    assert answer.startswith(DONE)
    assert unpack_speech(answer[1:]).words == (("Hello.", 0.0),)
    assert (await worker.ask(b"no line")).startswith(FAILED)
    await worker.kill()
    await worker.ended()
    assert not alive(worker.pid)
    await worker.kill()


async def test_ctrl_c_is_the_parents_matter() -> None:
    worker = await WorkerProcess.launch(WorkerKind.VOICE)
    os.kill(worker.pid, signal.SIGINT)
    assert (await worker.ask(HELLO)).startswith(DONE)
    await worker.kill()


async def test_a_killed_worker_is_an_end_of_file() -> None:
    worker = await WorkerProcess.launch(WorkerKind.VOICE)
    os.kill(worker.pid, signal.SIGKILL)
    await worker.ended()
    with pytest.raises((EOFError, ConnectionError)):
        await worker.ask(HELLO)
    await worker.kill()


async def test_a_large_request_and_a_large_answer_pass() -> None:
    worker = await WorkerProcess.launch(WorkerKind.VOICE)
    text = "hello there " * 400
    speech = unpack_speech((await worker.ask(pack_line(Line(text, "en-us", 165, 48000))))[1:])
    assert len(speech.words) == 800
    assert len(speech.pcm) > 10_000_000
    await worker.kill()


async def test_cancelling_the_launch_leaves_nothing() -> None:
    launch = asyncio.create_task(WorkerProcess.launch(WorkerKind.VOICE))
    await asyncio.sleep(0)
    launch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await launch


PARENT = """
import asyncio, sys
from processors.workers.pipe import WorkerKind
from processors.workers.process import WorkerProcess

async def main():
    worker = await WorkerProcess.launch(WorkerKind.VOICE)
    print(worker.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_does_not_outlive_its_parent(end: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        pidfd = os.pidfd_open(worker)
        parent.send_signal(end)
        parent.wait(10)
        assert ended_within(pidfd, 10)


def ended_within(pidfd: int, seconds: float) -> bool:
    """Whether the process (not a child of this one) ends in time; its descriptor becomes readable when it does."""

    async def wait() -> None:
        over = asyncio.Event()
        asyncio.get_running_loop().add_reader(pidfd, over.set)
        try:
            await asyncio.wait_for(over.wait(), seconds)
        finally:
            asyncio.get_running_loop().remove_reader(pidfd)

    try:
        asyncio.run(wait())
    except TimeoutError:
        return False
    finally:
        os.close(pidfd)
    return True


def test_the_end_of_its_requests_ends_a_worker() -> None:
    command = [sys.executable, "-m", "processors.workers.worker", "voice"]
    done = subprocess.run(command, cwd=ROOT, input=frame(HELLO), capture_output=True, timeout=30, check=True)
    assert done.stdout.startswith(frame(b"ready"))
    assert done.stderr == b""
