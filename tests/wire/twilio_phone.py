"""The callee's telephone: one media stream to a customer's server, with microphone, keys and play-out buffer."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.wire.twilio_call import Call, MarkBack
from tests.wire.twilio_mulaw import FRAME_BYTES, RATE, SILENCE
from tests.wire.twilio_playout import PlayedMark, PlayOut
from tests.wire.twilio_twiml import Verb
from tests.wire.twilio_webhooks import Callbacks, PublicServer, Webhooks

FRAME_SECONDS: Final = 0.02
CONNECT_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 1.0
SILENT_FRAME: Final = bytes([SILENCE]) * FRAME_BYTES

_GOOD_CLOSES: Final = (1000, 1001, 1005)


class StreamFailedError(Exception):
    """The stream could not begin or broke; ``code`` is Twilio's."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(slots=True)
class MediaStream:
    """``run`` connects, streams in real time and returns when the server closes; cancelled, it says ``stop``."""

    call: Call
    noun: Verb
    webhooks: Webhooks
    callbacks: Callbacks
    sid: str = field(default_factory=lambda: f"MZ{uuid.uuid4().hex}")
    _playout: PlayOut = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _sequence: int = 0

    def __post_init__(self) -> None:
        self._playout = PlayOut(round(self.call.callee.play_delay * RATE))

    async def run(self) -> bool:
        """Whether there was a stream; the reasons against it go to the noun's ``statusCallback``."""
        started = False
        try:
            async with await self._connected() as socket:
                started = True
                self._post_status("stream-started")
                await self._stream(socket)
        except StreamFailedError as error:
            self._post_status("stream-error", StreamError=str(error), StreamErrorCode=str(error.code))
            self.call.errors.append(f"{error.code}: {error}")
        else:
            self._post_status("stream-stopped")
        return started

    async def _connected(self) -> ClientConnection:
        url = self.noun.attributes.get("url", "")
        parts = urlsplit(url)
        server = self.webhooks.server
        if parts.scheme not in ("ws", "wss") or parts.query or not server.is_at(url):
            raise StreamFailedError(31920, f"{url!r} is no ws(s) URL without a query on {server.public_url}")
        try:
            return await _connect(server, url, self.webhooks.signer.headers(url, {}))
        except InvalidHandshake as error:
            raise StreamFailedError(31920, f"Stream - WebSocket - Handshake Error: {error}") from None
        except TimeoutError:
            raise StreamFailedError(31901, "Stream - WebSocket - Connection Timeout") from None
        except (OSError, EOFError) as error:
            raise StreamFailedError(31902, f"Stream - WebSocket - Connection Refused: {error}") from None

    async def _stream(self, socket: ClientConnection) -> None:
        self.call.playouts.append(self._playout)
        try:
            with suppress(ConnectionClosed):
                await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
                await socket.send(self._event("start", self._start()))
            async with asyncio.TaskGroup() as group:
                outgoing = [
                    group.create_task(task)
                    for task in (self._speak(socket), self._return_marks(socket), self._break(socket))
                ]
                await self._listen(socket)
                for task in outgoing:
                    task.cancel()
        except asyncio.CancelledError:
            await self._stop(socket)
            raise
        finally:
            # Twilio drops what it still holds when the stream ends.
            self._playout.clear(self._now())
        if socket.close_code not in _GOOD_CLOSES:
            raise StreamFailedError(31921, f"Stream - WebSocket - Close Error: {socket.close_code}")

    async def _break(self, socket: ClientConnection) -> None:
        """Lose the connection, if that is to happen to this stream."""
        after = self.call.callee.loses_stream_after
        if after is not None and len(self.call.playouts) == 1:
            await asyncio.sleep(after - self.call.seconds)
            socket.transport.abort()

    def _start(self) -> dict[str, object]:
        parameters = [child.attributes for child in self.noun.children if child.name == "Parameter"]
        return {
            "accountSid": self.call.account_sid,
            "streamSid": self.sid,
            "callSid": self.call.sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1},
            "customParameters": {item["name"]: item["value"] for item in parameters},
        }

    async def _stop(self, socket: ClientConnection) -> None:
        stop = {"accountSid": self.call.account_sid, "callSid": self.call.sid}
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await socket.send(self._event("stop", stop))
        self._post_status("stream-stopped")

    async def _speak(self, socket: ClientConnection) -> None:
        """Send 20 ms of the callee's voice every 20 ms, by absolute deadlines, and the keys in between."""
        voice = self.call.callee.voice()
        begin = self._now()
        presses = sorted(press for press in self.call.callee.presses if press[0] * RATE >= begin)
        began = time.monotonic()
        with suppress(ConnectionClosed):
            for frame in range(1 << 31):
                await asyncio.sleep(began + (frame + 1) * FRAME_SECONDS - time.monotonic())
                position = begin + frame * FRAME_BYTES
                audio = voice[position : position + FRAME_BYTES].ljust(FRAME_BYTES, SILENT_FRAME[:1])
                await socket.send(self._media(frame, audio))
                while presses and presses[0][0] * RATE <= position + FRAME_BYTES:
                    digit = {"track": "inbound_track", "digit": presses.pop(0)[1]}
                    await socket.send(self._event("dtmf", digit))

    def _media(self, frame: int, audio: bytes) -> str:
        # Fifty calls are 2500 of these a second: no dictionaries.
        self._sequence += 1
        return (
            f'{{"event":"media","sequenceNumber":"{self._sequence}","media":{{"track":"inbound",'
            f'"chunk":"{frame + 1}","timestamp":"{frame * 20}","payload":"{base64.b64encode(audio).decode()}"}},'
            f'"streamSid":"{self.sid}"}}'
        )

    def _event(self, event: str, facts: dict[str, object] | dict[str, str]) -> str:
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": self.sid, event: facts}
        return json.dumps(message)

    async def _return_marks(self, socket: ClientConnection) -> None:
        """Give each mark back when its time has come."""
        delay = round(self.call.callee.mark_delay * RATE)
        with suppress(ConnectionClosed):
            while True:
                self._changed.clear()
                for mark in self._playout.due_marks(self._now() - delay):
                    await self._return_mark(socket, mark)
                pending = self._playout.pending
                wait = (pending[0].due + delay - self._now()) / RATE if pending else None
                # Not wait_for: before Python 3.12 it may swallow a cancellation.
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._changed.wait()

    async def _return_mark(self, socket: ClientConnection, mark: PlayedMark) -> None:
        self.call.marks.append(MarkBack(self.call.seconds, mark.name, mark.cleared))
        await socket.send(self._event("mark", {"name": mark.name}))

    async def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                try:
                    self._take(message)
                except (ValueError, KeyError, TypeError, binascii.Error) as error:
                    self.call.protocol_errors.append(f"31924: {error!r} in {message[:200]!r}")

    def _take(self, message: str | bytes) -> None:
        """Act on a message of the server; any error of a lookup or a type says that the message is bad."""
        if isinstance(message, bytes):
            raise TypeError("a binary message")
        event = json.loads(message)
        if event["streamSid"] != self.sid:
            raise ValueError("not this stream's streamSid")
        at = self._now()
        match event["event"]:
            case "media":
                audio = base64.b64decode(event["media"]["payload"], validate=True)
                self.call.media_received.append((at / RATE, audio))
                self._playout.play(at, audio)
            case "mark":
                if not isinstance(event["mark"]["name"], str):
                    raise TypeError("a mark's name that is no string")
                self._playout.mark(at, event["mark"]["name"])
                self._changed.set()
            case "clear":
                self.call.clears.append(at / RATE)
                self._playout.clear(at)
                self._changed.set()
            case other:
                raise ValueError(f"the event {other!r}")

    def _now(self) -> int:
        """Samples since the answer."""
        return round(self.call.seconds * RATE)

    def _post_status(self, event: str, **facts: str) -> None:
        url = self.noun.attributes.get("statusCallback")
        if url is None:
            return
        form = {
            "StreamEvent": event,
            "StreamSid": self.sid,
            "CallSid": self.call.sid,
            "AccountSid": self.call.account_sid,
            "Timestamp": datetime.now(UTC).isoformat(),
        }
        self.callbacks.post(url, form | facts)


async def _connect(server: PublicServer, url: str, headers: dict[str, str]) -> ClientConnection:
    """Connect to where the server really listens, by its public name."""
    real = urlsplit(server.real(url))
    secure = real.scheme in ("https", "wss")
    parts = urlsplit(url)
    return await connect(
        parts._replace(scheme="wss" if secure else "ws").geturl(),
        host=real.hostname,
        port=real.port or (443 if secure else 80),
        additional_headers=headers,
        user_agent_header="Twilio.TmeWs/1.0",
        compression=None,
        proxy=None,
        ping_interval=None,
        open_timeout=CONNECT_SECONDS,
        close_timeout=CLOSE_SECONDS,
        max_size=1 << 20,
    )
