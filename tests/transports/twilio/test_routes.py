"""What Twilio calls: only what is signed for this path is listened to, and the answer says nothing to strangers."""

from __future__ import annotations

import base64
import hmac
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from loguru import logger
from starlette.testclient import TestClient, WebSocketDenialResponse

from transports.socket import Gone, Socket
from transports.twilio.routes import MAX_BODY_BYTES, MAX_FIELDS, twilio_routes
from transports.twilio.signature import Signatures
from transports.twilio.webhook import AmdVerdict, DialResult, StatusCallback, StreamStatus, VoiceCall
from vantum.core.phone_call import StatusReport

TOKEN = "12345678901234567890123456789012"
PUBLIC = "https://calls.example.com"
HASHES = {"HMAC_SHA1": sha1, "HMAC_SHA256": sha256}

CALL_ID = "01a1fc39-6dbc-7396-be49-87f520c9c36f"
SID = "CA" + "0123456789abcdef" * 2
STREAM = "MZ" + "0123456789abcdef" * 2
CALLER, CALLED = "+14155550100", "+15550100001"
GOOD_TOKEN = "token-that-opens-a-stream"
TWIML = "<Response><Hangup/></Response>"

Fields = dict[str, str]


@dataclass
class Board:
    """A switchboard that keeps what it is told, typed as it is told it."""

    told: list[tuple[object, ...]] = field(default_factory=list)

    async def voice(self, asked: VoiceCall) -> str:
        self.told.append(("voice", asked))
        return TWIML

    async def after(self, call_id: str) -> str:
        self.told.append(("after", call_id))
        return TWIML

    async def transferred(self, call_id: str, result: DialResult) -> str:
        self.told.append(("transferred", call_id, result))
        return TWIML

    async def status(self, call_id: str, told: StatusCallback) -> None:
        self.told.append(("status", call_id, told))

    async def verdict(self, call_id: str, told: AmdVerdict) -> None:
        self.told.append(("verdict", call_id, told))

    async def stream_status(self, call_id: str, told: StreamStatus) -> None:
        self.told.append(("stream_status", call_id, told))

    def redeem(self, token: str) -> str | None:
        self.told.append(("redeem", token))
        return CALL_ID if token == GOOD_TOKEN else None

    async def serve(self, call_id: str, socket: Socket) -> None:
        self.told.append(("serve", call_id))
        await socket.send("hello")
        self.told.append(("said", await socket.receive()))
        try:
            await socket.receive()
        except Gone as gone:
            self.told.append(("gone", gone.code))


VOICE: Fields = {"CallSid": SID, "From": CALLER, "To": CALLED, "Direction": "inbound"}
STATUS: Fields = {
    "CallSid": SID,
    "CallStatus": "completed",
    "SequenceNumber": "3",
    "SipResponseCode": "200",
    "CallDuration": "17",
    "To": CALLED,
    "From": CALLER,
}
AMD: Fields = {"CallSid": SID, "AnsweredBy": "human", "MachineDetectionDuration": "2100"}
STREAM_ERROR: Fields = {
    "CallSid": SID,
    "StreamSid": STREAM,
    "StreamEvent": "stream-error",
    "StreamError": "Handshake failed (31920)",
}
DIAL: Fields = {"CallSid": SID, "DialCallStatus": "no-answer"}
AFTER: Fields = {"CallSid": SID, "CallStatus": "in-progress"}

HOOKS: list[tuple[str, Fields, tuple[object, ...], int]] = [
    ("/twilio/voice", VOICE, ("voice", VoiceCall(SID, CALLER, CALLED, "inbound")), 200),
    (f"/twilio/after/{CALL_ID}", AFTER, ("after", CALL_ID), 200),
    (
        f"/twilio/transferred/{CALL_ID}",
        DIAL,
        ("transferred", CALL_ID, DialResult(SID, "no-answer")),
        200,
    ),
    (
        f"/twilio/status/{CALL_ID}",
        STATUS,
        ("status", CALL_ID, StatusCallback(SID, StatusReport(3, "completed", 200, None, 17))),
        204,
    ),
    (f"/twilio/amd/{CALL_ID}", AMD, ("verdict", CALL_ID, AmdVerdict(SID, "human", 2100)), 204),
    (
        f"/twilio/stream-status/{CALL_ID}",
        STREAM_ERROR,
        (
            "stream_status",
            CALL_ID,
            StreamStatus(SID, STREAM, "stream-error", "Handshake failed (31920)", 31920),
        ),
        204,
    ),
]
every_hook = pytest.mark.parametrize(
    ("path", "form", "told", "status"), HOOKS, ids=[h[0][8:14] for h in HOOKS]
)


def signature(url: str, fields: Mapping[str, str], algorithm: str = "HMAC_SHA1", token: str = TOKEN) -> str:
    """By the specification: the URL, then each name and value in order, without anything between them."""
    text = url + "".join(name + value for name, value in sorted(fields.items()))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), HASHES[algorithm])).decode()


