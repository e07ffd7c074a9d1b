"""A REST API without a socket: the real application and telephone over a carrier that does what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uuid_utils
from fastapi import FastAPI

from tests.live_server import KEYS
from transports.twilio.rest import CarrierCall, CarrierError, NewCall
from vantum.calls import Calls
from vantum.core.call_facts import Direction
from vantum.core.events import CallStarted, Stage, TurnLatency, UtteranceEnded, UtteranceStarted
from vantum.core.phone_call import Progress
from vantum.loader import Pipeline
from vantum.phone.phone import Phone, open_phone
from vantum.phone.phone_call import PhoneCall, write_call
from vantum.phone.pipelines import Pipelines
from vantum.record import CallRecord, RecordWriter
from vantum.server import build_app
from vantum.services import Services
from vantum.settings import load_settings
from vantum.store.engine import Store

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "secret",
    "VANTUM_PUBLIC_URL": "https://phone.example.test",
}
HERE = ("127.0.0.1", 1)
JSON = {"Content-Type": "application/json"}
API_KEYS = "a-key-of-the-tests,another-key"
THEM = "+14155550100"
US = "+14155550101"

PIPELINE = "def build(call):\n    return []\n"


class FakeRest:
    """Twilio's REST API: places every call, unless ``fault`` says why it does not."""

    def __init__(self, *_: object) -> None:
        self.placed: list[NewCall] = []
        self.ended: list[str] = []
        self.own = [US]
        self.fault: CarrierError | None = None

    async def create(self, request: NewCall) -> str:
        if self.fault is not None:
            raise self.fault
        self.placed.append(request)
        return f"CA{len(self.placed):032x}"

    async def find(self, to: str, from_number: str, since: datetime) -> list[CarrierCall]:
        return []

    async def fetch(self, sid: str) -> CarrierCall:
        return CarrierCall(sid, "ringing", THEM, US, None, None)

    async def hang_up(self, sid: str, *, answered: bool) -> None:
        self.ended.append(sid)

    async def numbers(self) -> list[str]:
        if self.fault is not None:
            raise self.fault
        return self.own

    async def close(self) -> None:
        pass


@dataclass(slots=True)
class Desk:
    """A client on this machine, and what is behind the API that it asks."""

    http: httpx.AsyncClient
    app: FastAPI
    services: Services
    rest: FakeRest
    phone: Phone | None
    data: Path

    @property
    def telephone(self) -> Phone:
        assert self.phone is not None
        return self.phone

    async def place(self, **body: object) -> str:
        """Place a call; returns its id."""
        answer = await self.http.post("/api/calls", json={"to": THEM, **body})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])


@asynccontextmanager
async def desk(
    folder: Path, *, phone: bool = True, store: Store | None = None, **settings: str
) -> AsyncIterator[Desk]:
    """The API until the block is left; ``settings`` are by environment name."""
    (folder / "pipelines").mkdir(exist_ok=True)
    for name in ("served", "other", "_private"):
        (folder / "pipelines" / f"{name}.py").write_text(PIPELINE)
    data = folder / "data"
    given = {**KEYS, **(TWILIO if phone else {}), "VANTUM_DATA": str(data), **settings}
    chosen = load_settings({}, None, given)
    rest = FakeRest()
    async with AsyncExitStack() as closing:
        services = Services(chosen, chosen.choices(), RecordWriter())
        closing.callback(services.writer.close)
        pipeline = Pipeline("served", lambda _: [], folder / "pipelines" / "served.py")
        calls = Calls(pipeline, services)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("vantum.phone.phone.TwilioRest", lambda *_: rest)
            telephone = await open_phone(calls, services, Pipelines(pipeline), closing)
        app = build_app(calls, services, telephone, store=store)
        http = await closing.enter_async_context(client_of(app))
        yield Desk(http, app, services, rest, telephone, data)


def client_of(app: FastAPI, client: tuple[str, int] = HERE, **headers: str) -> httpx.AsyncClient:
    """A client of ``app`` at the address ``client``. An error of the server is a 500, as on a socket."""
    transport = httpx.ASGITransport(app=app, client=client, raise_app_exceptions=False)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=named)


def new_id() -> str:
    """An id of a call that is made now."""
    return str(uuid_utils.uuid7())


def on_disk(data: Path, call_id: str, progress: Progress) -> PhoneCall:
    """A phone call of the past."""
    moment = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
    call = PhoneCall(call_id, Direction.OUTBOUND, THEM, US, "served", moment, progress=progress)
    write_call(data, call, durable=False)
    return call


def begin_record(office: Desk, call_id: str, transport: str) -> CallRecord:
    """The record of a call in which the bot has greeted and answered once."""
    now = 0.0

    def clock() -> float:
        return now

    record = CallRecord(
        office.services.writer, office.data, call_id, started_at=datetime(2026, 3, 1, tzinfo=UTC), clock=clock
    )
    record.event(CallStarted(call_id, "served", transport, {}))
    record.event(UtteranceStarted("u"))
    now = 1.5
    record.event(UtteranceEnded("u", "Hello there.", interrupted=True))
    record.event(TurnLatency(1, {Stage.COMMITTED: 0.2, Stage.FIRST_BYTE: 0.9}))
    return record


def flaws(answer: httpx.Response) -> dict[str, str]:
    """What is wrong, by where it is, with a request that cannot be used."""
    assert answer.status_code == 422, answer.text
    assert all(set(flaw) == {"loc", "msg", "type"} for flaw in answer.json()["detail"])
    return {".".join(map(str, flaw["loc"])): flaw["msg"] for flaw in answer.json()["detail"]}
