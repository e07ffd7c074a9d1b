"""The command as a process: what it says, how it ends, and what a kill leaves behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from loguru import logger
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.live_server import KEYS, message_of, request
from vantum.command import main
from vantum.core.errors import PipelineError

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0

OWN_PIPELINE = """
from shouting import Shout
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum.testing import ScriptedLLM, ScriptedSTT, ScriptedTTS

def build(call):
    return [Resampler(), call.vad(), ScriptedSTT([]), ContextAggregator(prompt="", greeting="hello, I am an AI"),
            ScriptedLLM([]), BreakSplitter(), Shout(), ScriptedTTS(first_audio=0.01)]
"""
OWN_PROCESSOR = """
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.processors.frame_processor import FrameProcessor

class Shout(FrameProcessor):
    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSSpeakFrame):
            frame.text = frame.text.upper()
        await self.push_frame(frame, direction)
"""


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """A pipeline and a processor of a user, in a folder of their own."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "shouting.py").write_text(OWN_PROCESSOR)
    (folder / "own.py").write_text(OWN_PIPELINE)
    return folder / "own.py"


def environment(tmp_path: Path, **settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"PYTHONPATH": str(ROOT), "VANTUM_DATA": str(tmp_path / "data"), "VANTUM_MAX_LAG_MS": "0"}
    return {**kept, **KEYS, **own, **settings}


