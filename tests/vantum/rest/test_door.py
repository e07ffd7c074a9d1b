"""The door: who is let in with which key, from where, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from tests.vantum.rest.kit import AFAR, NOBODY, OPERATOR, Clock, House, client_of, problem
from tests.vantum.store.rows import NOON
from vantum.api_keys import ApiKeys
from vantum.rest.app import rest_app
from vantum.rest.door import Entrance
from vantum.store import api_keys, changes
from vantum.store.api_keys import NewKey
from vantum.store.engine import Store
from vantum.store.models import ApiKey
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
HERE = ("127.0.0.1", 1)
PATHS = ["/api/contacts", f"/api/contacts/{NOBODY}", "/api/nothing", "/api"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic d3Jvbmc6"},
        {"Authorization": f"Bearer vtm_0a1b2c3d4e5f_{'x' * 43}"},
        {"Authorization": "Bearer " + "x" * 5_000},
    ],
)
async def test_who_has_no_key_learns_nothing(house: House, path: str, given: dict[str, str]) -> None:
    answer = await house.http.get(path, headers=given)
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_everybody_may_read_the_description(house: House) -> None:
    answer = await house.http.get("/api/openapi.json")
    assert answer.status_code == 200
    assert "/api/contacts" in answer.json()["paths"]


@pytest.mark.parametrize("given", ["Bearer", "bearer", "BEARER"])
async def test_a_key_is_taken_however_the_scheme_is_written(house: House, given: str) -> None:
    key = house.ours.keys[Role.VIEWER]
    answer = await house.http.get("/api/contacts", headers={"Authorization": f"{given}  {key} "})
    assert answer.status_code == 200


async def test_a_key_with_another_secret_is_none(house: House) -> None:
    key = house.ours.keys[Role.OWNER]
    last = "A" if key[-1] != "A" else "B"
    problem(await house.ask("GET", "/api/contacts", key=key[:-1] + last), 401)
    problem(await house.ask("GET", "/api/contacts", key=key[:16]), 401)


async def test_a_page_of_another_site_is_turned_away(house: House) -> None:
    for key in (house.ours.keys[Role.OWNER], OPERATOR):
        answer = await house.ask("GET", "/api/contacts", key=key, headers={"Origin": "https://evil.example"})
        assert "VANTUM_ALLOWED_ORIGINS" in problem(answer, 403)["detail"]
    problem(await house.http.get("/api/contacts", headers={"Origin": "https://evil.example"}), 403)


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        (HERE, {}, 200),
        (HERE, {"Origin": "http://localhost:8080"}, 200),
        (HERE, {"Origin": "https://evil.example"}, 403),
        (HERE, {"X-Forwarded-For": "127.0.0.1"}, 403),
        (AFAR, {}, 403),
        (HERE, {"Authorization": "Bearer wrong"}, 401),
    ],
)
async def test_without_keys_of_the_operator_programs_here_need_none(
    store: Store, peer: tuple[str, int], headers: dict[str, str], status: int
) -> None:
    app = rest_app(store, Entrance(ApiKeys([])), Clock())
    async with client_of(app, peer) as http:
        answer = await http.get("/api/organisations", headers=headers)
    assert answer.status_code == status
    if status == 200:
        assert [org["slug"] for org in answer.json()["items"]] == ["default"]


async def made(house: House, **given: object) -> tuple[str, str]:
    """The id of a key, and the key."""
    body = {"name": "CRM", "role": "admin", **given}
    answer = await house.ask("POST", "/api/keys", json=body)
    return answer.json()["id"], answer.json()["key"]


async def test_a_key_ends_when_it_is_revoked(house: House) -> None:
    key_id, key = await made(house)
    assert (await house.ask("GET", "/api/keys", key=key)).status_code == 200
    revoked = await house.ask("POST", f"/api/keys/{key_id}:revoke")
    assert revoked.json()["revokedAt"] == "2026-11-18T17:00:00Z"
    problem(await house.ask("GET", "/api/keys", key=key), 401)


async def test_a_key_ends_when_it_is_over(house: House) -> None:
    _, key = await made(house, expiresAt=(NOON + timedelta(hours=1)).isoformat())
    assert (await house.ask("GET", "/api/keys", key=key)).status_code == 200
    house.clock.passes(hours=1)
    problem(await house.ask("GET", "/api/keys", key=key), 401)


async def test_a_users_key_may_no_more_than_the_user(house: House) -> None:
    user = house.ours.ids["user_id"]
    _, key = await made(house, userId=user)
    assert (await house.ask("GET", "/api/contacts", key=key)).status_code == 200
    problem(await house.ask("GET", "/api/keys", key=key), 403)
    await house.ask("PATCH", f"/api/users/{user}", json={"role": "admin"})
    assert (await house.ask("GET", "/api/keys", key=key)).status_code == 200
    await house.ask("POST", f"/api/users/{user}:disable")
    problem(await house.ask("GET", "/api/contacts", key=key), 401)
    await house.ask("POST", f"/api/users/{user}:enable")
    assert (await house.ask("GET", "/api/contacts", key=key)).status_code == 200


async def test_a_use_is_noted_once_a_minute(house: House) -> None:
    key_id, key = await made(house)
    noted = []
    for seconds in (0, 59, 1, 30, 30, 3_600):
        house.clock.passes(seconds=seconds)
        await house.ask("GET", "/api/contacts", key=key)
        async with house.store.reading() as session:
            row = await changes.get(session, house.ours.org, ApiKey, key_id)
        assert row is not None
        assert row.last_used_at is not None
        noted.append((row.last_used_at - NOON).total_seconds())
    assert noted == [0, 0, 60, 60, 120, 3_720]


async def test_who_asks_too_much_is_told_when_to_come_back(store: Store) -> None:
    app = rest_app(store, Entrance(ApiKeys([OPERATOR, "another"]), per_minute=3), Clock())
    async with client_of(app) as http:
        mine = {"Authorization": f"Bearer {OPERATOR}"}
        statuses = [(await http.get("/api/contacts", headers=mine)).status_code for _ in range(3)]
        assert statuses == [200] * 3
        answer = await http.get("/api/contacts", headers=mine)
        assert "At most 3 requests a minute" in problem(answer, 429)["detail"]
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        other = await http.get("/api/contacts", headers={"Authorization": "Bearer another"})
        assert other.status_code == 200


async def test_scopes_of_a_later_version_give_nothing(house: House) -> None:
    async with house.store.writing() as session:
        _, key = await api_keys.make(session, house.ours.org, NewKey("x", Role.OWNER, ["moon:land"]))
    problem(await house.ask("GET", "/api/contacts", key=key), 403)


@pytest.mark.parametrize("host", ["[::", "a b", "", "x" * 5_000, "evil.example:99999999", "%00"])
async def test_a_strange_name_of_the_server_breaks_nothing(house: House, host: str) -> None:
    for path in ("/api/contacts", "/api/nothing", "/api/contacts?limit=0"):
        answer = await house.ask("GET", path, headers={"Host": host})
        assert answer.status_code in (200, 404, 422)
    made = await house.ask("POST", "/api/companies", json={"name": "x"}, headers={"Host": host})
    assert made.headers["location"] == f"/api/companies/{made.json()['id']}"


async def test_who_is_answered_does_not_wait_for_the_note_of_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise PoolTimeoutError

    monkeypatch.setattr(api_keys, "used", busy)
    assert (await house.ask("GET", "/api/contacts")).status_code == 200
