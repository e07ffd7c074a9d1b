"""Users: added, changed and stopped by those who may do no less than they."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import House, flaws, problem
from vantum.store.words import Role

pytestmark = pytest.mark.real_time


async def test_one_is_added_changed_and_told(house: House) -> None:
    made = await house.made("/api/users", email=" Ben@Acorn.example.com ", name="Ben", role="manager")
    assert (made["email"], made["role"], made["disabledAt"]) == ("ben@acorn.example.com", "manager", None)
    path = f"/api/users/{made['id']}"
    changed = (await house.ask("PATCH", path, json={"role": "admin"})).json()
    assert changed == made | {"role": "admin"}
    assert (await house.ask("PATCH", path, json={})).json() == changed
    assert (await house.ask("GET", path)).json() == changed
    assert [user["name"] for user in (await house.ask("GET", "/api/users")).json()["items"]] == [
        "Ben",
        "Anna",
    ]
    assert await house.deeds(made["id"]) == [
        ("user.create", {"role": "manager"}),
        ("user.change", {"fields": ["role"]}),
    ]


async def test_to_disable_twice_is_to_disable_once(house: House) -> None:
    user = house.ours.ids["user_id"]
    first = (await house.ask("POST", f"/api/users/{user}:disable")).json()
    house.clock.passes(hours=1)
    assert (await house.ask("POST", f"/api/users/{user}:disable")).json() == first
    assert first["disabledAt"] == "2026-11-18T17:00:00Z"
    for _ in range(2):
        enabled = await house.ask("POST", f"/api/users/{user}:enable")
        assert (enabled.status_code, enabled.json()["disabledAt"]) == (200, None)
    assert await house.deeds(user) == [("user.disable", {}), ("user.enable", {})]


async def test_an_address_is_one_users(house: House) -> None:
    answer = await house.ask("POST", "/api/users", json={"email": "ANNA@ours.example.com"})
    assert "already" in problem(answer, 409)["detail"]
    assert (
        await house.ask("POST", "/api/users", json={"email": "anna@theirs.example.com"})
    ).status_code == 201


@pytest.mark.parametrize("email", ["", "anna", "a@b", "x" * 250 + "@a.de", None, 1])
async def test_what_is_no_address_is_refused(house: House, email: object) -> None:
    assert list(flaws(await house.ask("POST", "/api/users", json={"email": email}))) == ["#/email"]


async def test_nobody_makes_or_changes_those_above_them(house: House) -> None:
    owner = await house.made("/api/users", email="o@a.example.com", role="owner")
    body = {"email": "x@a.example.com", "role": "owner"}
    problem(await house.ask("POST", "/api/users", role=Role.ADMIN, json=body), 403)
    path = f"/api/users/{owner['id']}"
    problem(await house.ask("PATCH", path, role=Role.ADMIN, json={"name": "x"}), 403)
    problem(await house.ask("POST", f"{path}:disable", role=Role.ADMIN), 403)
    problem(await house.ask("POST", f"{path}:enable", role=Role.ADMIN), 403)
    ours = f"/api/users/{house.ours.ids['user_id']}"
    problem(await house.ask("PATCH", ours, role=Role.ADMIN, json={"role": "owner"}), 403)
    assert (await house.ask("PATCH", ours, role=Role.ADMIN, json={"role": "admin"})).status_code == 200


async def test_the_last_owner_stays(house: House) -> None:
    paths = []
    for name in ("one", "other"):
        made = await house.made("/api/users", email=f"{name}@a.example.com", role="owner")
        paths.append(f"/api/users/{made['id']}")
    assert (await house.ask("PATCH", paths[0], json={"role": "admin"})).status_code == 200
    problem(await house.ask("PATCH", paths[1], json={"role": "admin"}), 409)
    problem(await house.ask("POST", f"{paths[1]}:disable"), 409)
    assert (await house.ask("PATCH", paths[1], json={"role": "owner"})).status_code == 200
    await house.ask("PATCH", paths[0], json={"role": "owner"})
    assert (await house.ask("POST", f"{paths[1]}:disable")).status_code == 200
    problem(await house.ask("POST", f"{paths[0]}:disable"), 409)
