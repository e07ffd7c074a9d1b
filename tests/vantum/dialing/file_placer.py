"""A placer whose carrier is a file: several processes dial into it, and it outlives each of them."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from vantum.core.outreach.outcome import HungUpBy
from vantum.core.phone_call import Outcome
from vantum.dialing.placer import Absent, Answer, Found, Order, Over, Placed, Report, Stage, UnderWay, Unknown

TALK_SECONDS = 0.6


class FilePlacer:
    """Each dial is a line, appended in one write. It knows no key: to ask twice is to dial twice."""

    name = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    async def place(self, order: Order) -> Answer:
        """Dial."""
        line = json.dumps({"attempt": order.attempt_id, "to": order.to_number, "at": time.time()})
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)
        return Placed(order.attempt_id)

    async def look_up(self, order: Order) -> Found:
        """Whether there is a line."""
        found = any(dial["attempt"] == order.attempt_id for dial in dials(self._path))
        return Placed(order.attempt_id) if found else Absent()

    async def report(self, record_id: str) -> Report:
        """Everybody answers at once, and hangs up soon."""
        dial = next((each for each in dials(self._path) if each["attempt"] == record_id), None)
        if dial is None:
            return Unknown()
        began = datetime.fromtimestamp(float(str(dial["at"])), UTC)
        now = datetime.now(UTC)
        if (now - began).total_seconds() < TALK_SECONDS:
            return UnderWay(Stage.IN_CALL, answered_at=began)
        return Over(
            Outcome.COMPLETED,
            now,
            answered_at=began,
            first_word_at=began,
            hung_up_by=HungUpBy.CALLEE,
            seconds=TALK_SECONDS,
        )

    async def hang_up(self, record_id: str) -> None:
        """Nothing rings."""


def dials(path: Path) -> list[dict[str, object]]:
    """What was dialed so far."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]
