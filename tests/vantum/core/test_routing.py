"""What the head of a request tells of where it belongs, whoever wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from transports.browser.routes import token_of
from vantum.core.client_address import networks
from vantum.core.routing import ANYBODY, MOST_HEAD_BYTES, Wish, wish_of
from vantum.phone.tokens import StreamTokens

PEER = "192.0.2.7"
STAMP, OTHER = "00c0ffee", "0badcafe"
CALL = f"019ad5e0-0000-7000-8000-0000{STAMP}"
ANOTHER = f"019ad5e0-0000-7000-8000-0000{OTHER}"
UPGRADE = "Upgrade: websocket"


def wish(request: str, *headers: str, peer: str = PEER, trusted: str = "") -> Wish | None:
    head = "\r\n".join((f"{request} HTTP/1.1", "Host: here", *headers, "", ""))
    return wish_of(head.encode(), peer, networks(trusted))


@pytest.mark.parametrize(
    ("request_line", "wanted"),
    [
        ("GET /", ANYBODY),
        ("GET /health", ANYBODY),
        ("GET /api/calls", ANYBODY),
        (f"GET /api/calls/{CALL}", Wish((STAMP,))),
        (f"GET /calls/{CALL.upper()}", Wish((STAMP,))),
        (f"GET /api/calls?before={CALL}&after={ANOTHER}", Wish((STAMP, OTHER))),
        (f"POST /api/calls/{CALL}/hangup", Wish((STAMP,))),
        (f"POST /twilio/status/{CALL}", Wish((STAMP,))),
        ("POST /api/calls", Wish(begins=True)),
        ("POST /api/tokens", ANYBODY),
        ("POST /twilio/voice", Wish(begins=True)),
        ("GET /twilio/voice", ANYBODY),
        ("GET /twilio/media/", ANYBODY),
        ("GET /twilio/media/short", ANYBODY),
        ("GET /twilio/media/" + "*" * 60, ANYBODY),
        ("GET http://[/", ANYBODY),
        ("GET /?" + "&".join("abcdefghijklm" * 20), ANYBODY),
        ("GET", ANYBODY),
        ("", ANYBODY),
    ],
)
def test_an_address_tells_whose_it_is_and_what_begins(request_line: str, wanted: Wish) -> None:
    assert wish(request_line) == wanted


def test_a_streams_token_tells_its_call() -> None:
    token = StreamTokens("secret").mint(CALL, 60.0)
    assert wish(f"GET /twilio/media/{token}", UPGRADE) == Wish((STAMP,), address=PEER, begins=True)


@pytest.mark.parametrize(
    ("target", "headers", "wanted"),
    [
        ("/ws", (), Wish(address=PEER, begins=True)),
        ("/ws?resume", (), Wish(address=PEER, returns=True, begins=True)),
        ("/ws?resume=1", (), Wish(address=PEER, returns=True, begins=True)),
        (f"/ws?resume=proof{STAMP}", (), Wish((STAMP,), address=PEER, returns=True, begins=True)),
        (f"/ws?session={CALL}&resume=1", (), Wish((STAMP,), address=PEER, returns=True, begins=True)),
        ("/ws?token=vt1.a.b", (), Wish(key="vt1.a.b", address=PEER, begins=True)),
        ("/ws", ("authorization: Bearer vt1.a.b",), Wish(key="vt1.a.b", address=PEER, begins=True)),
        ("/ws?token=c", ("Authorization: bearer  d ",), Wish(key="d", address=PEER, begins=True)),
        ("/ws?token=c&token=d", (), Wish(key="d", address=PEER, begins=True)),
        ("/ws?token=d#e", (), Wish(key="d", address=PEER, begins=True)),
        ("http://[/ws?token=d", (), Wish(key="d", address=PEER, begins=True)),
        ("/ws?token=d" + "&e" * 500, (), Wish(key="d", address=PEER, begins=True)),
        ("/ws?token=d", ("X: " + "x" * 60_000,), Wish(key="d", address=PEER, begins=True)),
        ("/ws", ("Authorization: Basic d",), Wish(address=PEER, begins=True)),
    ],
)
def test_a_socket_tells_where_its_client_is_and_what_it_shows(
    target: str, headers: tuple[str, ...], wanted: Wish
) -> None:
    assert wish(f"GET {target}", UPGRADE, *headers) == wanted


@given(
    st.text("abc=&#%?token;+ 2\u00e9", max_size=30),
    st.sampled_from(["", "Bearer x", "bearer  y ", "Basic z", "Bearer"]),
)
def test_a_token_is_read_as_the_application_reads_it(query: str, authorization: str) -> None:
    target = f"/ws?{query}".replace(" ", "%20")
    raw = target.encode()
    headers = [(b"authorization", authorization.encode())] if authorization else []
    seen_by_uvicorn = raw.partition(b"#")[0].partition(b"?")[2]
    scope = {"type": "websocket", "headers": headers, "query_string": seen_by_uvicorn}
    given = (f"Authorization: {authorization}",) if authorization else ()
    wanted = wish(f"GET {target}", UPGRADE, *given)
    assert wanted is not None
    assert wanted.key == token_of(HTTPConnection(scope))


def test_a_key_of_the_api_binds_nothing() -> None:
    assert wish("GET /api/calls", "Authorization: Bearer key") == ANYBODY


def test_an_address_behind_a_proxy_is_read_where_the_proxy_is_believed() -> None:
    forwarded = ("X-Forwarded-For: 203.0.113.9", "x-forwarded-for: 198.51.100.1, 10.0.0.3")
    doubted = wish("GET /ws", UPGRADE, *forwarded, peer="10.0.0.2")
    believed = wish("GET /ws", UPGRADE, *forwarded, peer="10.0.0.2", trusted="10.0.0.0/8")
    assert (doubted, believed) == (
        Wish(address="10.0.0.2", begins=True),
        Wish(address="198.51.100.1", begins=True),
    )


def test_what_twilio_asks_once_more_is_known_by_its_signature() -> None:
    assert wish("POST /twilio/voice", "X-Twilio-Signature: abc=") == Wish(again="abc=", begins=True)


def test_it_waits_for_the_end_of_a_head_and_not_for_ever() -> None:
    head = b"GET / HTTP/1.1\r\nHost: here\r\n\r\nand more"
    end = head.index(b"\r\n\r\n") + 4
    assert [wish_of(head[:size], PEER) for size in (0, 5, end - 1)] == [None] * 3
    assert [wish_of(head[:size], PEER) for size in (end, len(head))] == [ANYBODY] * 2
    assert wish_of(b"x" * (MOST_HEAD_BYTES - 1), PEER) is None
    assert wish_of(b"x" * MOST_HEAD_BYTES, PEER) == ANYBODY


@given(st.binary(max_size=300), st.text(max_size=20))
def test_whatever_is_sent_is_a_wish(junk: bytes, peer: str) -> None:
    assert wish_of(junk + b"\r\n\r\n", peer) is not None


@given(st.text("%/?&=:[]@#abc\\ \t\x00é", max_size=60))
def test_whatever_address_is_asked_for_is_a_wish(target: str) -> None:
    assert wish_of(f"GET {target} HTTP/1.1\r\n{UPGRADE}\r\n\r\n".encode(), PEER) is not None
