"""The command ``vantum call`` as a process: how a call looks from the terminal, and the exit code."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.live_server import KEYS
from tests.phone.kit import CALLEE, PUBLIC_URL, talk, telephone
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Callee, TwilioStandIn

pytestmark = pytest.mark.real_time

ROOT = Path(__file__).parents[2]
PROCESS_SECONDS = 60.0
PHONE = {
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "VANTUM_PUBLIC_URL": PUBLIC_URL,
}
OWN_PIPELINE = """
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from vantum.testing import ScriptedLLM, ScriptedSTT, ScriptedTTS

def build(call):
    greeting = f"Hello {call.variables.get('name', '')}."
    return [ScriptedSTT([]), ContextAggregator(prompt="", greeting=greeting), ScriptedLLM([]),
            BreakSplitter(), ScriptedTTS(first_audio=0.01, speed=50.0)]
"""


def environment(data: Path, **settings: str) -> dict[str, str]:
    """An environment with a telephone, and nothing of the one that the tests run in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **KEYS, **PHONE, "PYTHONPATH": str(ROOT), "VANTUM_DATA": str(data), **settings}


class Said(NamedTuple):
    """The exit code, and what was printed."""

    code: int | None
    out: str
    err: str


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "own.py").write_text(OWN_PIPELINE)
    return folder / "own.py"


async def vantum(folder: Path, *command: str, **settings: str) -> Said:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=folder,
        env=environment(folder / "data", **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PROCESS_SECONDS):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Said(process.returncode, out.decode(), err.decode())


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def served(folder: Path, pipeline: Path, callee: Callee, command: str = "vantum.call") -> Said:
    """Call ``callee`` with a server of the command's own."""
    port = free_port()
    async with TwilioStandIn(
        public_url=PUBLIC_URL, reach=f"http://127.0.0.1:{port}", callee=callee
    ) as twilio:
        given = (CALLEE, "--pipeline", str(pipeline), "--var", "name=Anna", "--port", str(port))
        return await vantum(folder, *command.split(), *given, TWILIO_API_URL=twilio.url)


async def test_a_call_that_is_answered(tmp_path: Path, pipeline: Path) -> None:
    said = await served(tmp_path, pipeline, Callee(hangs_up_after=1.0))
    assert said.code == 0, said
    calling, *lines = said.out.splitlines()
    found = re.fullmatch(rf"Calling \{CALLEE} from \{NUMBER} through own, call ([0-9a-f-]{{36}})", calling)
    assert found, said
    (words,) = (line for line in lines if line.startswith("["))
    assert re.fullmatch(r"\[00:0\d\.\d\] Bot: Hello Anna\.", words)
    end, outcome, recording = lines[-3:]
    assert re.fullmatch(r"The call was completed\. \([12] s\)", end)
    assert outcome == "outcome: completed"
    assert found[1] in recording
    assert (tmp_path / "data" / recording.removeprefix("recording: ")).is_file()
    assert "Pipecat" not in said.err
    assert "Traceback" not in said.err


async def test_a_call_that_nobody_takes(tmp_path: Path, pipeline: Path) -> None:
    said = await served(tmp_path, pipeline, Callee(behaviour="busy"), "vantum.cli call")
    assert said.code == 1, said
    assert said.out.splitlines()[-2:] == ["The line was busy (SIP 486). (0 s)", "outcome: busy"]
    assert "Pipecat" not in said.err
    assert "Traceback" not in said.err


async def test_a_server_that_runs_places_the_call(tmp_path: Path) -> None:
    async with telephone(tmp_path / "theirs", talk("I am it.")) as phone:
        phone.twilio.callees[CALLEE] = Callee(hangs_up_after=0.7)
        port = phone.server.url.rstrip("/").rpartition(":")[2]
        said = await vantum(tmp_path, "vantum.call", CALLEE, VANTUM_PORT=port)
        assert (said.code, said.err) == (0, "")
        assert [call.form["To"] for call in phone.twilio.calls] == [CALLEE]
    assert "Bot: I am it." in said.out
    assert "outcome: completed" in said.out.splitlines()
    assert not (tmp_path / "data").exists()
