"""A person presses the button, speaks, and is answered: the page, the server and the embedded providers for real."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Page, chromium

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS = 60


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The command at work without any key."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {"PYTHONPATH": str(ROOT), "VANTUM_DATA": str(tmp_path / "data"), "VANTUM_MAX_LAG_MS": "0"}
    server = subprocess.Popen(
        [sys.executable, "-m", "vantum.run", str(ROOT / "pipelines" / "outreach.py"), "--port", "0"],
        cwd=tmp_path,
        env={**kept, **given},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found
        yield found[0]
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert server.returncode == 0


def test_speech_into_the_page_is_heard_understood_and_answered_aloud(url: str, tmp_path: Path) -> None:
    with chromium() as driver:
        page = Page(driver)
        page.open(url)
        page.click("start")
        page.wait(lambda: "price" in words(page), "the caller's words", ANSWER_SECONDS)
        page.wait(lambda: "dollars" in words(page), "the answer", ANSWER_SECONDS)
        played = page.count("played")
        assert played > 48_000
        assert page.complaints() == []
        page.click("end")
        page.wait(
            lambda: any((tmp_path / "data").glob("calls/*/*/transcript.txt")), "the record", ANSWER_SECONDS
        )
    (transcript,) = (tmp_path / "data").glob("calls/*/*/transcript.txt")
    assert "tell me more about the price" in transcript.read_text()


def words(page: Page) -> str:
    """All that stands in the transcript."""
    return " ".join(page.texts("[role=log]"))