async def command(tmp_path: Path, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "vantum.run",
        *arguments,
        cwd=tmp_path,
        env=environment(tmp_path, **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def serving(
    tmp_path: Path, pipeline: Path, **settings: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The command at work, and its WebSocket's address."""
    process = await command(tmp_path, str(pipeline), "--port", "0", **settings)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = (await process.stdout.readline()).decode()
        url = re.search(r"http://\S+", line)
        assert url, (line, await process.stderr.read() if process.stderr else "")
        yield process, url[0].replace("http", "ws") + "ws"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: asyncio.subprocess.Process) -> bytes:
    """What it said on stderr until it ended."""
    async with asyncio.timeout(START_SECONDS):
        _, errors = await process.communicate()
    return errors


async def read_to_the_end(browser: ClientConnection) -> None:
    """Take whatever the server still sends."""
    async with asyncio.timeout(START_SECONDS):
        try:
            async for _ in browser:
                pass
        except ConnectionClosed:
            pass


def record_of(tmp_path: Path) -> Path:
    (folder,) = (tmp_path / "data" / "calls").glob("*/*")
    return folder


def events_of(tmp_path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (record_of(tmp_path) / "events.jsonl").read_text().splitlines()]


@pytest.mark.real_time
async def test_a_pipeline_in_another_folder_with_its_own_processor_answers(
    tmp_path: Path, pipeline: Path
) -> None:
    async with serving(tmp_path, pipeline) as (_, url), connect(url) as browser:
        await browser.send(request("audio.input.start"))
        words = await message_of(browser, "conversation.response.words")
    assert words["payload"]["text"] == "HELLO,"  # type: ignore[index]


@pytest.mark.real_time
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_running_calls_with_a_goodbye_and_exits_0(
    tmp_path: Path, pipeline: Path, number: signal.Signals
) -> None:
    async with serving(tmp_path, pipeline) as (process, url), connect(url) as browser:
        await browser.send(request("audio.input.start"))
        await message_of(browser, "audio.output.complete")
        process.send_signal(number)
        words = []
        while "GOODBYE." not in words:
            message = await message_of(browser, "conversation.response.words")
            words += message["payload"]["text"].split()  # type: ignore[index]
        await read_to_the_end(browser)
        assert browser.close_code == 1000
        errors = await ended(process)
    assert (process.returncode, b"Traceback" in errors) == (0, False)
    assert events_of(tmp_path)[-1]["reason"] == "the server is shutting down"


@pytest.mark.real_time
async def test_no_call_is_taken_while_shutting_down(tmp_path: Path, pipeline: Path) -> None:
    async with serving(tmp_path, pipeline) as (process, url), connect(url) as browser:
        await browser.send(request("audio.input.start"))
        await message_of(browser, "audio.output.complete")
        process.send_signal(signal.SIGTERM)
        await message_of(browser, "audio.output.start")
        with pytest.raises(Exception, match=r"503|Connect call failed"):
            await connect(url)
        await read_to_the_end(browser)


@pytest.mark.real_time
async def test_a_goodbye_is_bounded_and_a_second_signal_does_not_wait(tmp_path: Path, pipeline: Path) -> None:
    settings = {"VANTUM_GOODBYE_SECONDS": "0.2"}
    async with serving(tmp_path, pipeline, **settings) as (process, url), connect(url) as browser:
        await browser.send(request("audio.input.start"))
        await message_of(browser, "audio.output.start")
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        await read_to_the_end(browser)
        await ended(process)
    assert process.returncode == 0


@pytest.mark.real_time
async def test_a_kill_leaves_a_record_that_can_be_read_and_played(tmp_path: Path, pipeline: Path) -> None:
    async with serving(tmp_path, pipeline) as (process, url), connect(url) as browser:
        await browser.send(request("audio.input.start"))
        await message_of(browser, "audio.output.complete")
        events = record_of(tmp_path) / "events.jsonl"
        async with asyncio.timeout(10):
            while "utterance_ended" not in events.read_text():  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        process.kill()
        await process.wait()
    assert [e["event"] for e in events_of(tmp_path)][:2] == ["call_started", "session_started"]
    with wave.open(str(record_of(tmp_path) / "recording.wav")) as recording:
        frames = recording.readframes(recording.getnframes())
        assert (recording.getnchannels(), recording.getframerate()) == (2, 16_000)
    assert len(frames) == recording.getnframes() * 4
    assert any(frames)


# --- the command without a process of its own -------------------------------------------------------


class Said(NamedTuple):
    """The exit code, and what was printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def vantum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Runs the command in this process, in ``tmp_path``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [*os.environ]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, **settings: str) -> Said:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = main([*arguments])
        return Said(code, *capsys.readouterr())

    switch_seconds = sys.getswitchinterval()
    yield run
    sys.setswitchinterval(switch_seconds)
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


def test_check_prints_the_chain_and_exits(vantum: Command, pipeline: Path) -> None:
    said = vantum(str(pipeline), "--check")
    assert said.code == 0
    assert said.out.splitlines() == [
        "transport input → Resampler → VAD → ScriptedSTT → ContextAggregator → ScriptedLLM → BreakSplitter"
        " → Shout → ScriptedTTS → transport output",
        "STT: deepgram",
        "LLM: openai",
        "TTS: cartesia",
    ]


def test_check_tells_the_order_of_the_providers(vantum: Command, pipeline: Path) -> None:
    said = vantum(str(pipeline), "--check", VANTUM_LLM="openai,local")
    assert said.out.splitlines()[1:] == ["STT: deepgram", "LLM: openai, then local", "TTS: cartesia"]


def test_a_dotted_name_is_a_pipeline_too(vantum: Command) -> None:
    said = vantum("pipelines.echo", "--check")
    assert said.code == 0
    assert "FailoverSTT → ContextAggregator → Echo → BreakSplitter → FailoverTTS" in said.out


FAULTS = {
    "no such file": ("nowhere.py", "", {}, "nowhere.py does not exist"),
    "no build": ("own.py", "def make(call): ...", {}, "has no function `build`. It has make."),
    "syntax": ("own.py", "def build(call:\n", {}, "own.py, line 1"),
    "import": ("own.py", "import nothing_of_the_kind", {}, "nothing_of_the_kind"),
    "build fails": ("own.py", "def build(call): return 1 / 0", {}, "division by zero"),
    "no list": ("own.py", "def build(call): return None", {}, "returned a NoneType"),
    "no processor": ("own.py", "def build(call): return ['vad']", {}, "returned a str in its list"),
    "bad setting": ("own.py", "def build(call): return []", {"VANTUM_MAX_CALLS": "many"}, "VANTUM_MAX_CALLS"),
    "unknown provider": ("own.py", "def build(call): return []", {"VANTUM_STT": "ears"}, "VANTUM_STT"),
    "no key": (
        "own.py",
        "def build(call): return []",
        {"VANTUM_TTS": "cartesia", "CARTESIA_API_KEY": ""},
        "CARTESIA_API_KEY",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_user_is_one_line_and_exit_2(vantum: Command, tmp_path: Path, fault: str) -> None:
    target, text, settings, named = FAULTS[fault]
    if text:
        (tmp_path / target).write_text(text)
    said = vantum(target, "--port", "0", **settings)
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert line.startswith("vantum: ")
    assert named in line


def test_debug_shows_the_traceback(vantum: Command, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def build(call): return 1 / 0")
    with pytest.raises(PipelineError) as shown:
        vantum("own.py", "--port", "0", "--debug")
    assert isinstance(shown.value.__cause__, ZeroDivisionError)


def test_a_taken_port_is_named_with_the_remedy(vantum: Command, pipeline: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = vantum(str(pipeline), "--port", str(other.getsockname()[1]))
    assert said.code == 2
    assert "on 127.0.0.1 is taken" in said.err
    assert "--port" in said.err
    # By then it is made for calls: what computes beside them holds up their loop for no longer.
    assert sys.getswitchinterval() == pytest.approx(0.0005)


def test_a_host_that_is_not_ours_is_named(vantum: Command, pipeline: Path) -> None:
    said = vantum(str(pipeline), "--port", "0", "--host", "192.0.2.1")
    assert said.code == 2
    assert "VANTUM_HOST is '192.0.2.1'" in said.err


def test_an_unknown_setting_is_reported_with_the_nearest(vantum: Command, pipeline: Path) -> None:
    said = vantum(str(pipeline), "--check", VANTUM_PROT="1")
    assert "VANTUM_PROT is no setting and is ignored. Did you mean VANTUM_PORT?" in said.err
