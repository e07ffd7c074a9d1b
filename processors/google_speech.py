"""The caller's words and the bot's voice from Google Cloud: pipecat's services, over gRPC."""

from __future__ import annotations

from typing import Any, cast

from google.cloud.texttospeech_v1 import TextToSpeechAsyncClient
from pipecat.services.google.stt import GoogleSTTService
from pipecat.services.google.tts import GoogleTTSService, GoogleTTSSettings
from pipecat.services.settings import TTSSettings
from pipecat.transcriptions.language import Language

from vantum.core import languages

FAMILY = "Chirp3-HD"
"""The voices that are streamed; each speaks every language under a name of its own."""


class GoogleSTT(GoogleSTTService):
    """Interim and final transcripts of a stream that is renewed every four minutes; the input audio stops here."""

    def __init__(
        self, credentials_path: str, location: str, model: str, language: str, sample_rate: int
    ) -> None:
        super().__init__(
            credentials_path=credentials_path,
            location=location,
            sample_rate=sample_rate,
            audio_passthrough=False,
            settings=GoogleSTTService.Settings(model=model, languages=[_known(language)]),
        )

    async def cleanup(self) -> None:
        await super().cleanup()
        await self._client.transport.close()


class GoogleTTS(GoogleTTSService):
    """Speaks without word times; ``voice`` is a name such as ``Aoede``, or all of ``en-US-Chirp3-HD-Aoede``."""

    def __init__(self, credentials_path: str, voice: str, language: str, sample_rate: int) -> None:
        super().__init__(
            credentials_path=credentials_path,
            sample_rate=sample_rate,
            settings=GoogleTTSService.Settings(voice=voice, language=language),
        )
        self._name_voice()

    async def cleanup(self) -> None:
        await super().cleanup()
        await cast("TextToSpeechAsyncClient", self._client).transport.close()

    # pipecat takes the language and the voice for two things; at Google the one is part of the other.

    async def _update_settings(self, delta: TTSSettings) -> dict[str, Any]:  # type: ignore[override]
        changed: dict[str, Any] = await super()._update_settings(delta)
        self._name_voice()
        return changed

    def _name_voice(self) -> None:
        settings = cast("GoogleTTSSettings", self._settings)
        settings.voice = f"{settings.language}-{FAMILY}-{str(settings.voice).rpartition('-')[2]}"


def _known(tag: str) -> Language:
    """The language of a tag, without its region where that is not known."""
    return Language(tag) if tag in frozenset(Language) else Language(languages.base(tag))
