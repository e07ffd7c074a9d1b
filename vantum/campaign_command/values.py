"""What is given on the command line, read into what a campaign is made of."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation, Overflow
from pathlib import Path
from typing import Any, Final

from vantum.campaign_command.hours import read_hours
from vantum.campaign_command.words import zone_of
from vantum.campaigns.plan import MOST_MONEY
from vantum.core.errors import UsageError
from vantum.core.legal.case import Audience, Purpose, RecordingWish
from vantum.store.words import MachinePolicy

NONE: Final = "none"
MICROS: Final = 1_000_000
LARGEST_FILE: Final = 1_000_000
"""Bytes of a brief or a schema."""


def given(options: argparse.Namespace, timezone: str) -> dict[str, Any]:
    """The fields of a plan that were given, by name; raises UsageError.

    Moments that tell no zone are in ``timezone``.
    """
    readers: dict[str, Callable[[str], object]] = {
        "pipeline": str,
        "language": str,
        "purpose": Purpose,
        "audience": Audience,
        "recording": RecordingWish,
        "windows": read_hours,
        "start_at": lambda text: moment(text, timezone),
        "end_at": lambda text: moment(text, timezone),
        "budget_micros": money,
        "machine_policy": MachinePolicy,
        "voicemail_text": str,
        "brief": text_of,
        "analysis_schema": schema_of,
        "priority": _whole,
        "max_concurrency": _whole,
        "calls_per_second": _number,
    }
    asked = vars(options)
    found: dict[str, Any] = {
        name: read(asked[name]) for name, read in readers.items() if asked.get(name) is not None
    }
    if asked.get("from_numbers") is not None:
        found["from_numbers"] = tuple(each for each in asked["from_numbers"] if each != NONE)
    if asked.get("variables") is not None:
        found["variables"] = variables_of(asked["variables"])
    return found


def moment(text: str, timezone: str) -> datetime | None:
    """A moment as ``2026-11-23 09:00``, in ``timezone`` where it says none; None for ``none``. Raises UsageError."""
    if text == NONE:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no moment.", "Write it like '2026-11-23 09:00', or 'none'.") from error
    return (found if found.utcoffset() is not None else found.replace(tzinfo=zone_of(timezone))).astimezone(
        UTC
    )


def money(text: str) -> int | None:
    """An amount such as ``50`` or ``49.90`` in millionths; None for ``none``. Raises UsageError."""
    if text == NONE:
        return None
    try:
        amount = Decimal(text) * MICROS
    except (InvalidOperation, Overflow):
        amount = Decimal("NaN")
    # The bound comes first: a number of a milliard digits is written in ten letters.
    if amount.is_finite() and 0 <= amount <= MOST_MONEY and amount == amount.to_integral_value():
        return int(amount)
    raise UsageError(f"{text!r} is no amount of money.", "Write it like 50 or 49.90, or 'none'.")


def variables_of(pairs: list[str]) -> Mapping[str, object]:
    """``NAME=VALUE`` as a mapping; raises UsageError."""
    found: dict[str, object] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"{pair!r} is no variable.", "Write it like product=Larkfield.")
        found[name.strip()] = value
    return found


def text_of(text: str) -> str:
    """A text, or the text of a file where it is ``@FILE``; raises UsageError."""
    return _file(Path(text[1:])) if text.startswith("@") else text


def schema_of(path: str) -> Mapping[str, object]:
    """The JSON Schema in a file; nothing for ``none``. Raises UsageError."""
    if path == NONE:
        return {}
    try:
        document: object = json.loads(_file(Path(path)))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON.", "See docs/analysis.md.") from error
    if not isinstance(document, dict):
        raise UsageError(f"{path} holds no JSON object.", "See docs/analysis.md.")
    return document


def _file(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{path} is too large.", f"Allowed: {LARGEST_FILE:,} bytes.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({type(error).__name__}).", "Check its name.") from error


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no whole number.", "Write it like 5.") from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no number.", "Write it like 0.5.") from error
