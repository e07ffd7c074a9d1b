"""No organisation reads, changes or names what belongs to another: over every operation of the API's description."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import NOBODY, OPERATOR, House, operations, problem
from tests.vantum.store.rows import number

pytestmark = pytest.mark.real_time
BODIES: dict[str, dict[str, object]] = {
    "/api/contacts/{contact_id}/consents": {
        "kind": "call",
        "method": "written",
        "at": "2026-01-01T00:00:00Z",
    },
    "/api/suppressions/{suppression_id}:lift": {"reason": "A mistake."},
    "/api/campaigns/{campaign_id}/leads": {"contactIds": [NOBODY]},
    "/api/webhooks/{webhook_id}:replay": {"since": "2026-01-01T00:00:00Z"},
}
"""What operations on something take; all others take nothing, or take any change."""


async def test_what_belongs_to_another_does_not_exist(house: House) -> None:
    asked = [each for each in operations(house.app) if each.names]
    assert len(asked) >= 19
    for operation in asked:
        body = BODIES.get(operation.path, {}) if operation.method != "GET" else None
        for ids in (house.theirs.ids, dict.fromkeys(house.theirs.ids, NOBODY)):
            answer = await house.ask(operation.method, operation.url(ids), json=body)
            told = problem(answer, 404)
            assert "no such" in told["detail"], operation
            assert "theirs" not in answer.text


async def test_what_is_ours_exists(house: House) -> None:
    """So the test before fails for whose it is, and for nothing else."""
    for operation in operations(house.app):
        if operation.names and not operation.is_stream:
            body = BODIES.get(operation.path, {}) if operation.method != "GET" else None
            answer = await house.ask(operation.method, operation.url(house.ours.ids), json=body)
            assert answer.status_code in (200, 201, 202, 409), (operation, answer.text)


async def test_a_record_of_ours_is_not_found_under_somebody_else(house: House) -> None:
    ids = house.ours.ids
    made = await house.made("/api/contacts", phone=number(7), source="x")
    answer = await house.ask("GET", f"/api/contacts/{made['id']}/consents/{ids['consent_id']}")
    problem(answer, 404)


async def test_lists_have_nothing_of_another(house: House) -> None:
    lists = [each for each in operations(house.app) if each.method == "GET" and not each.names]
    assert len(lists) >= 8
    for operation in lists:
        answer = await house.ask("GET", operation.path)
        assert answer.status_code == 200
        assert "theirs" not in answer.text
        assert not any(theirs in answer.text for theirs in house.theirs.ids.values()), operation
        assert any(told in answer.text for told in ("ours", *house.ours.ids.values())), operation


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        (
            "POST",
            "/api/contacts",
            {"phone": number(9), "source": "x", "companyId": "company_id"},
            "#/companyId",
        ),
        ("PATCH", "/api/contacts/{contact_id}", {"companyId": "company_id"}, "#/companyId"),
        ("POST", "/api/keys", {"name": "x", "userId": "user_id"}, "#/userId"),
        ("POST", "/api/suppressions", {"scope": "contact", "value": "contact_id"}, "#/value"),
        ("POST", "/api/suppressions", {"scope": "company", "value": "company_id"}, "#/value"),
    ],
)
async def test_a_body_names_nothing_of_another(
    house: House, method: str, path: str, body: dict[str, str], pointer: str
) -> None:
    def of(ids: dict[str, str]) -> dict[str, str]:
        return {name: ids.get(value, value) for name, value in body.items()}

    for ids in (dict(house.theirs.ids), dict.fromkeys(house.theirs.ids, NOBODY)):
        answer = await house.ask(method, path.format(**house.ours.ids), json=of(ids))
        told = problem(answer, 422)
        assert [flaw["pointer"] for flaw in told["errors"]] == [pointer]
    granted = await house.ask(method, path.format(**house.ours.ids), json=of(dict(house.ours.ids)))
    assert granted.status_code in (200, 201), granted.text


async def test_a_page_of_another_leads_nowhere(house: House) -> None:
    theirs = await house.ask("GET", "/api/keys?limit=1", key=house.theirs.keys[next(iter(house.theirs.keys))])
    cursor = theirs.json()["next"].partition("?")[2] if theirs.status_code == 200 else ""
    answer = await house.ask("GET", f"/api/keys?{cursor}")
    assert answer.status_code == 200
    assert "theirs" not in answer.text


async def test_the_operator_owns_the_first_organisation_only(house: House) -> None:
    answer = await house.ask("GET", "/api/organisations", key=OPERATOR)
    assert [org["slug"] for org in answer.json()["items"]] == ["default"]
    problem(await house.ask("GET", f"/api/contacts/{house.ours.ids['contact_id']}", key=OPERATOR), 404)
