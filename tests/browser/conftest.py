"""The page in one Chromium for all tests here, against one stand-in server that forgets between them.

Both end with the last test of this folder: virtual time, which others use, is no place for a server's thread.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.browser.chromium import Page, chromium
from tests.browser.stand_in import StandIn


@pytest.fixture(scope="package")
def _server() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


@pytest.fixture(scope="package")
def _browser() -> Iterator[Chrome]:
    with chromium() as driver:
        yield driver


@pytest.fixture
def server(_server: StandIn) -> StandIn:
    _server.reset()
    return _server


@pytest.fixture
def blank_page(server: StandIn, _browser: Chrome) -> Iterator[Page]:
    """A tab with nothing in it yet; afterwards its page is left, so that its call is over."""
    page = Page(_browser)
    page.emulate(prefers_color_scheme="light")
    page.resize(1280, 800)
    yield page
    _browser.get("about:blank")
    server.wait_until(lambda: not server.connected)
    page.complaints()


@pytest.fixture
def page(blank_page: Page, server: StandIn) -> Page:
    """The page, loaded and ready."""
    blank_page.open(server.url)
    return blank_page


@pytest.fixture
def call(page: Page, server: StandIn) -> Page:
    """The page with a call that is live."""
    page.click("start")
    page.wait_for_badge("Listening")
    assert server.connected
    return page
