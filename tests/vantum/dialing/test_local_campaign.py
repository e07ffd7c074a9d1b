"""A server without an account dials a campaign by itself: the local carrier, a file, and one process."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import update

from tests.live_server import KEYS
from tests.phone.kit import talk
from tests.vantum.dialing.kit import calls_of, lead_of, new_scene, person, state_of
from tests.vantum.dialing.test_processes import ALL_WEEK, where_it_is_afternoon
from tests.vantum.store.rows import number
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.loader import Pipeline
from vantum.serving import opened
from vantum.settings import load_settings
from vantum.store.address import database
from vantum.store.engine import open_store
from vantum.store.migrate import upgrade
from vantum.store.models import Campaign, Lead, RetryPolicy
from vantum.store.words import Transport

pytestmark = pytest.mark.real_time

PATIENCE_SECONDS: Final = 60.0
PEOPLE: Final = f"""
- name: human
  numbers: ["{number(0)}"]
  answers_after: 0.1
  verdict_after: 0.3
  steps:
    - {{says: Hello there., at: 0.4}}
    - {{hangs_up: true, after_bot: 0.5}}
- {{name: busy, numbers: ["{number(1)}"], pickup: busy, answers_after: 0.1}}
- {{name: no number, numbers: ["{number(2)}"], pickup: invalid}}
- {{name: others, answers_after: 60, steps: [says: Hello.]}}
"""
EXPECTED: Final = (AttemptOutcome.ANSWERED_HUMAN, AttemptOutcome.BUSY, AttemptOutcome.INVALID_NUMBER)


async def test_it_calls_everybody_and_knows_how_it_went(tmp_path: Path) -> None:
    prospects, data = tmp_path / "people.yaml", tmp_path / "data"
    prospects.write_text(PEOPLE)
    given = {
        **KEYS,
        "VANTUM_DATA": str(data),
        "VANTUM_PORT": "0",
        "VANTUM_LOCAL_PROSPECTS": str(prospects),
        "VANTUM_CALLS_PER_SECOND": "10",
        "VANTUM_MAX_LAG_MS": "0",
        # Calls are analysed when they are over: not by anybody outside.
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    settings = load_settings({}, None, given)
    url = database(settings.database_url, settings.data)
    await asyncio.to_thread(upgrade, url)
    people = [person(place, timezone=where_it_is_afternoon()) for place in range(3)]
    async with open_store(url) as store:
        async with store.writing() as session:
            campaign: dict[str, Any] = {
                "pipeline": "served",
                "windows": ALL_WEEK,
                "from_numbers": ["+15550100000"],
            }
            scene = await new_scene(session, people, **campaign)
            await session.execute(update(Lead).values(next_attempt_at=datetime.now(UTC)))
            policy = RetryPolicy(org_id=scene.org, name="once", total_attempts=1)
            session.add(policy)
            await session.flush()
            await session.execute(update(Campaign).values(retry_policy_id=policy.id))
        async with opened(Pipeline("served", talk(), tmp_path / "served.py"), settings) as server:
            ready = asyncio.Event()
            serving = asyncio.create_task(server.listener.serve_calls(server.listening, ready.set))
            await ready.wait()
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await state_of(store, scene.campaign) is not CampaignState.COMPLETED:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            server.listener.should_exit = True
            await serving
        calls = await calls_of(store, scene.campaign)
        by_number = {call.to_number: call for call in calls}
        assert tuple(by_number[number(place)].outcome for place in range(3)) == EXPECTED
        assert {call.transport for call in calls} == {Transport.LOCAL}
        assert {call.placed_by for call in calls} == {"here"}
        assert [(await lead_of(store, lead)).state for lead in scene.leads] == [LeadState.DONE] * 3
