"""Problems: their kinds, their pointers, and what of a request they tell back."""

from __future__ import annotations

import json

import pytest
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from tests.vantum.rest.kit import JSON, House, flaws, problem
from tests.vantum.store.rows import number
from vantum.rest.bodies import USUAL
from vantum.rest.failures import AN_OBJECT, BUSY, NO_TEXT, refused_by
from vantum.rest.problems import Kind, Refused, answer, flaw_at, invalid, kind_of, pointer
from vantum.store import contact_book

pytestmark = pytest.mark.real_time


def test_each_kind_has_a_name_of_its_own() -> None:
    assert len({kind.type for kind in Kind}) == len(Kind)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, Kind.NOT_FOUND),
        (409, Kind.CONFLICT),
        (422, Kind.INVALID),
        (408, Kind.TOO_SLOW),
        (418, Kind.MALFORMED),
        (502, Kind.FAILED),
        (503, Kind.BUSY),
    ],
)
def test_a_kind_is_known_by_its_status(status: int, kind: Kind) -> None:
    assert kind_of(status) is kind


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ((), "#"),
        (("custom", "a/b~c"), "#/custom/a~1b~0c"),
        (("list", 3), "#/list/3"),
        (("ä b",), "#/%C3%A4%20b"),
        (("\ud800",), "#/%3F"),
        (("x" * 300,), "#/" + "x" * 100),
    ],
)
def test_a_pointer_is_one_of_rfc_6901(path: tuple[str | int, ...], told: str) -> None:
    assert pointer(*path) == told


@pytest.mark.parametrize(("count", "words"), [(1, "One thing"), (2, "2 things"), (30, "30 things")])
def test_flaws_are_counted_and_bounded(count: int, words: str) -> None:
    refused = invalid(*(flaw_at(f"f{index}", "x") for index in range(count)))
    assert refused.told.startswith(words)
    assert len(refused.flaws) == min(count, 20)


def test_without_flaws_none_are_told() -> None:
    assert b"errors" not in answer(Refused(Kind.CONFLICT, "x"), "/\ud800").body


def test_a_busy_database_is_told_apart_from_a_broken_one() -> None:
    assert refused_by(OperationalError("x", None, Exception("broken"))) is None
    assert refused_by(RuntimeError()) is None
    busy = refused_by(PoolTimeoutError())
    assert busy is not None
    assert (busy.kind, busy.told, busy.headers) == (Kind.BUSY, BUSY, {"Retry-After": "2"})


def test_errors_of_http_keep_their_headers() -> None:
    found = refused_by(HTTPException(413, "The body is too long.", {"Connection": "close"}))
    assert found is not None
    assert (found.kind, found.told, found.headers) == (
        Kind.TOO_LARGE,
        "The body is too long.",
        {"Connection": "close"},
    )


def test_a_flaw_in_a_path_is_something_that_does_not_exist() -> None:
    found = refused_by(RequestValidationError([{"type": "x", "loc": ("path", "id"), "msg": "x"}]))
    assert found is not None
    assert found.kind is Kind.NOT_FOUND


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/contacts/", "/api/contacts/x/y", "/"]
)
async def test_an_unknown_path_is_a_problem(house: House, path: str) -> None:
    problem(await house.ask("GET", path), 404)


@pytest.mark.parametrize(
    "name", ["x", "0", "..%2f..", "%00", "019CABD8-3030-7C31-9D2F-0A6F3F6F4E11", "a" * 5_000]
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_what_is_no_id_is_the_id_of_nothing(house: House, method: str, name: str) -> None:
    answer = await house.ask(method, f"/api/contacts/{name}", json=None if method == "GET" else {})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/contacts", "GET, POST"),
        ("PUT", "/api/contacts/{contact_id}", "GET, PATCH"),
        ("POST", "/api/contacts/{contact_id}", "GET, PATCH"),
        ("HEAD", "/api/suppressions", "GET, POST"),
        ("DELETE", "/api/contacts:export", "GET"),
    ],
)
async def test_another_method_is_told_those_there_are(
    house: House, method: str, path: str, allowed: str
) -> None:
    answer = await house.ask(method, path.format(**house.ours.ids))
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    if method != "HEAD":
        assert allowed in problem(answer, 405)["detail"]


