"""The bot's voice from Cartesia: pipecat's service, over a link that never keeps a call waiting."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import uuid
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import cast

from pipecat.frames.frames import ErrorFrame
from pipecat.services.cartesia.tts import CartesiaTTSService, CartesiaTTSSettings
from pipecat.transcriptions.language import Language
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from processors.piece import Word
from processors.watched_tts import OPEN_SECONDS, WatchedTTS
from vantum.core import languages, mulaw
from vantum.core.errors import ProviderError

SOCKET_PATH = "/tts/websocket"
LINK_UP_SECONDS = 2.5
"""A piece waits this long for the link, within its time to first audio; so long may an attempt to open it take."""
TAIL_SECONDS = 0.5
"""A piece whose last word has all its audio is over after this long, should Cartesia not say so."""
SEND_SECONDS = 2.0
MULAW = "pcm_mulaw"
CLOSE_SECONDS = 1.0

VOICES = {
    "male": "c961b81c-a935-4c17-bfb3-ba2239de8c2f",
    "female": "6ccbfb76-1fc6-48f7-b71d-91ac6298247b",
}
"""Cartesia's ids of the voices that have a plain name."""

Message = dict[str, object]
LOST: Message = {"type": "error", "error": "the link was lost"}
"""Stands behind the last message of a link that is gone."""
OVER: Message = {"type": "flush_done"}
"""Cartesia has spoken a piece to its end."""


@dataclass(slots=True)
class _Context:
    """A context at Cartesia: what came for the piece being spoken, and how long its audio is so far.

    ``owed`` counts the pieces that were over before Cartesia said so.
    """

    seconds: float = 0.0
    owed: int = 0
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Holds no more than one piece's audio: the next one is asked for when all of it has come.
    inbox: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)

    async def next(self, last_word_ends: float) -> Message:
        """The next message; the end of the piece, if only that is missing."""
        try:
            async with asyncio.timeout(TAIL_SECONDS if self.seconds >= last_word_ends else None):
                while (message := await self.inbox.get())["type"] == OVER["type"] and self.owed:
                    self.owed -= 1
                return message
        except TimeoutError:
            self.owed += 1
            return OVER


