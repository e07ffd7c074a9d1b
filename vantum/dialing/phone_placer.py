"""Places the calls of a dialer with the phone of its own process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vantum.core.errors import CallStateError, CapacityError, DialError, NumberError, PipelineError
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.phone_call import PhoneState
from vantum.dialing.moments import Moments, moments_of
from vantum.dialing.placer import Absent, Answer, Found, Order, Placed, Refused, Report, Unknown
from vantum.dialing.reports import Known, refusal, report_of
from vantum.phone.numbers import e164
from vantum.phone.phone import Phone, Wanted
from vantum.phone.phone_call import PhoneCall
from vantum.record import read_record

HERE: Final = "here"
"""The name of the phone of whoever asks: its book is beside its database, and is there again at the next start."""


class PhonePlacer:
    """``data`` is the folder of the records, and ``is_open`` knows those that are being written.

    The phone's book is on disk before anybody is asked to dial, and knows each key: what it does not know was never
    dialed.
    """

    name = HERE

    def __init__(self, phone: Phone, data: Path, is_open: Callable[[str], bool]) -> None:
        self._phone = phone
        self._data = data
        self._is_open = is_open

    async def place(self, order: Order) -> Answer:
        """Write the call into the book and queue it."""
        try:
            call = await self._phone.place(
                Wanted(
                    to_number=e164(order.to_number),
                    from_number=order.from_number,
                    pipeline=order.pipeline,
                    variables=order.variables,
                    voicemail=order.voicemail,
                    idempotency_key=order.attempt_id,
                    carrier=order.carrier,
                    not_after=order.not_after,
                )
            )
        except NumberError as error:
            return Refused(AttemptOutcome.INVALID_NUMBER, str(error))
        except (DialError, CapacityError, PipelineError) as error:
            return Refused(refusal(str(error)), str(error))
        except OSError:
            return Unknown()
        return Placed(call.id, call.from_number)

    async def look_up(self, order: Order) -> Found:
        """Ask the book."""
        try:
            call = await self._phone.book.claimed(order.attempt_id)
        except OSError:
            return Unknown()
        return Absent() if call is None else Placed(call.id, call.from_number)

    async def report(self, record_id: str) -> Report:
        """What the book says, and at the end the record, once all of it is written."""
        call = await self._phone.book.find(record_id)
        if call is None:
            return Unknown()
        moments, over = Moments(answered_at=call.answered_at), call.over and not self._is_open(call.id)
        if over:
            moments = await asyncio.to_thread(self._moments, call)
        return report_of(
            _known(call, PhoneState.IN_PROGRESS if call.over and not over else None), moments, _now()
        )

    async def hang_up(self, record_id: str) -> None:
        """Cancel it."""
        try:
            await self._phone.switchboard.hang_up(record_id)
        except CallStateError:
            return

    def _moments(self, call: PhoneCall) -> Moments:
        record = read_record(self._data, call.id, lambda _: False)
        events = [] if record is None else record["events"]
        return moments_of(events) if isinstance(events, list) else Moments()


def _known(call: PhoneCall, state: PhoneState | None) -> Known:
    """What the book says; ``state`` in place of its own."""
    progress = call.progress
    return Known(
        state=state or progress.state,
        outcome=progress.outcome,
        reason=progress.reason,
        sid=call.sid,
        sip_code=progress.sip_code,
        answered_by=call.answered_by,
        disposition=call.disposition,
        seconds=progress.duration_seconds,
    )


def _now() -> datetime:
    return datetime.now(UTC)
