"""The doctor: what each answer and each state of this machine means, and that nothing secret is told."""

from __future__ import annotations

import asyncio
import io
from collections import namedtuple
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from pipecat.services.cartesia import tts
from rich.console import Console

from processors.cartesia_tts import VOICES
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioStandIn
from transports.twilio.rest import CarrierError
from vantum import doctor
from vantum.core.errors import ProviderError
from vantum.doctor import Answer, Finding, Mark
from vantum.listener import listening_socket
from vantum.loader import Pipeline
from vantum.serving import opened
from vantum.settings import Settings, UnknownName, load_settings

OK, WARNING, BROKEN = Mark.OK, Mark.WARNING, Mark.BROKEN
HEALTH = {"status": "ok", "version": "1", "calls": {}, "providers": {}, "phone": {"status": "ready"}}
CLOUD = {"DEEPGRAM_API_KEY": "dg-secret", "OPENAI_API_KEY": "oa-secret", "CARTESIA_API_KEY": "ca-secret"}
PHONE = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
PUBLIC = "https://phone.example.test"
OTHER = "+15550100044"
SILENT = Answer(None, problem="no answer within 5 seconds")
PIPELINE = "def build(call):\n    return [call.vad()]\n"


def settings_of(**values: str) -> Settings:
    return load_settings({}, None, values)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy stands between a test and its servers, and no .env or pipeline of the project is found."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.chdir(tmp_path)


# --- what answers mean ------------------------------------------------------------------------------


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
    finding = doctor.access_finding("Deepgram", answer, "DEEPGRAM_API_KEY", "DEEPGRAM_URL")
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
    finding = doctor.model_finding(answer, "gpt-4.1")
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
    finding = doctor.voice_finding(answer, "female")
    assert finding.mark is mark
    assert part in finding.found


