"""One call at the stand-in: it rings, somebody takes it or nobody does, and the server is told of each step."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

from aiohttp import ClientError, ClientSession, ClientTimeout, ClientWebSocketResponse, WSMsgType

from benchmarks.campaign.cast import Kind
from benchmarks.campaign.journal import Journal, Seen
from benchmarks.campaign.people import person_at
from benchmarks.campaign.signing import signature
from benchmarks.campaign.talk import Sounds, Talk
from vantum.local_carrier.media import Scribe

RING_SECONDS: Final = (0.2, 0.8)
PATIENCE: Final[Mapping[Kind, float]] = {Kind.NO_ANSWER: 2.0, Kind.RINGS: 60.0}
"""How long it rings where nobody answers."""
TALK_SECONDS: Final = (2.0, 4.0)
AMD_SECONDS: Final = 0.4
POST_SECONDS: Final = 5.0
STREAM_SECONDS: Final = 3.0
BROKEN: Final = (None, 1006)
"""How a WebSocket is closed that nobody has closed."""
BYTES_PER_SECOND: Final = 8_000
"""Of mu-law at 8 kHz."""
ENDS: Final[Mapping[Kind, tuple[str, int | None]]] = {
    Kind.BUSY: ("busy", 486),
    Kind.NO_ANSWER: ("no-answer", 480),
    Kind.DEAD: ("failed", 404),
}
"""Of calls that nobody takes: Twilio's word and the SIP code."""


