"""Consents: added, told in their order, and never changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.rest.kit import House, flaws, problem
from tests.vantum.store.rows import NOON
from vantum.core.legal.case import Consent, ConsentKind, Method
from vantum.store import changes, consents
from vantum.store.models import Contact
from vantum.store.words import ContactState

pytestmark = pytest.mark.real_time


def path_of(house: House) -> str:
    return f"/api/contacts/{house.ours.ids['contact_id']}/consents"


async def test_what_was_said_is_added(house: House) -> None:
    path = path_of(house)
    given = await house.made(
        path,
        kind="ai_voice_marketing",
        method="written",
        at="2026-11-01T12:00:00+02:00",
        textShown="May our AI call you?",
        proof="form 7",
    )
    assert (given["status"], given["grantedAt"], given["revokedAt"]) == (
        "granted",
        "2026-11-01T10:00:00Z",
        None,
    )
    taken = await house.made(
        path, kind="ai_voice_marketing", status="revoked", method="spoken", at="2026-11-02T12:00:00Z"
    )
    assert (taken["grantedAt"], taken["revokedAt"]) == (None, "2026-11-02T12:00:00Z")
    listed = (await house.ask("GET", path)).json()["items"]
    assert [consent["id"] for consent in listed] == [taken["id"], given["id"], house.ours.ids["consent_id"]]
    assert (await house.ask("GET", f"{path}/{given['id']}")).json() == given
    details = {"contact": house.ours.ids["contact_id"], "kind": "ai_voice_marketing", "status": "revoked"}
    assert await house.deeds(taken["id"]) == [("consent.add", details)]


async def test_the_legal_gate_gets_them(house: House) -> None:
    at = NOON - timedelta(days=1)
    await house.made(path_of(house), kind="recording", method="spoken", at=at.isoformat())
    async with house.store.reading() as session:
        found = await consents.of_contact(session, house.ours.org, house.ours.ids["contact_id"])
    assert found[-1] == Consent(ConsentKind.RECORDING, Method.SPOKEN, at)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "everything"),
        ("method", "guessed"),
        ("status", ""),
        ("at", (NOON + timedelta(minutes=6)).isoformat()),
        ("at", "yesterday"),
        ("at", "2026-11-01T12:00:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("at", None),
        ("callId", "x"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, field: str, value: object) -> None:
    body = {"kind": "call", "method": "written", "at": NOON.isoformat(), field: value}
    assert list(flaws(await house.ask("POST", path_of(house), json=body))) == [f"#/{field}"]


async def test_nothing_is_added_to_who_was_erased(house: House) -> None:
    async with house.store.writing() as session:
        state = {"state": ContactState.ERASED}
        await changes.change(session, house.ours.org, Contact, house.ours.ids["contact_id"], state)
    body = {"kind": "call", "method": "written", "at": NOON.isoformat()}
    problem(await house.ask("POST", path_of(house), json=body), 409)


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT"])
async def test_no_record_can_be_changed(house: House, method: str) -> None:
    problem(await house.ask(method, f"{path_of(house)}/{house.ours.ids['consent_id']}"), 405)
