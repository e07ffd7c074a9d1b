"""The providers: how each is asked, and what its answers mean."""

from __future__ import annotations

import httpx
import pytest
from pipecat.services.cartesia import tts

from processors.tts.cartesia_voice import VOICES
from tests.vantum.doctor.kit import BROKEN, CLOUD, OK, SILENT, WARNING, client_of, settings_of
from vantum.core.choice import Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import Spec
from vantum.doctor import providers
from vantum.doctor.answer import Answer
from vantum.doctor.finding import Finding, Mark
from vantum.providers import Maker, maker_of


@pytest.mark.parametrize(
    ("answer", "mark", "part"),
    [
        (Answer(200), OK, "accepted"),
        (Answer(204), OK, "accepted"),
        (Answer(302), WARNING, "HTTP 302"),
        (Answer(401), BROKEN, "refused"),
        (Answer(403), BROKEN, "refused"),
        (Answer(404), WARNING, "HTTP 404"),
        (Answer(429), WARNING, "too many"),
        (Answer(500), BROKEN, "fails"),
        (SILENT, BROKEN, "no answer within 5 seconds"),
    ],
)
def test_access(answer: Answer, mark: Mark, part: str) -> None:
    finding = providers.access_finding("Deepgram", answer, "DEEPGRAM_API_KEY", "DEEPGRAM_URL")
    assert (finding.mark, finding.thing) == (mark, "Deepgram")
    assert part in finding.found
    assert bool(finding.remedy) == (mark is not OK)


@pytest.mark.parametrize(
    ("answer", "mark", "part"),
    [
        (Answer(200, {"data": [{"id": "gpt-4"}, {"id": "gpt-4.1"}]}), OK, "gpt-4.1 is there"),
        (Answer(200, {"data": [{"id": "gpt-4"}, 5]}), WARNING, "not among its 2"),
        (Answer(200, {"data": []}), WARNING, "not among its 0"),
        (Answer(200, {"data": None}), WARNING, "cannot be read"),
        (Answer(200, ["gpt-4.1"]), WARNING, "cannot be read"),
        (Answer(200), WARNING, "cannot be read"),
        (Answer(401, {"data": [{"id": "gpt-4.1"}]}), BROKEN, "refused"),
        (SILENT, BROKEN, "no answer"),
    ],
)
def test_the_model(answer: Answer, mark: Mark, part: str) -> None:
    finding = providers.model_finding(answer, "gpt-4.1")
    assert finding.mark is mark
    assert part in finding.found


@pytest.mark.parametrize(
    ("answer", "mark", "part"),
    [
        (Answer(200, {}), OK, "the voice female is there"),
        (Answer(404), BROKEN, "no voice female"),
        (Answer(401), BROKEN, "refused"),
        (SILENT, BROKEN, "no answer"),
    ],
)
def test_the_voice(answer: Answer, mark: Mark, part: str) -> None:
    finding = providers.voice_finding(answer, "female")
    assert finding.mark is mark
    assert part in finding.found


def test_addresses_of_sockets_become_those_of_the_web() -> None:
    assert providers.web_url("wss://api.example.test/x") == "https://api.example.test/x"
    assert providers.web_url("ws://127.0.0.1:9003") == "http://127.0.0.1:9003"


def test_the_version_of_cartesia_is_that_of_the_engine() -> None:
    assert providers.CARTESIA_VERSION == tts._CARTESIA_API_VERSION


async def test_each_provider_is_asked_in_its_own_way() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"data": [{"id": "gpt-4.1"}]})

    settings = settings_of(**CLOUD)
    async with client_of(answer) as http:
        for check in (providers.hearing, providers.thinking, providers.speaking):
            (finding,) = await check(settings, http)
            assert finding.mark is OK
    assert [str(request.url) for request in asked] == [
        "https://api.deepgram.com/v1/auth/token",
        "https://api.openai.com/v1/models",
        f"https://api.cartesia.ai/voices/{VOICES['female']}",
    ]
    assert asked[0].headers["Authorization"] == "Token dg-secret"
    assert asked[1].headers["Authorization"] == "Bearer oa-secret"
    assert asked[2].headers["X-API-Key"] == "ca-secret"
    assert asked[2].headers["Cartesia-Version"] == providers.CARTESIA_VERSION


async def test_a_server_like_openai_needs_no_key() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer none"
        return httpx.Response(200, json={"data": [{"id": "mine"}]})

    settings = settings_of(OPENAI_BASE_URL="http://127.0.0.1:1/v1", LLM_MODEL="mine")
    async with client_of(answer) as http:
        assert [finding.mark for finding in await providers.thinking(settings, http)] == [OK]


# --- who does what ------------------------------------------------------------------------------------


def test_the_order_of_each_job_is_told() -> None:
    settings = settings_of(**CLOUD, VANTUM_STT="deepgram,local", VANTUM_TTS="local,cartesia")
    assert providers.order_findings(settings) == [
        Finding(OK, "STT", "deepgram, then local"),
        Finding(OK, "LLM", "openai"),
        Finding(OK, "TTS", "local, then cartesia"),
    ]


def test_an_extra_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(kind: Kind, spec: Spec) -> Maker:
        if spec.name == "anthropic":
            raise SettingsError(f"{kind.setting} chooses anthropic", "Install the extra.")
        return maker_of(kind, spec)

    monkeypatch.setattr(providers, "maker_of", missing)
    settings = settings_of(**CLOUD, VANTUM_LLM="openai,anthropic", ANTHROPIC_API_KEY="k")
    told = {finding.thing: finding for finding in providers.order_findings(settings)}
    assert told["LLM"] == Finding(BROKEN, "LLM", "VANTUM_LLM chooses anthropic", "Install the extra.")
    assert told["STT"].mark is OK


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ({"VANTUM_STT": "local", "VANTUM_LLM": "local", "VANTUM_TTS": "local"}, []),
        ({"VANTUM_STT": "local", "VANTUM_LLM": "local", "VANTUM_TTS": "local,openai"}, ["OpenAI"]),
        ({"VANTUM_STT": "local,deepgram", "VANTUM_LLM": "local"}, ["Deepgram", "Cartesia"]),
    ],
)
async def test_whoever_is_in_a_list_is_asked(named: dict[str, str], asked: list[str]) -> None:
    settings = settings_of(**CLOUD, **named)
    async with client_of(lambda _: httpx.Response(401)) as http:
        found = [
            finding
            for check in (providers.hearing, providers.thinking, providers.speaking)
            for finding in await check(settings, http)
        ]
    assert [finding.thing for finding in found if finding.mark is BROKEN] == asked
    assert all(finding.found == "not used" for finding in found if finding.mark is not BROKEN)
