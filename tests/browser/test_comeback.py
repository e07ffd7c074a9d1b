"""The page loses its connection in the middle of an answer and comes back: one call, one record, no word missing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from selenium.webdriver import Chrome

from tests.browser.cable import Cable
from tests.browser.chromium import Page
from tests.live_server import KEYS

pytestmark = [pytest.mark.browser, pytest.mark.real_time]

ROOT = Path(__file__).parents[2]
STORY = "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, that was all of it."
KEEP_SOCKETS = """
    const Native = window.WebSocket;
    window.addresses = [];
    window.WebSocket = class extends Native {
        constructor(url, ...rest) { super(url, ...rest); window.addresses.push(String(url)); }
    };
"""


PIPELINE = f"""
from processors.context_aggregator import ContextAggregator
from vantum.testing import ScriptedTTS


def build(call):
    return [ContextAggregator(prompt="", greeting={STORY!r}), ScriptedTTS(first_audio=0.05)]
"""
"""A bot that tells the story, in about six seconds."""


@pytest.fixture
def browser(_browser: Chrome) -> Chrome:
    """The browser of all tests here."""
    return _browser


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    """A cable to a real server, which is a process of its own."""
    with laid(tmp_path) as cable:
        yield cable


@contextmanager
def laid(tmp_path: Path, **settings: str) -> Iterator[Cable]:
    """The same, with ``settings``."""
    pipeline = tmp_path / "story.py"
    pipeline.write_text(PIPELINE)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {
        "PYTHONPATH": str(ROOT),
        "VANTUM_DATA": str(tmp_path),
        "VANTUM_SILENCE_SECONDS": "0",
        "VANTUM_MAX_LAG_MS": "0",
        **KEYS,
        **settings,
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "vantum.run", str(pipeline), "--port", "0"],
        cwd=tmp_path,
        env={**kept, **given},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        found = re.search(r"http://[^:]+:(\d+)", server.stdout.readline())
        assert found
        with Cable(int(found[1])) as cable:
            yield cable
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert server.returncode == 0


def spoken(page: Page) -> str:
    return " ".join(page.texts(".bot .spoken"))


def events(data: Path) -> list[list[dict[str, Any]]]:
    """The events of each call."""
    files = data.glob("calls/*/*/events.jsonl")
    return [[json.loads(line) for line in file.read_text().splitlines()] for file in files]


def test_an_answer_goes_on_where_the_connection_broke(browser: Chrome, cable: Cable, tmp_path: Path) -> None:
    page = Page(browser)
    page.resize(1280, 800)
    page.open(f"http://127.0.0.1:{cable.port}/")
    page.driver.execute_script(KEEP_SOCKETS)
    page.click("start")
    page.wait(lambda: "three" in spoken(page), "the beginning of the story")
    cable.pull()
    page.wait_for_badge("Reconnecting")
    assert "seven" not in spoken(page)
    page.wait(lambda: page.texts(".bot .mark") == [], "the mark of the pause to go")
    page.wait(lambda: "of it." in spoken(page), "the end of the story")
    page.wait_for_badge("Listening")
    assert spoken(page) == STORY
    assert page.texts(".bot .mark") == []
    assert not page.shown("retry")
    first, second = page.driver.execute_script("return window.addresses")
    assert first == f"ws://127.0.0.1:{cable.port}/ws"
    assert second.startswith(f"{first}?resume=1&session=")
    page.click("end")
    page.wait_for_badge("Call ended")
    page.wait(lambda: any(entry["event"] == "call_ended" for entry in events(tmp_path)[0]), "the record")
    page.driver.get("about:blank")
    page.complaints()
    (call,) = events(tmp_path)
    lost = [entry["event"] for entry in call if entry["event"].startswith("client_")]
    assert lost == ["client_dropped", "client_returned"]
    (answer,) = [entry for entry in call if entry["event"] == "utterance_ended"]
    assert (answer["text"], answer["interrupted"]) == (STORY, False)


def test_a_token_that_is_used_up_is_enough_to_come_back(browser: Chrome, tmp_path: Path) -> None:
    tokens = {"VANTUM_AUTH": "token", "VANTUM_TOKEN_SECRET": "a-secret-of-the-tests-" * 2}
    with laid(tmp_path, **tokens) as cable:
        address = f"http://127.0.0.1:{cable.port}/"
        token = httpx.post(f"{address}api/tokens", json={"uses": 1}, trust_env=False).json()["token"]
        page = Page(browser)
        page.open(f"{address}#token={token}")
        page.driver.execute_script(KEEP_SOCKETS)
        page.click("start")
        page.wait(lambda: "three" in spoken(page), "the beginning of the story")
        cable.pull()
        page.wait_for_badge("Reconnecting")
        page.wait(lambda: "of it." in spoken(page), "the end of the story")
        assert spoken(page) == STORY
        proofs = [
            parse_qs(urlsplit(each).query).get("resume")
            for each in page.driver.execute_script("return window.addresses")
        ]
        assert proofs[0] is None
        assert proofs[1] is not None
        assert len(proofs[1][0]) == 43
        page.click("end")
        page.wait_for_badge("Call ended")
        page.driver.get("about:blank")
        page.complaints()
    (call,) = events(tmp_path)
    assert "client_returned" in [entry["event"] for entry in call]
