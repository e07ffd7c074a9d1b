"""A real server against streams that hold anything at all: it goes on or closes, and gives no call away."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loguru import logger
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.live_server import LiveServer, live_server
from tests.phone.kit import PUBLIC_URL, talk, until
from tests.transports.twilio.fuzz.test_decode import KNOWN, messages, texts, values
from tests.transports.twilio.test_codec import EVENTS, MEDIA, START
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN
from tests.wire.twilio_signature import Signer
from transports.twilio import transport
from vantum.record import read_record

pytestmark = pytest.mark.real_time

PATIENCE_SECONDS = 30.0
GOOD_CLOSES = {1000, 1003, 1007, 1008, 1009, 1013}
"""Of us and of Twilio's rubbish, and for want of room: never a fault of the server's."""
SIGNER = Signer(AUTH_TOKEN)
STREAM = re.compile(r"wss://phone\.example\.test(/twilio/media/[\w-]+)")
ACTION = re.compile(r"/twilio/after/([\w-]+)")
STORY = "One two three four five six seven eight nine ten."


def sid(number: int) -> str:
    return f"CA{number:032x}"


def start(number: int, **facts: object) -> str:
    """The start of the stream of a call."""
    said = START["start"]
    assert isinstance(said, dict)
    return json.dumps({**START, "start": {**said, "callSid": sid(number), **facts}})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A server with a telephone, and what Twilio would ask of it."""

    server: LiveServer
    http: httpx.AsyncClient

    async def asked(self, path: str, form: dict[str, str]) -> str:
        """The TwiML that answers a signed form."""
        headers = SIGNER.headers(PUBLIC_URL + path, form)
        answer = await self.http.post(path, data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def calls_in(self, number: int) -> str:
        """The TwiML of a new call."""
        form = {"CallSid": sid(number), "From": "+14155550199", "To": "+14155550100", "Direction": "inbound"}
        return await self.asked("/twilio/voice", form)

    @asynccontextmanager
    async def stream(self, twiml: str) -> AsyncIterator[ClientConnection]:
        """The stream that TwiML asks for."""
        found = STREAM.search(twiml)
        assert found, twiml
        signed = SIGNER.headers(found[0], {})
        address = self.server.url.rstrip("/").replace("http", "ws") + found[1]
        async with connect(address, additional_headers=signed, compression=None) as socket:
            yield socket

    async def visit(self, twiml: str, sent: list[str | bytes]) -> None:
        """Open a stream, send it all, and leave without a word."""
        async with asyncio.timeout(PATIENCE_SECONDS), self.stream(twiml) as socket:
            reading = asyncio.create_task(_read(socket))
            with suppress(ConnectionClosed):
                for message in sent:
                    await socket.send(message)
                # Once this is answered, everything has been read.
                await (await socket.ping())
                await socket.close()
            await reading
        assert socket.close_code in GOOD_CLOSES

    async def live_is(self, count: int) -> None:
        """Wait until so many calls are under way."""
        await until(lambda: self.server.calls.live == count, PATIENCE_SECONDS)

    def events(self, call_id: str) -> list[str]:
        """The events of a call under way."""
        self.server.services.writer.flush()
        record = read_record(self.server.data, call_id, lambda _: True) or {}
        return [str(entry["event"]) for entry in record["events"]]  # type: ignore[attr-defined]


async def _read(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            json.loads(await socket.recv())


@pytest.fixture
def problems(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is logged as an error, on a server that does not wait long for who says nothing."""
    monkeypatch.setattr(transport, "START_SECONDS", 0.5)
    found: list[str] = []
    handler = logger.add(lambda line: found.append(str(line)), level="ERROR", format="{message} {exception}")
    yield found
    logger.remove(handler)


@asynccontextmanager
async def exchange(data: Path, resume_seconds: str) -> AsyncIterator[Exchange]:
    phone = {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_API_URL": "http://127.0.0.1:9",
        "VANTUM_PUBLIC_URL": PUBLIC_URL,
        "VANTUM_RESUME_SECONDS": resume_seconds,
    }
    async with (
        live_server(data, talk(greeting=STORY), **phone) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as http,
    ):
        yield Exchange(server, http)


WRONG: list[object] = [
    None,
    True,
    -1,
    2**70,
    0.5,
    1e308,
    "",
    "x" * 70_000,
    [],
    {},
    [[]],
    {"a": {}},
    "\ud800",
    "\0",
]
FIELDS = ("streamSid", "callSid", "accountSid", "tracks", "mediaFormat", "customParameters")
GOOD = [json.dumps(message) for message, _ in EVENTS]
STORIES: dict[str, list[str | bytes]] = {
    "wrong types in each field of the start": [
        start(1, **{name: wrong}) for name in FIELDS for wrong in WRONG
    ],
    "wrong types in each event": [
        json.dumps({"event": name, name: wrong}) for name in KNOWN for wrong in WRONG
    ],
    "garbage": [bytes(range(256)), b"\xff" * 1_000, b"", "", "null", "[]", "{", '{"event":1e999}'],
    "deep": ["[" * 50_000, '{"event":' * 50_000, json.dumps({"event": "start", "start": [[[[[[1]]]]]]})],
    "sound before the start": [json.dumps(MEDIA)] * 5,
    "several starts": [start(1), start(1), start(2), start(1)],
    "of another call": [start(2)],
    "another format": [
        start(1, mediaFormat={"encoding": "audio/x-opus", "sampleRate": 48_000, "channels": 2})
    ],
    "sound after the end": [start(1), GOOD[-1], *[json.dumps(MEDIA)] * 5, start(1)],
    "marks that nobody sent": [
        start(1),
        *[json.dumps({"event": "mark", "mark": {"name": n}}) for n in ("", ":", "a:1", ":9", "a:-1", "a:²")],
    ],
    "everything twice": [*GOOD, *GOOD],
}


async def test_no_story_that_a_stream_tells_breaks_anything(tmp_path: Path, problems: list[str]) -> None:
    async with exchange(tmp_path, "0") as phone:
        for number, sent in enumerate(STORIES.values(), 1):
            own = [
                message.replace(sid(1), sid(number)) if isinstance(message, str) else message
                for message in sent
            ]
            await phone.visit(await phone.calls_in(number), own)
            await phone.live_is(0)
        assert (await phone.http.get("/health")).json()["calls"]["live"] == 0
    assert [problem for problem in problems if "mu-law" not in problem] == []


@asynccontextmanager
async def haunted(data: Path) -> AsyncIterator[tuple[Exchange, str]]:
    """A telephone on which one call has lost its stream; the call's id."""
    async with exchange(data, "600") as phone:
        twiml = await phone.calls_in(1)
        found = ACTION.search(twiml)
        assert found, twiml
        async with phone.stream(twiml) as first:
            await first.send(start(1))
            await first.recv()
            first.transport.abort()
        await until(lambda: "client_dropped" in phone.events(found[1]), PATIENCE_SECONDS)
        yield phone, found[1]


async def resumes_at_last(phone: Exchange, call_id: str) -> None:
    """The call goes on, and ends."""
    assert "client_returned" not in phone.events(call_id)
    await phone.live_is(1)
    async with phone.stream(await phone.asked(f"/twilio/after/{call_id}", {"CallSid": sid(1)})) as second:
        await second.send(start(1, streamSid=f"MZ{'2' * 32}"))
        assert json.loads(await second.recv())["streamSid"] == f"MZ{'2' * 32}"
        await second.send(GOOD[-1])
        await _read(second)
    await phone.live_is(0)


def strangers(story: list[str | bytes]) -> list[str | bytes]:
    """The same of a stream that is of another call."""
    return [part.replace(sid(1), sid(2)) if isinstance(part, str) else part for part in story]


async def test_no_stream_but_its_own_has_the_call_again(tmp_path: Path, problems: list[str]) -> None:
    async with haunted(tmp_path) as (phone, call_id):
        visits = [strangers(story) for story in STORIES.values()]
        visits.append([*(start(1, callSid=wrong) for wrong in WRONG)])
        for sent in visits:
            twiml = await phone.asked(f"/twilio/after/{call_id}", {"CallSid": sid(1)})
            await phone.visit(twiml, sent)
        await resumes_at_last(phone, call_id)
    assert problems == []


anything = (
    messages.map(json.dumps)
    | st.binary(max_size=300)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
    | st.sampled_from(GOOD)
    | st.tuples(st.sampled_from(FIELDS), texts | values).map(lambda field: start(2, **{field[0]: field[1]}))
)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(visited=st.lists(st.lists(anything, max_size=6), min_size=3, max_size=6))
async def test_nothing_that_a_stream_sends_breaks_anything(
    visited: list[list[str | bytes]], problems: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        async with haunted(Path(folder)) as (phone, call_id):
            for sent in visited:
                twiml = await phone.asked(f"/twilio/after/{call_id}", {"CallSid": sid(1)})
                await phone.visit(twiml, sent)
            await resumes_at_last(phone, call_id)
    assert problems == []
