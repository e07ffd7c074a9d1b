"""Where a call's connection goes: straight to the server, or as Twilio does it, by way of a signed webhook."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit
from xml.etree import ElementTree

from aiohttp import ClientError, ClientSession, DummyCookieJar, TCPConnector

from benchmarks.line import LineRefusedError
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from tests.wire.twilio_signature import Signer

PUBLIC_URL = "https://phone.example.test"
CALLER_NUMBER = "+14155550123"


@dataclass(frozen=True, slots=True)
class Address:
    """What is connected to, with which headers."""

    url: str
    headers: Mapping[str, str]


class Way(Protocol):
    """How a call gets to its connection; raises LineRefusedError when it is turned away."""

    async def address(self, call_sid: str) -> Address: ...


class Straight:
    """The same address for all."""

    def __init__(self, url: str) -> None:
        self._address = Address(url, {})

    async def address(self, call_sid: str) -> Address:
        """It is known beforehand."""
        return self._address


class Webhook:
    """``async with Webhook(port) as way``: an incoming phone call asks the server for its TwiML."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._signer = Signer(AUTH_TOKEN)
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def address(self, call_sid: str) -> Address:
        """Where the TwiML says that the stream is to go."""
        assert self._session is not None
        form = {
            "AccountSid": ACCOUNT_SID,
            "CallSid": call_sid,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "From": CALLER_NUMBER,
            "To": NUMBER,
        }
        path = "/twilio/voice"
        headers = self._signer.headers(PUBLIC_URL + path, form)
        try:
            async with self._session.post(self._local("http", path), data=form, headers=headers) as answer:
                status, twiml = answer.status, await answer.text()
        except ClientError as error:
            raise LineRefusedError(0, str(error)) from error
        stream = None if status != 200 else ElementTree.fromstring(twiml).find(".//Stream")
        if stream is None:
            raise LineRefusedError(status, twiml)
        url = stream.attrib["url"]
        return Address(self._local("ws", urlsplit(url).path), self._signer.headers(url, {}))

    def _local(self, scheme: str, path: str) -> str:
        return f"{scheme}://127.0.0.1:{self._port}{path}"


def new_call_sid() -> str:
    """A name for a call, as Twilio gives them."""
    return f"CA{uuid.uuid4().hex}"
