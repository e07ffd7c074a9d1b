"""The command: its options, and its exit code."""

from __future__ import annotations

import pytest

from tests.vantum.doctor.kit import BROKEN, OK, WARNING
from vantum import doctor
from vantum.doctor import command
from vantum.doctor.finding import Finding, Mark
from vantum.settings import Settings


@pytest.mark.parametrize(("mark", "code"), [(OK, 0), (WARNING, 0), (BROKEN, 1)])
def test_the_exit_code_tells_whether_something_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mark: Mark, code: int
) -> None:
    async def examine(settings: Settings, pipeline: str | None) -> list[Finding]:
        return [Finding(mark, "port", f"{settings.host} {settings.port} {pipeline}")]

    monkeypatch.setattr(command, "examine", examine)
    assert doctor.main(["mine.py", "--host", "localhost", "--port", "8099"]) == code
    assert "localhost 8099 mine.py" in capsys.readouterr().out


def test_settings_that_cannot_be_read_are_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["--port", "many"]) == 2
    assert "VANTUM_PORT is 'many'" in capsys.readouterr().err


def test_an_unknown_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        doctor.main(["--prot", "1"])
    assert left.value.code == 2
    assert "--prot" in capsys.readouterr().err
