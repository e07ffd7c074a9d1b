"""Deliveries: what a webhook was told, and sending it again."""

from __future__ import annotations

import json

import pytest

from tests.vantum.rest.kit import NOBODY, House, flaws, problem
from vantum.core.outreach.delivery import DeliveryState, EventType
from vantum.store import deliveries, outbox
from vantum.store.outbox import Event
from vantum.store.pages import Cut

pytestmark = pytest.mark.real_time
LONG_AGO = "2020-01-01T00:00:00Z"


def path_of(house: House) -> str:
    return f"/api/webhooks/{house.ours.ids['webhook_id']}"


async def tell(house: House, state: DeliveryState) -> str:
    """A second message, which has come so far; its id."""
    ids, org = house.ours.ids, house.ours.org
    async with house.store.writing() as session:
        await outbox.tell(session, org, Event(EventType.CALL_ANALYZED, ids["lead_id"], {}, house.clock()))
        row = (await deliveries.listed(session, org, ids["webhook_id"], Cut())).rows[0]
        row.state, row.next_at = state, house.clock() if state is DeliveryState.PENDING else None
    return row.id


async def states(house: House) -> list[str]:
    found = (await house.ask("GET", f"{path_of(house)}/deliveries")).json()["items"]
    return [each["state"] for each in found]


async def test_a_message_is_told_with_what_it_says(house: House) -> None:
    ids = house.ours.ids
    told = (await house.ask("GET", f"{path_of(house)}/deliveries/{ids['delivery_id']}")).json()
    assert (told["event"], told["subjectId"], told["state"]) == ("call.ended", ids["call_id"], "delivered")
    assert (told["attempts"], told["responseCode"], told["nextAt"]) == (1, 200, None)
    said = json.loads(told["body"])
    assert (said["id"], said["org_id"], said["data"]) == (told["eventId"], house.ours.org, {"of": "ours"})
    [listed] = (await house.ask("GET", f"{path_of(house)}/deliveries")).json()["items"]
    assert listed == {name: value for name, value in told.items() if name != "body"}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("state=dead", 1),
        ("state=pending", 0),
        ("event=call.ended", 1),
        ("event=%00", None),
        ("subjectId={lead_id}", 1),
        (f"subjectId={NOBODY}", 0),
    ],
)
async def test_they_are_found(house: House, query: str, count: int | None) -> None:
    await tell(house, DeliveryState.DEAD)
    answer = await house.ask("GET", f"{path_of(house)}/deliveries?{query.format(**house.ours.ids)}")
    if count is None:
        assert list(flaws(answer)) == ["#/event"]
    else:
        assert len(answer.json()["items"]) == count


async def test_one_is_sent_again_and_not_while_it_waits(house: House) -> None:
    ids = house.ours.ids
    path = f"{path_of(house)}/deliveries/{ids['delivery_id']}"
    before = (await house.ask("GET", path)).json()
    house.clock.passes(hours=1)
    told = (await house.ask("POST", f"{path}:replay")).json()
    assert (told["state"], told["attempts"], told["responseCode"]) == ("pending", 0, None)
    assert told["nextAt"] == "2026-11-18T18:00:00Z"
    assert (told["eventId"], told["body"]) == (before["eventId"], before["body"])
    assert "still waits" in problem(await house.ask("POST", f"{path}:replay"), 409)["detail"]
    assert await house.deeds(ids["webhook_id"]) == [("webhook.replay", {"delivery": ids["delivery_id"]})]


@pytest.mark.parametrize(
    ("body", "count", "after"),
    [
        ({"since": LONG_AGO}, 1, ["pending", "delivered"]),
        ({"since": LONG_AGO, "states": ["delivered"]}, 1, ["dead", "pending"]),
        ({"since": LONG_AGO, "states": ["delivered", "dead", "gone"]}, 2, ["pending", "pending"]),
        ({"since": "2200-01-01T00:00:00Z"}, 0, ["dead", "delivered"]),
    ],
)
async def test_all_of_a_time_are_sent_again(
    house: House, body: dict[str, object], count: int, after: list[str]
) -> None:
    await tell(house, DeliveryState.DEAD)
    told = (await house.ask("POST", f"{path_of(house)}:replay", json=body)).json()
    assert told == {"id": house.ours.ids["webhook_id"], "replayed": count}
    assert await states(house) == after


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/since"),
        ({"since": "yesterday"}, "#/since"),
        ({"since": LONG_AGO, "states": []}, "#/states"),
        ({"since": LONG_AGO, "states": ["pending"]}, "#/states/0"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, object], pointer: str) -> None:
    assert list(flaws(await house.ask("POST", f"{path_of(house)}:replay", json=body))) == [pointer]


async def test_a_message_is_its_endpoints(house: House) -> None:
    ids = house.ours.ids
    other = await house.made("/api/webhooks", url="https://ours.example.com/2", events=["*"])
    for end in ("", ":replay"):
        method = "POST" if end else "GET"
        path = f"/api/webhooks/{other['id']}/deliveries/{ids['delivery_id']}{end}"
        assert "delivery" in problem(await house.ask(method, path), 404)["detail"]
