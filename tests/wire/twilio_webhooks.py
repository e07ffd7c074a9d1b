"""What Twilio POSTs to a customer's server: signed forms, and the callbacks of a call in their order or out of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.wire.twilio_signature import Signer

WEBHOOK_SECONDS: Final = 15.0
"""How long Twilio waits for an answer."""

DRAIN_SECONDS: Final = 20.0
QUEUE_SIZE: Final = 256


class WebhookError(Exception):
    """The customer's server gave no good answer."""


@dataclass(slots=True)
class PublicServer:
    """The server under test: its public base URL, and where it really listens (the same when ``None``)."""

    public_url: str
    reach: str | None = None

    def is_at(self, url: str) -> bool:
        """Whether a http(s) or ws(s) URL leads to this server; nothing else is ever connected to."""
        mine, theirs = urlsplit(self.public_url), urlsplit(url)
        schemes = {"https": ("https", "wss"), "http": ("http", "ws")}[mine.scheme]
        return theirs.netloc == mine.netloc and theirs.scheme in schemes

    @property
    def host(self) -> str:
        return urlsplit(self.public_url).netloc

    def real(self, url: str) -> str:
        """Where the HTTP request for a public URL really goes."""
        return (self.reach or self.public_url).rstrip("/") + url.removeprefix(_origin(url))


@dataclass(frozen=True, slots=True)
class Posted:
    """A webhook that was sent, and its answer's status (0: there was none)."""

    url: str
    form: Mapping[str, str]
    status: int


@dataclass(slots=True)
class Webhooks:
    """POSTs signed forms; ``posted`` keeps them all."""

    server: PublicServer
    signer: Signer
    session: ClientSession
    posted: list[Posted] = field(default_factory=list)

    async def post(self, url: str, form: Mapping[str, str]) -> str:
        """The body of the answer; ``WebhookError`` (11200) for any but a good one."""
        if not self.server.is_at(url):
            raise WebhookError(f"11200: {url} is not on {self.server.public_url}")
        headers = self.signer.headers(url, form) | {"Host": self.server.host, "User-Agent": "TwilioProxy/1.1"}
        status = 0
        try:
            async with self.session.post(
                self.server.real(url),
                data=dict(form),
                headers=headers,
                timeout=ClientTimeout(WEBHOOK_SECONDS),
            ) as response:
                body = await response.text()
                status = response.status
        except (ClientError, TimeoutError) as error:
            raise WebhookError(f"11200: {url}: {error!r}") from None
        finally:
            self.posted.append(Posted(url, dict(form), status))
        if not 200 <= status < 300:
            raise WebhookError(f"11200: {url} answered {status}")
        return body


@dataclass(frozen=True, slots=True)
class Disorder:
    """How callbacks lose their order: held back and let go by chance, or sent twice; the same for one ``seed``."""

    shuffle: bool = False
    double: bool = False
    seed: int = 0


@dataclass(slots=True)
class Callbacks:
    """The callbacks of one call, sent one after the other beside it; what goes wrong is kept in ``errors``."""

    webhooks: Webhooks
    disorder: Disorder
    chance: Random
    errors: list[str]
    _waiting: asyncio.Queue[tuple[str, Mapping[str, str]] | None] = field(
        default_factory=lambda: asyncio.Queue(QUEUE_SIZE)
    )
    _held: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def post(self, url: str, form: Mapping[str, str]) -> None:
        """Send in order."""
        self._waiting.put_nowait((url, form))

    def post_status(self, url: str, form: Mapping[str, str]) -> None:
        """Send in the order or disorder that was asked for."""
        self._held += [(url, form)] * (2 if self.disorder.double else 1)
        if self.disorder.shuffle:
            self.chance.shuffle(self._held)
        keep = self.chance.randint(0, len(self._held)) if self.disorder.shuffle else 0
        self._release(keep)

    async def run(self) -> None:
        """Send until ``close``."""
        while (item := await self._waiting.get()) is not None:
            try:
                await self.webhooks.post(*item)
            except WebhookError as error:
                self.errors.append(str(error))

    async def close(self, running: asyncio.Task[None]) -> None:
        """Send what is held back, and wait until all is sent, at most ``DRAIN_SECONDS``."""
        self._release(0)
        self._waiting.put_nowait(None)
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await running
        except TimeoutError:
            self.errors.append(f"{self._waiting.qsize()} callbacks could not be sent in {DRAIN_SECONDS} s")

    def _release(self, keep: int) -> None:
        while len(self._held) > keep:
            self._waiting.put_nowait(self._held.pop(0))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
