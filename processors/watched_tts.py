"""Keeps a bot's voice from falling silent in mid-sentence: a piece is watched, and its rest asked for again."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cached_property

from loguru import logger
from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame, TTSTextFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.tts_service import TTSService
from pipecat.utils.errors import ErrorCategory

from processors.piece import Piece, Told, Word, letters
from vantum.core.errors import CapacityError, ProviderError

FIRST_AUDIO_SECONDS = 3.0
"""How long a piece may take to its first audio."""
STALL_SECONDS = 2.0
"""How long audio may stop inside a piece; and how long a second attempt may take to its first audio."""
OPEN_SECONDS = 15.0
"""How long pipecat keeps a turn open in which nothing comes: longer than two attempts and a pause of the LLM."""
VOICE = "the voice"


@dataclass(slots=True)
class _Turn:
    """How long the audio of a turn is so far, and the texts of it that nobody heard."""

    seconds: float = 0.0
    unspoken: list[str] = field(default_factory=list)


class WatchedTTS(TTSService):
    """A voice whose pieces are spoken one by one, each in at most two attempts; then it is an error, and the next.

    A voice implements ``speak`` and sets up the service with ``push_text_frames=False``, ``push_start_frame=True``,
    ``push_stop_frames=True`` and ``stop_frame_timeout_s=OPEN_SECONDS``.
    """

    @cached_property
    def _turns(self) -> defaultdict[str, _Turn]:
        return defaultdict(_Turn)

    @abstractmethod
    def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:
        """The audio of ``text`` (PCM16, mono, at ``sample_rate``) and its words, timed from its beginning.

        Raises ProviderError or CapacityError where a second attempt may do better, ValueError or ConnectionError
        where it would not. It is closed when it gives nothing for too long.
        """

    async def abandon(self, context_id: str) -> None:
        """``speak`` has failed in this context, or was cut: the provider is to forget what it still has of it."""

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """The frames of one piece."""
        piece, turn = Piece(text), self._turns[context_id]
        problem: Exception | None = None
        for patience in (FIRST_AUDIO_SECONDS, STALL_SECONDS):
            try:
                async with aclosing(self._attempt(piece, context_id, patience)) as frames:
                    async for frame in frames:
                        yield frame
            except (ProviderError, CapacityError, ValueError, ConnectionError) as error:
                problem = await self._broke_off(piece, context_id, error)
            else:
                problem = None
            if not isinstance(problem, ProviderError | CapacityError):
                break
        if problem is not None:
            yield ErrorFrame(str(problem), category=ErrorCategory.SERVER)
            turn.unspoken.append(piece.unspoken)

    async def tts_process_generator(
        self, context_id: str, generator: AsyncGenerator[Frame | None, None]
    ) -> None:
        """An interruption closes what the piece has open at the provider, there and then."""
        async with aclosing(generator):
            await super().tts_process_generator(context_id, generator)
        # pipecat keeps a turn open while it believes that audio is still to come; whatever became of a piece,
        # nothing more of it follows.
        self._is_yielding_frames_synchronously = True

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Push a frame on; but text of which no word was timed is not told as spoken when nothing was spoken."""
        match frame:
            case TTSTextFrame(context_id=str(context_id), text=text) if self._was_unspoken(text, context_id):
                return
        await super().push_frame(frame, direction)

    async def on_audio_context_completed(self, context_id: str) -> None:
        """The turn was sent: forget it."""
        self._turns.pop(context_id, None)
        await super().on_audio_context_completed(context_id)

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        """The turn was cut: forget it."""
        # Not the service's own hook: it would cancel by pipecat's name for the turn.
        self._turns.pop(context_id, None)
        await self.stop_all_metrics()
        await self.abandon(context_id)

    async def _record_context_audio_outcome(self, context_id: str, received_audio: bool) -> None:  # noqa: ARG002
        # pipecat would report a silent turn once more, and give the voice up after three. Each piece that was
        # not spoken is reported already, and the next one may be.
        return

    async def _attempt(
        self, piece: Piece, context_id: str, patience: float
    ) -> AsyncGenerator[TTSAudioRawFrame, None]:
        text = piece.begin(self._turns[context_id].seconds)
        async with aclosing(self.speak(text, context_id)) as speech:
            while (item := await _next(speech, patience)) is not None:
                if isinstance(item, Word):
                    piece.expect(item)
                    continue
                patience = STALL_SECONDS
                seconds = len(item) / 2 / self.sample_rate
                self._turns[context_id].seconds += seconds
                await self._tell(piece.hear(seconds), context_id)
                yield self._audio(item, context_id)
        if letters(text) and not piece.audible:
            raise ProviderError("tts", VOICE, "it gave no audio")
        await self._tell(piece.end(), context_id)

    async def _broke_off(self, piece: Piece, context_id: str, error: Exception) -> Exception | None:
        """An attempt has failed; no error when there was nothing left to speak."""
        await self._tell(piece.break_off(), context_id)
        await self.abandon(context_id)
        if not piece.rest:
            return None
        logger.warning("A piece of speech was not spoken to its end.", problem=str(error))
        return error

    async def _tell(self, words: list[Told], context_id: str) -> None:
        await self.add_word_timestamps(words, context_id)

    def _audio(self, pcm: bytes, context_id: str) -> TTSAudioRawFrame:
        return TTSAudioRawFrame(pcm, self.sample_rate, 1, context_id=context_id)

    def _was_unspoken(self, text: str, context_id: str) -> bool:
        if context_id not in self._turns:
            return False
        unspoken = self._turns[context_id].unspoken
        # pipecat tells what is left of a piece once, before the words of the next: in the order of this list.
        if not unspoken or _bare(unspoken[0]) != _bare(text):
            return False
        del unspoken[0]
        return True


async def _next(speech: AsyncGenerator[bytes | Word, None], patience: float) -> bytes | Word | None:
    try:
        async with asyncio.timeout(patience):
            return await anext(speech, None)
    except TimeoutError:
        raise ProviderError("tts", VOICE, f"nothing came for {patience:g} s") from None


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
