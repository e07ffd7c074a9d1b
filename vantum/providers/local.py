"""The embedded providers: a demo that needs no key and no network, in English."""

from __future__ import annotations

from processors.llm.local_llm import scripted_client
from processors.llm.openai_llm import OpenAILLM
from processors.stt.local_stt import LocalSTT
from processors.tts.local_voice import LocalVoice
from vantum.core.choice import Kind
from vantum.core.errors import PipelineError
from vantum.providers.brief import Brief

SCRIPT_MODEL = "script"


def _stt(brief: Brief) -> LocalSTT:
    if brief.shared.recogniser is None:
        raise _not_open(brief)
    return LocalSTT(brief.shared.recogniser, brief.script.phrases if brief.script else ())


def _llm(brief: Brief) -> OpenAILLM:
    return OpenAILLM(scripted_client(brief.required_script()), SCRIPT_MODEL)


def _tts(brief: Brief) -> LocalVoice:
    if brief.shared.synthesiser is None:
        raise _not_open(brief)
    return LocalVoice(brief.shared.synthesiser, brief.voice)


def _not_open(brief: Brief) -> PipelineError:
    return PipelineError(
        f"The embedded provider of {brief.kind.upper()} is not open.",
        f"Name {brief.spec.name} in {brief.kind.setting}.",
    )


MAKERS = {Kind.STT: _stt, Kind.LLM: _llm, Kind.TTS: _tts}
