"""A real server against clients that send anything at all: it answers or closes, and gives no call away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import httpx
import msgpack  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loguru import logger
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.live_server import LiveServer, live_server
from tests.transports.browser.fuzz.test_decode import messages, packed, texts, values
from tests.vantum.test_server_resumption import (
    begun,
    detached,
    drop,
    events,
    records,
    tells,
    token,
    until_heard,
)
from transports.browser import arrival
from transports.browser.dialect import REQUESTS

pytestmark = pytest.mark.real_time

PATIENCE_SECONDS = 30.0
GOOD_CLOSES = {1000, 1007, 1008, 1009}
"""Of us, of what is no UTF-8, of a flood, and of what is too long: never a fault of the server's."""
OTHER = {"additional_headers": {"X-Forwarded-For": "203.0.113.9"}}
"""A client at another address than the one that is lost."""

starts = st.fixed_dictionaries(
    {"eventType": st.sampled_from(sorted(REQUESTS)), "eventId": texts | values},
    optional={
        "sessionId": texts | values,
        "payload": st.fixed_dictionaries(
            {},
            optional={"resumeToken": texts | values, "samplingRate": st.integers(7_000, 50_000) | values},
        )
        | values,
    },
)
anything = (
    starts.map(packed)
    | messages.map(packed)
    | st.binary(max_size=300)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
)
resumes = st.none() | texts | st.sampled_from(["1", "", "x" * 43, "%", "\0", "é" * 100])
visits = st.tuples(resumes, st.lists(anything, max_size=6))


def request(name: str, session: object = None, **payload: object) -> bytes:
    return packed({"eventType": name, "eventId": "e", "sessionId": session, "payload": payload})


START, END, CHUNK = "audio.input.start", "audio.input.end", "audio.input.chunk"
WRONG: list[object] = [
    None,
    True,
    0,
    -1,
    2**64 - 1,
    0.5,
    float("nan"),
    float("inf"),
    "",
    "x" * 70_000,
    b"",
    b"\0" * 9,
    [],
    {},
]
FIELDS = ("samplingRate", "language", "voiceId", "resumeToken")
STORIES: dict[str, list[bytes | str]] = {
    "wrong types in each field": [request(START, **{name: wrong}) for name in FIELDS for wrong in WRONG],
    "wrong types in each id": [
        packed({"eventType": START, "eventId": "e", "sessionId": "s", "payload": {}, name: wrong})
        for name in ("eventType", "eventId", "sessionId", "payload")
        for wrong in WRONG
    ],
    "garbage": [bytes(range(256)), b"\xc1" * 100, b"\xff" * 1_000, b"", "", "{}", "[" * 10_000],
    "deep": [
        b"\x91" * 50_000,
        b"\x81\xa1a" * 50_000,
        request(START, a=[[[[[[[[1]]]]]]]]),
        b"\x91" * 512 + b"\x90",
    ],
    "long": [b"\xdb\xff\xff\xff\xff", b"\xc9\xff\xff\xff\xff\x01", b"\xdf\x00\xff\xff\xff", b"\0" * 200_000],
    "sound before the start": [request(CHUNK, audio=b"\0\0" * 100)] * 5,
    "an end before the start": [request(END)] * 5,
    "several starts": [*(request(START, samplingRate=rate) for rate in (8_000, 48_000, 16_000, 44_100) * 3)],
    "sound after the end": [request(START), request(END), request(CHUNK, audio=b"\0\0"), request(END)] * 3,
    "tokens in later starts": [request(START), *[request(START, "s", resumeToken="guess")] * 5],
    "half a sample": [request(START), request(CHUNK, audio=b"\0"), request(CHUNK, audio=b"\0" * 999)],
    "other dialects": [
        request("voicechat.audio.start"),
        request(START),
        request("voicechat.nothing"),
        request("a."),
    ],
}


