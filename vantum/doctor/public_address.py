"""The public address: whether Twilio would reach this server there, and whether signatures are checked."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlsplit

import httpx
import uuid_utils
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator  # type: ignore[import-untyped]

from transports.twilio.signature import Signatures
from vantum.doctor.answer import Answer, ask
from vantum.doctor.finding import Finding, Mark
from vantum.settings import Settings

START_FIRST: Final = "Start the server and the tunnel, then run doctor again."
RESTART: Final = (
    "Restart the server, so that it has the VANTUM_PUBLIC_URL and the Twilio settings of this .env."
)


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
