"""The caller's words from Deepgram Flux, a model that also tells by sound and words when the caller has finished."""

from __future__ import annotations

from typing import Any

from pipecat.frames.frames import Frame, InputTransportMessageFrame, TranscriptionFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService, DeepgramFluxSTTSettings
from pipecat.services.settings import ServiceSettings, STTSettings
from pipecat.transcriptions.language import Language
from pipecat.utils.time import time_now_iso8601
from pipecat.utils.types import is_given

from vantum.core import languages
from vantum.core.events import CallerLeft, Recognised, Sign, TurnEndedByHand

ENGLISH_MODEL = "flux-general-en"
MULTILINGUAL_MODEL = "flux-general-multi"
KNOWN_LANGUAGES = frozenset(("de", "en", "es", "fr", "hi", "it", "ja", "nl", "pt", "ru"))
"""The languages that Flux hears."""
EAGER_CONFIDENCE = 0.4
"""From this confidence on Flux tells that the caller may have finished; its bounds are 0.3 and 0.9.

Source: developers.deepgram.com/docs/flux/configuration.
"""


class DeepgramFlux(DeepgramFluxSTTService):
    """One final for each turn, and signs at what Flux tells of it; the input audio stops here.

    | Flux | here |
    |---|---|
    | StartOfTurn | ``Sign.SPEECH`` |
    | Update | the words so far |
    | EagerEndOfTurn | the words so far: an answer to them may be begun |
    | TurnResumed | ``Sign.SPEECH`` |
    | EndOfTurn | the final, ``Sign.ENDPOINT`` and ``Sign.WHOLE``; ``Sign.NOTHING`` without words |

    A link that drops is not opened again from here: it is for the owner to make a new one and play it what is lost.
    """

    def __init__(self, *, api_key: str, url: str, model: str, language: str, sample_rate: int) -> None:
        self._asked_for = model
        spoken, hints = _model_and_hints(model, language)
        super().__init__(
            api_key=api_key,
            url=f"{url}/v2/listen",
            sample_rate=sample_rate,
            audio_passthrough=False,
            settings=DeepgramFluxSTTSettings(
                model=spoken, language_hints=hints, eager_eot_threshold=EAGER_CONFIDENCE
            ),
        )
        self._reconnect_on_error = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case InputTransportMessageFrame(message=TurnEndedByHand() | CallerLeft()):
                await self._end_by_hand()

    async def _end_by_hand(self) -> None:
        """Have the turn ended on what was heard so far; Flux does not answer when there is none.

        Without a link nothing is said: whoever comes next hears what was not final.
        """
        if not self._transport_is_active():
            return
        if self._user_is_speaking:
            await self._transport_send_json({"type": "ForceEndTurn"})
        else:
            await self.push_frame(TranscriptionFrame("", self._user_id, time_now_iso8601(), finalized=True))

    # pipecat tells of the events in other ways than a handler for each: these methods are the only ones that reach
    # into the service.

    async def _update_settings(self, delta: ServiceSettings) -> dict[str, Any]:
        """Flux is told the language by its model and by a hint."""
        if isinstance(delta, STTSettings) and is_given(delta.language) and delta.language:
            model, hints = _model_and_hints(self._asked_for, str(delta.language))
            delta = DeepgramFluxSTTSettings(model=model, language_hints=hints)
        changed: dict[str, Any] = await super()._update_settings(delta)
        return changed

    async def _handle_start_of_turn(self, transcript: str) -> None:
        await self._tell(Sign.SPEECH)
        await super()._handle_start_of_turn(transcript)

    async def _handle_turn_resumed(self, event: str) -> None:
        await self._tell(Sign.SPEECH)
        await super()._handle_turn_resumed(event)

    async def _handle_eager_end_of_turn(self, transcript: str, data: dict[str, Any]) -> None:
        await self._handle_update(transcript, data)

    async def _handle_end_of_turn(self, transcript: str, data: dict[str, Any]) -> None:
        await super()._handle_end_of_turn(transcript, data)
        for sign in (Sign.ENDPOINT, Sign.WHOLE) if transcript.strip() else (Sign.NOTHING,):
            await self._tell(sign)

    async def _end_turn_cut_short(self) -> None:
        """What was not final when the link dropped is heard again by the next one."""
        self._user_is_speaking = False

    async def _tell(self, sign: Sign) -> None:
        await self.push_frame(InputTransportMessageFrame(message=Recognised(sign)))


def _model_and_hints(model: str, language: str) -> tuple[str, list[Language] | None]:
    """What Flux is told of the language: the English model hears no other, and takes no hint."""
    base = languages.base(language)
    if base == "en" and model == ENGLISH_MODEL:
        return model, None
    return MULTILINGUAL_MODEL, [Language(base)] if base in KNOWN_LANGUAGES else []
