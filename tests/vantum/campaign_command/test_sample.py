"""A list to try things with can be dialed at any hour, and rings nobody real."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vantum.campaign_command.sample import COLUMNS, ZONES, midday_zone, write_sample
from vantum.campaign_command.words import zone_of
from vantum.core.errors import UsageError
from vantum.numbering import is_zone

NOW = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize("month", [1, 4, 7, 11])
@pytest.mark.parametrize("hour", range(24))
def test_it_is_always_midday_somewhere(month: int, hour: int) -> None:
    now = datetime(2026, month, 15, hour, 40, tzinfo=UTC)
    local = now.astimezone(zone_of(midday_zone(now)))
    assert 10 <= local.hour <= 15


def test_all_zones_are_known() -> None:
    assert all(is_zone(name) for name in ZONES)


def test_it_has_the_prospects_of_the_local_carrier(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    assert write_sample(path, (), None, NOW) == 13
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["phone"] for row in rows] == [f"+155501000{number:02}" for number in range(1, 14)]
    assert {row["timezone"] for row in rows} == {midday_zone(NOW)}
    assert {row["consent_granted_at"] for row in rows} == {(NOW - timedelta(days=30)).isoformat()}
    with pytest.raises(UsageError, match="is there already"):
        write_sample(path, (), None, NOW)


def test_only_those_who_were_named(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    assert write_sample(path, ("voicemail", "declines"), None, NOW) == 2
    assert [line.split(",")[1] for line in path.read_text(encoding="utf-8").splitlines()[1:]] == [
        "Voicemail",
        "Declines",
    ]
    with pytest.raises(UsageError, match="There is no prospect 'ghost'"):
        write_sample(tmp_path / "other.csv", ("ghost",), None, NOW)
    with pytest.raises(UsageError, match="cannot be written"):
        write_sample(tmp_path / "missing" / "a.csv", (), None, NOW)


def test_patterns_are_no_numbers(tmp_path: Path) -> None:
    people = tmp_path / "people.yaml"
    people.write_text(
        "- name: hesitant\n  numbers: ['+1555020????', '+15550200001']\n"
        "  steps:\n    - {says: Hello, at: 0.4}\n- name: nobody\n  pickup: busy\n",
        encoding="utf-8",
    )
    path = tmp_path / "sample.csv"
    assert write_sample(path, (), people, NOW) == 1
    assert "+15550200001,Hesitant" in path.read_text(encoding="utf-8")
