"""What a pipeline's author is given: the provider that was chosen, for each job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pipecat.frames.frames import InputAudioRawFrame, InputTransportMessageFrame, VADUserStoppedSpeakingFrame

from processors.cartesia_tts import CartesiaTTS
from processors.deepgram_stt import DeepgramSTT
from processors.embedded.engines import Recogniser, Synthesiser
from processors.local_stt import LocalSTT
from processors.local_tts import LocalTTS
from processors.openai_llm import OpenAILLM, openai_client
from processors.script_file import load_script
from processors.smart_turn import TurnJudge
from tests.live_server import KEYS
from tests.speech import clip, pieces, silence
from vantum.core.audio import PHONE_RATE
from vantum.core.call_facts import CallFacts, Direction
from vantum.core.errors import PipelineError
from vantum.core.events import SpeechPaused, TurnJudged
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


async def test_the_detector_asks_the_servers_judge(writer: RecordWriter) -> None:
    class Listening(TurnJudge):
        async def judge(self, pcm: bytes, rate: int) -> float | None:
            return 0.75 if pcm and rate == 16_000 else None

    settings = load_settings({}, None, {})
    call = a_call(Services(settings, settings.choices(), writer, judge=Listening()))
    speech = pieces(clip("weather_question") + silence(1.0), 640)
    frames = [(0.02 * at, InputAudioRawFrame(pcm, 16_000, 1)) for at, pcm in enumerate(speech)]
    run = await run_processor(call.vad(), frames, settle=0.5)
    told = [frame.message for frame in run.of(InputTransportMessageFrame)]
    assert told == [SpeechPaused(0.096), TurnJudged(0.75)]


def test_the_context_is_as_long_as_the_settings_say(writer: RecordWriter) -> None:
    settings = load_settings({}, None, {"VANTUM_CONTEXT_MESSAGES": "7"})
    assert a_call(Services(settings, settings.choices(), writer)).context_messages == 7


# --- on a telephone -------------------------------------------------------------------------------------


def a_phone_call(services: Services) -> Call:
    facts = CallFacts(
        "id", "twilio", "en", Direction.OUTBOUND, "+14155550100", "+14155550101", {"name": "Anna"}, "Hi."
    )
    return Call(facts, services, record=True, line_rate=PHONE_RATE)


def names(call: Call) -> list[str]:
    return [tool.name for tool in call.tools()]


async def test_a_telephone_stays_at_8_khz_where_the_providers_can(writer: RecordWriter) -> None:
    settings = load_settings({}, None, KEYS)
    call = a_phone_call(Services(settings, settings.choices(), writer))
    assert (call.hearing_rate, call.speaking_rate) == (8_000, 8_000)
    assert (call.direction, call.from_number, call.to_number) == ("outbound", "+14155550100", "+14155550101")
    assert (call.variables, call.voicemail, call.on_phone) == ({"name": "Anna"}, "Hi.", True)


async def test_an_embedded_recogniser_hears_a_telephone_at_16_khz(writer: RecordWriter) -> None:
    settings = load_settings({}, None)
    call = a_phone_call(Services(settings, settings.choices(), writer, recogniser=Recogniser()))
    assert (call.hearing_rate, call.speaking_rate) == (16_000, 8_000)


OF_EVERY_CALL = ["end_call", "record_disposition", "switch_language"]


async def test_a_telephone_has_keys_and_can_be_put_through(writer: RecordWriter) -> None:
    settings = load_settings({}, None, KEYS)
    services = Services(settings, settings.choices(), writer)
    assert names(a_call(services)) == OF_EVERY_CALL
    assert names(a_phone_call(services)) == [*OF_EVERY_CALL, "send_digits"]
    settings = load_settings({}, None, {**KEYS, "VANTUM_TRANSFER_TO": "+14155550123"})
    services = Services(settings, settings.choices(), writer)
    assert names(a_phone_call(services))[-1] == "transfer_call"
    assert names(a_call(services)) == OF_EVERY_CALL


async def test_an_embedded_provider_keeps_the_call_in_english(writer: RecordWriter) -> None:
    settings = load_settings({}, None, KEYS)
    call = a_call(Services(settings, settings.choices(), writer, recogniser=Recogniser()))
    assert (names(call), call.manners.bilingual) == (["end_call", "record_disposition"], False)
