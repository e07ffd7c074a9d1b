"""The bot's voice from ElevenLabs: pipecat's service, over one link for the whole call."""

from __future__ import annotations

from pipecat.services.elevenlabs.tts import ElevenLabsTTSService


class ElevenLabsTTS(ElevenLabsTTSService):
    """Speaks with word times. A link that drops is opened again with the next text, not by itself."""

    def __init__(
        self, *, api_key: str, url: str, model: str, voice: str, language: str, sample_rate: int
    ) -> None:
        super().__init__(
            api_key=api_key,
            url=url,
            sample_rate=sample_rate,
            settings=ElevenLabsTTSService.Settings(model=model, voice=voice, language=language),
        )
        # pipecat would wait for seconds between its attempts: how long a caller waits is for the owner to decide.
        self._reconnect_on_error = False

    # pipecat has no public way to the text as it is sent.
    async def _send_text(self, text: str, context_id: str) -> None:
        """The last word's time comes with the space behind it, which ElevenLabs asks for."""
        await super()._send_text(f"{text.rstrip()} ", context_id)
