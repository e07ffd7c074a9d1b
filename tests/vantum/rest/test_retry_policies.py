"""Retry policies: kept in the form in which the dialer reads them, and checked as it would."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.rest.kit import House, flaws, problem
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.outreach.retry import RetryPolicy, RetryRule, When
from vantum.dialing.policies import policy_of
from vantum.store import changes
from vantum.store.models import RetryPolicy as Row
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
BUSY = {"outcome": "busy", "maxAttempts": 3, "delays": [900, 3_600], "when": "other_daypart"}
WHOLE = {
    "name": "Patient",
    "rules": [BUSY],
    "totalAttempts": 8,
    "voicemailOn": [2],
    "missedPromise": [600],
}
READ = RetryPolicy(
    rules=(
        RetryRule(AttemptOutcome.BUSY, 3, (timedelta(minutes=15), timedelta(hours=1)), When.OTHER_DAYPART),
    ),
    total_attempts=8,
    voicemail_on=frozenset({2}),
    missed_promise=(timedelta(minutes=10),),
)


async def as_dialed(house: House, policy_id: str) -> RetryPolicy:
    async with house.store.reading() as session:
        return policy_of(await changes.get(session, house.ours.org, Row, policy_id))


async def test_one_is_made_as_the_dialer_reads_it(house: House) -> None:
    made = await house.made("/api/retry-policies", **WHOLE)
    assert made == made | WHOLE
    assert await as_dialed(house, made["id"]) == READ
    path = f"/api/retry-policies/{made['id']}"
    assert (await house.ask("GET", path, role=Role.VIEWER)).json() == made
    changed = (await house.ask("PATCH", path, json={"rules": [], "totalAttempts": 1})).json()
    assert changed == made | {"rules": [], "totalAttempts": 1, "updatedAt": changed["updatedAt"]}
    assert (await house.ask("PATCH", path, json={})).json() == changed
    assert (await as_dialed(house, made["id"])).rules == ()
    assert await house.deeds(made["id"]) == [
        ("retry_policy.create", {}),
        ("retry_policy.change", {"fields": ["rules", "total_attempts"]}),
    ]
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    assert (await house.ask("PATCH", path, json={"retryPolicyId": made["id"]})).status_code == 200


async def test_a_name_is_one_policys(house: House) -> None:
    made = await house.made("/api/retry-policies", **WHOLE)
    problem(await house.ask("POST", "/api/retry-policies", json=WHOLE), 409)
    path = f"/api/retry-policies/{made['id']}"
    assert problem(await house.ask("PATCH", path, json={"name": "ours policy"}), 409)["status"] == 409


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"totalAttempts": 21}, "#/totalAttempts"),
        ({"voicemailOn": [0]}, "#/voicemailOn/0"),
        ({"missedPromise": [0]}, "#/missedPromise/0"),
        ({"missedPromise": [90 * 86_400 + 1]}, "#/missedPromise/0"),
        ({"rules": [{**BUSY, "outcome": "asleep"}]}, "#/rules/0/outcome"),
        ({"rules": [{**BUSY, "maxAttempts": 0}]}, "#/rules/0/maxAttempts"),
        ({"rules": [{**BUSY, "delays": [1] * 21}]}, "#/rules/0/delays"),
        ({"rules": [{**BUSY, "delays": []}]}, "#"),
        ({"rules": [BUSY, BUSY]}, "#"),
        ({"rules": [{**BUSY, "outcome": "answered_human"}]}, "#"),
        ({"id": "x"}, "#/id"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, object], pointer: str) -> None:
    assert list(flaws(await house.ask("POST", "/api/retry-policies", json={**WHOLE, **body}))) == [pointer]
    path = f"/api/retry-policies/{house.ours.ids['policy_id']}"
    assert list(flaws(await house.ask("PATCH", path, json=body))) == [pointer]
