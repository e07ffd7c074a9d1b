"""ElevenLabs speaks."""

from __future__ import annotations

from functools import partial

from processors.tts.elevenlabs_tts import ElevenLabsTTS
from processors.tts.service_voice import ServiceVoice
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _tts(brief: Brief) -> ServiceVoice:
    make = partial(
        ElevenLabsTTS,
        api_key=brief.key,
        url=brief["ELEVENLABS_URL"],
        model=brief["ELEVENLABS_MODEL"],
        voice=brief.voice,
        language=brief.language,
        sample_rate=brief.rate,
    )
    return ServiceVoice(make, brief.spec.voices)


MAKERS = {Kind.TTS: _tts}
