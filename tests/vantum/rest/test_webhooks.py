"""Webhooks: added with a secret that is told once, changed, given another secret, and removed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.rest.kit import House, client_of, flaws, problem
from vantum.api_keys import ApiKeys
from vantum.rest.app import rest_app
from vantum.rest.door import Entrance
from vantum.rest.premises import Premises
from vantum.store import webhooks
from vantum.store.models import IdempotencyKey, WebhookEndpoint
from vantum.store.pages import Cut, page
from vantum.store.webhooks import MOST_ENDPOINTS, secrets_of
from vantum.store.words import Role
from vantum.webhooks.addresses import Reach

pytestmark = pytest.mark.real_time
NEW = {"url": "https://hooks.example.com/vantum", "events": ["call.*", "import.finished"]}


async def stored(house: House, webhook_id: str) -> WebhookEndpoint | None:
    async with house.store.reading() as session:
        return await webhooks.get(session, house.ours.org, webhook_id)


async def test_the_secret_is_told_once(house: House) -> None:
    made = await house.made("/api/webhooks", **NEW, description="the warehouse")
    row = await stored(house, made["id"])
    assert row is not None
    assert row.secret == made["secret"]
    told = (await house.ask("GET", f"/api/webhooks/{made['id']}")).json()
    assert told == {name: value for name, value in made.items() if name != "secret"}
    assert (told["url"], told["events"], told["description"]) == (NEW["url"], NEW["events"], "the warehouse")
    assert (told["state"], told["oldSecretUntil"]) == ("active", None)
    listed = (await house.ask("GET", "/api/webhooks")).text
    assert made["id"] in listed
    assert made["secret"] not in listed
    assert "whsec_ours" not in listed
    assert await house.deeds(made["id"]) == [("webhook.create", {})]


async def test_a_secret_is_not_kept_beside_the_key(house: House) -> None:
    key = {"Idempotency-Key": "a"}
    first, again = [await house.ask("POST", "/api/webhooks", json=NEW, headers=key) for _ in range(2)]
    assert again.json() == first.json() | {"secret": None}
    async with house.store.reading() as session:
        kept = await page(session, house.ours.org, IdempotencyKey, Cut())
    assert not any(first.json()["secret"] in row.response_body for row in kept.rows)


async def test_one_is_changed_and_switched(house: House) -> None:
    path = f"/api/webhooks/{house.ours.ids['webhook_id']}"
    before = (await house.ask("GET", path)).json()
    change = {"url": "https://other.example.com/", "events": ["*"], "description": "x", "state": "disabled"}
    changed = (await house.ask("PATCH", path, json=change)).json()
    assert changed == before | change | {"updatedAt": changed["updatedAt"]}
    assert (await house.ask("PATCH", path, json={})).json() == changed
    assert (await house.ask("PATCH", path, json={"state": "active"})).json()["state"] == "active"
    fields = ["description", "events", "state", "url"]
    assert (await house.deeds(before["id"]))[0] == ("webhook.change", {"fields": fields})


@pytest.mark.parametrize(
    ("body", "hours"), [(None, 24), ({}, 24), ({"overlapHours": 0}, 0), ({"overlapHours": 2}, 2)]
)
async def test_a_secret_is_replaced_and_the_old_one_is_good_for_a_while(
    house: House, body: dict[str, int] | None, hours: int
) -> None:
    webhook_id = house.ours.ids["webhook_id"]
    answer = await house.ask("POST", f"/api/webhooks/{webhook_id}:rotate", json=body)
    secret = answer.json()["secret"]
    row = await stored(house, webhook_id)
    assert row is not None
    now = house.clock()
    assert row.old_secret_until == now + timedelta(hours=hours)
    assert secrets_of(row, now + timedelta(hours=hours, seconds=-1)) == (secret, "whsec_ours")
    assert secrets_of(row, now + timedelta(hours=hours)) == (secret,)
    assert await house.deeds(webhook_id) == [("webhook.rotate", {})]


async def test_one_is_removed_with_what_it_was_told(house: House) -> None:
    ids = house.ours.ids
    path = f"/api/webhooks/{ids['webhook_id']}"
    before = (await house.ask("GET", path)).json()
    key = {"Idempotency-Key": "gone"}
    assert (await house.ask("POST", f"{path}:remove", headers=key)).json() == before
    assert (await house.ask("POST", f"{path}:remove", headers=key)).json() == before
    problem(await house.ask("GET", path), 404)
    problem(await house.ask("GET", f"{path}/deliveries/{ids['delivery_id']}"), 404)
    assert await stored(house, ids["webhook_id"]) is None


async def test_there_are_not_too_many(house: House) -> None:
    for _ in range(MOST_ENDPOINTS - 1):
        await house.made("/api/webhooks", **NEW)
    assert "20 endpoints" in problem(await house.ask("POST", "/api/webhooks", json=NEW), 409)["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": ""}, "#/url"),
        ({"url": "hooks.example.com"}, "#/url"),
        ({"url": "http://hooks.example.com"}, "#/url"),
        ({"url": "https://127.0.0.1/"}, "#/url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "#/url"),
        ({"url": "https://me:secret@hooks.example.com"}, "#/url"),
        ({"url": "https://hooks.example.com/" + "x" * 2_000}, "#/url"),
        ({"events": []}, "#/events"),
        ({"events": ["*"] * 41}, "#/events"),
        ({"events": ["call.exploded"]}, "#/events/0"),
        ({"description": "x" * 201}, "#/description"),
        ({"secret": "mine"}, "#/secret"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, object], pointer: str) -> None:
    assert list(flaws(await house.ask("POST", "/api/webhooks", json={**NEW, **body}))) == [pointer]
    path = f"/api/webhooks/{house.ours.ids['webhook_id']}"
    assert list(flaws(await house.ask("PATCH", path, json=body))) == [pointer]


@pytest.mark.parametrize("body", [{"overlapHours": -1}, {"overlapHours": 169}, {"overlapHours": True}])
async def test_an_overlap_has_an_end(house: House, body: dict[str, object]) -> None:
    path = f"/api/webhooks/{house.ours.ids['webhook_id']}:rotate"
    assert list(flaws(await house.ask("POST", path, json=body))) == ["#/overlapHours"]


async def test_nobody_says_that_an_endpoint_is_gone_but_itself(house: House) -> None:
    path = f"/api/webhooks/{house.ours.ids['webhook_id']}"
    assert list(flaws(await house.ask("PATCH", path, json={"state": "gone"}))) == ["#/state"]


async def test_where_the_server_may_reach_further_so_may_webhooks(house: House) -> None:
    home = Premises(house.app.state.premises.data, reach=Reach.ANYWHERE)
    app = rest_app(house.store, Entrance(ApiKeys([])), house.clock, home)
    headers = {"Authorization": f"Bearer {house.ours.keys[Role.ADMIN]}"}
    async with client_of(app) as http:
        body = {"url": "http://127.0.0.1:9000/", "events": ["*"]}
        assert (await http.post("/api/webhooks", json=body, headers=headers)).status_code == 201


async def test_webhooks_are_an_admins(house: House) -> None:
    for role in (Role.VIEWER, Role.MANAGER):
        problem(await house.ask("GET", "/api/webhooks", role=role), 403)
        problem(await house.ask("POST", "/api/webhooks", role=role, json=NEW), 403)
    assert (await house.ask("GET", "/api/webhooks", role=Role.ADMIN)).status_code == 200