@pytest.fixture
def problems(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is logged as an error, on a server that does not wait long for who says nothing."""
    monkeypatch.setattr(arrival, "FIRST_MESSAGE_SECONDS", 0.5)
    found: list[str] = []
    handler = logger.add(lambda line: found.append(str(line)), level="ERROR", format="{message} {exception}")
    yield found
    logger.remove(handler)


@asynccontextmanager
async def haunted(data: Path) -> AsyncIterator[tuple[LiveServer, str, str]]:
    """A server on which one call waits for its client; the id of its session, and its token."""
    more = {
        "VANTUM_SILENCE_SECONDS": "0",
        "VANTUM_CALLS_PER_MINUTE_PER_ADDRESS": "0",
        "VANTUM_RESUME_SECONDS": "600",
    }
    async with live_server(data, tells, **more) as server:
        async with connect(server.socket_url, compression=None) as first:
            greeted, _ = await begun(first)
            await until_heard(first, "two")
            drop(first)
        await detached(server)
        yield server, str(greeted["sessionId"]), token(greeted)


async def visit(server: LiveServer, resume: str | None, sent: list[bytes | str]) -> list[dict[str, object]]:
    """Connect, send it all, and leave; what was answered."""
    asked = "" if resume is None else f"?resume={quote(resume)}"
    answers: list[dict[str, object]] = []
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        connect(f"{server.socket_url}{asked}", compression=None, **OTHER) as socket,  # type: ignore[arg-type]
    ):
        reading = asyncio.create_task(_read(socket, answers))
        with suppress(ConnectionClosed):
            for message in sent:
                await socket.send(message)
            # Once this is answered, everything has been read.
            await (await socket.ping())
            await socket.close()
        await reading
    assert socket.close_code in GOOD_CLOSES
    return answers


async def _read(socket: ClientConnection, answers: list[dict[str, object]]) -> None:
    with suppress(ConnectionClosed):
        while True:
            answers.append(msgpack.unpackb(await socket.recv()))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - nothing tells when a call is over
            await asyncio.sleep(0.01)


async def untouched(server: LiveServer, session: str, proof: str, answers: list[dict[str, object]]) -> None:
    """The call that waits is nobody else's, is nowhere told of, and is all that there is."""
    assert proof not in str(answers)
    assert "'resumed': True" not in str(answers)
    assert all(answer["sessionId"] != session for answer in answers)
    await until(lambda: server.calls.live == 1)


async def resumes_at_last(server: LiveServer, proof: str) -> None:
    """Whose call it is has it again, after all of that."""
    async with connect(server.socket_url, compression=None) as owner:
        _, answer = await begun(owner, resumeToken=proof)
        assert answer["payload"] == {"success": True, "resumed": True}
        assert (await until_heard(owner, "ten."))[-1] == "ten."
    await until(lambda: server.calls.live == 0)
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        assert (await http.get("/health")).json()["status"] == "ok"
    returned = [record for record in records(server) if "client_returned" in events(record)]
    assert len(returned) == 1


async def test_no_story_that_a_client_tells_breaks_anything(tmp_path: Path, problems: list[str]) -> None:
    async with haunted(tmp_path) as (server, session, proof):
        for sent in STORIES.values():
            await untouched(server, session, proof, await visit(server, "1", sent))
        await resumes_at_last(server, proof)
    assert problems == []


async def test_the_id_of_anothers_session_opens_nothing(tmp_path: Path, problems: list[str]) -> None:
    async with haunted(tmp_path) as (server, session, proof):
        for sent in (
            [request(START, session)],
            [request(CHUNK, session, audio=b"")],
            [request(END, session)],
        ):
            for resume in (None, "1", session):
                answers = await visit(server, resume, list(sent))
                told = [
                    answer
                    for answer in answers
                    if answer["eventType"] != START and answer["eventType"] != END
                ]
                await untouched(server, session, proof, told)
        await resumes_at_last(server, proof)
    assert problems == []


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(visited=st.lists(visits, min_size=3, max_size=6))
async def test_nothing_that_a_client_sends_breaks_anything(
    visited: list[tuple[str | None, list[bytes | str]]], problems: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        async with haunted(Path(folder)) as (server, session, proof):
            for resume, sent in visited:
                await untouched(server, session, proof, await visit(server, resume, sent))
            await resumes_at_last(server, proof)
    assert problems == []
