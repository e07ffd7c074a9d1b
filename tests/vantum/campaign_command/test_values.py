"""What is given on the command line is read, or told with an example of how to write it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vantum.campaign_command import values
from vantum.campaign_command.options import arguments
from vantum.campaign_command.values import given, moment, money, schema_of, text_of, variables_of
from vantum.core.errors import UsageError
from vantum.core.legal.case import Purpose
from vantum.store.words import MachinePolicy


def options(*words: str) -> argparse.Namespace:
    return arguments().parse_args(["create", "Autumn", *words])


def test_only_what_was_given_is_told() -> None:
    assert given(options(), "UTC") == {}
    found = given(
        options(
            *("--hours", "daily 8-21", "--concurrency", "9", "--rate", "0.5", "--budget", "12.5"),
            *("--from", "+12125550101", "--from", "+12125550102", "--purpose", "service", "--priority", "7"),
            *("--machines", "leave_message", "--voicemail", "Bye.", "--var", "a=b=c", "--var", "d="),
        ),
        "UTC",
    )
    assert len(found.pop("windows")) == 7
    assert found == {
        "max_concurrency": 9,
        "calls_per_second": 0.5,
        "budget_micros": 12_500_000,
        "from_numbers": ("+12125550101", "+12125550102"),
        "purpose": Purpose.SERVICE,
        "priority": 7,
        "machine_policy": MachinePolicy.LEAVE_MESSAGE,
        "voicemail_text": "Bye.",
        "variables": {"a": "b=c", "d": ""},
    }
    assert given(options("--from", "none", "--budget", "none"), "UTC") == {
        "from_numbers": (),
        "budget_micros": None,
    }


@pytest.mark.parametrize(
    ("text", "zone", "found"),
    [
        ("2026-11-23 09:00", "America/New_York", datetime(2026, 11, 23, 14, 0, tzinfo=UTC)),
        ("2026-11-23T09:00:00+01:00", "America/New_York", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("2026-11-23", "UTC", datetime(2026, 11, 23, tzinfo=UTC)),
        ("none", "UTC", None),
    ],
)
def test_a_moment(text: str, zone: str, found: datetime | None) -> None:
    assert moment(text, zone) == found


@pytest.mark.parametrize(
    ("text", "found"), [("50", 50_000_000), ("49.90", 49_900_000), ("0", 0), ("0.000001", 1), ("none", None)]
)
def test_money(text: str, found: int | None) -> None:
    assert money(text) == found


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (lambda text: moment(text, "UTC"), "tomorrow", "'tomorrow' is no moment"),
        (money, "-1", "'-1' is no amount"),
        (money, "1e999999999", "'1e999999999' is no amount"),
        (money, "NaN", "'NaN' is no amount"),
        (money, "Infinity", "'Infinity' is no amount"),
        (money, "0.0000001", "is no amount"),
        (money, "many", "'many' is no amount"),
        (lambda text: variables_of([text]), "product", "'product' is no variable"),
        (lambda text: given(options("--concurrency", text), "UTC"), "x", "'x' is no whole number"),
        (lambda text: given(options("--rate", text), "UTC"), "x", "'x' is no number"),
        (lambda text: given(options("--hours", text), "UTC"), "x", "'x' are no hours"),
    ],
)
def test_what_cannot_be_read_is_told(read: Callable[[str], object], text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(text)


def test_texts_and_schemas_are_read_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brief, schema, broken = tmp_path / "brief.txt", tmp_path / "schema.json", tmp_path / "broken.json"
    brief.write_text("We sell paper.", encoding="utf-8")
    schema.write_text('{"type": "object"}', encoding="utf-8")
    broken.write_text("[1", encoding="utf-8")
    assert text_of(f"@{brief}") == "We sell paper."
    assert text_of("plain") == "plain"
    assert schema_of(str(schema)) == {"type": "object"}
    assert schema_of("none") == {}
    with pytest.raises(UsageError, match="is no JSON"):
        schema_of(str(broken))
    broken.write_text("[1]", encoding="utf-8")
    with pytest.raises(UsageError, match="no JSON object"):
        schema_of(str(broken))
    with pytest.raises(UsageError, match="cannot be read"):
        text_of("@missing.txt")
    monkeypatch.setattr(values, "LARGEST_FILE", 3)
    with pytest.raises(UsageError, match="too large"):
        text_of(f"@{brief}")
