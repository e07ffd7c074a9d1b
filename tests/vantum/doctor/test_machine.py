"""This machine: what each of its states means, and that looking at it changes nothing."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from pathlib import Path

import pytest

from tests.vantum.doctor.kit import (
    BROKEN,
    CLOUD,
    OK,
    PIPELINE,
    WARNING,
    free_port,
    serving,
    settings_of,
)
from tests.wire.twilio_server import NUMBER
from vantum.core.errors import ProviderError
from vantum.doctor import machine
from vantum.doctor.finding import Finding, Mark
from vantum.settings import UnknownName

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("values", "mark", "part"),
    [
        ({}, OK, "only programs on this machine"),
        ({"VANTUM_HOST": "localhost"}, OK, "only programs on this machine"),
        ({"VANTUM_HOST": "::1"}, OK, "only programs on this machine"),
        ({"VANTUM_HOST": "0.0.0.0"}, WARNING, "listens on 0.0.0.0"),
        ({"VANTUM_HOST": "phone.example.test"}, WARNING, "listens on phone.example.test"),
        ({"VANTUM_API_KEYS": "x" * 16, "VANTUM_HOST": "0.0.0.0"}, OK, "1 set"),
        ({"VANTUM_API_KEYS": f"{'x' * 15},{'y' * 16}"}, WARNING, "1 of 2 shorter than 16"),
    ],
)
def test_the_keys_of_the_api(values: dict[str, str], mark: Mark, part: str) -> None:
    (finding,) = machine.api_key_findings(settings_of(**values))
    assert finding.mark is mark
    assert part in finding.found


def test_settings_and_names_that_are_none() -> None:
    settings = settings_of(VANTUM_PORT="8081", TWILIO_FROM=NUMBER)
    findings = machine.settings_findings(settings, [UnknownName("VANTUM_PROT", "VANTUM_PORT")])
    assert [(finding.mark, finding.found) for finding in findings] == [
        (OK, "loaded, 2 set"),
        (WARNING, "VANTUM_PROT is no setting and is ignored. Did you mean VANTUM_PORT?"),
    ]


def test_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, 9 << 30))
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (tmp_path / "file").touch()
    found = {
        path: machine.data_finding(tmp_path / path)
        for path in ("private", "private/new/data", "shared", "file", "file/data")
    }
    assert {path: finding.mark for path, finding in found.items()} == {
        "private": OK,
        "private/new/data": OK,
        "shared": WARNING,
        "file": BROKEN,
        "file/data": BROKEN,
    }
    assert found["private"].found.endswith("writable and private, 9 GiB free")
    assert found["shared"].remedy == f"Run: chmod 700 {shared}"
    assert not (private / "new").exists()
    assert list(private.iterdir()) == []


@pytest.mark.parametrize(("free", "mark"), [((1 << 30) + 1, OK), (1 << 30, WARNING), (0, WARNING)])
def test_room_for_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, mark: Mark) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, free))
    tmp_path.chmod(0o700)
    assert machine.data_finding(tmp_path).mark is mark
    assert machine.data_finding(tmp_path / "new").mark is mark


@pytest.mark.parametrize(
    ("values", "lacking", "mark", "part"),
    [
        ({}, "", OK, "STT, LLM, TTS"),
        ({}, "pocketsphinx", BROKEN, "pocketsphinx"),
        ({"OPENAI_API_KEY": "k"}, "rapidfuzz", OK, "does STT, TTS"),
        ({"DEEPGRAM_API_KEY": "k", "CARTESIA_API_KEY": "k"}, "rapidfuzz", BROKEN, "rapidfuzz"),
        ({"DEEPGRAM_API_KEY": "k", "CARTESIA_API_KEY": "k"}, "pocketsphinx", OK, "does LLM"),
    ],
)
def test_what_the_embedded_providers_need(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], lacking: str, mark: Mark, part: str
) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name == lacking else object())
    (finding,) = machine.embedded_findings(settings_of(**values))
    assert finding.mark is mark
    assert part in finding.found


def test_nothing_embedded_needs_nothing() -> None:
    assert machine.embedded_findings(settings_of(**CLOUD)) == []


async def test_the_model_of_voice_activity(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.silero_finding().mark is OK

    def broken(rate: int) -> object:
        raise RuntimeError(f"no such model for {rate}")

    monkeypatch.setattr("processors.silero.session", broken)
    assert machine.silero_finding() == Finding(
        BROKEN,
        "Silero VAD",
        "it does not run (RuntimeError)",
        "Install it again: pip install --force-reinstall pipecat-ai onnxruntime",
    )


@pytest.mark.real_time
async def test_the_pipeline(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(PIPELINE)
    (tmp_path / "bad.py").write_text("def build(call):\n    raise KeyError('voice')\n")
    settings = settings_of(**CLOUD, VANTUM_DATA=str(tmp_path))
    found = {
        name: await machine.pipeline_finding(settings, f"{name}.py") for name in ("good", "bad", "missing")
    }
    assert {name: finding.mark for name, finding in found.items()} == {
        "good": OK,
        "bad": BROKEN,
        "missing": BROKEN,
    }
    assert "KeyError" in found["bad"].found
    assert "does not exist" in found["missing"].found


async def _hangs(*_: object) -> object:
    return await asyncio.Event().wait()


async def _fails(*_: object) -> object:
    raise ProviderError("stt", "pocketsphinx", "its process ended.")


@pytest.mark.parametrize(
    ("opening", "seconds", "part"),
    [(_hangs, 60.0, "not ready within 60 seconds"), (_fails, 0.0, "pocketsphinx (stt)")],
)
async def test_a_pipeline_whose_parts_do_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: object, seconds: float, part: str
) -> None:
    (tmp_path / "good.py").write_text(PIPELINE)
    monkeypatch.setattr(machine, "open_services", opening)
    loop = asyncio.get_running_loop()
    began = loop.time()
    finding = await machine.pipeline_finding(settings_of(**CLOUD), "good.py")
    assert loop.time() - began == seconds
    assert finding.mark is BROKEN
    assert part in finding.found


@pytest.mark.real_time
async def test_the_port() -> None:
    free = settings_of(VANTUM_PORT=str(free_port()))
    assert (await machine.port_finding(free))[0].mark is OK
    any_port, _ = await machine.port_finding(settings_of(VANTUM_PORT="0"))
    assert any_port.mark is OK

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    async with server:
        taken = str(server.sockets[0].getsockname()[1])
        finding, serves = await machine.port_finding(settings_of(VANTUM_PORT=taken))
    assert (finding.mark, serves) == (BROKEN, False)
    assert "is taken" in finding.found
    foreign, serves = await machine.port_finding(settings_of(VANTUM_HOST="192.0.2.1"))
    assert (foreign.mark, serves) == (BROKEN, False)
    assert "cannot listen" in foreign.found


@pytest.mark.real_time
async def test_a_vantum_at_the_port_is_no_stranger(tmp_path: Path) -> None:
    settings = settings_of(**CLOUD, VANTUM_PORT=str(free_port()), VANTUM_DATA=str(tmp_path))
    async with serving(settings):
        finding, serves = await machine.port_finding(settings)
    assert (finding.mark, serves) == (OK, True)
    assert "a Vantum answers" in finding.found
