"""Deepgram Flux hears, and tells when the caller has finished."""

from __future__ import annotations

from processors.stt.deepgram_flux import DeepgramFlux
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _stt(brief: Brief) -> DeepgramFlux:
    return DeepgramFlux(
        api_key=brief.key,
        url=brief["DEEPGRAM_URL"],
        model=brief["DEEPGRAM_FLUX_MODEL"],
        language=brief.language,
        sample_rate=brief.rate,
    )


MAKERS = {Kind.STT: _stt}
