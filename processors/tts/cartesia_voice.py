"""The bot's voice from Cartesia: audio and word times over one link for the whole call, a context for each turn."""

from __future__ import annotations

import asyncio
import base64
import time
import uuid
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from loguru import logger
from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.tts.cartesia_faults import NAME, TTS, told_error
from processors.tts.cartesia_link import CartesiaLink, Message
from processors.tts.piece import Word
from processors.tts.voice import FEMALE
from vantum.core import languages, mulaw
from vantum.core.errors import ProviderError

SOCKET_PATH = "/tts/websocket"
VERSION = "2026-03-01"
"""The version of Cartesia's API that this is written for."""
TAIL_SECONDS = 0.5
"""A piece whose last word has all its audio is over after this long, should Cartesia not say so."""
SUSPECT_SECONDS = 0.9
"""A link on which a piece waits, and nothing at all has come for so long, may be dead without knowing it."""
MULAW = "pcm_mulaw"

VOICES = {
    "male": "c961b81c-a935-4c17-bfb3-ba2239de8c2f",
    "female": "6ccbfb76-1fc6-48f7-b71d-91ac6298247b",
}
"""Cartesia's ids of the voices that have a plain name."""

OVER: Message = {"type": "flush_done"}
"""Cartesia has spoken a piece to its end."""


class Manner(NamedTuple):
    """How a context is spoken, from its first piece to its last."""

    voice: str
    language: str


@dataclass(slots=True)
class _Context:
    """A context at Cartesia: what came for the piece being spoken, and how long its audio is so far.

    ``owed`` counts the pieces that were over before Cartesia said so; ``asked_at`` is when the piece that is being
    spoken was asked for, None between the pieces.
    """

    manner: Manner
    seconds: float = 0.0
    owed: int = 0
    asked_at: float | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Holds no more than one piece's audio: the next one is asked for when all of it has come.
    inbox: asyncio.Queue[Message | ProviderError] = field(default_factory=asyncio.Queue)

    async def next(self, last_word_ends: float) -> Message:
        """The next message; the end of the piece, if only that is missing. Raises what ended the context."""
        try:
            async with asyncio.timeout(TAIL_SECONDS if self.seconds >= last_word_ends else None):
                while self._is_late_end(message := await self.inbox.get()):
                    self.owed -= 1
        except TimeoutError:
            self.owed += 1
            return OVER
        if isinstance(message, ProviderError):
            raise message
        return message

    def _is_late_end(self, message: Message | ProviderError) -> bool:
        return isinstance(message, dict) and message.get("type") == OVER["type"] and self.owed > 0


