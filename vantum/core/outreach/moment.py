"""Moments of a campaign: aware, and kept in UTC, because two clocks of one zone cannot be told apart in fall."""

from __future__ import annotations

from datetime import UTC, datetime


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; raises ValueError for one without a time zone."""
    if moment.utcoffset() is None:
        raise ValueError("A moment has a time zone.")
    return moment.astimezone(UTC)
