"""The voice of a call with Cartesia alone behind it."""

from __future__ import annotations

from processors.failover import Candidate, Desk
from processors.tts.cartesia_voice import CartesiaVoice
from processors.tts.failover import FailoverTTS
from processors.tts.voice import Voice
from vantum.core.choice import Kind

PHONE_RATE = 8_000


def cartesia_tts(
    url: str, *, key: str, voice: str = "female", language: str = "en", rate: int = 16_000
) -> FailoverTTS:
    """A telephone's voice comes as mu-law."""

    def make() -> CartesiaVoice:
        encoding = "pcm_mulaw" if rate == PHONE_RATE else "pcm_s16le"
        return CartesiaVoice(
            api_key=key, url=url, model="sonic-3", voice=voice, language=language, encoding=encoding
        )

    candidate: Candidate[Voice] = Candidate("cartesia", make)
    return FailoverTTS(Desk(Kind.TTS, [candidate]), language=language, sample_rate=rate)
