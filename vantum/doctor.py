"""``vantum doctor``: looks at all that calls need, and says in a line each what was found and what to do.

What an answer means is decided by plain functions; thin ones ask. No key and no phone number is ever told.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx
import uuid_utils
from pydantic import SecretStr
from rich.console import Console
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator  # type: ignore[import-untyped]

from processors.cartesia_tts import VOICES
from processors.silero import WINDOW, SileroBatch, SileroStream
from transports.twilio.rest import CarrierError, TwilioRest
from transports.twilio.signature import Signatures
from vantum.check import chain_of
from vantum.core.choice import Kind, Provider
from vantum.core.errors import PortTakenError, UsageError, VantumError
from vantum.listener import listening_socket
from vantum.loader import load_pipeline
from vantum.services import open_services
from vantum.settings import Settings, UnknownName, load_settings, unknown_names
from vantum.terminal import run_command

NETWORK_SECONDS: Final = 5.0
OPENING_SECONDS: Final = 60.0
"""The embedded providers start processes, which takes seconds on a small machine."""
LEAST_FREE_BYTES: Final = 1 << 30
SHORTEST_KEY: Final = 16
DEFAULT_PIPELINE: Final = Path("pipelines/outreach.py")
CARTESIA_VERSION: Final = "2026-03-01"
"""The version of Cartesia's API that pipecat's service speaks."""
WEB_SCHEMES: Final = {"ws": "http", "wss": "https"}
START_FIRST: Final = "Start the server and the tunnel, then run doctor again."
INSTALL_LOCAL: Final = "Install it with: pip install 'vantum[local]', or set the provider's key."
RESTART: Final = (
    "Restart the server, so that it has the VANTUM_PUBLIC_URL and the Twilio settings of this .env."
)

T = TypeVar("T")


class Mark(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


COLOURS: Final = {Mark.OK: "green", Mark.WARNING: "yellow", Mark.BROKEN: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing that was looked at, what was found, and a sentence on what to do ("" when all is well)."""

    mark: Mark
    thing: str
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: its status and its JSON (None for none), or the ``problem`` that there is no answer."""

    status: int | None
    body: object = None
    problem: str = ""

    @property
    def of_vantum(self) -> bool:
        """Whether this is what a Vantum says of its health."""
        return self.status == 200 and isinstance(self.body, dict) and {"calls", "providers"} <= set(self.body)


class Account(Protocol):
    """What is asked of the phone account; each raises ``CarrierError``."""

    async def account_status(self) -> str: ...
    async def numbers(self) -> list[str]: ...


async def examine(settings: Settings, pipeline: str | None) -> list[Finding]:
    """Look at everything; ``pipeline`` is a path or a module, None for the outreach pipeline if it is there."""
    async with httpx.AsyncClient(timeout=NETWORK_SECONDS) as http:
        at_port, serving = await port_finding(settings)
        remote = await asyncio.gather(*remote_checks(settings, http, serving=serving))
    target = pipeline or (str(DEFAULT_PIPELINE) if DEFAULT_PIPELINE.exists() else None)
    return [
        *settings_findings(settings, unknown_names()),
        data_finding(settings.data),
        at_port,
        silero_finding(),
        *embedded_findings(settings),
        # After the network: loading a pipeline holds the loop, and would be taken for a slow answer.
        *([await pipeline_finding(settings, target)] if target else []),
        *(finding for findings in remote for finding in findings),
        *api_key_findings(settings),
    ]


# --- this machine -----------------------------------------------------------------------------------


def settings_findings(settings: Settings, unknown: Sequence[UnknownName]) -> list[Finding]:
    """The settings were read; names that mean nothing are worth a warning each."""
    count = len(settings.model_fields_set)
    loaded = Finding(Mark.OK, "settings", f"loaded, {count} set")
    return [
        loaded,
        *(Finding(Mark.WARNING, "settings", str(name), "Correct or remove it.") for name in unknown),
    ]


def data_finding(data: Path) -> Finding:
    """Whether the records of calls can be written to ``data``, for its owner only, with room for more."""
    thing, folder = "data folder", data.absolute()
    if not folder.exists():
        parent = next(above for above in folder.parents if above.exists())
        if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK):
            return _with_room(Finding(Mark.OK, thing, f"{data} will be made with the first call"), parent)
        return Finding(
            Mark.BROKEN, thing, f"{data} cannot be made in {parent}", "Set VANTUM_DATA to another folder."
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            open_to_others = folder.stat().st_mode & 0o077
    except OSError as error:
        found = f"{data} cannot be written to ({type(error).__name__})"
        return Finding(
            Mark.BROKEN, thing, found, "Give this user the folder, or set VANTUM_DATA to another one."
        )
    if open_to_others:
        return Finding(Mark.WARNING, thing, f"{data} is open to other users", f"Run: chmod 700 {data}")
    return _with_room(Finding(Mark.OK, thing, f"{data} is writable and private"), folder)


def _with_room(good: Finding, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    if free > LEAST_FREE_BYTES:
        return Finding(good.mark, good.thing, f"{good.found}, {free / LEAST_FREE_BYTES:.0f} GiB free")
    return Finding(
        Mark.WARNING,
        good.thing,
        f"only {free >> 20} MiB are free",
        "Make room: a minute of a call takes 4 MiB.",
    )


async def port_finding(settings: Settings) -> tuple[Finding, bool]:
    """Whether the port can be listened on, and whether a Vantum listens there now."""
    thing, where = "port", f"{settings.host}:{settings.port}"
    try:
        with listening_socket(settings.host, settings.port):
            free = "0: any free one will do" if settings.port == 0 else f"{where} is free"
            return Finding(Mark.OK, thing, free), False
    except UsageError as error:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
        url = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
        # A proxy does not know this machine's own ports.
        async with httpx.AsyncClient(timeout=NETWORK_SECONDS, trust_env=False) as http:
            if isinstance(error, PortTakenError) and (await ask(http, "GET", f"{url}/health")).of_vantum:
                return Finding(Mark.OK, thing, f"a Vantum answers at {where}"), True
        return Finding(Mark.BROKEN, thing, error.problem, error.remedy), False


def silero_finding() -> Finding:
    """Whether the voice activity model loads and runs, at the rates of browsers and of telephones."""
    thing, heard = "Silero VAD", list[float]()
    try:
        for rate, window in WINDOW.items():
            stream = SileroStream(SileroBatch(), rate, lambda probability, _: heard.append(probability))
            stream.feed(bytes(2 * window))
            stream.finish()
    except Exception as error:
        # The errors of onnxruntime have no class of their own.
        again = "Install it again: pip install --force-reinstall pipecat-ai onnxruntime"
        return Finding(Mark.BROKEN, thing, f"it does not run ({type(error).__name__})", again)
    return Finding(Mark.OK, thing, f"loads, and runs at {' and '.join(map(str, WINDOW))} Hz")


def embedded_findings(settings: Settings) -> list[Finding]:
    """Whether the libraries of the embedded providers are there, if any is chosen."""
    local = {kind for kind, choice in settings.choices().items() if choice.provider is Provider.LOCAL}
    if not local:
        return []
    # Either half of speech wants both libraries: they come and go together.
    needed = ["pocketsphinx", "espeakng_loader"] if local - {Kind.LLM} else []
    needed += ["rapidfuzz"] if Kind.LLM in local else []
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        lacking = f"not installed: {', '.join(missing)}"
        return [Finding(Mark.BROKEN, "embedded", lacking, INSTALL_LOCAL)]
    jobs = ", ".join(kind.upper() for kind in Kind if kind in local)
    return [Finding(Mark.OK, "embedded", f"does {jobs}; its libraries are installed")]


async def pipeline_finding(settings: Settings, target: str) -> Finding:
    """Whether the pipeline loads, what it needs starts, and its processors can be built."""
    thing = "pipeline"
    try:
        pipeline = load_pipeline(target)
        async with asyncio.timeout(OPENING_SECONDS), AsyncExitStack() as closing:
            chain_of(pipeline, await open_services(settings, closing))
    except UsageError as error:
        return Finding(Mark.BROKEN, thing, error.problem, error.remedy)
    except VantumError as error:
        return Finding(Mark.BROKEN, thing, str(error), f"Try it alone: vantum run {target} --check --debug")
    except TimeoutError:
        slow = f"{target} was not ready within {OPENING_SECONDS:g} seconds"
        return Finding(Mark.BROKEN, thing, slow, f"Try it alone: vantum run {target} --check --debug")
    return Finding(Mark.OK, thing, f"{target} loads and builds")


def api_key_findings(settings: Settings) -> list[Finding]:
    """Whether the REST API is guarded as well as it is reachable."""
    thing, make = "API keys", 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
    short = sum(len(key.get_secret_value()) < SHORTEST_KEY for key in settings.api_keys)
    total = len(settings.api_keys)
    if short:
        found = f"{short} of {total} shorter than {SHORTEST_KEY} characters"
        return [Finding(Mark.WARNING, thing, found, make)]
    if total:
        return [Finding(Mark.OK, thing, f"{total} set")]
    if is_loopback(settings.host):
        return [Finding(Mark.OK, thing, "none: only programs on this machine may use the REST API")]
    found = f"none, and the server listens on {settings.host}: others cannot use the REST API"
    return [Finding(Mark.WARNING, thing, found, f"Set VANTUM_API_KEYS. {make}")]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


# --- the network ------------------------------------------------------------------------------------


def remote_checks(
    settings: Settings, http: httpx.AsyncClient, *, serving: bool
) -> list[Awaitable[list[Finding]]]:
    """All that is asked of others, to be run together; each ends within a few times ``NETWORK_SECONDS``."""
    return [
        hearing(settings, http),
        thinking(settings, http),
        speaking(settings, http),
        phone_account(settings),
        public_url(settings, http, serving=serving),
    ]


async def ask(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request; what goes wrong is told without what was sent, which holds the key."""
    try:
        async with asyncio.timeout(NETWORK_SECONDS):
            response = await http.request(method, url, headers=headers, data=form)
    except (TimeoutError, httpx.TimeoutException):
        return Answer(None, problem=f"no answer within {NETWORK_SECONDS:g} seconds")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(None, problem=f"no connection ({type(error).__name__})")
    try:
        return Answer(response.status_code, response.json())
    except ValueError:
        return Answer(response.status_code)


