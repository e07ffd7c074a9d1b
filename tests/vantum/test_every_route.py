"""Every route of the application against everything hostile: no 500, nothing of the disk, the same headers on all."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import BaseRoute, Mount
from starlette.types import Message

from tests.vantum.api_kit import API_KEYS, HERE, JSON, THEM, Desk, client_of, desk, new_id
from vantum.api_route import MAX_BODY_BYTES
from vantum.security_headers import HEADERS

pytestmark = pytest.mark.real_time

NO_CALL = "019ad5e0-0000-7000-8000-000000000000"
SECRET = "what no request may read"

HTTP = {
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    ("GET", "/metrics"),
    ("GET", "/console/{path}"),
    ("GET", "/calls/{id}"),
    ("GET", "/api/calls"),
    ("POST", "/api/calls"),
    ("GET", "/api/calls/{id}"),
    ("POST", "/api/calls/{id}/hangup"),
    ("POST", "/api/calls/{id}/say"),
    ("POST", "/api/calls/{id}/transfer"),
    ("POST", "/api/tokens"),
    ("POST", "/token"),
    ("POST", "/twilio/voice"),
    ("POST", "/twilio/{hook}/{id}"),
}
SOCKETS = {"/ws", "/twilio/media/{token}"}
"""Their handshakes are in ``test_api_tokens.py``, ``test_server.py`` and
``tests/transports/twilio/test_routes.py``."""
GUARDED = {(method, path) for method, path in HTTP if path.startswith(("/api/", "/calls/", "/metrics"))}
OPEN_TO_ALL = {"/", "/health", "/openapi.json", "/console/{path}"}
ROUTES = sorted(HTTP)
WITH_NAMES = sorted((method, path) for method, path in HTTP if "{" in path)
WITH_BODY = sorted((method, path) for method, path in HTTP if method == "POST")

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


@asynccontextmanager
async def opened(folder: Path, **given_settings: str) -> AsyncIterator[Desk]:
    async with desk(folder, VANTUM_AUTH="token", VANTUM_TOKEN_SECRET="s" * 32, **given_settings) as office:  # type: ignore[arg-type]
        yield office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as office:
        for place in (tmp_path, office.data, office.data / "calls"):
            place.mkdir(parents=True, exist_ok=True)
            (place / "secret.txt").write_text(SECRET)
        yield office


def filled(path: str, name: str = NO_CALL) -> str:
    return re.sub(r"\{(id|path|token)\}", lambda _: name, path.replace("{hook}", "status"))


def check(answer: httpx.Response) -> None:
    """What holds of every answer, whatever was asked."""
    assert answer.status_code < 500, answer.text
    assert SECRET not in answer.text
    assert "root:" not in answer.text
    assert "Traceback" not in answer.text
    assert len(answer.content) < 100_000
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


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
    """A new route has to be put into the tables above, and so comes under all tests below."""
    found = set(shapes(office.app.routes))
    assert {(method, path) for method, path in found if method != "WS"} == HTTP
    assert {path for method, path in found if method == "WS"} == SOCKETS


async def raw(office: Desk, method: str, path: str) -> httpx.Response:
    """A request whose path nobody tidies up on its way."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
        "client": HERE,
        "server": ("127.0.0.1", 80),
    }
    await office.app(scope, receive, send)
    return httpx.Response(
        sent[0]["status"],
        headers=sent[0]["headers"],
        content=b"".join(part.get("body", b"") for part in sent[1:]),
    )


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


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_name_that_is_not_ours_is_refused(office: Desk, method: str, path: str) -> None:
    """DNS rebinding: a page of another site whose name leads to this machine."""
    for host in (
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "[::2]",
    ):
        answer = await office.http.request(method, filled(path), headers={"Host": host})
        check(answer)
        assert answer.status_code == 403
        assert "VANTUM_ALLOWED_HOSTS" in answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_page_of_another_site_reads_anything(tmp_path: Path, method: str, path: str) -> None:
    evil = {"Origin": "https://evil.example", "Authorization": "Bearer a-key-of-the-tests"}
    async with opened(tmp_path, VANTUM_API_KEYS=API_KEYS) as office:
        answer = await office.http.request(method, filled(path), headers=evil, json={})
    check(answer)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    if path not in OPEN_TO_ALL:
        assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("keys", ["", API_KEYS])
async def test_who_may_not_gets_nothing(tmp_path: Path, method: str, path: str, keys: str) -> None:
    async with (
        opened(tmp_path, VANTUM_API_KEYS=keys) as office,
        client_of(office.app, ("93.184.216.34", 1)) as http,
    ):
        answer = await http.request(method, filled(path), json={})
    check(answer)
    if path in OPEN_TO_ALL:
        assert answer.status_code in (200, 404)
    elif (method, path) in GUARDED:
        assert answer.status_code == (401 if keys else 403)
    else:
        assert answer.status_code in (403, 404)


async def test_only_what_is_public_may_be_kept_by_caches(office: Desk) -> None:
    for method, path in ROUTES:
        answer = await office.http.request(method, filled(path))
        public = path in ("/health", "/console/{path}")
        assert (answer.headers.get("cache-control") == "no-store") is not public, path


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(st.characters()), inside, max_size=4)
    ),
    max_leaves=8,
)
WORDS = st.text(max_size=40) | ANY_JSON
NEARLY_RIGHT = st.fixed_dictionaries(
    {},
    optional={
        "to": st.just(THEM) | WORDS,
        "text": WORDS,
        "say": WORDS,
        "pipeline": st.sampled_from(["served", "other", "", "..", "/"]) | WORDS,
        "ttl": st.integers() | ANY_JSON,
        "uses": st.integers(-1, 2_000) | ANY_JSON,
        "origin": st.just("https://a.example") | WORDS,
        "variables": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3) | ANY_JSON,
        "idempotencyKey": WORDS,
    },
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NEARLY_RIGHT | ANY_JSON, min_size=3, max_size=6))
async def test_no_json_breaks_any_route(bodies: list[object]) -> None:
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as office:
            for method, path in WITH_BODY:
                for body in bodies:
                    content = json.dumps(body).encode()
                    name = new_id()
                    check(
                        await office.http.request(method, filled(path, name), content=content, headers=JSON)
                    )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=3, max_size=6))
async def test_no_name_breaks_any_route(names: list[str]) -> None:
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as office:
            for method, path in WITH_NAMES:
                for name in names:
                    check(await raw(office, method, filled(path, quote(name, safe=""))))
