"""A whole server: whoever asks not to be called is suppressed while the call runs, and each call leaves its row."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.live_server import KEYS
from tests.phone.kit import talk
from tests.vantum.local_carrier.test_local_phone import Local, local
from vantum.core.legal.case import Scope
from vantum.core.outreach.opt_out import LINES
from vantum.core.outreach.outcome import Disposition
from vantum.settings import load_settings
from vantum.store import analyses, recorded_calls
from vantum.store.address import database
from vantum.store.engine import Store, open_store
from vantum.store.models import Suppression
from vantum.store.words import CallStatus

pytestmark = pytest.mark.real_time

ANGRY = "+15550100031"
PEOPLE = f"""
- name: angry
  numbers: ["{ANGRY}"]
  answers_after: 0.1
  verdict_after: 0.3
  steps:
    - {{says: Please take me off your list right now., after_bot: 0.3}}
    - {{says: Hello there., at: 60}}
"""
PATIENCE_SECONDS = 60.0
NO_MODEL = {**KEYS, "OPENAI_API_KEY": ""}


async def until(found: Callable[[], Awaitable[object]]) -> object:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (what := await found()):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)
    return what


async def wish(store: Store) -> Suppression | None:
    async with store.reading() as session:
        return await session.scalar(select(Suppression).where(Suppression.scope == Scope.NUMBER))


async def said(phone: Local, call_id: str) -> list[str]:
    told = (await phone.http.get(f"/api/calls/{call_id}")).json()
    return [line["text"] for line in told["transcript"]]


async def test_who_wants_no_calls_is_suppressed_before_the_call_ends_and_hears_it(tmp_path: Path) -> None:
    build = talk("Hello there.", answers=("All right.",), heard=("Please take me off your list right now.",))
    url = database(None, load_settings({}, None, {"VANTUM_DATA": str(tmp_path)}).data)
    async with local(tmp_path, build, PEOPLE, **NO_MODEL) as phone, open_store(url) as store:
        call_id = await phone.place(ANGRY)
        row = await until(lambda: wish(store))
        assert isinstance(row, Suppression)
        # The same second: the prospect is still on the line.
        told = await phone.until(call_id, state="in-progress")
        assert told["outcome"] is None
        assert (row.value, row.quote, row.source_call_id) == (ANGRY, "take me off your list", call_id)

        async def confirmed() -> bool:
            return LINES["en"] in await said(phone, call_id)

        await until(confirmed)
        [heard] = phone.events(call_id, "turn_committed")
        assert row.quote_ms is not None
        assert row.quote_ms <= 1000 * float(str(heard["t"]))
        assert (await said(phone, call_id)).count(LINES["en"]) == 1
        assert (await phone.http.post(f"/api/calls/{call_id}/hangup")).status_code == 202
        await phone.over(call_id)

        async def judged() -> object:
            async with store.reading() as session:
                call = await recorded_calls.of_record(session, call_id)
                found = None if call is None else await analyses.newest(session, call.org_id, call.id)
            return call if found is not None else None

        await until(judged)
        async with store.reading() as session:
            call = await recorded_calls.of_record(session, call_id)
            assert call is not None
            found = await analyses.newest(session, call.org_id, call.id)
        assert (call.status, call.disposition) == (CallStatus.ENDED, Disposition.DO_NOT_CALL)
        assert found is not None
        assert found.disposition is Disposition.DO_NOT_CALL
        assert [each["quote"] for each in found.evidence if each["field"] == "disposition"] == [
            "take me off your list"
        ]
