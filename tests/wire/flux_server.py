"""A local server that speaks Deepgram's ``/v2/listen``, the protocol of Flux.

It hears by loudness: speech begins a turn, and every ``UPDATE_SECONDS`` more words are known; ``EAGER_SECONDS`` of
quiet make it think that the turn may be over, ``END_SECONDS`` that it is. All times are counted in samples.
Source: developers.deepgram.com/docs/flux.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.wire.socket_server import SocketServer

LOUD = 300
WINDOW_SECONDS = 0.02
UPDATE_SECONDS = 0.24
EAGER_SECONDS = 0.2
END_SECONDS = 0.5

Message = dict[str, object]


@dataclass(frozen=True, slots=True)
class Opened:
    """A client asked for a link."""

    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]


@dataclass(slots=True)
class Turns:
    """What one link has heard: turns of scripted words, by the loudness of what comes."""

    rate: int
    says: list[str]
    whole: bool = False
    number: int = 0
    spoken: float = 0.0
    quiet: float = 0.0
    eager: bool = False
    pending: bytes = b""
    events: list[Message] = field(default_factory=list)

    def hear(self, pcm: bytes) -> list[Message]:
        """What is told of the audio (PCM16)."""
        self.events = []
        self.pending += pcm
        size = int(WINDOW_SECONDS * self.rate) * 2
        while len(self.pending) >= size:
            window, self.pending = self.pending[:size], self.pending[size:]
            samples = np.frombuffer(window, "<i2").astype(np.float64)
            self._window(loud=float(np.sqrt(np.mean(samples**2))) > LOUD)
        return self.events

    def end(self) -> list[Message]:
        """End the turn, if there is one, with the words so far."""
        self.events = []
        if self.spoken:
            words = self._words(whole=self.whole)
            self.says = self.says[1:]
            self._over(words)
        return self.events

    def _window(self, *, loud: bool) -> None:
        if loud:
            self._loud()
        elif self.spoken:
            before, self.quiet = self.quiet, self.quiet + WINDOW_SECONDS
            if before < EAGER_SECONDS <= self.quiet:
                self.eager = True
                self._tell("EagerEndOfTurn", self._words(whole=True))
            if before < END_SECONDS <= self.quiet:
                self._over(self.says.pop(0) if self.says else "")

    def _over(self, words: str) -> None:
        self._tell("EndOfTurn", words)
        self.spoken, self.eager, self.number = 0.0, False, self.number + 1

    def _loud(self) -> None:
        if not self.spoken:
            self._tell("StartOfTurn", self._words(whole=False))
        elif self.eager:
            self.eager = False
            self._tell("TurnResumed", self._words(whole=False))
        before, self.spoken, self.quiet = self.spoken, self.spoken + WINDOW_SECONDS, 0.0
        if before // UPDATE_SECONDS != self.spoken // UPDATE_SECONDS:
            self._tell("Update", self._words(whole=False))

    def _words(self, *, whole: bool) -> str:
        words = self.says[0].split() if self.says else []
        return " ".join(words if whole else words[: 1 + int(self.spoken // UPDATE_SECONDS)])

    def _tell(self, event: str, transcript: str) -> None:
        words = [{"word": word, "confidence": 0.97} for word in transcript.split()]
        self.events.append(
            {"type": "TurnInfo", "event": event, "turn_index": self.number, "transcript": transcript}
            | {"words": words, "end_of_turn_confidence": 0.8, "languages": ["en"]}
        )


class FluxServer(SocketServer):
    """``async with FluxServer(["hello"]) as server``: listens at ``server.url``.

    With ``whole`` a turn that is ended by hand has all its words, however short it was.
    """

    def __init__(self, says: Iterable[str] = (), *, key: str = "test-key", whole: bool = False) -> None:
        super().__init__()
        self.opened: list[Opened] = []
        self.audio = b""
        self.controls: list[Message] = []
        self._says = list(says)
        self._key = key
        self._whole = whole

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        url = urlsplit(request.path)
        self.opened.append(Opened(url.path, tuple(parse_qsl(url.query)), dict(request.headers.raw_items())))
        if request.headers.get("Authorization") != f"Token {self._key}":
            response = connection.respond(HTTPStatus.UNAUTHORIZED, '{"err_code": "INVALID_AUTH"}')
            response.headers["dg-error"] = "Invalid credentials."
            return response
        if url.path != "/v2/listen":
            return connection.respond(HTTPStatus.NOT_FOUND, "There is nothing here.")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        turns = Turns(int(dict(self.opened[-1].query)["sample_rate"]), self._says, whole=self._whole)
        await connection.send(json.dumps({"type": "Connected", "request_id": "r-1", "sequence_id": 0}))
        try:
            async for data in connection:
                if isinstance(data, bytes):
                    self.audio += data
                    for message in turns.hear(data):
                        await connection.send(json.dumps(message))
                    continue
                control = json.loads(data)
                self.controls.append(control)
                if control["type"] == "ForceEndTurn":
                    for message in turns.end():
                        await connection.send(json.dumps(message))
                if control["type"] == "CloseStream":
                    return
        except ConnectionClosed:
            pass
