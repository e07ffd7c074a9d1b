"""Keeps a bot's voice from falling silent: each piece is watched, and its rest asked for again, here or elsewhere.

What no voice speaks is followed by recorded words, and by the end of the call.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from loguru import logger
from pipecat.frames.frames import (
    AggregatedTextFrame,
    CancelFrame,
    EndFrame,
    EndWorkerFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessorSetup
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.utils.errors import ErrorCategory

from processors.failover import Desk
from processors.tts.last_words import spoken_last_words
from processors.tts.piece import Piece, Told, Word, letters
from processors.tts.trial import MuteError, Trial
from processors.tts.voice import Voice
from processors.tts.voices import TTS, Voices, voice_error
from vantum.core.errors import CapacityError, ProviderError

STALL_SECONDS = 2.0
"""How long audio may stop inside a piece."""
OPEN_SECONDS = 15.0
"""How long pipecat keeps a turn open in which nothing comes: longer than all attempts and a pause of the LLM."""
NO_VOICE = "no voice works"
"""Why the call ends."""

TROUBLES = (ProviderError, CapacityError, ValueError, ConnectionError)
"""What a voice may raise."""


@dataclass(slots=True)
class _Turn:
    """How long the audio of a turn is so far, who speaks it, and the texts of it that nobody heard."""

    seconds: float = 0.0
    speaker: str = ""
    unspoken: list[str] = field(default_factory=list)


class FailoverTTS(TTSService):
    """The voice of a call: pieces are spoken one by one, by the best of the voices that the desk knows.

    Within a turn the voice changes only when it has failed, or does not speak the call's new language. The last words
    are spoken in ``language``, a tag.
    """

    def __init__(self, desk: Desk[Voice], *, language: str = "en", sample_rate: int | None = None) -> None:
        super().__init__(
            sample_rate=sample_rate,
            push_text_frames=False,
            push_start_frame=True,
            push_stop_frames=True,
            stop_frame_timeout_s=OPEN_SECONDS,
            settings=TTSSettings(model=None, voice=None, language=language),
        )
        self._desk = desk
        self._voices = Voices(self, desk)
        self._turns: defaultdict[str, _Turn] = defaultdict(_Turn)
        self._language = language
        self._said_last_words = False
        self._asked_to_end = False

    def can_generate_metrics(self) -> bool:
        """Times to first byte are measured where metrics are on."""
        return True

    # --- the life of a call -------------------------------------------------------------------------

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        """Open the voice that is likely to speak first; nothing waits for it."""
        await super().setup(setup)
        self._voices.set_up(setup, self.sample_rate)
        first = self._desk.choose()
        if first is not None:
            # One that cannot even be made is found out when it is needed.
            with suppress(*TROUBLES):
                await self._voices.of(first.name)

    async def stop(self, frame: EndFrame) -> None:
        """All was spoken: let the providers go."""
        await super().stop(frame)
        await self._voices.close()

    async def cancel(self, frame: CancelFrame) -> None:
        """Nothing more is spoken: let the providers go."""
        await super().cancel(frame)
        await self._voices.close()

    async def cleanup(self) -> None:
        """Let the providers go, if nobody did."""
        await super().cleanup()
        await self._voices.close()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """After the last words nothing more is said; those that are cut are said again."""
        if self._said_last_words and isinstance(frame, AggregatedTextFrame | LLMTextFrame | TTSSpeakFrame):
            return
        await super().process_frame(frame, direction)
        if self._said_last_words and isinstance(frame, InterruptionFrame):
            # A draft may be dropped, or the caller may talk, until the end of the call has come round.
            context_id = self.create_context_id()
            await self.create_audio_context(context_id)
            await self.append_to_audio_context(context_id, TTSStartedFrame(context_id=context_id))
            await self._speak_last_words(context_id)

    # --- a piece ------------------------------------------------------------------------------------

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """The frames of one piece."""
        piece, turn, trial = Piece(text), self._turns[context_id], Trial(time.monotonic())
        await self.start_tts_usage_metrics(text)
        while (name := await self._next_speaker(trial, turn)) is not None:
            began = time.monotonic()
            try:
                async with aclosing(self._attempt(name, piece, context_id, trial)) as frames:
                    async for frame in frames:
                        yield frame
            except TROUBLES as error:
                problem = await self._broke_off(name, piece, context_id, error)
                if problem is None:
                    return
                silent = 0.0 if piece.audible else time.monotonic() - began
                if trial.failed(name, problem, silent, self._desk.names):
                    self._desk.failed(problem)
            else:
                return
        turn.unspoken.append(piece.unspoken)
        yield ErrorFrame(str(trial.error), category=ErrorCategory.SERVER)
        if not trial.text_is_at_fault:
            await self._say_last_words(context_id)

    async def tts_process_generator(
        self, context_id: str, generator: AsyncGenerator[Frame | None, None]
    ) -> None:
        """An interruption closes what the piece has open at the provider, there and then."""
        async with aclosing(generator):
            await super().tts_process_generator(context_id, generator)
        # pipecat keeps a turn open while it believes that audio is still to come; whatever became of a piece,
        # nothing more of it follows.
        self._is_yielding_frames_synchronously = True

    async def _next_speaker(self, trial: Trial, turn: _Turn) -> str | None:
        """Who is to speak now, after the pause that is due; None when nobody can in time."""
        if trial.patience(time.monotonic() + trial.pause, 0) == 0.0:
            return None
        await asyncio.sleep(trial.pause)
        goes_on = turn.speaker in self._desk.names and turn.speaker not in trial.tried
        name = trial.again or (turn.speaker if goes_on else "")
        if not name:
            candidate = self._desk.choose(trial.tried)
            if candidate is None:
                return None
            name = candidate.name
        turn.speaker = name
        news = self._desk.begin(name, trial.error)
        if news is not None:
            await self.push_frame(OutputTransportMessageUrgentFrame(message=news))
        return name

    async def _attempt(
        self, name: str, piece: Piece, context_id: str, trial: Trial
    ) -> AsyncGenerator[TTSAudioRawFrame, None]:
        turn, began = self._turns[context_id], time.monotonic()
        first_after: float | None = None
        due = began + trial.patience(began, len(set(self._desk.names) - trial.tried - {name}))
        text = piece.begin(turn.seconds)
        voice = await self._voices.of(name)
        async with aclosing(voice.speak(text, context_id)) as speech:
            while (item := await _next(speech, name, due)) is not None:
                if isinstance(item, Word):
                    piece.expect(item)
                if isinstance(item, Word) or not item:
                    continue
                now = time.monotonic()
                due, first_after = now + STALL_SECONDS, now - began if first_after is None else first_after
                trial.heard(now)
                seconds = len(item) / 2 / self.sample_rate
                turn.seconds += seconds
                await self._tell(piece.hear(seconds), context_id)
                yield TTSAudioRawFrame(item, self.sample_rate, 1, context_id=context_id)
        if letters(text) and not piece.audible:
            raise MuteError(TTS, name, "it gave no audio")
        if piece.cut_short:
            raise ProviderError(TTS, name, "it ended before its last word")
        await self._tell(piece.end(), context_id)
        self._desk.served(first_after)

    async def _broke_off(
        self, name: str, piece: Piece, context_id: str, error: Exception
    ) -> ProviderError | None:
        """An attempt has failed; no error when there was nothing left to speak."""
        await self._tell(piece.break_off(), context_id)
        await self._voices.abandon(name, context_id)
        if not letters(piece.rest):
            return None
        problem = voice_error(name, error)
        # Not the provider's own words: they may hold what was to be spoken.
        logger.warning(
            "A piece of speech was not spoken to its end.", provider=name, fault=str(problem.fault)
        )
        return problem

    async def _tell(self, words: list[Told], context_id: str) -> None:
        await self.add_word_timestamps(words, context_id)

    # --- a turn -------------------------------------------------------------------------------------

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Push a frame on; but text of which no word was timed is not told as spoken when nothing was spoken."""
        match frame:
            case TTSTextFrame(context_id=str(context_id), text=text) if self._was_unspoken(text, context_id):
                return
        await super().push_frame(frame, direction)

    async def on_turn_context_completed(self) -> None:
        """The turn has no more text. One in which nothing at all could be spoken ends the call."""
        context_id = self._turn_context_id
        turn = self._turns.get(context_id or "")
        if context_id is not None and turn is not None and turn.unspoken and not turn.seconds:
            await self._say_last_words(context_id)
        if self._said_last_words:
            self._turn_context_id = None
        else:
            await super().on_turn_context_completed()

    async def flush_audio(self, context_id: str | None = None) -> None:
        """No text follows in this context."""
        if context_id is not None and context_id in self._turns:
            await self._voices.finish(self._turns[context_id].speaker, context_id)

    async def on_audio_context_completed(self, context_id: str) -> None:
        """The turn was sent: forget it."""
        self._turns.pop(context_id, None)
        await super().on_audio_context_completed(context_id)

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        """The turn was cut: forget it."""
        turn = self._turns.pop(context_id, None)
        await self.stop_all_metrics()
        if turn is not None:
            await self._voices.abandon(turn.speaker, context_id)

    async def _record_context_audio_outcome(self, context_id: str, received_audio: bool) -> None:  # noqa: ARG002
        # pipecat would report a silent turn once more, and give the voice up after three. Each piece that was
        # not spoken is reported already, and the next one may be.
        return

    def _was_unspoken(self, text: str, context_id: str) -> bool:
        if context_id not in self._turns:
            return False
        unspoken = self._turns[context_id].unspoken
        # pipecat tells what is left of a piece once, before the words of the next: in the order of this list.
        if not unspoken or _bare(unspoken[0]) != _bare(text):
            return False
        del unspoken[0]
        return True

    async def _say_last_words(self, context_id: str) -> None:
        """The recording, behind what was spoken of the turn, and the end of the call."""
        if self._said_last_words or not self.audio_context_available(context_id):
            return
        self._said_last_words = True
        logger.error("No voice works: the call ends with recorded words.")
        await self._speak_last_words(context_id)

    async def _speak_last_words(self, context_id: str) -> None:
        for frame in spoken_last_words(self._language, self.sample_rate, context_id):
            await self.append_to_audio_context(context_id, frame)
        await self.remove_audio_context(context_id)
        if not self._asked_to_end:
            await self.push_frame(EndWorkerFrame(reason=NO_VOICE), FrameDirection.UPSTREAM)
            self._asked_to_end = True

    # The base class names this method as the place to react to a change.

    async def _update_settings(self, delta: TTSSettings) -> dict[str, object]:  # type: ignore[override]
        language = delta.language if isinstance(delta.language, str) else None
        voice = delta.voice if isinstance(delta.voice, str) else None
        changed = await super()._update_settings(delta)
        if language is not None:
            self._language = language
            self._desk.follow(language)
        await self._voices.follow(language, voice)
        return changed


async def _next(speech: AsyncGenerator[bytes | Word, None], name: str, due: float) -> bytes | Word | None:
    """What the voice gives next, before the second ``due``."""
    try:
        async with asyncio.timeout(due - time.monotonic()):
            return await anext(speech, None)
    except TimeoutError:
        raise ProviderError(TTS, name, "no audio came in time") from None


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
