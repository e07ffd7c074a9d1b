"""The door: who has or begins too many calls is turned away with a 429, and nobody else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from transports.socket import RETURN_EXTENSION
from vantum.api_keys import ApiKeys
from vantum.core.admission import Reason
from vantum.core.client_address import networks
from vantum.core.quota import Limits
from vantum.door import Door, DoorLimits, limits_of
from vantum.settings import load_settings
from vantum.testing import at_rest

STRANGER = "192.0.2.7"


@dataclass(slots=True)
class House:
    """What is behind the door: calls that last until they are let go, and a desk that places calls."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    entered: list[str] = field(default_factory=list)
    next_id: int = 0
    status: int = 202
    back: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.entered.append(scope["path"])
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).accept()
            if self.back:
                scope["extensions"][RETURN_EXTENSION]()
                scope["extensions"][RETURN_EXTENSION]()
            await self.let_go.wait()
            return
        self.next_id += 1
        headers = {"Location": f"/api/calls/{self.next_id}"} if self.status == 202 else {}
        await JSONResponse({}, self.status, headers)(scope, receive, send)


class Street:
    """Clients in front of a door."""

    def __init__(self, address: Limits, key: Limits) -> None:
        self.house = House()
        self.live: set[str] = set()
        self.refused: list[Reason] = []
        self.claims: list[tuple[str, str]] = []
        limits = DoorLimits(address, key, networks("10.0.0.0/8"))
        keys = ApiKeys(["good", "other"])
        self.door = Door(
            self.house, limits, keys, self.live.__contains__, self._comes_back, self.refused.append
        )

    def _comes_back(self, token: str, address: str) -> bool:
        self.claims.append((token, address))
        return token == "good"

    async def ask(self, scope: Scope) -> list[Message]:
        """What is sent back by the time nothing happens any more."""
        sent = list[Message]()

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        task = asyncio.create_task(self.door(scope, receive, send))
        await asyncio.wait({task}, timeout=0.01)
        return sent

    async def call(
        self, client: str | None = STRANGER, forwarded: str = "", path: str = "/ws", query: str = ""
    ) -> str:
        """Open a call: ``accept``, or the status and when to come back."""
        headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
        scope: Scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "client": None if client is None else (client, 5),
            "headers": headers,
            "extensions": {"websocket.http.response": {}},
        }
        return _told((await self.ask(scope))[0])

    async def post(self, key: str = "good", path: str = "/api/calls", method: str = "POST") -> str:
        """Ask for something with a key: the status, and when to come back."""
        headers = [(b"authorization", f"Bearer {key}".encode())] if key else []
        scope = {"type": "http", "method": method, "path": path, "client": (STRANGER, 5), "headers": headers}
        return _told((await self.ask(scope))[0])


NONE = Limits(0, 0)


def _nobody(token: str, address: str) -> bool:
    """Nobody comes back."""
    return False


@asynccontextmanager
async def open_street(address: Limits = NONE, key: Limits = NONE) -> AsyncGenerator[Street, None]:
    """A street; whoever is still inside leaves in the end."""
    street = Street(address, key)
    yield street
    street.house.let_go.set()
    await at_rest()


def _told(message: Message) -> str:
    if message["type"] == "websocket.accept":
        return "accept"
    retry = dict(message["headers"]).get(b"retry-after", b"").decode()
    return f"{message['status']} {retry}".strip()


# --- by address -----------------------------------------------------------------------------------------


async def test_an_address_has_so_many_calls_at_a_time() -> None:
    async with open_street(address=Limits(2, 0)) as street:
        assert [await street.call() for _ in range(3)] == ["accept", "accept", "429 10"]
        assert await street.call("192.0.2.8") == "accept"
        street.house.let_go.set()
        await asyncio.sleep(0.01)
        assert await street.call() == "accept"
        assert street.refused == [Reason.ADDRESS]


async def test_an_address_begins_so_many_calls_a_minute() -> None:
    async with open_street(address=Limits(0, 2)) as street:
        street.house.let_go.set()
        assert [await street.call() for _ in range(3)] == ["accept", "accept", "429 60"]
        await asyncio.sleep(60)
        assert await street.call() == "accept"


async def test_who_proves_to_come_back_is_let_in_beyond_all_limits() -> None:
    async with open_street(address=Limits(1, 1)) as street:
        forwarded = {"client": "10.0.0.1", "forwarded": STRANGER}
        told = [await street.call(query=query) for query in ("", "resume=good", "resume=good")]
        assert told == ["accept"] * 3
        assert await street.call(query="resume=good", **forwarded) == "accept"
        wrong = [await street.call(query=query) for query in ("resume=guess", "resume", "resume=1", "r=good")]
        assert [answer[:3] for answer in wrong] == ["429"] * 4
        assert street.claims == [("good", STRANGER)] * 3 + [("guess", STRANGER), ("1", STRANGER)]


async def test_a_wrong_proof_counts_as_a_call() -> None:
    async with open_street(address=Limits(0, 2)) as street:
        told = [await street.call(query="resume=guess") for _ in range(3)]
        assert told == ["accept", "accept", "429 60"]


