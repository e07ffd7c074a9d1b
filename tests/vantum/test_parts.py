"""What a pipeline's author is given: the provider that was chosen, for each job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pipecat.frames.frames import InputAudioRawFrame, InputTransportMessageFrame, VADUserStoppedSpeakingFrame
from pipecat.processors.frame_processor import FrameProcessor

from processors.embedded.engines import Recogniser, Synthesiser
from processors.failover import Desk
from processors.llm.openai_llm import OpenAILLM
from processors.script_file import load_script
from processors.smart_turn import TurnJudge
from processors.stt.deepgram_stt import DeepgramSTT
from processors.stt.local_stt import LocalSTT
from processors.tts.cartesia_voice import CartesiaVoice
from processors.tts.local_voice import LocalVoice
from tests.live_server import KEYS
from tests.speech import clip, pieces, silence
from vantum import parts
from vantum.core.audio import PHONE_RATE
from vantum.core.call_facts import CallFacts, Direction
from vantum.core.choice import Kind
from vantum.core.errors import PipelineError
from vantum.core.events import SpeechPaused, TurnJudged
from vantum.core.faults import Fault
from vantum.core.provider_specs import SPECS
from vantum.parts import Call
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings
from vantum.testing import run_processor

UUID = "6ccbfb76-1fc6-48f7-b71d-91ac6298247c"
SCRIPT = Path(__file__).parents[2] / "pipelines" / "outreach_script.yaml"


@pytest.fixture
def writer() -> Iterator[RecordWriter]:
    made = RecordWriter()
    yield made
    made.close()


def a_call(services: Services) -> Call:
    return Call(CallFacts("id", "browser"), services, record=True)


class Desks:
    """Stands for what surrounds the providers in a call; keeps the desk of each job."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.of: dict[Kind, Desk[object]] = {}
        for name in ("FailoverSTT", "FailoverLLM", "FailoverTTS"):
            monkeypatch.setattr(parts, name, self.keep)

    def keep(self, desk: Desk[object], *_: object, **__: object) -> FrameProcessor:
        self.of[desk.kind] = desk
        return FrameProcessor()

    def names(self, kind: Kind) -> list[str]:
        """The candidates, as they would be chosen one after the other."""
        tried: list[str] = []
        while (candidate := self.of[kind].choose(tried)) is not None:
            tried.append(candidate.name)
        return tried

    def made(self, kind: Kind, *tried: str) -> object:
        candidate = self.of[kind].choose(tried)
        assert candidate is not None
        return candidate.make()


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> Desks:
    return Desks(monkeypatch)


def services_of(writer: RecordWriter, *engines: Recogniser | Synthesiser, **values: str) -> Services:
    settings = load_settings({}, None, values)
    return Services(
        settings,
        settings.choices(),
        writer,
        recogniser=next((engine for engine in engines if isinstance(engine, Recogniser)), None),
        synthesiser=next((engine for engine in engines if isinstance(engine, Synthesiser)), None),
    )


async def test_keys_bring_the_cloud_providers(writer: RecordWriter, desks: Desks) -> None:
    call = a_call(services_of(writer, **KEYS))
    for part in (call.stt, call.llm, call.tts):
        part()
    assert [desks.names(kind) for kind in Kind] == [["deepgram"], ["openai"], ["cartesia"]]
    assert isinstance(desks.made(Kind.STT), DeepgramSTT)
    assert isinstance(desks.made(Kind.LLM), OpenAILLM)
    assert isinstance(desks.made(Kind.TTS), CartesiaVoice)
    assert call.provider_names == {"stt": "deepgram", "llm": "openai", "tts": "cartesia"}
    await call.services.clients.close()


async def test_without_keys_the_embedded_ones_do_it(writer: RecordWriter, desks: Desks) -> None:
    call = a_call(services_of(writer, Recogniser(), Synthesiser()))
    script = load_script(SCRIPT)
    call.stt(script)
    call.llm(script)
    call.tts()
    assert [desks.names(kind) for kind in Kind] == [["local"]] * 3
    assert isinstance(desks.made(Kind.STT), LocalSTT)
    assert isinstance(desks.made(Kind.LLM), OpenAILLM)
    assert isinstance(desks.made(Kind.TTS), LocalVoice)


LISTS = {"VANTUM_STT": "deepgram,local", "VANTUM_LLM": "openai,local", "VANTUM_TTS": "local,cartesia"}