def web_url(url: str) -> str:
    """The https form of a wss address, and the http form of a ws one."""
    scheme, _, rest = url.partition("://")
    return f"{WEB_SCHEMES[scheme]}://{rest}"


def access_finding(thing: str, answer: Answer, key: str, address: str) -> Finding:
    """What a provider's answer says of our access; ``key`` and ``address`` are the names of its settings."""
    match answer.status:
        case None:
            return Finding(Mark.BROKEN, thing, answer.problem, f"Check the network and {address}.")
        case 401 | 403:
            refused = f"the key is refused (HTTP {answer.status})"
            return Finding(Mark.BROKEN, thing, refused, f"Set {key} to a key that is valid.")
        case 429:
            return Finding(
                Mark.WARNING, thing, "too many requests (HTTP 429)", "Look at the account's limits."
            )
        case status if 200 <= status < 300:
            return Finding(Mark.OK, thing, "the key is accepted")
        case status if status >= 500:
            return Finding(Mark.BROKEN, thing, f"the provider fails (HTTP {status})", "Try again later.")
        case status:
            unclear = f"answers HTTP {status}: whether the key is good is not known"
            return Finding(Mark.WARNING, thing, unclear, f"Check {address}.")


def model_finding(answer: Answer, model: str) -> Finding:
    """What a list of models says of our access and of ``model``."""
    access = access_finding("OpenAI", answer, "OPENAI_API_KEY", "OPENAI_BASE_URL")
    if access.mark is not Mark.OK:
        return access
    models = answer.body.get("data") if isinstance(answer.body, dict) else None
    if not isinstance(models, list):
        unread = f"{access.found}, but its list of models cannot be read"
        return Finding(Mark.WARNING, "OpenAI", unread, "Check OPENAI_BASE_URL.")
    if not any(isinstance(entry, dict) and entry.get("id") == model for entry in models):
        unlisted = f"{access.found}, but {model} is not among its {len(models)} models"
        return Finding(Mark.WARNING, "OpenAI", unlisted, "Set LLM_MODEL to one that it has.")
    return Finding(Mark.OK, "OpenAI", f"{access.found}, and {model} is there")


