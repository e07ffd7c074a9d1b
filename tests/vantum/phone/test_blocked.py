"""Numbers that are never dialed again, and countries that are not dialed now."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from vantum.core.errors import DialError
from vantum.phone.blocked import BLOCKED, Blocked

US, US_TOO, CANADA, GERMANY = "+14155550100", "+14155550101", "+16135550100", "+4930123456"


def refused(blocked: Blocked, *numbers: str) -> list[str]:
    """Those of ``numbers`` that must not be dialed."""
    found = []
    for number in numbers:
        try:
            blocked.check(number)
        except DialError:
            found.append(number)
    return found


def test_at_first_every_number_may_be_dialed(tmp_path: Path) -> None:
    assert refused(Blocked(tmp_path / "none"), US, GERMANY) == []


def test_a_blocked_number_is_not_dialed_and_the_reason_is_told(tmp_path: Path) -> None:
    blocked = Blocked(tmp_path)
    blocked.block(US, "It does not exist.")
    with pytest.raises(DialError, match=r"not dialed any more: It does not exist\."):
        blocked.check(US)
    assert refused(blocked, US, US_TOO) == [US]


def test_the_list_outlives_the_process(tmp_path: Path) -> None:
    Blocked(tmp_path).block(US, "It does not exist.")
    Blocked(tmp_path).block(GERMANY, "Blocked.")
    assert refused(Blocked(tmp_path), US, US_TOO, GERMANY) == [US, GERMANY]


def test_a_number_is_written_once_with_its_first_reason(tmp_path: Path) -> None:
    blocked = Blocked(tmp_path / "data")
    blocked.block(US, "first")
    blocked.block(US, "second")
    file = tmp_path / "data" / BLOCKED
    [entry] = [json.loads(line) for line in file.read_text().splitlines()]
    assert (entry["number"], entry["reason"], sorted(entry)) == (US, "first", ["at", "number", "reason"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "flaw",
    [
        '{"number": "+1',
        "not json\n",
        '{"reason": "x"}\n',
        "[1]\n",
        "null\n",
        "\n",
        "M\xfcller\n".encode("latin-1"),
    ],
)
def test_a_line_that_cannot_be_read_spoils_no_other(tmp_path: Path, flaw: str | bytes) -> None:
    Blocked(tmp_path).block(US, "first")
    with (tmp_path / BLOCKED).open("ab") as file:
        file.write(flaw if isinstance(flaw, bytes) else flaw.encode())
    Blocked(tmp_path).block(GERMANY, "second")
    assert refused(Blocked(tmp_path), US, US_TOO, GERMANY) == [US, GERMANY]


def test_a_number_that_was_taken_off_the_list_by_hand_is_dialed_again(tmp_path: Path) -> None:
    Blocked(tmp_path).block(US, "first")
    (tmp_path / BLOCKED).write_text("")
    assert refused(Blocked(tmp_path), US) == []


def test_a_stopped_country_is_not_dialed_until_the_process_ends(tmp_path: Path) -> None:
    blocked = Blocked(tmp_path)
    blocked.stop_region(US, "Not allowed.")
    with pytest.raises(DialError, match=r"Numbers of US are not dialed now: Not allowed\."):
        blocked.check(US_TOO)
    assert refused(blocked, US, US_TOO, CANADA, GERMANY) == [US, US_TOO]
    blocked.stop_region(GERMANY, "Not allowed.")
    assert blocked.regions == ("DE", "US")
    assert refused(Blocked(tmp_path), US, GERMANY) == []
    assert not (tmp_path / BLOCKED).exists()


def test_what_one_process_blocks_another_that_runs_does_not_dial(tmp_path: Path) -> None:
    one, other = Blocked(tmp_path), Blocked(tmp_path)
    one.block(US, "It does not exist.")
    other.block(GERMANY, "Blocked.")
    one.block(US_TOO, "It does not exist either.")
    assert [refused(each, US, US_TOO, GERMANY) for each in (one, other)] == [[US, US_TOO, GERMANY]] * 2
    entries = [json.loads(line) for line in (tmp_path / BLOCKED).read_text().splitlines()]
    assert [entry["number"] for entry in entries] == [US, GERMANY, US_TOO]
