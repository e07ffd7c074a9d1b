"""Commands of the store, run as people run them, on a database of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import URL

Run = Callable[..., tuple[int, list[str]]]
"""Runs a command with its arguments; gives the exit code and the lines that it printed."""


def runner(
    main: Callable[[list[str]], int],
    url: URL,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """What runs the command on the database at ``url``."""
    monkeypatch.setenv("VANTUM_DATABASE_URL", url.render_as_string(hide_password=False))
    monkeypatch.setattr("vantum.terminal.set_up_log", lambda *_, **__: None)

    def run(*arguments: str) -> tuple[int, list[str]]:
        code = main([*arguments])
        said = capsys.readouterr()
        return code, [*said.out.splitlines(), *said.err.splitlines()]

    return run
