"""Cartesia speaks."""

from __future__ import annotations

from processors.tts.cartesia_voice import CartesiaVoice
from vantum.core.audio import PHONE_RATE
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _tts(brief: Brief) -> CartesiaVoice:
    return CartesiaVoice(
        api_key=brief.key,
        url=brief["CARTESIA_URL"],
        model=brief["CARTESIA_MODEL"],
        voice=brief.voice,
        language=brief.language,
        encoding="pcm_mulaw" if brief.rate == PHONE_RATE else "pcm_s16le",
    )


MAKERS = {Kind.TTS: _tts}
