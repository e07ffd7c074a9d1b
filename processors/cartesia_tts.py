"""The bot's voice from Cartesia: pipecat's service, over a link that never keeps a call waiting."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import suppress
from functools import cache
from typing import cast

from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame, TTSStoppedFrame
from pipecat.services.cartesia.tts import CartesiaTTSService
from pipecat.utils.context.word_timestamp_tracker import WordTimestamp
from websockets.protocol import State

from vantum.core import mulaw

SOCKET_PATH = "/tts/websocket"
LINK_UP_SECONDS = 3.0
"""A piece waits this long for the link; an attempt to open the link takes no longer."""
SEND_SECONDS = 2.0
MULAW = "pcm_mulaw"
CLOSE_SECONDS = 1.0

VOICES = {
    "male": "c961b81c-a935-4c17-bfb3-ba2239de8c2f",
    "female": "6ccbfb76-1fc6-48f7-b71d-91ac6298247b",
}
"""Cartesia's ids of the voices that have a plain name."""


class CartesiaTTS(CartesiaTTSService):
    """Audio and word times over one link for the whole call, one Cartesia context for each bot turn.

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
            ws_send_timeout=SEND_SECONDS,
            ws_close_timeout=CLOSE_SECONDS,
        )
        self._compressed = encoding == MULAW
        self._opening: asyncio.Task[None] | None = None
        self._attempted = asyncio.Event()

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        if not self._is_up():
            await self._wait_for_link()
        if self._is_up():
            async for frame in super().run_tts(text, context_id):
                yield frame
        else:
            yield ErrorFrame("Cartesia cannot be reached: the text is not spoken.")
            yield TTSStoppedFrame(context_id=context_id)
            # No more is to come: without this, pipecat waits three seconds for audio.
            await self.remove_audio_context(context_id)

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:
        if "Cartesia" not in error.error:
            error.error = f"Cartesia: {error.error}"
        await super().push_error_frame(error, force_treat_as_permanent)

    async def append_to_audio_context(
        self, context_id: str | None, frame: Frame | WordTimestamp | None
    ) -> None:
        if self._compressed and isinstance(frame, TTSAudioRawFrame):
            pcm = mulaw.decoded(frame.audio)
            frame = TTSAudioRawFrame(pcm, frame.sample_rate, 1, context_id=context_id)
        await super().append_to_audio_context(context_id, frame)

    def _is_up(self) -> bool:
        return self._websocket is not None and self._websocket.state is State.OPEN

    async def _wait_for_link(self) -> None:
        self._attempted.clear()
        await self._connect()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._attempted.wait(), LINK_UP_SECONDS)

    # The base classes name the four methods below as the place for a service's own time limits and its own
    # part of connecting; there is no public one.

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
