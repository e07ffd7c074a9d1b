"""The call that a script's pipeline is built for hands out the script's processors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from processors.vad import VAD
from vantum.core.call_facts import CallFacts
from vantum.parts import Call
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings
from vantum.testing import (
    ScriptedCall,
    ScriptedLLM,
    ScriptedSTT,
    ScriptedTTS,
    ScriptedVAD,
    Speech,
    run_processor,
)
from vantum.testing.scripted_call import Cast


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    given = {"VANTUM_DATA": str(tmp_path), "VANTUM_VAD_START": "0.1", "VANTUM_VAD_STOP": "0.4"}
    settings = load_settings(environ={}, env_file=None, overrides=given)
    services = Services(settings, settings.choices(), RecordWriter())
    yield services
    services.writer.close()


def scripted(services: Services, speech: tuple[Speech, ...] | None) -> ScriptedCall:
    cast = Cast((), ScriptedLLM([]), ScriptedTTS(), speech)
    return ScriptedCall(CallFacts("id", "browser"), services, True, cast=cast)


async def test_it_is_a_call_with_the_processors_of_the_script(services: Services) -> None:
    call = scripted(services, ())
    assert isinstance(call, Call)
    assert (call.id, call.transport, call.language, call.context_messages) == ("id", "browser", "en", 50)
    assert isinstance(call.vad(), ScriptedVAD)
    assert isinstance(call.stt(), ScriptedSTT)
    assert call.llm() is call.cast.llm
    assert call.tts() is call.cast.tts


async def test_the_detector_goes_by_the_settings_unless_the_pipeline_says_otherwise(
    services: Services,
) -> None:
    call = scripted(services, (Speech(1.0, 2.0),))
    run = await run_processor(call.vad(), [], settle=5.0)
    assert [at for at, _ in run.kinds()] == [1.1, 2.1, 2.1, 2.4]
    run = await run_processor(call.vad(start_seconds=0.3, stop_seconds=0.5), [], settle=5.0)
    assert [at for at, _ in run.kinds()] == [1.3, 2.1, 2.1, 2.5]


async def test_the_real_detector_listens_when_the_script_plays_audio(services: Services) -> None:
    assert isinstance(scripted(services, None).vad(threshold=0.5), VAD)