def signed(
    path: str,
    fields: Mapping[str, str],
    algorithm: str = "HMAC_SHA1",
    *,
    token: str = TOKEN,
    base: str = PUBLIC,
) -> dict[str, str]:
    headers = {"X-Twilio-Signature": signature(base + path, fields, algorithm, token)}
    if algorithm != "HMAC_SHA1":
        headers["X-Twilio-Webhooks-Signature-Settings"] = f"key=k1,algorithm={algorithm}"
    return headers


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def app(board: Board) -> FastAPI:
    app = FastAPI()
    app.include_router(twilio_routes(board, Signatures(TOKEN, PUBLIC)))
    return app


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    # What the server believes of its own address is of no account: the signature is over the public one.
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080"
    ) as client:
        yield client


@pytest.fixture(autouse=True)
def log() -> Iterator[list[str]]:
    """Every line that is logged, with its fields; in every test it holds no secret, token or number."""
    lines: list[str] = []
    handler = logger.add(lambda line: lines.append(str(line)), level=0, format="{message} {extra}")
    yield lines
    logger.remove(handler)
    for secret in (TOKEN, GOOD_TOKEN, CALLER, CALLED, CALLER[1:], CALLED[1:], CALL_ID, "stranger"):
        assert not any(secret in line for line in lines)


# --- webhooks -------------------------------------------------------------------------------------------


@every_hook
@pytest.mark.parametrize("algorithm", list(HASHES))
async def test_a_signed_hook_passes_typed_values(
    http: httpx.AsyncClient,
    board: Board,
    path: str,
    form: Fields,
    told: tuple[object, ...],
    status: int,
    algorithm: str,
) -> None:
    answer = await http.post(path, data=form, headers=signed(path, form, algorithm))
    assert answer.status_code == status
    assert board.told == [told]
    if status == 200:
        assert (answer.text, answer.headers["content-type"]) == (TWIML, "application/xml")
    else:
        assert answer.content == b""


@every_hook
async def test_what_is_not_signed_for_this_path_and_form_is_refused(
    http: httpx.AsyncClient,
    board: Board,
    log: list[str],
    path: str,
    form: Fields,
    told: tuple[object, ...],
    status: int,
) -> None:
    forgeries: list[dict[str, str]] = [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "stranger"},
        signed(path, form, token="x" * 32),
        signed(path, form | {"CallSid": "CA" + "f" * 32}),
        signed(path + "/", form),
        signed(path + "?a=1", form),
        signed(path, form, base="http://calls.example.com"),
        signed(path, form, base="http://127.0.0.1:8080"),
        signed(path, form, "HMAC_SHA256") | {"X-Twilio-Webhooks-Signature-Settings": ""},
    ]
    for headers in forgeries:
        answer = await http.post(path, data=form, headers=headers)
        assert (answer.status_code, answer.text) == (403, "The signature is wrong.\n")
    assert board.told == []
    assert len(log) == len(forgeries)


@every_hook
async def test_a_form_that_is_replayed_on_another_path_is_refused(
    http: httpx.AsyncClient,
    board: Board,
    path: str,
    form: Fields,
    told: tuple[object, ...],
    status: int,
) -> None:
    headers = signed(path, form)
    other_call = "01a1fc39-6dbc-7396-be49-000000000000"
    others = [other for other, *_ in HOOKS if other != path]
    for other in [*others, f"/twilio/{path.split('/')[2]}/{other_call}", f"{path}?call=2"]:
        answer = await http.post(other, data=form, headers=headers)
        assert answer.status_code in ({403, 404} if "voice/" in other else {403})
    assert board.told == []


async def test_a_query_is_part_of_what_is_signed(http: httpx.AsyncClient, board: Board) -> None:
    path = "/twilio/voice?a=1&b=%20"
    answer = await http.post(path, data=VOICE, headers=signed(path, VOICE))
    assert answer.status_code == 200
    assert (await http.post(path[:-1], data=VOICE, headers=signed(path, VOICE))).status_code == 403
    assert len(board.told) == 1


async def test_fields_are_told_as_they_were_sent(http: httpx.AsyncClient, board: Board) -> None:
    form = VOICE | {"From": "sip:jürgen+&=%@example.com", "Empty": "", "CallerName": "日本"}
    answer = await http.post("/twilio/voice", data=form, headers=signed("/twilio/voice", form))
    assert answer.status_code == 200
    assert board.told == [("voice", VoiceCall(SID, "sip:jürgen+&=%@example.com", CALLED, "inbound"))]