def voice_finding(answer: Answer, voice: str) -> Finding:
    """What the answer to a question for ``voice`` says of our access and of the voice."""
    if answer.status == 404:
        return Finding(
            Mark.BROKEN, "Cartesia", f"there is no voice {voice}", "Set CARTESIA_VOICE to one that is there."
        )
    access = access_finding("Cartesia", answer, "CARTESIA_API_KEY", "CARTESIA_URL")
    if access.mark is not Mark.OK:
        return access
    return Finding(Mark.OK, "Cartesia", f"{access.found}, and the voice {voice} is there")


async def hearing(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """Deepgram's key. Source: developers.deepgram.com/docs/authenticating."""
    if settings.choices()[Kind.STT].provider is not Provider.DEEPGRAM:
        return [Finding(Mark.OK, "Deepgram", "not used")]
    headers = {"Authorization": f"Token {_secret(settings.deepgram_api_key)}"}
    answer = await ask(http, "GET", f"{web_url(settings.deepgram_url)}/v1/auth/token", headers)
    return [access_finding("Deepgram", answer, "DEEPGRAM_API_KEY", "DEEPGRAM_URL")]


async def thinking(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """OpenAI's key, and the model."""
    if settings.choices()[Kind.LLM].provider is not Provider.OPENAI:
        return [Finding(Mark.OK, "OpenAI", "not used")]
    # A local server needs no key, and is sent the same word as in calls.
    headers = {"Authorization": f"Bearer {_secret(settings.openai_api_key) or 'none'}"}
    answer = await ask(http, "GET", f"{settings.openai_base_url}/models", headers)
    return [model_finding(answer, settings.llm_model)]


async def speaking(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """Cartesia's key, and the voice."""
    if settings.choices()[Kind.TTS].provider is not Provider.CARTESIA:
        return [Finding(Mark.OK, "Cartesia", "not used")]
    voice = settings.cartesia_voice
    headers = {"X-API-Key": _secret(settings.cartesia_api_key), "Cartesia-Version": CARTESIA_VERSION}
    answer = await ask(
        http, "GET", f"{web_url(settings.cartesia_url)}/voices/{VOICES.get(voice, voice)}", headers
    )
    return [voice_finding(answer, voice)]


# --- the telephone ----------------------------------------------------------------------------------


def phone_settings_finding(settings: Settings) -> Finding:
    """Whether phone calls are configured: none of the three settings is fine, some are not."""
    needed = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "VANTUM_PUBLIC_URL")
    missing = settings.phone_missing
    if not missing:
        return Finding(Mark.OK, "phone", "configured")
    if len(missing) == len(needed):
        return Finding(Mark.OK, "phone", "phone calls are off (docs/phone.md)")
    unset = f"half configured: {' and '.join(missing)} not set, so phone calls are off"
    return Finding(Mark.BROKEN, "phone", unset, f"Set {' and '.join(missing)} in .env.")


async def phone_account(settings: Settings) -> list[Finding]:
    """The settings of phone calls, and the account as far as there are credentials."""
    configured = phone_settings_finding(settings)
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        return [configured]
    token = settings.twilio_auth_token.get_secret_value()
    rest = TwilioRest(settings.twilio_account_sid, token, settings.twilio_api_url, NETWORK_SECONDS)
    try:
        return [configured, *await account_findings(rest, settings.twilio_from)]
    finally:
        await rest.close()


async def account_findings(account: Account, wanted: str | None) -> list[Finding]:
    """The account's state, and the number that we call from."""
    status, numbers = await asyncio.gather(_told(account.account_status()), _told(account.numbers()))
    if isinstance(status, CarrierError):
        return [carrier_finding("Twilio", status)]
    if status != "active":
        found = f"the account is {status}"
        return [Finding(Mark.BROKEN, "Twilio", found, "Look at the account in Twilio's console.")]
    active = Finding(Mark.OK, "Twilio", "the credentials are good and the account is active")
    if isinstance(numbers, CarrierError):
        return [active, carrier_finding("number", numbers)]
    return [active, number_finding(numbers, wanted)]


def carrier_finding(thing: str, error: CarrierError) -> Finding:
    """What a refusal, or silence, of Twilio's REST API means."""
    if error.status is None:
        remedy = "Check the network and TWILIO_API_URL."
    elif error.status in (401, 403, 404):
        remedy = "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: both are in Twilio's console."
    else:
        remedy = "Try again later."
    return Finding(Mark.BROKEN, thing, str(error).removeprefix("Twilio: "), remedy)


def number_finding(numbers: Sequence[str], wanted: str | None) -> Finding:
    """Whether there is a number to call from; ``numbers`` are the account's own with a voice."""
    if not numbers:
        nothing = "the account has no number that can call"
        return Finding(Mark.BROKEN, "number", nothing, "Buy one with voice in Twilio's console.")
    if wanted is None:
        first = f"{ending(numbers[0])} will be called from, the first of {len(numbers)}"
        return Finding(Mark.OK, "number", f"{first}; TWILIO_FROM is not set")
    if wanted not in numbers:
        foreign = f"{ending(wanted)} in TWILIO_FROM is no number of the account that can call"
        return Finding(Mark.BROKEN, "number", foreign, "Set TWILIO_FROM to one that is, or leave it out.")
    return Finding(Mark.OK, "number", f"{ending(wanted)} is the account's, and can call")


def ending(number: str) -> str:
    """A phone number as it may be shown."""
    return f"...{number[-4:]}"


async def _told(answer: Coroutine[None, None, T]) -> T | CarrierError:
    try:
        return await answer
    except CarrierError as error:
        return error


# --- the public address -----------------------------------------------------------------------------


async def public_url(settings: Settings, http: httpx.AsyncClient, *, serving: bool) -> list[Finding]:
    """Whether Twilio would reach this server; ``serving`` says that one listens on our own port."""
    url = settings.public_url
    if url is None:
        return []
    form = url_form_finding(url)
    reached = reach_finding(await ask(http, "GET", f"{url}/health"), serving=serving)
    findings = [form] if form is not None else []
    if reached.mark is not Mark.OK or settings.twilio_auth_token is None:
        return [*findings, reached]
    return [*findings, reached, await trip_finding(http, url, settings.twilio_auth_token.get_secret_value())]


def url_form_finding(url: str) -> Finding | None:
    """What is wrong with the form of the public URL, if anything."""
    parts = urlsplit(url)
    flaws = [] if parts.scheme == "https" else ["is not https"]
    flaws += [] if parts.port is None else ["has a port"]
    if not flaws:
        return None
    found = f"{url} {' and '.join(flaws)}: Twilio opens streams to wss on port 443 only"
    return Finding(Mark.WARNING, "public URL", found, "Set VANTUM_PUBLIC_URL to https://your-host.")


def reach_finding(health: Answer, *, serving: bool) -> Finding:
    """What the answer to GET /health at the public URL means."""
    thing = "public URL"
    if not health.of_vantum:
        told = health.problem or f"HTTP {health.status}"
        if serving:
            wrong = f"the server is up, but is not what answers there: {told}"
            remedy = "Start the tunnel to the server's port, and set VANTUM_PUBLIC_URL to its address."
            return Finding(Mark.BROKEN, thing, wrong, remedy)
        return Finding(Mark.WARNING, thing, f"no Vantum answers there: {told}", START_FIRST)
    phone = health.body.get("phone") if isinstance(health.body, dict) else None
    state = phone.get("status") if isinstance(phone, dict) else None
    if state == "off":
        return Finding(Mark.BROKEN, thing, "a Vantum answers there, with phone calls off", RESTART)
    if state == "stopped":
        reason = str(phone.get("reason", "")) if isinstance(phone, dict) else ""
        stopped = f"a Vantum answers there, and dials no more: {reason}"
        return Finding(Mark.BROKEN, thing, stopped, "Correct that, then restart the server.")
    return Finding(Mark.OK, thing, "a Vantum answers there")


async def trip_finding(http: httpx.AsyncClient, url: str, token: str) -> Finding:
    """Ask the server what Twilio asks, signed well and badly. The call does not exist, so nothing happens to it."""
    signatures = Signatures(token, url)
    hook = signatures.url(f"/twilio/status/{uuid_utils.uuid7()}")
    stream = f"/twilio/media/{uuid_utils.uuid7()}"
    form = {"CallSid": f"CA{uuid_utils.uuid4().hex}", "CallStatus": "initiated", "SequenceNumber": "0"}
    signed, forged = (
        {SIGNATURE_HEADER: RequestValidator(secret).compute_signature(hook, form)}
        for secret in (token, f"not {token}")
    )
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        SIGNATURE_HEADER: RequestValidator(token).compute_signature(signatures.websocket_url(stream), {}),
    }
    good, bad, opened = await asyncio.gather(
        ask(http, "POST", hook, signed, form),
        ask(http, "POST", hook, forged, form),
        ask(http, "GET", signatures.url(stream), upgrade),
    )
    return signature_finding(good, bad, opened)


def signature_finding(good: Answer, bad: Answer, opened: Answer) -> Finding:
    """What the answers to a signed form, to a forged one and to a stream with an unknown token mean."""
    thing = "signatures"
    told = [answer.problem or f"HTTP {answer.status}" for answer in (good, bad, opened)]
    if good.status == 403:
        return Finding(
            Mark.BROKEN, thing, "what is signed with TWILIO_AUTH_TOKEN is refused there (HTTP 403)", RESTART
        )
    if good.status != 204:
        return Finding(Mark.BROKEN, thing, f"a signed form gets {told[0]}, not HTTP 204", RESTART)
    if bad.status != 403:
        leak = f"a forged form gets {told[1]}, not HTTP 403"
        return Finding(Mark.BROKEN, thing, leak, "Stop the tunnel: what answers there checks no signatures.")
    if opened.status != 403:
        blocked = f"a stream with an unknown token gets {told[2]}, not HTTP 403"
        return Finding(Mark.BROKEN, thing, blocked, "Use a tunnel or proxy that passes WebSockets.")
    return Finding(Mark.OK, thing, "signed requests pass; forged ones and unknown streams are refused")


# --- telling ----------------------------------------------------------------------------------------


def show(findings: Sequence[Finding], console: Console) -> int:
    """Print the findings, a line each; returns 1 when something is broken, else 0."""
    width = max((len(finding.thing) for finding in findings), default=0)
    for finding in findings:
        remedy = f" -> {finding.remedy}" if finding.remedy else ""
        told = " ".join(f"{finding.found}{remedy}".split())
        console.print(f"{finding.mark:7}", style=COLOURS[finding.mark], end="  ")
        console.print(f"{finding.thing:{width}}  {told}")
    marks = [finding.mark for finding in findings]
    console.print(f"broken: {marks.count(Mark.BROKEN)}, warnings: {marks.count(Mark.WARNING)}")
    return int(Mark.BROKEN in marks)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum doctor", description="Check all that calls need, with a remedy for each fault."
    )
    parser.add_argument(
        "pipeline", nargs="?", help=f"what calls go through ({DEFAULT_PIPELINE}, if it is there)"
    )
    parser.add_argument("--host", help="address of the server (VANTUM_HOST, 127.0.0.1)")
    parser.add_argument("--port", help="port of the server (VANTUM_PORT, 8080)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when nothing is broken, 1 when something is, 2 for settings that cannot be read."""
    options = arguments().parse_args(argv)

    def work() -> Coroutine[None, None, int]:
        given = {"VANTUM_HOST": options.host, "VANTUM_PORT": options.port}
        settings = load_settings(
            overrides={name: value for name, value in given.items() if value is not None}
        )
        return _doctor(settings, options.pipeline)

    return run_command(work, debug=options.debug)


async def _doctor(settings: Settings, pipeline: str | None) -> int:
    findings = await examine(settings, pipeline)
    return show(findings, Console(soft_wrap=True, highlight=False, markup=False))


def _secret(key: SecretStr | None) -> str:
    return key.get_secret_value() if key else ""


if __name__ == "__main__":
    sys.exit(main())
