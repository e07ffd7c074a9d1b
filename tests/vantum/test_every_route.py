"""Every route of the application against everything hostile: no 500, nothing of the disk, the same headers on all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Mount

from tests.vantum.api_kit import JSON, Desk
from tests.vantum.routes_kit import (
    HTTP,
    NO_CALL,
    ROUTES,
    SOCKETS,
    WITH_BODY,
    WITH_NAMES,
    check,
    filled,
    raw,
    with_secrets,
)
from vantum.api_route import MAX_BODY_BYTES

pytestmark = pytest.mark.real_time

EVIL_NAMES = [
    "..",
    "../..",
    "..%2f..%2fsecret.txt",
    "%2e%2e/%2e%2e/secret.txt",
    "....//....//secret.txt",
    "..%5c..%5csecret.txt",
    "%252e%252e%252fsecret.txt",
    "%c0%ae%c0%ae%c0%afsecret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "%00",
    f"{NO_CALL}%00.wav",
    f"{NO_CALL}/../../secret.txt",
    f"{NO_CALL}%2f..%2f..%2fsecret.txt",
    f"{NO_CALL}%0a",
    NO_CALL.upper(),
    "%ef%bc%8e%ef%bc%8e%ef%bc%8fsecret.txt",
    "%d9%a0%d9%a1%d9%a9ad5e0-0000-7000-8000-000000000000",
    "%f0%9f%92%a3",
    "%ed%a0%80",
    "a" * 5_000,
    "{id}",
    "*",
    "?",
    "con",
    "-",
    "%",
    "%zz",
]
KINDS = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/xml",
    "application/json; charset=utf-16",
    "application/octet-stream",
    "image/png",
    "",
    "a" * 1_000,
    "application/json\t;;;=",
]
BOMBS = [
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"to":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"variables":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}",
    b'{"ttl": ' + b"9" * 5_000 + b"}",
    b'{"ttl": 1e999, "uses": -1e999}',
    b'{"to": "\\ud800", "text": "\\udfff"}',
    b'"' + b"x" * 100_000,
    b"\x00" * 1_000,
    b"\xff\xfe{\x00}\x00",
    b"",
    b"null",
    b"=&=&a=%zz&&&" * 1_000,
    b"a=1&" * 10_000,
]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with with_secrets(tmp_path) as office:
        yield office


def shapes(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of each route, with our names for its parameters; WS is the method of a socket."""
    for route in routes:
        facts = vars(route)
        if "original_router" in facts:
            yield from shapes(facts["original_router"].routes)
        elif isinstance(route, Mount):
            yield "GET", f"{route.path}/{{path}}"
        else:
            for method in set(facts.get("methods") or {"WS"}) - {"HEAD"}:
                yield method, str(facts["path"]).replace("{call_id}", "{id}")


def test_every_route_is_here(office: Desk) -> None:
    """A new route has to be put into the tables of ``routes_kit.py``, and so comes under all tests that use them."""
    found = set(shapes(office.app.routes))
    assert {(method, path) for method, path in found if method != "WS"} == HTTP
    assert {path for method, path in found if method == "WS"} == SOCKETS


@pytest.mark.parametrize(("method", "path"), WITH_NAMES)
async def test_no_name_leads_anywhere(office: Desk, method: str, path: str) -> None:
    for name in EVIL_NAMES:
        answer = await raw(office, method, filled(path, name))
        check(answer)
        assert answer.status_code in (307, 400, 403, 404, 405, 422), (name, answer.status_code)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_body_is_too_much(office: Desk, method: str, path: str) -> None:
    answer = await office.http.request(
        method, filled(path), content=b" " * (MAX_BODY_BYTES + 1), headers=JSON
    )
    check(answer)
    if (method, path) in WITH_BODY and not path.endswith(("hangup", "/token")):
        assert answer.status_code in (403, 413)


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
async def test_no_content_type_breaks_it(office: Desk, method: str, path: str) -> None:
    for kind, content in product(KINDS, (b"{}", b"a=b", b"--x\r\n\r\n")):
        check(
            await office.http.request(method, filled(path), content=content, headers={"Content-Type": kind})
        )


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
async def test_no_bomb_goes_off(office: Desk, method: str, path: str) -> None:
    for content in BOMBS:
        check(await office.http.request(method, filled(path), content=content, headers=JSON))


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_other_methods_are_refused(office: Desk, method: str, path: str) -> None:
    known = {known for known, other in HTTP if other == path} | {"HEAD"}
    for wrong in {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} - known:
        answer = await office.http.request(wrong, filled(path))
        check(answer)
        assert answer.status_code in (403, 404, 405), (method, wrong)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_strange_headers_and_queries_change_nothing(office: Desk, method: str, path: str) -> None:
    strange = {
        "X-Forwarded-Host": "evil.example",
        "X-Original-URL": "/api/calls",
        "X-HTTP-Method-Override": "DELETE",
        "Accept": "a" * 5_000,
        "Cookie": "session=" + "a" * 5_000,
        "Range": "bytes=0-1,2-3,4-",
        "Transfer-Encoding": "identity",
    }
    check(await office.http.request(method, filled(path), headers=strange))
    for query in (
        "limit=%00",
        "before[]=1&before=2",
        "a" * 5_000,
        "%ff=%fe",
        "&&&===",
        "limit=" + "9" * 5_000,
    ):
        check(await office.http.request(method, f"{filled(path)}?{query}"))
