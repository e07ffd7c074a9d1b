"""What ``vantum call`` does: what it refuses, whom it asks, and how it serves a call itself."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest
from loguru import logger

from tests.live_server import KEYS
from tests.phone.kit import CALLEE, PUBLIC_URL
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from vantum import call_command
from vantum.call_command import arguments, call, main
from vantum.core.errors import PipelineError, PortTakenError, SettingsError, UsageError
from vantum.loader import Pipeline
from vantum.settings import Settings

PHONE = {
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "VANTUM_PUBLIC_URL": PUBLIC_URL,
}
PIPELINE = "def build(call): return []"
CALL_ID = "01a1fc4c-bdb1-7485-9417-2745ac82b471"


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """This process in an environment and a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [*os.environ]:
        monkeypatch.delenv(name)
    for name, value in {**KEYS, **PHONE, "VANTUM_DATA": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


# --- mistakes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["123"], "'123' has no country code that exists. Write it with its country code"),
        (["anna"], "'anna' is not a phone number."),
        ([""], "'' is not a phone number."),
        (["+1" + "5" * 60], f"'{'+1' + '5' * 38}' is too long."),
        ([CALLEE, "--from", "12"], "'12' has no country code"),
        ([CALLEE, "--var", "name"], "--var 'name' is not KEY=VALUE. Write for instance --var name=Anna."),
        ([CALLEE, "--var", "a=1", "--var", "=x"], "--var '=x' is not KEY=VALUE."),
        ([CALLEE, "--var", "1a=x"], "--var '1a=x' is not KEY=VALUE."),
        ([CALLEE, "--var", "a" * 65 + "=x"], f"--var '{'a' * 40}' is not KEY=VALUE."),
        ([CALLEE, "--port", "many"], "VANTUM_PORT is 'many'."),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(
    alone: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str], told: str
) -> None:
    assert main(given) == 2
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert line.startswith(f"vantum: {told}")
    assert said.out == ""


@pytest.mark.parametrize("missing", [*((name,) for name in PHONE), tuple(PHONE)])
def test_a_telephone_that_is_off_names_what_it_lacks(
    alone: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: tuple[str, ...]
) -> None:
    for name in missing:
        alone.delenv(name)
    alone.setenv("VANTUM_CARRIER", "twilio")
    assert main([CALLEE]) == 2
    told = f"Phone calls are off; they need {', '.join(missing)} (docs/phone.md). Set them in .env."
    assert capsys.readouterr() == ("", f"vantum: {told}\n")


def test_debug_shows_where_a_mistake_was_found(alone: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="'123' has no country code"):
        main(["123", "--debug"])


def test_without_a_number_nobody_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "usage: vantum call" in capsys.readouterr().err


# --- a server that runs ---------------------------------------------------------------------------------


@dataclass
class Running:
    """A server that answers ``/health`` with ``health``, places every call, and sees it completed at once."""

    health: httpx.Response | httpx.TransportError = field(
        default_factory=lambda: httpx.Response(200, json={"phone": {"status": "ready"}})
    )
    refusal: httpx.Response | httpx.TransportError | None = None
    requests: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.health if request.url.path == "/health" else self.refusal
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer or httpx.Response(200, json=self.call())

    @staticmethod
    def call() -> dict[str, object]:
        return {
            "id": CALL_ID,
            "state": "ended",
            "outcome": "completed",
            "reason": "The call was completed.",
            "direction": "outbound",
            "transport": "twilio",
            "to": CALLEE,
            "from": NUMBER,
            "pipeline": "outreach",
        }

    @property
    def wanted(self) -> object:
        """What the server was asked to do."""
        (placing,) = (request for request in self.requests if request.method == "POST")
        return json.loads(placing.content)


@pytest.fixture
def running(alone: pytest.MonkeyPatch) -> Running:
    """A server at every address."""
    server = Running()
    transport = httpx.MockTransport(server.answer)
    alone.setattr(httpx, "AsyncClient", partial(httpx.AsyncClient, transport=transport))
    return server


async def called(*given: str) -> int:
    """Run the command in the test's loop; the exit code."""
    return await call(arguments().parse_args([CALLEE, *given]))


async def test_without_an_account_a_server_that_runs_is_asked_too(
    running: Running, alone: pytest.MonkeyPatch
) -> None:
    for name in PHONE:
        alone.delenv(name)
    assert await called() == 0
    assert running.wanted == {"to": CALLEE, "variables": {}}


async def test_a_server_that_runs_is_asked(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert await called() == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Calling {CALLEE} from {NUMBER} through outreach, call {CALL_ID}",
        "The call was completed.",
        "outcome: completed",
    ]
    assert [(request.method, request.url.path) for request in running.requests] == [
        ("GET", "/health"),
        ("POST", "/api/calls"),
        ("GET", f"/api/calls/{CALL_ID}"),
    ]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], {"variables": {}}),
        (["--var", "name=Anna", "--var", "_b=c=d\ne"], {"variables": {"name": "Anna", "_b": "c=d\ne"}}),
        (["--var", "a=1", "--var", "a="], {"variables": {"a": ""}}),
        (["--from", "+1 (415) 555-0199"], {"variables": {}, "from": "+14155550199"}),
        (["--voicemail", ""], {"variables": {}, "voicemail": ""}),
        (["--voicemail", "Call back."], {"variables": {}, "voicemail": "Call back."}),
        (["--pipeline", "pipelines/other.py"], {"variables": {}, "pipeline": "other"}),
        (["--pipeline", "other.py"], {"variables": {}, "pipeline": "other"}),
        (["--pipeline", "/my.own/other"], {"variables": {}, "pipeline": "other"}),
        (["--pipeline", "pipelines.other"], {"variables": {}, "pipeline": "other"}),
        (["--pipeline", "other"], {"variables": {}, "pipeline": "other"}),
    ],
)
async def test_what_is_wanted_reaches_it(
    running: Running, given: list[str], wanted: dict[str, object]
) -> None:
    assert await called(*given) == 0
    assert running.wanted == {"to": CALLEE, **wanted}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8099"),
        ("0.0.0.0", "http://127.0.0.1:8099"),
        ("::", "http://[::1]:8099"),
        ("::1", "http://[::1]:8099"),
        ("phone.local", "http://phone.local:8099"),
    ],
)
async def test_it_is_looked_for_where_it_listens(running: Running, host: str, url: str) -> None:
    await called("--host", host, "--port", "8099")
    assert {
        str(request.url).partition("/api")[0].removesuffix("/health") for request in running.requests
    } == {url}