class CartesiaVoice:
    """After a failure a turn goes on in a new context; what still comes for the old one is not heard.

    The audio given is PCM16 whatever ``encoding`` (``pcm_s16le`` or ``pcm_mulaw``) the link carries. ``voice`` is
    a plain name or an id of Cartesia's, which are UUIDs; any other means the female one.
    """

    def __init__(
        self,
        *,
        api_key: str,
        url: str,
        model: str,
        voice: str,
        language: str,
        encoding: str = "pcm_s16le",
    ) -> None:
        self._url = url.rstrip("/") + SOCKET_PATH
        self._headers = {"X-API-Key": api_key, "Cartesia-Version": VERSION}
        self._model = model
        self._manner = Manner(voice_id(voice), languages.base(language))
        self._encoding = encoding
        self._rate = 0
        self._link: CartesiaLink | None = None
        self._contexts: dict[str, _Context] = {}

    async def open(self, owner: FrameProcessor, setup: FrameProcessorSetup, rate: int) -> None:  # noqa: ARG002
        """Begin to open the link."""
        self._rate = rate
        self._link = CartesiaLink(owner, self._url, self._headers, self._take, self._lost)
        self._link.open()

    async def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:
        """The audio and the words of one piece; raises ProviderError when Cartesia cannot be reached or fails."""
        link = self._opened()
        await link.up()
        context = await self._context(context_id)
        context.asked_at = time.monotonic()
        await link.send(self._request(context, text, more=True))
        began, last_word_ends = context.seconds, float("inf")
        while True:
            match await context.next(last_word_ends):
                case {"type": "chunk", "data": str(data)}:
                    pcm = self._pcm(data)
                    context.seconds += len(pcm) / 2 / self._rate
                    yield pcm
                case {"type": "timestamps", "word_timestamps": {**times}}:
                    for word, start, end in _timed(times):
                        yield Word(word, start - began, end - began)
                        last_word_ends = end
                case {"type": "error"} as message:
                    raise told_error(message)
                case {"type": "flush_done"}:
                    break
                case {"type": "done"}:
                    # Cartesia has closed the context: the next piece needs another.
                    self._contexts.pop(context_id, None)
                    break
        context.asked_at = None

    async def finish(self, context_id: str) -> None:
        """No text follows: the context may end."""
        context = self._contexts.pop(context_id, None)
        if context is not None:
            await self._tell(self._request(context, "", more=False))

    async def abandon(self, context_id: str) -> None:
        """Cancel at Cartesia what is left of this context; a new one takes its place, on a new link if need be."""
        context = self._contexts.pop(context_id, None)
        if context is None:
            return
        await self._tell({"context_id": context.id, "cancel": True})
        link = self._opened()
        if context.asked_at is not None and link.silent_since(context.asked_at) >= SUSPECT_SECONDS:
            link.renew()

    async def follow(self, language: str | None, voice: str | None) -> None:
        """The next piece begins a context of its own, as a context keeps its voice and its language."""
        self._manner = Manner(
            self._manner.voice if voice is None else voice_id(voice),
            self._manner.language if language is None else languages.base(language),
        )

    async def close(self) -> None:
        """Close the link."""
        if self._link is not None:
            await self._link.close()

    def _opened(self) -> CartesiaLink:
        if self._link is None:
            raise RuntimeError("A voice speaks when it was opened.")
        return self._link

    async def _context(self, context_id: str) -> _Context:
        """The turn's context, without what came for it too late."""
        context = self._contexts.get(context_id)
        if context is not None and context.manner != self._manner:
            await self.finish(context_id)
            context = None
        if context is None:
            context = self._contexts[context_id] = _Context(self._manner)
        while not context.owed and not context.inbox.empty():
            match context.inbox.get_nowait():
                case {"type": "chunk", "data": str(data)}:
                    # Cartesia counts it in the times of the words to come.
                    context.seconds += len(self._pcm(data)) / 2 / self._rate
                case ProviderError() as error:
                    raise error
        return context

    async def _tell(self, message: Message) -> None:
        link = self._opened()
        if not link.is_up:
            return
        try:
            await link.send(message)
        except ProviderError as error:
            logger.debug("Cartesia was not told.", problem=error.message)

    def _request(self, context: _Context, text: str, *, more: bool) -> Message:
        return {
            "transcript": text,
            "continue": more,
            "context_id": context.id,
            "model_id": self._model,
            "voice": {"mode": "id", "id": context.manner.voice},
            "language": context.manner.language,
            "output_format": {"container": "raw", "encoding": self._encoding, "sample_rate": self._rate},
            "add_timestamps": True,
            "use_normalized_timestamps": False,
            # The text comes in pieces already: Cartesia is not to wait for more of it.
            "max_buffer_delay_ms": 0,
        }

    def _pcm(self, data: str) -> bytes:
        try:
            audio = base64.b64decode(data, validate=True)
        except ValueError as error:
            raise ProviderError(TTS, NAME, "its audio is not base64") from error
        return mulaw.decoded(audio) if self._encoding == MULAW else audio

    def _take(self, message: Message) -> None:
        context_id = message.get("context_id")
        if context_id is None and message.get("type") == "error":
            self._lost(told_error(message))
            return
        context = next((known for known in self._contexts.values() if known.id == context_id), None)
        if context is not None:
            context.inbox.put_nowait(message)

    def _lost(self, problem: ProviderError) -> None:
        """Nothing more comes of what is being spoken."""
        for context in self._contexts.values():
            context.inbox.put_nowait(problem)
        self._contexts.clear()


def voice_id(wanted: str) -> str:
    """Cartesia's id of a voice: by its plain name, or as it is; the female one for what is neither."""
    try:
        uuid.UUID(wanted)
    except ValueError:
        return VOICES.get(wanted, VOICES[FEMALE])
    return wanted


def _timed(times: Mapping[object, object]) -> Iterator[tuple[str, float, float]]:
    """The words that have a text, a beginning and an end, in seconds of their context."""
    columns = (times.get(name) for name in ("words", "start", "end"))
    for word, start, end in zip(
        *(column if isinstance(column, list) else () for column in columns), strict=False
    ):
        match word, start, end:
            case str(), float() | int(), float() | int():
                yield word, start, end