@pytest.mark.parametrize(
    ("path", "form", "problem"),
    [
        ("/twilio/voice", {}, "CallSid is missing."),
        ("/twilio/voice", VOICE | {"CallSid": "CA1"}, "CallSid must be CA and 32 hexadecimal digits."),
        ("/twilio/voice", VOICE | {"From": "9" * 257}, "From must be at most 256 characters, not 257."),
        (f"/twilio/status/{CALL_ID}", STATUS | {"CallStatus": " "}, "CallStatus is empty."),
        (
            f"/twilio/status/{CALL_ID}",
            STATUS | {"SequenceNumber": "-1"},
            "SequenceNumber must be a whole number from 0, of at most 15 digits.",
        ),
        (f"/twilio/amd/{CALL_ID}", {"CallSid": SID}, "AnsweredBy is missing."),
        (f"/twilio/transferred/{CALL_ID}", {"CallSid": SID}, "DialCallStatus is missing."),
        (f"/twilio/stream-status/{CALL_ID}", {"CallSid": SID}, "StreamSid is missing."),
    ],
)
async def test_a_signed_form_that_cannot_be_read_is_a_bad_request(
    http: httpx.AsyncClient, board: Board, log: list[str], path: str, form: Fields, problem: str
) -> None:
    answer = await http.post(path, data=form, headers=signed(path, form))
    assert (answer.status_code, answer.text) == (400, f"{problem}\n")
    assert board.told == []
    assert problem in log[0]


async def test_a_body_that_is_too_long_is_not_read_to_its_end(http: httpx.AsyncClient, board: Board) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        for _ in range(1000):
            asked += 1
            yield b"a" * 16_384

    answer = await http.post("/twilio/voice", content=endless())
    assert answer.status_code == 413
    assert asked <= 6
    assert board.told == []


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
async def test_the_longest_body(http: httpx.AsyncClient, more: int, status: int) -> None:
    room = MAX_BODY_BYTES - len(urlencode(VOICE | {"Pad": ""})) + more
    form = VOICE | {"Pad": "a" * room}
    answer = await http.post("/twilio/voice", data=form, headers=signed("/twilio/voice", form))
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"&".join(b"a%d=1" % number for number in range(MAX_FIELDS + 1))],
    ids=["no text", "too many fields"],
)
async def test_a_body_that_is_no_form_is_an_empty_one(
    http: httpx.AsyncClient, board: Board, body: bytes
) -> None:
    refused = await http.post("/twilio/voice", content=body)
    assert refused.status_code == 403
    signed_as_empty = await http.post("/twilio/voice", content=body, headers=signed("/twilio/voice", {}))
    assert signed_as_empty.status_code == 400
    assert board.told == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/twilio/nothing/{CALL_ID}", 404),
        (f"/twilio/media/{CALL_ID}", 404),
        ("/twilio/status", 404),
        (f"/twilio/status/{CALL_ID}/more", 404),
        ("/twilio", 404),
    ],
)
async def test_there_is_nothing_else(http: httpx.AsyncClient, board: Board, path: str, status: int) -> None:
    answer = await http.post(path, data=STATUS, headers=signed(path, STATUS))
    assert answer.status_code == status
    assert board.told == []


@every_hook
async def test_only_posts_are_answered(
    http: httpx.AsyncClient,
    board: Board,
    path: str,
    form: Fields,
    told: tuple[object, ...],
    status: int,
) -> None:
    answer = await http.get(path, params=form, headers=signed(path, {}))
    assert answer.status_code == 405
    assert board.told == []


# --- the stream -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", list(HASHES))
def test_a_signed_stream_with_a_good_token_is_served(app: FastAPI, board: Board, algorithm: str) -> None:
    path = f"/twilio/media/{GOOD_TOKEN}"
    headers = signed(path, {}, algorithm, base="wss://calls.example.com")
    with TestClient(app).websocket_connect(path, headers=headers) as stream:
        assert stream.receive_text() == "hello"
        stream.send_text("news")
    assert board.told == [
        ("redeem", GOOD_TOKEN),
        ("serve", CALL_ID),
        ("said", "news"),
        ("gone", 1000),
    ]


GOOD_PATH = f"/twilio/media/{GOOD_TOKEN}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": "stranger"},
        signed(GOOD_PATH, {}),
        signed(GOOD_PATH, {}, base="ws://calls.example.com"),
        signed(GOOD_PATH + "/", {}, base="wss://calls.example.com"),
        signed("/twilio/media/other", {}, base="wss://calls.example.com"),
        signed(GOOD_PATH, {}, token="x" * 32, base="wss://calls.example.com"),
        signed(GOOD_PATH, VOICE, base="wss://calls.example.com"),
    ],
    ids=range(8),
)
def test_a_stream_that_is_not_signed_is_refused_before_it_is_accepted(
    app: FastAPI, board: Board, log: list[str], headers: dict[str, str]
) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        TestClient(app).websocket_connect(GOOD_PATH, headers=headers),
    ):
        pass
    assert (refused.value.status_code, refused.value.text) == (403, "This stream is not expected.\n")
    # Its token is not spent on a stranger.
    assert board.told == []
    assert "signature" in log[0]


@pytest.mark.parametrize("token", ["stranger", "a.b", "%2e", GOOD_TOKEN + "x"])
def test_a_stream_without_a_good_token_is_refused_before_it_is_accepted(
    app: FastAPI, board: Board, log: list[str], token: str
) -> None:
    path = f"/twilio/media/{token}"
    headers = signed(path, {}, base="wss://calls.example.com")
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        TestClient(app).websocket_connect(path, headers=headers),
    ):
        pass
    assert (refused.value.status_code, refused.value.text) == (403, "This stream is not expected.\n")
    assert [told[0] for told in board.told] == ["redeem"]
    assert "token" in log[0]
