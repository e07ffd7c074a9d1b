"""The caller's words and the bot's voice from Azure: pipecat's services over Microsoft's own library."""

from __future__ import annotations

from pipecat.services.azure.common import language_to_azure_language
from pipecat.services.azure.stt import AzureSTTService
from pipecat.services.azure.tts import AzureTTSService
from pipecat.transcriptions.language import Language


class AzureSTT(AzureSTTService):
    """Interim and final transcripts; the input audio stops here. ``url`` takes the place of ``region``."""

    def __init__(self, *, api_key: str, region: str, url: str, language: str, sample_rate: int) -> None:
        super().__init__(
            api_key=api_key,
            region=None if url else region,
            private_endpoint=url or None,
            sample_rate=sample_rate,
            audio_passthrough=False,
            settings=AzureSTTService.Settings(language=language),
        )


class AzureTTS(AzureTTSService):
    """Speaks with word times. ``url`` takes the place of ``region``."""

    def __init__(
        self, *, api_key: str, region: str, url: str, voice: str, language: str, sample_rate: int
    ) -> None:
        super().__init__(
            api_key=api_key,
            region=None if url else region,
            private_endpoint=url or None,
            sample_rate=sample_rate,
            settings=AzureTTSService.Settings(voice=voice, language=language),
        )

    def language_to_service_language(self, language: Language) -> str | None:
        """Azure's tag, with a region; the order of its bases hides this from pipecat's service."""
        return language_to_azure_language(language)
