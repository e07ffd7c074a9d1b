"""The page on the first campaign: every command in it is run as it is written, with people who have less to say."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
PAGE: Final = ROOT / "docs" / "first-campaign.md"
BLOCK: Final = re.compile(r"^```sh(?: (server))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPORT: Final = re.compile(r"export (\w+)=(\S+)")
COMMAND_SECONDS: Final = 240.0
END_SECONDS: Final = 30.0
QUICK: Final = "".join(
    f"- name: {name}\n  numbers: ['+1555010000{number}']\n  answers_after: 0.2\n"
    "  steps:\n    - {says: Hello., at: 0.3}\n    - {hangs_up: true, at: 1.5}\n"
    for number, name in enumerate(("interested", "curious", "angry", "wrong person"), 1)
)
REMOVED: Final = """\
- name: asks to be removed
  numbers: ['+15550100005']
  answers_after: 0.2
  voice: male
  steps:
    - says: Please take me off your list.
"""


@contextmanager
def server(command: str, env: dict[str, str], folder: Path) -> Iterator[None]:
    """The server in another terminal."""
    with (folder / "server.log").open("w") as log:
        # Without the shell in between: it is the server that is told to end.
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(END_SECONDS)
            finally:
                process.kill()
    assert process.returncode == 0, (folder / "server.log").read_text()


def run(command: str, env: dict[str, str], folder: Path) -> str:
    """What a command says; it has to succeed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        check=False,
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    log = folder / "server.log"
    assert done.returncode == 0, (command, done.stdout, done.stderr, log.exists() and log.read_text())
    return done.stdout


@pytest.fixture
def desk(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A checkout in which the command is on the path, and nothing is set."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    command = bin_folder / "vantum"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m vantum.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    (tmp_path / "pipelines").symlink_to(ROOT / "pipelines")
    (tmp_path / "people.yaml").write_text(QUICK + REMOVED, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VANTUM_", "TWILIO_"))}
    return tmp_path, {
        **kept,
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "VANTUM_LOCAL_PROSPECTS": "people.yaml",
        "VANTUM_PORT": "0",
    }


@pytest.mark.long
@pytest.mark.real_time
def test_the_page_works(desk: tuple[Path, dict[str, str]]) -> None:
    folder, env = desk
    said: dict[str, str] = {}
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    (place,) = (index for index, (kind, _) in enumerate(blocks) if kind == "server")

    def go(some: list[tuple[str, str]]) -> None:
        for _, block in some:
            env.update(EXPORT.findall(block))
            for line in block.splitlines():
                said[line] = run(line, env, folder)

    go(blocks[:place])
    with server(blocks[place][1].strip(), env, folder):
        go(blocks[place + 1 :])
    watched = next(text for line, text in said.items() if line.endswith("--watch"))
    assert "First campaign: completed" in watched
    assert "leads over    5 of 5 (100%)" in watched
    report = next(text for line, text in said.items() if " report " in line)
    assert (folder / report.strip()).is_file()
    again = [text for line, text in said.items() if "--dry-run" in line][-1]
    assert "1 suppressed" in again
    assert said["vantum decisions verify"].startswith("5 decisions hold")