@pytest.mark.parametrize(
    "content",
    [b"{", b"[" * 100_000, b'{"a":' * 10_000, b"\xff\xfe", b'{"name": ' + b"9" * 5_000 + b"}", b"nul"],
)
async def test_what_is_no_json_cannot_be_read(house: House, content: bytes) -> None:
    answer = await house.ask("POST", "/api/companies", content=content, headers=JSON)
    assert problem(answer, 400)["type"].endswith("malformed")


@pytest.mark.parametrize("content", [b"null", b"[]", b'"x"', b"1", b""])
async def test_what_is_no_object_is_told_so(house: House, content: bytes) -> None:
    answer = await house.ask("POST", "/api/companies", content=content, headers=JSON)
    assert flaws(answer)["#"] == AN_OBJECT


async def test_a_body_without_its_type_is_told_so(house: House) -> None:
    answer = await house.ask("POST", "/api/companies", content=b'{"name": "x"}')
    assert flaws(answer)["#"] == AN_OBJECT


async def test_a_body_has_a_bound(house: House) -> None:
    content = b" " * (USUAL.most_bytes + 1)
    for path in ("/api/companies", f"/api/contacts/{house.ours.ids['contact_id']}:archive"):
        more = {**JSON, "Idempotency-Key": "x"}
        answer = await house.ask("POST", path, content=content, headers=more)
        assert problem(answer, 413)["type"].endswith("too-large")


async def test_flaws_say_where_they_are(house: House) -> None:
    body = {
        "phone": "1",
        "source": "",
        "email": "nobody",
        "custom": {"a/b": [], "c": "x" * 2_001},
        "nobody knows": 1,
        "name": "a\x00b",
    }
    found = flaws(await house.ask("POST", "/api/contacts", json=body))
    assert {"#/source", "#/email", "#/nobody%20knows", "#/name"} <= found.keys()
    assert any(place.startswith("#/custom/a~1b") for place in found)
    assert any(place.startswith("#/custom/c") for place in found)
    assert found["#/email"] == "It is no e-mail address."
    assert "control character" in found["#/name"]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'{"name": "\\ud800"}', "#/name"),
        (b'{"name": "x", "\\udfff": 1}', "#"),
        (b'{"name": "x", "domain": {"\\udfff": 1}}', "#/domain"),
    ],
)
async def test_half_a_character_is_told_so_wherever_it_is(house: House, content: bytes, where: str) -> None:
    found = flaws(await house.ask("POST", "/api/companies", content=content, headers=JSON))
    assert [*found] == [where]
    assert where == "#/domain" or found[where] == NO_TEXT


async def test_nothing_of_what_was_sent_comes_back(house: House) -> None:
    secret = "4111 1111 1111 1111"
    body = {"phone": secret, "source": [secret], "email": secret, "custom": {"a": {"b": secret}}}
    answer = await house.ask("POST", "/api/contacts", json=body)
    problem(answer, 422)
    assert secret not in answer.text


async def test_a_fault_of_the_database_is_a_problem(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise OperationalError("SELECT secret", None, Exception("no such table"))

    monkeypatch.setattr(contact_book, "add", broken)
    answer = await house.ask("POST", "/api/contacts", json={"phone": number(30), "source": "x"})
    assert problem(answer, 500)["detail"] == "The server could not do this. Its log tells why."
    assert "secret" not in answer.text


async def test_a_busy_database_is_a_problem(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> None:
        raise PoolTimeoutError

    monkeypatch.setattr(contact_book, "add", busy)
    answer = await house.ask("POST", "/api/contacts", json={"phone": number(30), "source": "x"})
    assert problem(answer, 503)["detail"] == BUSY
    assert json.loads(answer.text)["status"] == 503
