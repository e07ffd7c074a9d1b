"""The bodies of the REST API: what cannot be used in them, where it is, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.vantum.api_kit import (
    JSON,
    THEM,
    US,
    Desk,
    desk,
    flaws,
    new_id,
)
from vantum.api_bodies import A_WORD, PATTERNS, VARIABLE_NAME
from vantum.api_route import A_JSON_OBJECT, NO_TEXT


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "'' is not a phone number. Write it with its country code, such as +14155550100."),
        ("4155550100", "has no country code that exists"),
        ("+1415", "is too short for its country"),
        ("+19004155550", "is a premium-rate number"),
        ("+14155550100 ext. 7", "has an extension"),
        ("+1" * 21, "at most 40 characters"),
        (14155550100, "valid string"),
        (None, "valid string"),
    ],
)
async def test_a_number_that_cannot_be_dialed_is_told_why(office: Desk, number: object, says: str) -> None:
    for name in ("to", "from"):
        if number is None and name == "from":
            continue
        answer = await office.http.post("/api/calls", json={"to": THEM, name: number})
        assert says in flaws(answer)[f"body.{name}"]


NAMES = PATTERNS[VARIABLE_NAME]


@pytest.mark.parametrize(
    ("body", "where", "says"),
    [
        ({}, "body.to", "Field required"),
        ({"to": THEM, "tempo": 1}, "body.tempo", "Extra inputs are not permitted"),
        ({"to": THEM, "from_": US}, "body.from_", "Extra inputs are not permitted"),
        ({"to": THEM, "\ud800": 1}, "body", NO_TEXT),
        ({"to": "\ud800"}, "body.to", NO_TEXT),
        ({"to": THEM, "variables": {"a": "\udfff"}}, "body.variables.a", NO_TEXT),
        ({"to": THEM, "variables": {f"v{n}": "" for n in range(51)}}, "body.variables", "at most 50 items"),
        ({"to": THEM, "variables": {"a": "x" * 1001}}, "body.variables.a", "at most 1000 characters"),
        ({"to": THEM, "variables": {"a": 1}}, "body.variables.a", "valid string"),
        ({"to": THEM, "variables": {"7up": ""}}, "body.variables.7up.[key]", NAMES),
        ({"to": THEM, "variables": {"a" * 65: ""}}, f"body.variables.{'a' * 65}.[key]", NAMES),
        ({"to": THEM, "variables": []}, "body.variables", "valid dictionary"),
        ({"to": THEM, "variables": None}, "body.variables", "valid dictionary"),
        ({"to": THEM, "voicemail": "x" * 2001}, "body.voicemail", "at most 2000 characters"),
        ({"to": THEM, "voicemail": True}, "body.voicemail", "valid string"),
        ({"to": THEM, "pipeline": "x" * 201}, "body.pipeline", "at most 200 characters"),
        ({"to": THEM, "pipeline": ["other"]}, "body.pipeline", "valid string"),
        ({"to": THEM, "idempotencyKey": ""}, "body.idempotencyKey", "at least 1 character"),
        ({"to": THEM, "idempotencyKey": "x" * 201}, "body.idempotencyKey", "at most 200 characters"),
        ([THEM], "body", A_JSON_OBJECT),
        (THEM, "body", A_JSON_OBJECT),
        (None, "body", A_JSON_OBJECT),
    ],
)
async def test_a_body_that_cannot_be_used_is_told_where_and_why(
    office: Desk, body: object, where: str, says: str
) -> None:
    answer = await office.http.post("/api/calls", content=json.dumps(body), headers=JSON)
    found = flaws(answer)
    assert says in found[where]
    assert office.rest.placed == []


async def test_the_longest_body_that_can_be_used_is_not_too_long(office: Desk) -> None:
    values = {f"{'v' * 62}{n:02}": "\U0001f642" * 1000 for n in range(50)}
    body = json.dumps({"to": THEM, "variables": values, "voicemail": "\U0001f642" * 2000})
    answer = await office.http.post("/api/calls", content=body, headers=JSON)
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize(
    ("act", "body", "where", "says"),
    [
        ("say", {"text": ""}, "body.text", "at least 1 character"),
        ("say", {"text": " \n\x85\ufeff"}, "body.text", PATTERNS[A_WORD]),
        ("say", {"text": "x" * 1001}, "body.text", "at most 1000 characters"),
        ("say", {"words": "x"}, "body.words", "Extra inputs"),
        ("say", {}, "body.text", "Field required"),
        ("transfer", {"to": "+999"}, "body.to", "has no country code that exists"),
        ("transfer", {"to": THEM, "say": "\t"}, "body.say", PATTERNS[A_WORD]),
    ],
)
async def test_what_cannot_be_done_is_told_why(
    office: Desk, act: str, body: dict[str, str], where: str, says: str
) -> None:
    answer = await office.http.post(f"/api/calls/{new_id()}/{act}", json=body)
    assert says in flaws(answer)[where]
