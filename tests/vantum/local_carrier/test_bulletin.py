"""What is known of a call, and how it is told: our own readers of webhooks understand it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from tests.vantum.local_carrier.kit import AMD, STATUS, THEM, US, request
from transports.twilio.webhook import amd_verdict, status_callback, stream_status
from vantum.core.machine import AnsweredBy
from vantum.core.phone_call import StatusReport
from vantum.local_carrier.bulletin import ANSWERED, Bulletin, Ending, times_told


class Told:
    """A call, and what was told of it."""

    def __init__(self, *, amd: bool = True) -> None:
        self.forms: list[tuple[str, Mapping[str, str]]] = []
        self.bulletin = Bulletin(request(amd=amd), lambda url, form: self.forms.append((url, form)))

    def reports(self) -> list[StatusReport]:
        """Those of the call's progress, each once."""
        found = [status_callback(form).report for url, form in self.forms if url == STATUS]
        return [report for place, report in enumerate(found) if report not in found[:place]]


async def test_each_step_is_told_in_order_with_what_it_took() -> None:
    told = Told()
    for status in ("initiated", "ringing"):
        told.bulletin.enter(status)
    assert (told.bulletin.rings, told.bulletin.over) == (True, False)
    told.bulletin.enter(ANSWERED)
    assert (told.bulletin.rings, told.bulletin.over) == (False, False)
    await asyncio.sleep(2.2)
    told.bulletin.end(Ending("completed", 200))
    assert told.bulletin.over
    assert told.reports() == [
        StatusReport(0, "initiated"),
        StatusReport(1, "ringing"),
        StatusReport(2, "in-progress"),
        StatusReport(3, "completed", sip_code=200, duration_seconds=3),
    ]


async def test_a_call_that_nobody_took_lasted_no_time() -> None:
    told = Told()
    told.bulletin.end(Ending("busy", 486))
    assert told.reports() == [StatusReport(0, "busy", sip_code=486, duration_seconds=0)]


async def test_what_the_carrier_knows_when_it_is_asked() -> None:
    bulletin = Told().bulletin
    facts = bulletin.facts()
    assert (facts.sid, facts.status, facts.to, facts.from_number) == (bulletin.sid, "queued", THEM, US)
    assert facts.created is not None
    assert facts.created.microsecond == 0
    bulletin.end(Ending("failed", 404))
    assert (bulletin.facts().status, bulletin.facts().duration_seconds) == ("failed", 0)


async def test_a_call_that_is_lost_is_over_and_not_told() -> None:
    told = Told()
    told.bulletin.lose(Ending("failed", 503))
    assert (told.bulletin.over, told.bulletin.facts().status, told.forms) == (True, "failed", [])


@pytest.mark.parametrize("amd", [True, False])
async def test_who_answered_is_told_where_that_was_asked_for(amd: bool) -> None:
    told = Told(amd=amd)
    told.bulletin.enter(ANSWERED)
    told.forms.clear()
    await asyncio.sleep(1.5)
    told.bulletin.judge(AnsweredBy.MACHINE_END_BEEP)
    verdicts = [(url, amd_verdict(form)) for url, form in told.forms]
    assert [(url, one.answered_by, one.duration_ms) for url, one in verdicts] == (
        [(AMD, "machine_end_beep", 1500)] if amd else []
    )


@pytest.mark.parametrize(("where", "count"), [("http://server/stream", 1), ("", 0)])
async def test_what_became_of_a_stream_is_told_where_that_was_asked_for(where: str, count: int) -> None:
    told = Told()
    error = {"StreamError": "31902: there is no connection.", "StreamErrorCode": "31902"}
    told.bulletin.stream(where, "MZ1", "stream-error", error)
    read = [stream_status(form) for _, form in told.forms]
    assert [(one.stream_sid, one.event, one.error_code) for one in read] == [
        ("MZ1", "stream-error", 31902)
    ] * count


def test_some_reports_are_told_twice_and_always_the_same_ones() -> None:
    times = [times_told(f"CA{call:032x}", number) for call in range(100) for number in range(4)]
    assert times == [times_told(f"CA{call:032x}", number) for call in range(100) for number in range(4)]
    assert 40 <= times.count(2) <= 120
    assert set(times) == {1, 2}


async def test_what_is_told_twice_is_told_the_same() -> None:
    told = Told()
    told.bulletin.sid = next(
        sid for sid in (f"CA{call:032x}" for call in range(100)) if times_told(sid, 0) == 2
    )
    told.bulletin.enter("initiated")
    assert len(told.forms) == 2
    assert told.forms[0] == told.forms[1]
