"""A local server that speaks ElevenLabs' ``multi-stream-input``: a tone for each word, and the time of each letter.

Source: elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-multi-stream-input.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.wire.socket_server import SocketServer

LETTER_SECONDS = 0.05
NONE: Mapping[int, int] = MappingProxyType({})
CONTEXTS = 5
"""So many may be open on a link."""

Message = dict[str, object]


@dataclass(frozen=True, slots=True)
class Opened:
    """A client asked for a link."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(slots=True)
class Link:
    """One link, and its contexts that are open."""

    connection: ServerConnection
    rate: int
    contexts: set[str] = field(default_factory=set)


class ElevenLabsServer(SocketServer):
    """``async with ElevenLabsServer() as server``; a ``mute`` one takes texts and says nothing.

    ``stalls`` and ``drops`` befall the text of that number, counted from 1, behind so many of its letters: nothing
    more is said of it, or the link is gone.
    """

    def __init__(
        self,
        *,
        key: str = "test-key",
        mute: bool = False,
        stalls: Mapping[int, int] = NONE,
        drops: Mapping[int, int] = NONE,
    ) -> None:
        super().__init__()
        self.opened: list[Opened] = []
        self.received: list[Message] = []
        self._silent: set[str] = set()
        self._key = key
        self._mute = mute
        self._stalls = stalls
        self._drops = drops

    @property
    def texts(self) -> list[str]:
        """The texts that were to be spoken."""
        return [text for message in self.received if (text := str(message.get("text", "")).strip())]

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        url = urlsplit(request.path)
        headers = dict(request.headers.raw_items())
        self.opened.append(Opened(url.path, dict(parse_qsl(url.query)), headers))
        if request.headers.get("xi-api-key") != self._key:
            detail = {"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}
            return connection.respond(HTTPStatus.UNAUTHORIZED, json.dumps(detail))
        if not (url.path.startswith("/v1/text-to-speech/") and url.path.endswith("/multi-stream-input")):
            return connection.respond(HTTPStatus.NOT_FOUND, '{"detail": "Not Found"}')
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        link = Link(connection, int(self.opened[-1].query["output_format"].removeprefix("pcm_")))
        try:
            async for data in connection:
                message: Message = json.loads(data)
                self.received.append(message)
                if message.get("close_socket"):
                    return
                await self._take(link, message)
        except ConnectionClosed:
            pass

    async def _take(self, link: Link, message: Message) -> None:
        context = str(message.get("context_id", ""))
        if message.get("close_context"):
            link.contexts.discard(context)
            if not self._mute and context not in self._silent:
                await link.connection.send(json.dumps({"isFinal": True, "contextId": context}))
            return
        text = str(message.get("text", ""))
        if context:
            link.contexts.add(context)
        if len(link.contexts) > CONTEXTS:
            await link.connection.close(1008, "max_active_conversations")
        elif text.strip() and not self._mute:
            await self._speak(link, text, context)

    async def _speak(self, link: Link, text: str, context: str) -> None:
        number = len(self.texts)
        letters = self._drops.get(number, self._stalls.get(number, len(text)))
        await link.connection.send(json.dumps(_spoken(text[:letters], context, link.rate)))
        if number in self._stalls:
            self._silent.add(context)
        if number in self._drops:
            link.connection.transport.abort()


def _spoken(text: str, context: str, rate: int) -> Message:
    samples = np.arange(int(len(text) * LETTER_SECONDS * rate))
    audio = (8000 * np.sin(samples * 2 * np.pi * 300 / rate)).astype("<i2").tobytes()
    step = int(LETTER_SECONDS * 1000)
    alignment = {
        "chars": list(text),
        "charStartTimesMs": [step * place for place in range(len(text))],
        "charDurationsMs": [step] * len(text),
    }
    return {"audio": base64.b64encode(audio).decode(), "contextId": context, "isFinal": None} | {
        "alignment": alignment,
        "normalizedAlignment": alignment,
    }