@pytest.mark.parametrize(("keys", "sent"), [("", None), ("first,second", "Bearer first")])
async def test_the_first_key_opens_it(
    running: Running, alone: pytest.MonkeyPatch, keys: str, sent: str | None
) -> None:
    alone.setenv("VANTUM_API_KEYS", keys)
    await called()
    assert [request.headers.get("authorization") for request in running.requests[1:]] == [sent] * 2


async def test_what_it_refuses_is_a_mistake(running: Running) -> None:
    running.refusal = httpx.Response(409, json={"detail": "This number is not dialed any more."})
    with pytest.raises(UsageError, match=r"\(409\)\. This number is not dialed any more\."):
        await called()


NOT_VANTUM = [
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("late"),
    httpx.Response(404, text="Not found"),
    httpx.Response(200, json={"status": "ok"}),
    httpx.Response(200, json=["phone"]),
    httpx.Response(200, json="phone"),
]


@pytest.mark.parametrize("health", NOT_VANTUM, ids=str)
async def test_where_no_vantum_answers_it_serves_itself(
    running: Running, health: httpx.Response | httpx.TransportError
) -> None:
    """There is no pipeline in this folder, which only one who serves would miss."""
    running.health = health
    with pytest.raises(PipelineError, match=r"pipelines/outreach\.py does not exist"):
        await called()
    assert len(running.requests) == 1


async def test_an_address_that_is_none_is_told_by_who_would_listen_there(
    alone: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "own.py").write_text(PIPELINE)
    with pytest.raises((SettingsError, PortTakenError), match="VANTUM_HOST"):
        await called("--host", "a:b", "--pipeline", "own.py")


# --- a server of its own --------------------------------------------------------------------------------


class Own:
    """The server that the command runs itself: it says goodbye for a while when it is told to stop.

    ``signal_after`` is when somebody stops it, ``fault`` how it ends by itself.
    """

    url = "http://127.0.0.1:8099/"

    def __init__(self) -> None:
        self.listener = self
        self.should_exit = False
        self.signal_after = float("inf")
        self.fault: Exception | None = None
        self.did: list[str] = []

    @asynccontextmanager
    async def opened(self, pipeline: Pipeline, settings: Settings) -> AsyncIterator[Own]:
        self.did.append(f"opened {pipeline.name}")
        yield self
        self.did.append("closed")

    async def serve(self, on_ready: Callable[[], None]) -> None:
        if self.fault is not None:
            raise self.fault
        await asyncio.sleep(1.0)
        on_ready()
        loop = asyncio.get_running_loop()
        while not self.should_exit:
            await asyncio.sleep(0.1)
            self.should_exit = self.should_exit or loop.time() >= self.signal_after
        await asyncio.sleep(3.0)
        self.did.append("said goodbye")


@pytest.fixture
def own(running: Running, alone: pytest.MonkeyPatch, tmp_path: Path) -> Own:
    """A server of the command's own, as none runs yet."""
    running.health = httpx.ConnectError("refused")
    (tmp_path / "mine.py").write_text(PIPELINE)
    server = Own()
    alone.setattr(call_command, "opened", server.opened)
    return server


IN_ORDER = ["opened mine", "said goodbye", "closed"]


async def test_it_serves_until_the_call_is_over(running: Running, own: Own) -> None:
    assert await called("--pipeline", "mine.py") == 0
    assert running.wanted == {"to": CALLEE, "variables": {}}
    assert own.did == IN_ORDER


async def test_a_refusal_is_told_after_the_goodbye(running: Running, own: Own) -> None:
    running.refusal = httpx.Response(409, json={"detail": "There is no number to call from."})
    with pytest.raises(UsageError, match="There is no number to call from"):
        await called("--pipeline", "mine.py")
    assert own.did[:2] == IN_ORDER[:2]


@pytest.mark.parametrize("told", ["ringing", "gone"])
async def test_a_signal_ends_the_call_in_good_order(running: Running, own: Own, told: str) -> None:
    """Whether the follower still hears of the call, or its server is silent already: nobody was reached."""
    own.signal_after = 2.0
    ringing = {**running.call(), "state": "ringing", "outcome": None, "reason": ""}
    running.refusal = httpx.Response(200, json=ringing)
    if told == "gone":
        asyncio.get_running_loop().call_at(
            2.5, setattr, running, "refusal", httpx.ConnectError("the socket is closed")
        )
    assert await called("--pipeline", "mine.py") == 1
    assert own.did == IN_ORDER


async def test_a_server_that_cannot_serve_is_told(own: Own) -> None:
    own.fault = PortTakenError("Port 8099 is taken.", "Choose --port.")
    with pytest.raises(PortTakenError):
        await called("--pipeline", "mine.py")
