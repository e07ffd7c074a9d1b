"""The command ``vantum dial``: what it needs before it dials, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from vantum import dial_command
from vantum.core.errors import UsageError
from vantum.dial_command import address_of, start
from vantum.dialing.http_placer import HttpPlacer
from vantum.dialing.means import Trunk
from vantum.settings import Settings, load_settings

POSTGRES = "postgresql://vantum:secret@db.example/vantum"


def settings_of(tmp_path: Path, **given: str) -> Settings:
    return load_settings({"VANTUM_DATA": str(tmp_path), **given}, None)


def test_a_file_is_dialed_for_by_its_server(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dials by itself"):
        asyncio.run(start(settings_of(tmp_path), None))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("vantum.example", "http://vantum.example:8080"),
    ],
)
def test_the_server_is_found_on_this_machine(tmp_path: Path, host: str, url: str) -> None:
    assert address_of(settings_of(tmp_path, VANTUM_HOST=host)) == url


@pytest.mark.real_time
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (None, 1)])
async def test_a_signal_ends_it_in_good_order(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals | None,
    code: int,
) -> None:
    ends: list[str] = []

    async def dial(_store: object, url: URL, trunk: Trunk, _placer: HttpPlacer) -> None:
        assert (url.host, trunk.account) == ("db.example", "local")
        if number is None:
            return
        try:
            os.kill(os.getpid(), number)
            await asyncio.get_running_loop().create_future()
        finally:
            ends.append("closed")

    @asynccontextmanager
    async def open_store(url: URL) -> AsyncIterator[None]:
        assert url.host == "db.example"
        yield

    monkeypatch.setattr(dial_command, "dial", dial)
    monkeypatch.setattr(dial_command, "open_store", open_store)
    settings = settings_of(tmp_path, VANTUM_DATABASE_URL=POSTGRES, VANTUM_API_KEYS="a-key-of-the-tests")
    assert await start(settings, "http://127.0.0.1:9999") == code
    assert ends == ([] if number is None else ["closed"])
    said = capsys.readouterr().out
    assert "secret" not in said
    assert "vantum on db.example, through http://127.0.0.1:9999" in said