@pytest.mark.parametrize(
    ("values", "mark", "part"),
    [
        ({}, OK, "off"),
        ({"TWILIO_FROM": NUMBER}, OK, "off"),
        (PHONE, BROKEN, "VANTUM_PUBLIC_URL"),
        ({"VANTUM_PUBLIC_URL": PUBLIC}, BROKEN, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (PHONE | {"VANTUM_PUBLIC_URL": PUBLIC}, OK, "configured"),
    ],
)
def test_the_settings_of_phone_calls(values: dict[str, str], mark: Mark, part: str) -> None:
    finding = doctor.phone_settings_finding(settings_of(**values))
    assert finding.mark is mark
    assert part in finding.found


@pytest.mark.parametrize(
    ("numbers", "wanted", "mark", "part"),
    [
        ([NUMBER, OTHER], None, OK, "...0001 will be called from, the first of 2"),
        ([NUMBER, OTHER], OTHER, OK, "...0044 is the account's"),
        ([NUMBER], OTHER, BROKEN, "...0044 in TWILIO_FROM is no number"),
        ([], OTHER, BROKEN, "no number that can call"),
        ([], None, BROKEN, "no number that can call"),
    ],
)
def test_the_number(numbers: list[str], wanted: str | None, mark: Mark, part: str) -> None:
    finding = doctor.number_finding(numbers, wanted)
    assert finding.mark is mark
    assert part in finding.found
    assert NUMBER not in finding.found
    assert OTHER not in finding.found


class FakeAccount:
    """Answers what it was told to."""

    def __init__(self, status: str | CarrierError, numbers: list[str] | CarrierError) -> None:
        self._status = status
        self._numbers = numbers

    async def account_status(self) -> str:
        if isinstance(self._status, CarrierError):
            raise self._status
        return self._status

    async def numbers(self) -> list[str]:
        if isinstance(self._numbers, CarrierError):
            raise self._numbers
        return self._numbers


DENIED = CarrierError(401, 20003, "Authenticate")
LOST = CarrierError(None, None, "no answer within 5 seconds.")
FAILED = CarrierError(500, 20500, "Internal server error")


@pytest.mark.parametrize(
    ("account", "marks", "part"),
    [
        (FakeAccount("active", [NUMBER]), [OK, OK], "active"),
        (FakeAccount("suspended", [NUMBER]), [BROKEN], "suspended"),
        (FakeAccount(DENIED, DENIED), [BROKEN], "TWILIO_AUTH_TOKEN"),
        (FakeAccount(LOST, LOST), [BROKEN], "TWILIO_API_URL"),
        (FakeAccount("active", FAILED), [OK, BROKEN], "Try again later"),
    ],
)
async def test_the_account(account: FakeAccount, marks: list[Mark], part: str) -> None:
    findings = await doctor.account_findings(account, None)
    assert [finding.mark for finding in findings] == marks
    assert part in " ".join(f"{finding.found} {finding.remedy}" for finding in findings)


@pytest.mark.parametrize(
    ("url", "flaw"),
    [
        ("https://phone.example.test", None),
        ("http://phone.example.test", "is not https:"),
        ("https://phone.example.test:8443", "has a port:"),
        ("http://phone.example.test:80", "is not https and has a port:"),
    ],
)
def test_the_form_of_the_public_url(url: str, flaw: str | None) -> None:
    finding = doctor.url_form_finding(url)
    assert (finding is None) == (flaw is None)
    if finding is not None and flaw is not None:
        assert finding.mark is WARNING
        assert flaw in finding.found


@pytest.mark.parametrize(
    ("answer", "serving", "mark", "part"),
    [
        (Answer(200, HEALTH), True, OK, "answers there"),
        (Answer(200, HEALTH), False, OK, "answers there"),
        (Answer(200, HEALTH | {"phone": {"status": "off"}}), True, BROKEN, "calls off"),
        (Answer(200, HEALTH | {"phone": {"status": "stopped", "reason": "No."}}), True, BROKEN, "more: No."),
        (Answer(502), False, WARNING, "HTTP 502"),
        (Answer(502), True, BROKEN, "is not what answers there: HTTP 502"),
        (Answer(200, {"status": "ok"}), True, BROKEN, "HTTP 200"),
        (Answer(200), False, WARNING, "HTTP 200"),
        (Answer(500, HEALTH), False, WARNING, "HTTP 500"),
        (SILENT, False, WARNING, "no answer within 5 seconds"),
    ],
)
def test_reaching_the_server(answer: Answer, serving: bool, mark: Mark, part: str) -> None:
    finding = doctor.reach_finding(answer, serving=serving)
    assert finding.mark is mark
    assert part in finding.found
    assert (finding.remedy == doctor.START_FIRST) == (mark is WARNING)


@pytest.mark.parametrize(
    ("good", "bad", "opened", "mark", "part"),
    [
        (Answer(204), Answer(403), Answer(403), OK, "refused"),
        (Answer(403), Answer(403), Answer(403), BROKEN, "TWILIO_AUTH_TOKEN is refused"),
        (Answer(405), Answer(405), Answer(404), BROKEN, "a signed form gets HTTP 405"),
        (SILENT, SILENT, SILENT, BROKEN, "a signed form gets no answer"),
        (Answer(204), Answer(204), Answer(403), BROKEN, "a forged form gets HTTP 204"),
        (Answer(204), Answer(403), Answer(101), BROKEN, "token gets HTTP 101"),
        (Answer(204), Answer(403), SILENT, BROKEN, "token gets no answer"),
    ],
)
def test_signatures(good: Answer, bad: Answer, opened: Answer, mark: Mark, part: str) -> None:
    finding = doctor.signature_finding(good, bad, opened)
    assert finding.mark is mark
    assert part in finding.found


# --- this machine -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "mark", "part"),
    [
        ({}, OK, "only programs on this machine"),
        ({"VANTUM_HOST": "localhost"}, OK, "only programs on this machine"),
        ({"VANTUM_HOST": "::1"}, OK, "only programs on this machine"),
        ({"VANTUM_HOST": "0.0.0.0"}, WARNING, "listens on 0.0.0.0"),
        ({"VANTUM_HOST": "phone.example.test"}, WARNING, "listens on phone.example.test"),
        ({"VANTUM_API_KEYS": "x" * 16, "VANTUM_HOST": "0.0.0.0"}, OK, "1 set"),
        ({"VANTUM_API_KEYS": f"{'x' * 15},{'y' * 16}"}, WARNING, "1 of 2 shorter than 16"),
    ],
)
def test_the_keys_of_the_api(values: dict[str, str], mark: Mark, part: str) -> None:
    (finding,) = doctor.api_key_findings(settings_of(**values))
    assert finding.mark is mark
    assert part in finding.found


