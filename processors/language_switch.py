"""The providers follow the language of a call: what to push when it changes, and what those do who cannot follow.

``recogniser_follows`` goes upstream to the speech recogniser, ``voice_follows`` downstream to the voice, behind
the text that is still to be spoken in the old language. Neither is lost in an interruption.
"""

from __future__ import annotations

from loguru import logger
from pipecat.frames.frames import STTUpdateSettingsFrame, TTSUpdateSettingsFrame
from pipecat.services.settings import STTSettings, TTSSettings

from vantum.core import languages


def recogniser_follows(language: str) -> STTUpdateSettingsFrame:
    """Hear ``language``, a tag, from here on; a caller who is speaking is heard to the end first."""
    return STTUpdateSettingsFrame(delta=STTSettings(language=language))


def voice_follows(language: str | None = None, voice: str | None = None) -> TTSUpdateSettingsFrame:
    """Speak ``language`` with ``voice``, a plain name or an id, from the next piece on; None changes nothing."""
    delta = TTSSettings()
    if language is not None:
        delta.language = language
    if voice is not None:
        delta.voice = voice
    return TTSUpdateSettingsFrame(delta=delta)


class EnglishOnly:
    """Says in the log, once a call, that a provider does not follow to another language."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._told = False

    def asked_for(self, language: object) -> None:
        """``language`` is a tag; what is no text asks for none."""
        if self._told or not isinstance(language, str) or languages.base(language) == "en":
            return
        self._told = True
        logger.warning(
            "The {} knows US English only and goes on in it. Another language needs Deepgram and Cartesia.",
            self._provider,
            language=language,
        )
