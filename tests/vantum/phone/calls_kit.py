"""Calls of the tests, and the folder in which they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uuid_utils

from vantum.call_folder import folder_of
from vantum.core.call_facts import Direction
from vantum.phone.phone_call import PhoneCall, read_call

US, GERMANY, OURS = "+14155550100", "+4930123456", "+14155550199"


def new_call(to: str = US, *, direction: Direction = Direction.OUTBOUND, minutes_ago: float = 0) -> PhoneCall:
    """A call that was asked for some minutes ago, and nothing more."""
    return PhoneCall(
        id=str(uuid_utils.uuid7()),
        direction=direction,
        to_number=to,
        from_number=OURS,
        pipeline="bot",
        created_at=datetime.now(UTC) - timedelta(minutes=minutes_ago),
    )


def requested(call: PhoneCall) -> PhoneCall:
    """A call that the carrier was asked for; the process ended before it had an answer."""
    return replace(call, requested_at=call.created_at)


def on_disk(data: Path, call_id: str) -> PhoneCall:
    """A call as the disk has it."""
    call = read_call(folder_of(data, call_id))
    assert call is not None
    return call