async def test_who_turns_out_to_come_back_is_not_counted_any_more() -> None:
    async with open_street(address=Limits(2, 2)) as street:
        assert await street.call() == "accept"
        street.house.back = True
        assert [await street.call() for _ in range(5)] == ["accept"] * 5
        street.house.back = False
        assert [await street.call() for _ in range(2)] == ["accept", "429 10"]


async def test_a_refusal_says_why() -> None:
    async with open_street(address=Limits(1, 0)) as street:
        await street.call()
        scope = {"type": "websocket", "path": "/ws", "client": (STRANGER, 5), "headers": []}
        sent = await street.ask({**scope, "extensions": {"websocket.http.response": {}}})
        words = b"There are too many calls from this address: at most 1 calls at a time are allowed.\n"
        assert sent[-1]["body"] == words


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", None])
async def test_programs_on_this_machine_are_not_counted(client: str | None) -> None:
    async with open_street(address=Limits(1, 1)) as street:
        assert [await street.call(client) for _ in range(3)] == ["accept"] * 3


async def test_a_home_with_many_addresses_is_one() -> None:
    async with open_street(address=Limits(2, 0)) as street:
        told = [await street.call(f"2001:db8:1:2::{host}") for host in range(1, 4)]
        assert told == ["accept", "accept", "429 10"]
        assert await street.call("2001:db8:1:3::1") == "accept"


async def test_only_a_believed_proxy_says_who_calls() -> None:
    async with open_street(address=Limits(1, 0)) as street:
        assert await street.call("10.0.0.1", "192.0.2.1") == "accept"
        assert await street.call("10.0.0.2", "192.0.2.1") == "429 10"
        assert await street.call("10.0.0.1", "192.0.2.2") == "accept"
        assert await street.call(STRANGER, "192.0.2.3") == "accept"
        assert await street.call(STRANGER, "192.0.2.4") == "429 10"


async def test_the_streams_of_telephones_are_not_counted() -> None:
    async with open_street(address=Limits(1, 1)) as street:
        assert [await street.call(path="/twilio/media/x") for _ in range(3)] == ["accept"] * 3


async def test_a_call_that_fails_gives_its_place_back() -> None:
    class Burning(House):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            self.entered.append(scope["path"])
            raise RuntimeError("it burns")

    house = Burning()
    door = Door(house, DoorLimits(Limits(1, 0), Limits(0, 0)), ApiKeys([]), bool, _nobody, lambda _: None)
    scope = {"type": "websocket", "path": "/ws", "client": (STRANGER, 5), "headers": []}

    async def nothing(*_: object) -> Message:
        return {}

    for _ in range(3):
        with pytest.raises(RuntimeError):
            await door(scope, nothing, nothing)  # type: ignore[arg-type]
    assert house.entered == ["/ws"] * 3


# --- by key ---------------------------------------------------------------------------------------------


async def test_a_key_places_so_many_calls_a_minute_and_mints_as_many_tokens_as_are_left() -> None:
    async with open_street(key=Limits(0, 3)) as street:
        paths = ("/api/calls", "/api/tokens", "/api/tokens", "/api/tokens", "/api/calls")
        assert [await street.post(path=path) for path in paths] == ["202", "202", "202", "429 60", "429 60"]
        assert await street.post("other") == "202"
        assert street.refused == [Reason.KEY] * 2


async def test_a_key_has_so_many_calls_that_are_not_over() -> None:
    async with open_street(key=Limits(2, 0)) as street:
        street.live.update({"1", "2", "3"})
        assert [await street.post() for _ in range(3)] == ["202", "202", "429 10"]
        street.live.discard("1")
        assert [await street.post() for _ in range(2)] == ["202", "429 10"]


async def test_a_call_that_was_not_placed_does_not_count() -> None:
    async with open_street(key=Limits(1, 0)) as street:
        street.house.status = 409
        assert [await street.post() for _ in range(3)] == ["409"] * 3


@pytest.mark.parametrize("key", ["", "wrong", "goo"])
async def test_without_a_good_key_the_api_says_what_is_wrong(key: str) -> None:
    async with open_street(key=Limits(1, 1)) as street:
        assert [await street.post(key) for _ in range(3)] == ["202"] * 3


@pytest.mark.parametrize(
    ("path", "method"), [("/api/calls", "GET"), ("/api/calls/1/say", "POST"), ("/", "POST")]
)
async def test_whatever_places_no_call_is_not_counted(path: str, method: str) -> None:
    async with open_street(key=Limits(1, 1)) as street:
        assert [await street.post(path=path, method=method) for _ in range(3)] == ["202"] * 3


def test_the_settings_say_what_the_limits_are() -> None:
    overrides = {"VANTUM_MAX_CALLS_PER_ADDRESS": "3", "VANTUM_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1"}
    settings = load_settings({}, None, overrides)
    trusted = networks("10.0.0.0/8,192.0.2.1/32")
    assert limits_of(settings) == DoorLimits(Limits(3, 60), Limits(1000, 1200), trusted)
