"""What a pipeline's author is given: the provider that was chosen, for each job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pipecat.frames.frames import InputAudioRawFrame, VADUserStoppedSpeakingFrame

from processors.cartesia_tts import CartesiaTTS
from processors.deepgram_stt import DeepgramSTT
from processors.embedded.engines import Recogniser, Synthesiser
from processors.local_stt import LocalSTT
from processors.local_tts import LocalTTS
from processors.openai_llm import OpenAILLM, openai_client
from processors.script_file import load_script
from tests.live_server import KEYS
from tests.speech import clip, pieces, silence
from vantum.core.call_facts import CallFacts
from vantum.core.errors import PipelineError
from vantum.parts import Call
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings
from vantum.testing import run_processor

SCRIPT = Path(__file__).parents[2] / "pipelines" / "outreach_script.yaml"


@pytest.fixture
def writer() -> Iterator[RecordWriter]:
    made = RecordWriter()
    yield made
    made.close()


def a_call(services: Services) -> Call:
    return Call(CallFacts("id", "browser"), services, record=True)


async def test_keys_bring_the_cloud_providers(writer: RecordWriter) -> None:
    settings = load_settings({}, None, KEYS)
    openai = openai_client("test", settings.openai_base_url)
    call = a_call(Services(settings, settings.choices(), writer, openai=openai))
    assert isinstance(call.stt(), DeepgramSTT)
    assert isinstance(call.llm(), OpenAILLM)
    assert isinstance(call.tts(), CartesiaTTS)
    await openai.close()


async def test_without_keys_the_embedded_ones_do_it(writer: RecordWriter) -> None:
    settings = load_settings({}, None, {})
    engines = {"recogniser": Recogniser(), "synthesiser": Synthesiser()}
    call = a_call(Services(settings, settings.choices(), writer, **engines))  # type: ignore[arg-type]
    assert isinstance(call.stt(load_script(SCRIPT)), LocalSTT)
    assert isinstance(call.llm(load_script(SCRIPT)), OpenAILLM)
    assert isinstance(call.tts(), LocalTTS)


def test_the_embedded_language_model_needs_a_script(writer: RecordWriter) -> None:
    settings = load_settings({}, None, {})
    with pytest.raises(PipelineError, match="nothing to say without a script"):
        a_call(Services(settings, settings.choices(), writer)).llm()


@pytest.mark.parametrize(("given", "waits"), [(None, 0.384), (0.1, 0.096)])
async def test_the_detector_goes_by_the_settings_unless_the_pipeline_says_otherwise(
    writer: RecordWriter, given: float | None, waits: float
) -> None:
    settings = load_settings({}, None, {"VANTUM_VAD_STOP": "0.4"})
    call = a_call(Services(settings, settings.choices(), writer))
    speech = pieces(clip("weather_question") + silence(1.0), 640)
    frames = [(0.02 * at, InputAudioRawFrame(pcm, 16_000, 1)) for at, pcm in enumerate(speech)]
    run = await run_processor(call.vad(stop_seconds=given), frames, settle=0.5)
    assert run.of(VADUserStoppedSpeakingFrame)[-1].stop_secs == pytest.approx(waits)


def test_the_context_is_as_long_as_the_settings_say(writer: RecordWriter) -> None:
    settings = load_settings({}, None, {"VANTUM_CONTEXT_MESSAGES": "7"})
    assert a_call(Services(settings, settings.choices(), writer)).context_messages == 7