def test_settings_and_names_that_are_none() -> None:
    settings = settings_of(VANTUM_PORT="8081", TWILIO_FROM=NUMBER)
    findings = doctor.settings_findings(settings, [UnknownName("VANTUM_PROT", "VANTUM_PORT")])
    assert [(finding.mark, finding.found) for finding in findings] == [
        (OK, "loaded, 2 set"),
        (WARNING, "VANTUM_PROT is no setting and is ignored. Did you mean VANTUM_PORT?"),
    ]


Usage = namedtuple("Usage", "total used free")


def test_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, 9 << 30))
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (tmp_path / "file").touch()
    found = {
        path: doctor.data_finding(tmp_path / path)
        for path in ("private", "private/new/data", "shared", "file", "file/data")
    }
    assert {path: finding.mark for path, finding in found.items()} == {
        "private": OK,
        "private/new/data": OK,
        "shared": WARNING,
        "file": BROKEN,
        "file/data": BROKEN,
    }
    assert found["private"].found.endswith("writable and private, 9 GiB free")
    assert found["shared"].remedy == f"Run: chmod 700 {shared}"
    assert not (private / "new").exists()
    assert list(private.iterdir()) == []


@pytest.mark.parametrize(("free", "mark"), [((1 << 30) + 1, OK), (1 << 30, WARNING), (0, WARNING)])
def test_room_for_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, mark: Mark) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, free))
    tmp_path.chmod(0o700)
    assert doctor.data_finding(tmp_path).mark is mark
    assert doctor.data_finding(tmp_path / "new").mark is mark


@pytest.mark.parametrize(
    ("values", "lacking", "mark", "part"),
    [
        ({}, "", OK, "STT, LLM, TTS"),
        ({}, "pocketsphinx", BROKEN, "pocketsphinx"),
        ({"OPENAI_API_KEY": "k"}, "rapidfuzz", OK, "does STT, TTS"),
        ({"DEEPGRAM_API_KEY": "k", "CARTESIA_API_KEY": "k"}, "rapidfuzz", BROKEN, "rapidfuzz"),
        ({"DEEPGRAM_API_KEY": "k", "CARTESIA_API_KEY": "k"}, "pocketsphinx", OK, "does LLM"),
    ],
)
def test_what_the_embedded_providers_need(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], lacking: str, mark: Mark, part: str
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == lacking else object())
    (finding,) = doctor.embedded_findings(settings_of(**values))
    assert finding.mark is mark
    assert part in finding.found


def test_nothing_embedded_needs_nothing() -> None:
    assert doctor.embedded_findings(settings_of(**CLOUD)) == []