async def test_a_list_is_the_order_of_a_call(writer: RecordWriter, desks: Desks) -> None:
    call = a_call(services_of(writer, Recogniser(), Synthesiser(), **KEYS, **LISTS))
    script = load_script(SCRIPT)
    call.stt(script)
    call.llm(script)
    call.tts()
    assert [desks.names(kind) for kind in Kind] == [
        ["deepgram", "local"],
        ["openai", "local"],
        ["local", "cartesia"],
    ]
    assert isinstance(desks.made(Kind.STT, "deepgram"), LocalSTT)
    assert isinstance(desks.made(Kind.TTS, "local"), CartesiaVoice)
    assert call.provider_names == {"stt": "deepgram", "llm": "openai", "tts": "local"}


async def test_the_calls_of_a_process_share_what_they_know_of_the_providers(
    writer: RecordWriter, desks: Desks
) -> None:
    services = services_of(writer, Recogniser(), **KEYS, **LISTS)
    a_call(services).stt()
    services.board.failed(Kind.STT, "deepgram", 1.0, Fault.AUTH)
    assert desks.names(Kind.STT) == ["local", "deepgram"]
    a_call(services).stt()
    assert desks.names(Kind.STT) == ["local", "deepgram"]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", [["deepgram", "local"], ["local", "cartesia"]]),
        ("en-GB", [["deepgram", "local"], ["local", "cartesia"]]),
        ("de", [["deepgram"], ["cartesia"]]),
        ("multi", [["deepgram"], ["cartesia"]]),
    ],
)
def test_the_embedded_ones_are_left_out_of_a_call_in_another_language(
    writer: RecordWriter, desks: Desks, language: str, names: list[list[str]]
) -> None:
    call = a_call(services_of(writer, **KEYS, **LISTS))
    call.language = language
    call.stt()
    call.tts()
    assert [desks.names(kind) for kind in (Kind.STT, Kind.TTS)] == names
    assert (call.provider_names["tts"], call.bilingual) == (names[1][0], True)


def test_the_embedded_ones_do_nothing_more_when_a_call_changes_to_another_language(
    writer: RecordWriter, desks: Desks
) -> None:
    call = a_call(services_of(writer, **KEYS, **LISTS))
    script = load_script(SCRIPT)
    call.stt(script)
    call.llm(script)
    call.tts()
    for desk in desks.of.values():
        desk.follow("de")
    assert [desks.names(kind) for kind in Kind] == [["deepgram"], ["openai"], ["cartesia"]]
    for desk in desks.of.values():
        desk.follow("en-GB")
    assert [desks.names(kind) for kind in Kind] == [
        ["deepgram", "local"],
        ["openai", "local"],
        ["local", "cartesia"],
    ]


def test_the_embedded_ones_do_what_nobody_else_does(writer: RecordWriter, desks: Desks) -> None:
    call = a_call(services_of(writer))
    call.language = "de"
    call.tts()
    assert desks.names(Kind.TTS) == ["local"]


def test_an_embedded_language_model_without_a_script_is_no_help(writer: RecordWriter, desks: Desks) -> None:
    a_call(services_of(writer, **KEYS, **LISTS)).llm()
    assert desks.names(Kind.LLM) == ["openai"]
    a_call(services_of(writer, **KEYS, VANTUM_LLM="local,openai")).llm()
    assert desks.names(Kind.LLM) == ["openai"]


@pytest.mark.parametrize(
    ("given", "voice"),
    [({}, "female"), ({"CARTESIA_VOICE": "male"}, "male"), ({"CARTESIA_VOICE": UUID}, UUID)],
)
def test_the_voice_of_the_settings_is_the_embedded_one_s_too(
    writer: RecordWriter, given: dict[str, str], voice: str
) -> None:
    call = a_call(services_of(writer, **KEYS, **LISTS, **given))
    briefs = {name: call._brief(Kind.TTS, name, 16_000, None) for name in ("cartesia", "local")}
    assert briefs["cartesia"].voice == SPECS["cartesia"].voices.get(voice, voice)
    assert briefs["local"].voice == voice


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
        async def judge(self, pcm: bytes, rate: int, *, early: bool = False) -> float | None:
            return 0.75 if pcm and rate == 16_000 and early else None

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
    settings = load_settings({}, None, {**KEYS, "VANTUM_STT": "deepgram,local"})
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
    settings = load_settings({}, None, {**KEYS, "VANTUM_STT": "local"})
    call = a_call(Services(settings, settings.choices(), writer, recogniser=Recogniser()))
    assert (names(call), call.manners.bilingual) == (["end_call", "record_disposition"], False)
