"""A request with a key is done once: whatever is sent again, at the same time, or after a crash."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import func, select

from tests.vantum.rest.kit import House, flaws, problem
from tests.vantum.store.rows import number
from vantum.rest.access import Right
from vantum.rest.errand import Posting, Told
from vantum.rest.problems import Kind, Refused
from vantum.rest.route import RestRoute, needs
from vantum.store import contact_book, idempotency
from vantum.store.idempotency import GIVEN_UP, KEPT, Taken
from vantum.store.models import ApiKey, AuditEntry, Contact, IdempotencyKey
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
ANNA = {"phone": number(20), "source": "fair"}


async def post(
    house: House, once: str, path: str = "/api/contacts", body: object = ANNA, **more: Any
) -> httpx.Response:
    return await house.ask("POST", path, json=body, headers={"Idempotency-Key": once}, **more)


async def count(house: House, model: type[Contact | AuditEntry | IdempotencyKey | ApiKey]) -> int:
    async with house.store.reading() as session:
        found = await session.scalar(
            select(func.count()).select_from(model).where(model.org_id == house.ours.org)
        )
    assert found is not None
    return found


async def test_the_same_request_is_done_once(house: House) -> None:
    first = await post(house, "a")
    again = await post(house, "a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"] == f"/api/contacts/{first.json()['id']}"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await count(house, AuditEntry) == 1


async def test_another_request_cannot_have_its_key(house: House) -> None:
    await post(house, "a")
    other = {**ANNA, "phone": number(21)}
    for answer in (
        await post(house, "a", body=other),
        await post(house, "a", "/api/companies", {"name": "x"}),
        await post(house, "a", role=Role.ADMIN),
    ):
        assert problem(answer, 422)["type"].endswith("key-reused")
    assert await count(house, Contact) == 2


async def test_two_organisations_may_use_one_key(house: House) -> None:
    ours = await post(house, "a")
    theirs = await post(house, "a", key=house.theirs.keys[Role.OWNER])
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["id"] != theirs.json()["id"]


async def test_many_at_the_same_time_do_it_once(house: House) -> None:
    answers = await asyncio.gather(*(post(house, "a") for _ in range(8)))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer, 409)["type"].endswith("under-way")
            assert answer.headers["retry-after"] == "1"
    assert await count(house, Contact) == 2
    assert (await post(house, "a")).headers["idempotency-replayed"] == "true"


async def taken(house: House, key: str) -> Taken:
    """The key of a request that is under way somewhere else, in a process that may be dead."""
    sent = house.http.build_request("POST", "/api/contacts", json=ANNA)
    async with house.store.reading() as session:
        owner = await session.scalar(
            select(ApiKey.id).where(ApiKey.org_id == house.ours.org, ApiKey.role == Role.OWNER)
        )
    head = f"key\n{owner}\nPOST\n/api/contacts?\n"
    request_hash = hashlib.sha256(head.encode() + sent.content).hexdigest()
    found = await house.store.write(
        lambda session: idempotency.take(session, house.ours.org, key, request_hash, house.clock())
    )
    assert isinstance(found, Taken)
    return found


async def test_what_is_under_way_is_not_done_again(house: House) -> None:
    await taken(house, "a")
    house.clock.now += GIVEN_UP / 2
    answer = await post(house, "a")
    assert problem(answer, 409)["type"].endswith("under-way")
    assert await count(house, Contact) == 1


async def test_what_was_given_up_is_taken_over_and_its_old_owner_has_lost_it(house: House) -> None:
    old = await taken(house, "a")
    house.clock.now += GIVEN_UP
    assert (await post(house, "a")).status_code == 201
    async with house.store.writing() as session:
        assert not await idempotency.answer(session, house.ours.org, old, 201, "{}")
    assert (await post(house, "a")).headers["idempotency-replayed"] == "true"


async def test_work_whose_key_is_lost_is_undone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(*_: object) -> bool:
        return False

    monkeypatch.setattr(idempotency, "answer", lost)
    assert problem(await post(house, "a"), 409)["type"].endswith("under-way")
    assert (await count(house, Contact), await count(house, AuditEntry)) == (1, 0)


async def test_a_day_later_it_is_a_new_request(house: House) -> None:
    await post(house, "a", "/api/companies", {"name": "x"})
    house.clock.now += KEPT
    again = await post(house, "a", "/api/companies", {"name": "y"})
    assert (again.status_code, again.json()["name"]) == (201, "y")
    assert await count(house, IdempotencyKey) == 1


async def test_what_was_refused_may_be_sent_again(house: House) -> None:
    body = {**ANNA, "companyId": "019ad5e0-0000-7000-8000-000000000000"}
    problem(await post(house, "a", body=body), 422)
    assert await count(house, IdempotencyKey) == 0
    assert (await post(house, "a")).status_code == 201


async def test_what_fails_here_leaves_nothing_and_may_be_sent_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(contact_book, "add", broken)
        answer = await post(house, "a")
    told = problem(answer, 500)
    assert "a fault of ours" not in answer.text
    assert told["type"].endswith("failed")
    assert (await count(house, IdempotencyKey), await count(house, AuditEntry)) == (0, 0)
    assert (await post(house, "a")).status_code == 201


async def test_a_secret_is_not_kept_beside_the_key(house: House) -> None:
    first = await post(house, "a", "/api/keys", {"name": "x"})
    again = await post(house, "a", "/api/keys", {"name": "x"})
    assert again.json() == first.json() | {"key": None}
    secret = first.json()["key"]
    async with house.store.reading() as session:
        kept = (await session.scalars(select(IdempotencyKey.response_body))).all()
        hashes = (await session.scalars(select(ApiKey.hash))).all()
    assert not any(secret in text for text in (*kept, *hashes))


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "\t"])
async def test_a_key_has_a_form(house: House, key: str) -> None:
    answer = await post(house, key)
    assert list(flaws(answer)) == ["#/idempotency-key"]
    assert answer.json()["errors"][0]["location"] == "header"


async def test_every_post_takes_a_key(house: House) -> None:
    for path, methods in house.app.openapi()["paths"].items():
        for method, told in methods.items():
            named = {each["name"] for each in told.get("parameters", ()) if each["in"] == "header"}
            assert ("idempotency-key" in named) is (method == "post"), (method, path)


async def test_the_right_is_looked_at_before_what_was_answered(house: House) -> None:
    await post(house, "a")
    problem(await post(house, "a", role=Role.VIEWER), 403)


async def test_another_question_is_another_request(house: House) -> None:
    await post(house, "a")
    answer = await post(house, "a", "/api/contacts?dry=1")
    assert problem(answer, 422)["type"].endswith("key-reused")


class Bell(BaseModel):
    """What is told of work that has transactions of its own."""

    rung: int


@pytest.fixture
def bell(house: House) -> list[Bell]:
    """Adds a path whose work is done apart; tells how often it was."""
    router, rung = APIRouter(route_class=RestRoute), list[Bell]()

    @router.post("/api/bell", summary="Ring", **needs(Right.CONTACTS_READ))
    async def ring(errand: Posting) -> Response:
        async def work() -> Told:
            rung.append(Bell(rung=len(rung) + 1))
            return Told(rung[-1], 200)

        return await errand.do_apart(work)

    @router.post("/api/gong", summary="Ring", **needs(Right.CONTACTS_READ))
    async def gong(errand: Posting, sent: str) -> Response:
        async def work() -> Told:
            if sent == "broken":
                raise Refused(Kind.CONFLICT, "It is broken.")
            return Told(Bell(rung=0), 200)

        return await errand.do_apart(work, sent.encode())

    house.app.include_router(router)
    return rung


async def test_work_apart_is_done_once_too(house: House, bell: list[Bell]) -> None:
    first, again = await post(house, "a", "/api/bell"), await post(house, "a", "/api/bell")
    assert (first.json(), again.json(), len(bell)) == ({"rung": 1}, {"rung": 1}, 1)
    assert again.headers["idempotency-replayed"] == "true"
    assert (await house.ask("POST", "/api/bell")).json() == {"rung": 2}


@pytest.mark.usefixtures("bell")
async def test_work_apart_that_is_refused_may_be_sent_again(house: House) -> None:
    for _ in range(2):
        problem(await post(house, "a", "/api/gong?sent=broken"), 409)
    assert (await post(house, "a", "/api/gong?sent=whole")).status_code == 200