async def test_the_model_of_voice_activity(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.silero_finding().mark is OK

    def broken() -> object:
        raise RuntimeError("no such model")

    monkeypatch.setattr("processors.silero.session", broken)
    assert doctor.silero_finding() == Finding(
        BROKEN,
        "Silero VAD",
        "it does not run (RuntimeError)",
        "Install it again: pip install --force-reinstall pipecat-ai onnxruntime",
    )


@pytest.mark.real_time
async def test_the_pipeline(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(PIPELINE)
    (tmp_path / "bad.py").write_text("def build(call):\n    raise KeyError('voice')\n")
    settings = settings_of(**CLOUD, VANTUM_DATA=str(tmp_path))
    found = {
        name: await doctor.pipeline_finding(settings, f"{name}.py") for name in ("good", "bad", "missing")
    }
    assert {name: finding.mark for name, finding in found.items()} == {
        "good": OK,
        "bad": BROKEN,
        "missing": BROKEN,
    }
    assert "KeyError" in found["bad"].found
    assert "does not exist" in found["missing"].found


async def _hangs(*_: object) -> object:
    return await asyncio.Event().wait()


async def _fails(*_: object) -> object:
    raise ProviderError("stt", "pocketsphinx", "its process ended.")


@pytest.mark.parametrize(
    ("opening", "seconds", "part"),
    [(_hangs, 60.0, "not ready within 60 seconds"), (_fails, 0.0, "pocketsphinx (stt)")],
)
async def test_a_pipeline_whose_parts_do_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: object, seconds: float, part: str
) -> None:
    (tmp_path / "good.py").write_text(PIPELINE)
    monkeypatch.setattr(doctor, "open_services", opening)
    loop = asyncio.get_running_loop()
    began = loop.time()
    finding = await doctor.pipeline_finding(settings_of(**CLOUD), "good.py")
    assert loop.time() - began == seconds
    assert finding.mark is BROKEN
    assert part in finding.found


# --- the network ------------------------------------------------------------------------------------


def test_addresses_of_sockets_become_those_of_the_web() -> None:
    assert doctor.web_url("wss://api.example.test/x") == "https://api.example.test/x"
    assert doctor.web_url("ws://127.0.0.1:9003") == "http://127.0.0.1:9003"


def test_the_version_of_cartesia_is_that_of_the_engine() -> None:
    assert doctor.CARTESIA_VERSION == tts._CARTESIA_API_VERSION


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_each_provider_is_asked_in_its_own_way() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"data": [{"id": "gpt-4.1"}]})

    settings = settings_of(**CLOUD)
    async with client_of(answer) as http:
        for check in (doctor.hearing, doctor.thinking, doctor.speaking):
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
    assert asked[2].headers["Cartesia-Version"] == doctor.CARTESIA_VERSION


async def test_a_server_like_openai_needs_no_key() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer none"
        return httpx.Response(200, json={"data": [{"id": "mine"}]})

    settings = settings_of(OPENAI_BASE_URL="http://127.0.0.1:1/v1", LLM_MODEL="mine")
    async with client_of(answer) as http:
        assert [finding.mark for finding in await doctor.thinking(settings, http)] == [OK]


async def test_what_is_not_chosen_is_not_asked() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"asked {request.url}")

    async with client_of(answer) as http:
        found = await asyncio.gather(*doctor.remote_checks(settings_of(), http, serving=False))
    assert [(finding.thing, finding.mark) for findings in found for finding in findings] == [
        ("Deepgram", OK),
        ("OpenAI", OK),
        ("Cartesia", OK),
        ("phone", OK),
    ]


