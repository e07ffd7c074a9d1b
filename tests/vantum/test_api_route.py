"""The door of the REST API: keys, this machine, sizes, and that nothing sent to it breaks it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vantum.api_kit import (
    API_KEYS,
    JSON,
    THEM,
    Desk,
    client_of,
    desk,
    flaws,
)
from vantum.api_route import A_JSON_OBJECT, MAX_BODY_BYTES, MOST_FLAWS, NO_JSON

NO_CALL = "019ad5e0-0000-7000-8000-000000000000"
"""The id of a call that was never made."""


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", NO_JSON),
        (b'{"to": "+1", }', NO_JSON),
        (b"\xff\xfe", NO_JSON),
        (b"[" * 100_000, NO_JSON),
        (b'{"to": ' + b"9" * 5_000 + b"}", NO_JSON),
        (b"", A_JSON_OBJECT),
    ],
)
async def test_what_is_no_json_is_said_to_be_none(office: Desk, content: bytes, says: str) -> None:
    found = flaws(await office.http.post("/api/calls", content=content, headers=JSON))
    assert list(found) == ["body"]
    assert found["body"].startswith(says)


async def test_a_form_is_told_to_be_json(office: Desk) -> None:
    answer = await office.http.post("/api/calls", data={"to": THEM})
    assert flaws(answer) == {"body": A_JSON_OBJECT}


async def test_nothing_that_was_sent_is_told_back(office: Desk) -> None:
    answer = await office.http.post("/api/calls", json={"to": THEM, "voicemail": ["secret"]})
    assert list(flaws(answer)) == ["body.voicemail"]
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "value", ["NaN", "-Infinity", "[" * 400 + "]" * 400, '{"a":' * 400 + "1" + "}" * 400]
)
async def test_values_that_json_cannot_tell_back_are_refused_too(office: Desk, value: str) -> None:
    answer = await office.http.post("/api/calls", content=f'{{"to": {value}}}', headers=JSON)
    assert list(flaws(answer)) == ["body.to"]


async def test_a_thousand_flaws_are_not_all_told(office: Desk) -> None:
    answer = await office.http.post("/api/calls", json={"to": THEM, **{"x" * n: 0 for n in range(1000)}})
    assert len(answer.json()["detail"]) == MOST_FLAWS
    assert len(answer.content) < 20_000


@pytest.mark.parametrize("extra", [0, 1])
async def test_a_body_has_a_size(office: Desk, extra: int) -> None:
    body = json.dumps({"to": THEM}).encode().ljust(MAX_BODY_BYTES + extra)
    answer = await office.http.post("/api/calls", content=body, headers=JSON)
    assert answer.status_code == (413 if extra else 202)


async def test_a_body_without_end_is_not_waited_for(office: Desk) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * MAX_BODY_BYTES:
            sent += 65_536
            yield bytes(65_536)

    answer = await office.http.post("/api/calls", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert sent <= 2 * MAX_BODY_BYTES


REQUESTS = [
    ("GET", "/api/calls"),
    ("POST", "/api/calls"),
    ("GET", f"/api/calls/{NO_CALL}"),
    ("POST", f"/api/calls/{NO_CALL}/hangup"),
    ("POST", f"/api/calls/{NO_CALL}/say"),
    ("POST", f"/api/calls/{NO_CALL}/transfer"),
]


@pytest.mark.parametrize(("method", "path"), REQUESTS)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic a-key-of-the-tests",
        "a-key-of-the-tests",
        f"Bearer {API_KEYS}",
    ],
)
async def test_without_a_right_key_nothing_is_granted(
    tmp_path: Path, method: str, path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with desk(tmp_path, VANTUM_API_KEYS=API_KEYS) as office:
        answer = await office.http.request(method, path, content=b"{", headers={**JSON, **headers})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "VANTUM_API_KEYS" in answer.json()["detail"]


@pytest.mark.parametrize("authorization", ["Bearer a-key-of-the-tests", "bearer another-key"])
async def test_each_key_is_as_good_as_the_other_from_anywhere(tmp_path: Path, authorization: str) -> None:
    async with (
        desk(tmp_path, VANTUM_API_KEYS=API_KEYS) as office,
        client_of(office.app, ("93.184.216.34", 1), Host="phone.example.test") as http,
    ):
        http.headers["Authorization"] = authorization
        assert (await http.post("/api/calls", json={"to": THEM})).status_code == 202
        assert (await http.get("/api/calls")).status_code == 200


@pytest.mark.parametrize(("method", "path"), REQUESTS)
@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("93.184.216.34", {}),
        ("10.0.0.7", {}),
        ("127.0.0.1", {"Host": "phone.example.test"}),
        ("127.0.0.1", {"Origin": "https://evil.example.test"}),
        ("127.0.0.1", {"Origin": "null"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"Authorization": "Bearer some-key", "CF-Connecting-IP": "127.0.0.1"}),
    ],
)
async def test_without_keys_only_this_machine_is_answered(
    office: Desk, method: str, path: str, client: str, headers: dict[str, str]
) -> None:
    async with client_of(office.app, (client, 1), **headers) as http:
        answer = await http.request(method, path, json={"to": THEM})
    assert answer.status_code == 403
    assert "VANTUM_API_KEYS" in answer.json()["detail"]
    assert office.rest.placed == []


async def test_a_body_is_not_read_for_those_who_may_not(tmp_path: Path) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"{}"

    async with desk(tmp_path, VANTUM_API_KEYS=API_KEYS) as office:
        answer = await office.http.post("/api/calls", content=body(), headers=JSON)
    assert (answer.status_code, read) == (401, 0)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("OPTIONS", "/api/calls", "GET, POST"),
        ("DELETE", "/api/calls", "GET, POST"),
        ("PUT", f"/api/calls/{NO_CALL}", "GET"),
        ("GET", f"/api/calls/{NO_CALL}/say", "POST"),
    ],
)
async def test_a_method_that_is_not_there_is_told_those_that_are(
    office: Desk, method: str, path: str, allowed: str
) -> None:
    answer = await office.http.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json() == {"detail": f"Only {allowed} can be done here."}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=5, max_size=10))
async def test_no_bytes_break_it(bodies: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        async with desk(Path(folder)) as office:
            for body in bodies:
                answer = await office.http.post("/api/calls", content=body, headers=JSON)
                assert answer.status_code == 422, answer.text
