"""The page where the server wants a token: it gets one on this machine, or brings one, and says when it has none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.chromium import Page, chromium

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-the-tests-" * 2
PIPELINE = """
from processors.context_aggregator import ContextAggregator
from vantum.testing import ScriptedTTS

def build(call):
    return [ContextAggregator(prompt="", greeting="Hello."), ScriptedTTS(first_audio=0.01)]
"""
PATIENCE_SECONDS = 30
KEYS = {"DEEPGRAM_API_KEY": "test", "OPENAI_API_KEY": "test", "CARTESIA_API_KEY": "test"}


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The command at work, with tokens; elsewhere.test is a name of it that is not this machine's."""
    (tmp_path / "bot.py").write_text(PIPELINE)
    settings = {
        "VANTUM_AUTH": "token",
        # However busy the machine is with tests, nobody is turned away for that.
        "VANTUM_MAX_LAG_MS": "0",
        "VANTUM_TOKEN_SECRET": SECRET,
        "VANTUM_ALLOWED_HOSTS": "insecure.test",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "vantum.run", str(tmp_path / "bot.py"), "--port", "0"],
        cwd=tmp_path,
        env={**KEYS, **settings, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found
            yield found[0]
        finally:
            server.terminate()
            server.communicate(timeout=30)


def reach(page: Page, badge: str) -> None:
    """Wait for the badge, also where a real server and a browser share a busy machine."""
    page.wait(lambda: page.text("badge-text") == badge, f"the badge to say {badge}", PATIENCE_SECONDS)


def test_the_page_of_this_machine_gets_tokens_by_itself(url: str) -> None:
    with chromium() as driver:
        page = Page(driver)
        page.open(url)
        for _ in range(2):
            page.click("start")
            reach(page, "Listening")
            page.click("end")
            reach(page, "Call ended")
        # Nothing that the page does is against what it may do.
        assert page.complaints() == []


def test_a_token_in_the_address_is_used_and_taken_out_of_it(url: str) -> None:
    token = httpx.post(f"{url}api/tokens", json={"uses": 1}, trust_env=False).json()["token"]
    with chromium() as driver:
        page = Page(driver)
        page.open(f"{url}#token={token}")
        assert driver.current_url == url
        page.click("start")
        reach(page, "Listening")
        page.click("end")
        reach(page, "Call ended")
        page.click("start")
        page.wait(lambda: page.shown("retry"), "the token to be used up", PATIENCE_SECONDS)


def test_who_gets_no_token_is_told(url: str) -> None:
    with chromium() as driver:
        page = Page(driver)
        page.open(url)
        # As if it were not on this machine: its requests come with the name of another.
        body = "const { addressWithToken } = await import('/console/token.js'); "
        page.open(url.replace("127.0.0.1", "insecure.test"))
        body += "try { await addressWithToken('ws://insecure.test/ws'); return ['none']; } "
        body += "catch (error) { return [error.constructor.name, error.message]; }"
        kind, message = page.evaluate(body)
    assert kind == "Denied"
    assert "Open the page with #token=TOKEN" in str(message)
