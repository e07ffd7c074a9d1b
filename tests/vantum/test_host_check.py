"""By which names a server may be called."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from vantum.host_check import HostCheck, names_of
from vantum.settings import load_settings

PUBLIC = "https://Voice.example.test"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, frozenset()),
        ({"VANTUM_HOST": "localhost"}, frozenset()),
        ({"VANTUM_HOST": "::1"}, frozenset()),
        ({"VANTUM_PUBLIC_URL": PUBLIC}, {"voice.example.test"}),
        ({"VANTUM_ALLOWED_HOSTS": "A.example,[2001:db8::1]"}, {"a.example", "2001:db8::1"}),
        ({"VANTUM_ALLOWED_HOSTS": "*"}, None),
        ({"VANTUM_HOST": "0.0.0.0"}, None),
        ({"VANTUM_HOST": "0.0.0.0", "VANTUM_PUBLIC_URL": PUBLIC}, None),
        (
            {"VANTUM_HOST": "0.0.0.0", "VANTUM_ALLOWED_HOSTS": "a.example", "VANTUM_PUBLIC_URL": PUBLIC},
            {"a.example", "voice.example.test"},
        ),
    ],
)
def test_the_names_come_from_the_settings(given: dict[str, str], names: set[str] | None) -> None:
    assert names_of(load_settings(given, None)) == names


@pytest.fixture
def http() -> TestClient:
    async def page(_: object) -> PlainTextResponse:
        return PlainTextResponse("here")

    async def call(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    app = Starlette(routes=[Route("/", page), WebSocketRoute("/ws", call)])
    return TestClient(HostCheck(app, frozenset({"a.example", "2001:db8::1"})), client=("127.0.0.1", 1))


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:8080", True),
        ("localhost:8080", True),
        ("LOCALHOST", True),
        ("[::1]:8080", True),
        ("a.example", True),
        ("A.Example:443", True),
        ("[2001:db8::1]:80", True),
        ("", True),
        ("b.example", False),
        ("a.example.evil.test", False),
        ("127.0.0.1.evil.test", False),
        ("localhost.evil.test", False),
        ("10.0.0.7", False),
        ("[::2]", False),
        ("a" * 5_000, False),
    ],
)
def test_only_our_names_are_answered(http: TestClient, host: str, ours: bool) -> None:
    answer = http.get("/", headers={"Host": host})
    assert answer.status_code == (200 if ours else 403)
    assert len(answer.text) < 250
    if ours:
        with http.websocket_connect("/ws", headers={"Host": host}):
            pass
        return
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        http.websocket_connect("/ws", headers={"Host": host}),
    ):
        pass
    assert refused.value.status_code == 403
    assert "VANTUM_ALLOWED_HOSTS" in refused.value.text