@dataclass(frozen=True, slots=True)
class Customer:
    """The server under test: what it takes itself for, where it really listens, and what it is signed to with."""

    public_url: str
    reach: str
    account: str
    token: str

    async def post(self, http: ClientSession, url: str, form: Mapping[str, str]) -> str | None:
        """The body of the answer; None when there is no good one."""
        headers = self.headers(url, form)
        try:
            async with http.post(
                self.real(url), data=dict(form), headers=headers, timeout=ClientTimeout(POST_SECONDS)
            ) as answer:
                body = await answer.text()
                return body if answer.ok else None
        except (ClientError, TimeoutError, OSError):
            return None

    def real(self, url: str) -> str:
        """Where a public URL really leads."""
        parts = urlsplit(url)
        return self.reach + url.removeprefix(f"{parts.scheme}://{parts.netloc}")

    def headers(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        """The signature, and the name by which the server is asked for."""
        return {"Host": urlsplit(url).netloc, "X-Twilio-Signature": signature(self.token, url, form)}


@dataclass(slots=True)
class Call:
    """A call; ``form`` is the request for it."""

    customer: Customer
    http: ClientSession
    journal: Journal
    form: Mapping[str, str]
    kind: Kind
    sid: str
    status: str = "queued"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    answered: float | None = None
    duration: int | None = None
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    sequence: int = 0
    sounds: Sounds | None = None
    """Of those who speak; None where nobody does."""

    @property
    def name(self) -> str:
        """The server's own name of it: the last part of the address that is told its status."""
        return self.form["StatusCallback"].rsplit("/", 1)[-1]

    def resource(self) -> dict[str, object]:
        """As the REST API tells it."""
        return {
            "sid": self.sid,
            "account_sid": self.customer.account,
            "to": self.form["To"],
            "from": self.form["From"],
            "status": self.status,
            "date_created": format_datetime(self.created),
            "duration": None if self.duration is None else str(self.duration),
            "direction": "outbound-api",
        }

    async def run(self) -> None:
        """From the first ring to the end."""
        self._note(Seen.DIALED)
        await self._tell("initiated")
        if self.kind is not Kind.DEAD:
            await self._tell("ringing")
        long = PATIENCE.get(self.kind) or random.uniform(*RING_SECONDS)
        if await self._hung_up_within(long):
            await self._end("canceled", 487)
        elif self.kind in ENDS:
            await self._end(*ENDS[self.kind])
        else:
            await self._talk()
            await self._end("completed", 200)

    async def _talk(self) -> None:
        self.answered = time.time()
        self._note(Seen.ANSWERED)
        await self._tell("in-progress")
        connect = Xml.fromstring(self.form["Twiml"]).find("Connect")
        stream = None if connect is None else connect.find("Stream")
        if connect is None or stream is None:
            self._note(Seen.CUT, "no stream")
            return
        amd = asyncio.create_task(self._judge())
        try:
            ended_by_server = await self._listen(stream.attrib["url"])
        finally:
            await amd
        if ended_by_server:
            await self.customer.post(self.http, connect.attrib["action"], self._facts("in-progress"))

    async def _judge(self) -> None:
        """Twilio listens, and says who answered."""
        url = self.form.get("AsyncAmdStatusCallback")
        if url is not None:
            await asyncio.sleep(AMD_SECONDS)
            who = "machine_end_beep" if self.kind is Kind.MACHINE else "human"
            await self.customer.post(self.http, url, self._facts(self.status) | {"AnsweredBy": who})

    async def _listen(self, url: str) -> bool:
        """Hear what the server says; whether it was the server that ended it."""
        headers = self.customer.headers(url, {})
        real = self.customer.real(url).replace("http://", "ws://")
        try:
            async with asyncio.timeout(STREAM_SECONDS):
                socket = await self.http.ws_connect(real, headers=headers, autoping=True)
        except (ClientError, TimeoutError, OSError):
            self._note(Seen.CUT, "unserved")
            return False
        try:
            return await self._served(socket)
        except (ClientError, OSError):
            self._note(Seen.CUT, "broken")
            return False
        finally:
            await socket.close()

    async def _served(self, socket: ClientWebSocketResponse) -> bool:
        who = None if self.sounds is None else person_at(self.form["To"])
        if who is not None and self.sounds is not None:
            talk = Talk(socket, who, self.sounds, self._note_line, lambda: self._note(Seen.HEARD))
            ended_by_server = await talk.run(
                Scribe(self._stream, self.sid, self.customer.account), self._stream
            )
            return self._unless_broken(socket, ended_by_server)
        await self._open(socket)
        try:
            async with asyncio.timeout(random.uniform(*TALK_SECONDS)):
                await self._hear(socket)
        except TimeoutError:
            stop = {"event": "stop", "streamSid": self._stream, "stop": self._ids}
            await socket.send_str(json.dumps(stop))
            return False
        return self._unless_broken(socket, ended_by_server=True)

    def _unless_broken(self, socket: ClientWebSocketResponse, ended_by_server: bool) -> bool:
        if ended_by_server and socket.close_code in BROKEN:
            self._note(Seen.CUT, "broken")
            return False
        return ended_by_server

    @property
    def _stream(self) -> str:
        return f"MZ{self.sid[2:]}"

    @property
    def _ids(self) -> dict[str, object]:
        return {"accountSid": self.customer.account, "callSid": self.sid}

    async def _open(self, socket: ClientWebSocketResponse) -> None:
        await socket.send_str(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        start = {
            **self._ids,
            "streamSid": self._stream,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": BYTES_PER_SECOND, "channels": 1},
            "customParameters": {},
        }
        message = {"event": "start", "sequenceNumber": "1", "streamSid": self._stream, "start": start}
        await socket.send_str(json.dumps(message))

    async def _hear(self, socket: ClientWebSocketResponse) -> None:
        """Until the server closes: marks come back when what was sent before them is heard."""
        loop = asyncio.get_running_loop()
        silent_at, heard = 0.0, False
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            told = json.loads(message.data)
            if told["event"] == "media":
                if not heard:
                    heard = True
                    self._note(Seen.HEARD)
                seconds = len(base64.b64decode(told["media"]["payload"])) / BYTES_PER_SECOND
                silent_at = max(silent_at, loop.time()) + seconds
            elif told["event"] == "mark":
                await asyncio.sleep(max(0.0, silent_at - loop.time()))
                back = {
                    "event": "mark",
                    "sequenceNumber": "2",
                    "streamSid": self._stream,
                    "mark": told["mark"],
                }
                await socket.send_str(json.dumps(back))

    async def _hung_up_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self.hung_up.wait()
        except TimeoutError:
            return False

    async def _end(self, word: str, sip: int | None) -> None:
        if self.answered is not None:
            self.duration = max(1, round(time.time() - self.answered))
        self._note(Seen.OVER, word)
        more = {} if sip is None else {"SipResponseCode": str(sip)}
        if self.duration is not None:
            more["CallDuration"] = str(self.duration)
        if not await self._tell(word, more):
            self._note(Seen.UNTOLD, word)

    async def _tell(self, status: str, more: Mapping[str, str] | None = None) -> bool:
        """Report a status, once; whether the server took it."""
        self.status = status
        form = self._facts(status) | {"SequenceNumber": str(self.sequence)} | dict(more or {})
        self.sequence += 1
        return await self.customer.post(self.http, self.form["StatusCallback"], form) is not None

    def _facts(self, status: str) -> dict[str, str]:
        return {
            "CallSid": self.sid,
            "AccountSid": self.customer.account,
            "From": self.form["From"],
            "To": self.form["To"],
            "CallStatus": status,
            "Direction": "outbound-api",
        }

    def _note(self, seen: Seen, word: str = "", after: float = 0.0) -> None:
        self.journal.add(seen, self.form["To"], self.name, self.sid, word, after)

    def _note_line(self, line: str, seconds: float) -> None:
        self._note(Seen.SAID, line, seconds)