async def test_silence_costs_five_seconds_for_all_together() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    settings = settings_of(**CLOUD, VANTUM_PUBLIC_URL=PUBLIC)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        found = await asyncio.gather(*doctor.remote_checks(settings, http, serving=False))
    assert loop.time() - began == doctor.NETWORK_SECONDS
    told = {finding.thing: finding.found for findings in found for finding in findings}
    silent = {thing for thing, words in told.items() if "no answer within 5 seconds" in words}
    assert silent == {"Deepgram", "OpenAI", "Cartesia", "public URL"}


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (httpx.ConnectError("oa-secret"), "no connection (ConnectError)"),
        (httpx.ReadTimeout("oa-secret"), "no answer within 5 seconds"),
        (httpx.InvalidURL("oa-secret"), "no connection (InvalidURL)"),
    ],
)
async def test_what_goes_wrong_is_told_without_what_was_sent(error: Exception, problem: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    async with client_of(answer) as http:
        assert await doctor.ask(http, "GET", PUBLIC) == Answer(None, problem=problem)


async def test_an_answer_that_is_no_json_has_no_body() -> None:
    async with client_of(lambda _: httpx.Response(200, text="<html>")) as http:
        assert await doctor.ask(http, "GET", PUBLIC) == Answer(200)


# --- on real sockets --------------------------------------------------------------------------------


def free_port() -> int:
    with listening_socket("127.0.0.1", 0) as probe:
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def providers(key_of: dict[str, str]) -> AsyncIterator[dict[str, str]]:
    """Deepgram, OpenAI and Cartesia, who know only the keys of ``key_of``; gives their settings."""

    def guarded(header: str, value: str, body: object) -> Callable[[web.Request], object]:
        async def handler(request: web.Request) -> web.Response:
            if request.headers.get(header) != value:
                return web.json_response({"error": f"bad key {request.headers.get(header)}"}, status=401)
            return web.json_response(body)

        return handler

    app = web.Application()
    deepgram = guarded("Authorization", f"Token {key_of['DEEPGRAM_API_KEY']}", {})
    openai = guarded("Authorization", f"Bearer {key_of['OPENAI_API_KEY']}", {"data": [{"id": "gpt-4.1"}]})
    cartesia = guarded("X-API-Key", key_of["CARTESIA_API_KEY"], {})
    app.router.add_get("/v1/auth/token", deepgram)  # type: ignore[arg-type]
    app.router.add_get("/v1/models", openai)  # type: ignore[arg-type]
    app.router.add_get(f"/voices/{VOICES['female']}", cartesia)  # type: ignore[arg-type]
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host = f"127.0.0.1:{runner.addresses[0][1]}"
        yield {
            "DEEPGRAM_URL": f"ws://{host}",
            "OPENAI_BASE_URL": f"http://{host}/v1",
            "CARTESIA_URL": f"ws://{host}",
        }
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """A whole Vantum, with its telephone."""
    ready = asyncio.Event()
    async with opened(Pipeline("silent", lambda _: [], Path("silent.py")), settings) as server:
        running = asyncio.create_task(server.listener.serve_calls(server.listening, ready.set))
        try:
            await ready.wait()
            yield
        finally:
            server.listener.should_exit = True
            await running


def told(findings: Sequence[Finding]) -> dict[str, Mark]:
    return {finding.thing: finding.mark for finding in findings}


@pytest.mark.real_time
async def test_a_healthy_patient(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(PIPELINE)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with providers(CLOUD) as addresses, TwilioStandIn(public_url=url) as twilio:
        settings = settings_of(
            **CLOUD,
            **PHONE,
            **addresses,
            TWILIO_API_URL=twilio.url,
            TWILIO_FROM=NUMBER,
            VANTUM_PUBLIC_URL=url,
            VANTUM_PORT=str(port),
            VANTUM_DATA=str(tmp_path),
        )
        async with serving(settings):
            found = await doctor.examine(settings, "good.py")
            forged = settings.model_copy(
                update={"twilio_auth_token": settings_of(TWILIO_AUTH_TOKEN="no").twilio_auth_token}
            )
            stranger = await doctor.examine(forged, None)
    problems = [finding for finding in found if finding.mark is not OK]
    assert [finding.thing for finding in problems] == ["public URL"]
    assert "is not https and has a port" in problems[0].found
    assert told(found)["signatures"] is OK
    assert told(found)["pipeline"] is OK
    assert told(found)["number"] is OK
    assert (told(stranger)["Twilio"], told(stranger)["signatures"]) == (BROKEN, BROKEN)
    assert "pipeline" not in told(stranger)


@pytest.mark.real_time
async def test_a_sick_patient_keeps_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTUM_PROT", "1")
    right = dict.fromkeys(CLOUD, "another")
    async with providers(right) as addresses, TwilioStandIn(public_url=PUBLIC, numbers=[OTHER]) as twilio:
        settings = settings_of(
            **CLOUD,
            **PHONE,
            **addresses,
            TWILIO_API_URL=twilio.url,
            TWILIO_FROM=NUMBER,
            VANTUM_API_KEYS="api-secret",
            VANTUM_PUBLIC_URL="http://127.0.0.1:1",
            VANTUM_PORT=str(free_port()),
            VANTUM_DATA=str(tmp_path / "data"),
        )
        found = await doctor.examine(settings, "missing.py")
    broken = {finding.thing for finding in found if finding.mark is BROKEN}
    assert broken == {"pipeline", "Deepgram", "OpenAI", "Cartesia", "number"}
    warned = {finding.thing for finding in found if finding.mark is WARNING}
    assert warned == {"settings", "public URL", "API keys"}
    text = repr(found)
    for secret in (*CLOUD.values(), AUTH_TOKEN, ACCOUNT_SID, NUMBER, OTHER, "api-secret"):
        assert secret not in text


@pytest.mark.real_time
async def test_the_port() -> None:
    free = settings_of(VANTUM_PORT=str(free_port()))
    assert (await doctor.port_finding(free))[0].mark is OK
    any_port, _ = await doctor.port_finding(settings_of(VANTUM_PORT="0"))
    assert any_port.mark is OK

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    async with server:
        taken = str(server.sockets[0].getsockname()[1])
        finding, serves = await doctor.port_finding(settings_of(VANTUM_PORT=taken))
    assert (finding.mark, serves) == (BROKEN, False)
    assert "is taken" in finding.found
    foreign, serves = await doctor.port_finding(settings_of(VANTUM_HOST="192.0.2.1"))
    assert (foreign.mark, serves) == (BROKEN, False)
    assert "cannot listen" in foreign.found


@pytest.mark.real_time
async def test_a_vantum_at_the_port_is_no_stranger(tmp_path: Path) -> None:
    settings = settings_of(**CLOUD, VANTUM_PORT=str(free_port()), VANTUM_DATA=str(tmp_path))
    async with serving(settings):
        finding, serves = await doctor.port_finding(settings)
    assert (finding.mark, serves) == (OK, True)
    assert "a Vantum answers" in finding.found


# --- the command ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "code"), [([], 0), ([OK], 0), ([OK, WARNING], 0), ([WARNING, BROKEN, OK], 1)]
)
def test_a_line_for_each_finding(marks: list[Mark], code: int) -> None:
    written = io.StringIO()
    console = Console(file=written, width=30, soft_wrap=True, highlight=False, markup=False)
    findings = [Finding(mark, "thing", "two\nlines [bold]of it[/]", "Do it.") for mark in marks]
    assert doctor.show(findings, console) == code
    lines = written.getvalue().splitlines()
    assert lines[:-1] == [f"{mark:7}  thing  two lines [bold]of it[/] -> Do it." for mark in marks]
    assert lines[-1] == f"broken: {marks.count(BROKEN)}, warnings: {marks.count(WARNING)}"


def test_a_finding_that_is_well_has_no_remedy() -> None:
    written = io.StringIO()
    console = Console(file=written, width=30, soft_wrap=True, highlight=False, markup=False)
    doctor.show([Finding(OK, "port", "free"), Finding(OK, "data folder", "there")], console)
    assert written.getvalue().splitlines()[:2] == [
        "ok       port         free",
        "ok       data folder  there",
    ]


@pytest.mark.parametrize(("mark", "code"), [(OK, 0), (WARNING, 0), (BROKEN, 1)])
def test_the_exit_code_tells_whether_something_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mark: Mark, code: int
) -> None:
    async def examine(settings: Settings, pipeline: str | None) -> list[Finding]:
        return [Finding(mark, "port", f"{settings.host} {settings.port} {pipeline}")]

    monkeypatch.setattr(doctor, "examine", examine)
    assert doctor.main(["mine.py", "--host", "localhost", "--port", "8099"]) == code
    assert "localhost 8099 mine.py" in capsys.readouterr().out


def test_settings_that_cannot_be_read_are_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["--port", "many"]) == 2
    assert "VANTUM_PORT is 'many'" in capsys.readouterr().err


def test_an_unknown_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        doctor.main(["--prot", "1"])
    assert left.value.code == 2
    assert "--prot" in capsys.readouterr().err
