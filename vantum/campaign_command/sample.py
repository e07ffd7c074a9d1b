"""A list to try things with: the prospects of the local carrier, as if they had agreed to be called.

They live where it is about midday, so that the law lets them be called whenever somebody tries it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from vantum.core.errors import UsageError
from vantum.local_carrier.cast_file import load_cast
from vantum.local_carrier.prospect import Prospect

COLUMNS: Final = (
    *("phone", "name", "company", "country", "region", "timezone", "language", "line_type"),
    *("consent_kind", "consent_method", "consent_granted_at", "consent_text", "source"),
)
SOURCE: Final = "vantum campaign sample: nobody real"
AGREED: Final = "May an AI assistant call you about our products?"
AGO: Final = timedelta(days=30)
NOON: Final = 12.5
ZONES: Final = (
    *("Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok", "Asia/Dhaka"),
    *("Asia/Karachi", "Asia/Dubai", "Europe/Istanbul", "Europe/Athens", "Europe/Berlin", "Europe/London"),
    *(
        "Atlantic/Azores",
        "Atlantic/South_Georgia",
        "America/Sao_Paulo",
        "America/Halifax",
        "America/New_York",
    ),
    *("America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"),
)
"""Around the world: it is always about midday in one of them."""
WILD: Final = "?*"


def write_sample(path: Path, who: Sequence[str], people: Path | None, now: datetime) -> int:
    """Write the list of those in ``who``, or of all without any; tells how many there are. Raises UsageError.

    ``people`` is a file of prospects of one's own.
    """
    rows = list(_rows(who, people, now))
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already.", "Name another file.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).", "Name another file.") from error
    return len(rows)


def midday_zone(now: datetime) -> str:
    """A time zone in which it is about midday."""
    return min(ZONES, key=lambda name: abs(_hour(now, name) - NOON))


def _hour(now: datetime, zone: str) -> float:
    local = now.astimezone(ZoneInfo(zone))
    return local.hour + local.minute / 60


def _rows(who: Sequence[str], people: Path | None, now: datetime) -> Iterator[dict[str, str]]:
    prospects = [each for each in load_cast(people).prospects if _numbers(each)]
    known = {each.name: each for each in prospects}
    unknown = [name for name in who if name not in known]
    if unknown:
        raise UsageError(f"There is no prospect {unknown[0]!r}.", f"There are: {', '.join(known)}.")
    zone = midday_zone(now)
    for prospect in [known[name] for name in who] if who else prospects:
        for number in _numbers(prospect):
            yield {
                "phone": number,
                "name": prospect.name.capitalize(),
                "company": "Sample",
                "country": "US",
                "region": "NY",
                "timezone": zone,
                "language": "en-US",
                "line_type": "landline",
                "consent_kind": "ai_voice_marketing",
                "consent_method": "written",
                "consent_granted_at": (now - AGO).isoformat(timespec="seconds"),
                "consent_text": AGREED,
                "source": SOURCE,
            }


def _numbers(prospect: Prospect) -> list[str]:
    """The numbers that are theirs, patterns left out."""
    return [number for number in prospect.numbers if not any(sign in number for sign in WILD)]
