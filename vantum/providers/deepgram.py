"""Deepgram hears."""

from __future__ import annotations

from processors.stt.deepgram_stt import DeepgramSTT
from vantum.core.audio import PHONE_RATE
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _stt(brief: Brief) -> DeepgramSTT:
    return DeepgramSTT(
        api_key=brief.key,
        url=brief["DEEPGRAM_URL"],
        model=brief["DEEPGRAM_MODEL"],
        language=brief.language,
        sample_rate=brief.rate,
        encoding="mulaw" if brief.rate == PHONE_RATE else "linear16",
    )


MAKERS = {Kind.STT: _stt}