class CartesiaTTS(WatchedTTS, CartesiaTTSService):
    """Audio and word times over one link for the whole call, one Cartesia context for each bot turn.

    After a failure the turn goes on in a new context; what still comes for the old one is not heard.
    The audio pushed is PCM16 whatever ``encoding`` (``pcm_s16le`` or ``pcm_mulaw``) the link carries.
    """

    def __init__(
        self,
        *,
        api_key: str,
        url: str,
        model: str,
        voice: str,
        language: str,
        sample_rate: int = 16_000,
        encoding: str = "pcm_s16le",
    ) -> None:
        super().__init__(
            api_key=api_key,
            url=url.rstrip("/") + SOCKET_PATH,
            sample_rate=sample_rate,
            encoding=encoding,
            settings=CartesiaTTSService.Settings(
                model=model, voice=VOICES.get(voice, voice), language=language
            ),
            reuse_context_id_within_turn=True,
            push_stop_frames=True,
            stop_frame_timeout_s=OPEN_SECONDS,
            ws_send_timeout=SEND_SECONDS,
            ws_close_timeout=CLOSE_SECONDS,
        )
        self._compressed = encoding == MULAW
        self._opening: asyncio.Task[None] | None = None
        self._attempted = asyncio.Event()
        self._contexts: dict[str, _Context] = {}

    async def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:
        """The audio and the words of one piece; raises ConnectionError when the link does not come up."""
        if not self._is_up():
            await self._wait_for_link()
        context = self._contexts.setdefault(context_id, _Context())
        await self._send(self._build_msg(text=text, context_id=context.id))
        await self.start_tts_usage_metrics(text)
        began, last_word_ends = context.seconds, float("inf")
        while True:
            message = await context.next(last_word_ends)
            match message:
                case {"type": "chunk", "data": str(data)}:
                    pcm = self._pcm(base64.b64decode(data))
                    context.seconds += len(pcm) / 2 / self.sample_rate
                    yield pcm
                case {
                    "type": "timestamps",
                    "word_timestamps": {"words": words, "start": starts, "end": ends},
                }:
                    for word, start, end in zip(words, starts, ends, strict=False):
                        yield Word(word, start - began, end - began)
                    last_word_ends = ends[-1] if ends else last_word_ends
                case {"type": "error"}:
                    raise ProviderError("tts", "Cartesia", str(message.get("error", message)))
                case {"type": "flush_done"}:
                    return

    async def abandon(self, context_id: str) -> None:
        """Cancel at Cartesia what is left of this context; a new one takes its place."""
        context = self._contexts.pop(context_id, None)
        if context is not None and self._is_up():
            with suppress(ProviderError):
                await self._send(json.dumps({"context_id": context.id, "cancel": True}))

    async def flush_audio(self, context_id: str | None = None) -> None:
        """No text follows in this context: its end may be told."""
        if context_id is None:
            return
        context = self._contexts.get(context_id)
        if context is not None and self._is_up():
            with suppress(ProviderError):
                await self._send(self._build_msg("", continue_transcript=False, context_id=context.id))
        await self.remove_audio_context(context_id)

    async def on_audio_context_completed(self, context_id: str) -> None:
        """The turn was sent: forget its context."""
        self._contexts.pop(context_id, None)
        await super().on_audio_context_completed(context_id)

    def language_to_service_language(self, language: Language) -> str | None:
        """The language without its region: all models know it so."""
        return languages.base(language)

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:
        if "Cartesia" not in error.error:
            error.error = f"Cartesia: {error.error}"
        await super().push_error_frame(error, force_treat_as_permanent)

    def _pcm(self, audio: bytes) -> bytes:
        return mulaw.decoded(audio) if self._compressed else audio

    def _link(self) -> ClientConnection:
        return cast("ClientConnection", self._websocket)

    async def _send(self, message: str) -> None:
        try:
            await self._link().send(message)
        except (ConnectionClosed, OSError) as error:
            raise ProviderError("tts", "Cartesia", f"the link was lost: {error}") from error

    def _is_up(self) -> bool:
        return self._websocket is not None and self._websocket.state is State.OPEN

    async def _wait_for_link(self) -> None:
        self._attempted.clear()
        await self._connect()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._attempted.wait(), LINK_UP_SECONDS)
        if not self._is_up():
            raise ConnectionError("Cartesia cannot be reached: the text is not spoken.")

    # The base classes name the methods below as the place for a service's own time limits, its own part of
    # connecting and its own protocol; there is no public one.

    async def _update_settings(self, delta: CartesiaTTSSettings) -> dict[str, object]:  # type: ignore[override]
        if isinstance(delta.voice, str):
            delta = replace(delta, voice=VOICES.get(delta.voice, delta.voice))
        return await super()._update_settings(delta)

    async def _receive_messages(self) -> None:
        try:
            async for data in self._link():
                await self._take(json.loads(data))
        finally:
            for context in self._contexts.values():
                context.inbox.put_nowait(LOST)
            self._contexts.clear()

    async def _take(self, message: Message) -> None:
        context_id = message.get("context_id")
        context = next((known for known in self._contexts.values() if known.id == context_id), None)
        if context is not None:
            context.inbox.put_nowait(message)
        elif context_id is None and message.get("type") == "error":
            await self.push_error(str(message.get("error", message)))

    async def _close_connection_contexts(self) -> None:
        # A turn does not end with the link: the rest of its piece is asked for on the next one.
        return

    async def _connect(self) -> None:
        # pipecat waits here for the link, and the set-up of a call waits for pipecat. A link that was lost
        # is opened again by the task that reads from it.
        reading = cast("asyncio.Task[None] | None", self._receive_task)
        if all(task is None or task.done() for task in (reading, self._opening)):
            self._opening = self.create_task(super()._connect(), "opening")

    async def _connect_websocket(self) -> None:
        await super()._connect_websocket()
        self._attempted.set()

    async def _websocket_connect(self, uri: str, **options: object) -> object:
        return await super()._websocket_connect(
            uri,
            open_timeout=LINK_UP_SECONDS,
            compression=None,
            ssl=_tls_context() if uri.startswith("wss:") else None,
            **options,
        )

    async def _disconnect(self) -> None:
        if self._opening is not None:
            await self.cancel_task(self._opening)
        await super()._disconnect()


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the root certificates takes longer than a packet of audio lasts: once per process, not per call.
    return ssl.create_default_context()
