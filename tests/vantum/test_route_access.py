"""Every route of the application for those who may not: other sites, other names, no key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.vantum.api_kit import API_KEYS, Desk, client_of
from tests.vantum.routes_kit import (
    GUARDED,
    OPEN_TO_ALL,
    ROUTES,
    check,
    filled,
    opened,
    with_secrets,
)

pytestmark = pytest.mark.real_time


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with with_secrets(tmp_path) as office:
        yield office


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_name_that_is_not_ours_is_refused(office: Desk, method: str, path: str) -> None:
    """DNS rebinding: a page of another site whose name leads to this machine."""
    for host in (
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "[::2]",
    ):
        answer = await office.http.request(method, filled(path), headers={"Host": host})
        check(answer)
        assert answer.status_code == 403
        assert "VANTUM_ALLOWED_HOSTS" in answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_page_of_another_site_reads_anything(tmp_path: Path, method: str, path: str) -> None:
    evil = {"Origin": "https://evil.example", "Authorization": "Bearer a-key-of-the-tests"}
    async with opened(tmp_path, VANTUM_API_KEYS=API_KEYS) as office:
        answer = await office.http.request(method, filled(path), headers=evil, json={})
    check(answer)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    if path not in OPEN_TO_ALL:
        assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("keys", ["", API_KEYS])
async def test_who_may_not_gets_nothing(tmp_path: Path, method: str, path: str, keys: str) -> None:
    async with (
        opened(tmp_path, VANTUM_API_KEYS=keys) as office,
        client_of(office.app, ("93.184.216.34", 1)) as http,
    ):
        answer = await http.request(method, filled(path), json={})
    check(answer)
    if path in OPEN_TO_ALL:
        assert answer.status_code in (200, 404)
    elif (method, path) in GUARDED:
        assert answer.status_code == (401 if keys else 403)
    else:
        assert answer.status_code in (403, 404)


async def test_only_what_is_public_may_be_kept_by_caches(office: Desk) -> None:
    for method, path in ROUTES:
        answer = await office.http.request(method, filled(path))
        public = path in ("/health", "/console/{path}")
        assert (answer.headers.get("cache-control") == "no-store") is not public, path
