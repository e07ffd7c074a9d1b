"""A server with a telephone beside a stand-in for Twilio, in one process and in real time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from tests.live_server import LiveServer, live_server
from tests.wire.twilio_mulaw import RATE, Pcm
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, Call, Callee, TwilioStandIn
from vantum.testing import ScriptedLLM, ScriptedSTT, ScriptedTTS, Utterance

PUBLIC_URL = "https://phone.example.test"
CALLEE = "+14155550100"
PATIENCE_SECONDS = 30.0
Build = Callable[..., list[FrameProcessor]]


@dataclass(frozen=True, slots=True)
class Telephone:
    """The server, its carrier, and a client of the REST API."""

    server: LiveServer
    twilio: TwilioStandIn
    http: httpx.AsyncClient

    async def call(self, callee: Callee | None = None, **wanted: object) -> tuple[str, Call]:
        """Place a call; returns its id here and the call at the carrier."""
        if callee is not None:
            self.twilio.callees[CALLEE] = callee
        before = len(self.twilio.calls)
        answer = await self.http.post("/api/calls", json={"to": CALLEE, **wanted})
        assert answer.status_code == 202, answer.text
        await until(lambda: len(self.twilio.calls) > before)
        return answer.json()["id"], self.twilio.calls[-1]

    async def told(self, call_id: str) -> dict[str, object]:
        """What the API tells of a call."""
        told: dict[str, object] = (await self.http.get(f"/api/calls/{call_id}")).json()
        return told

    async def over(self, call_id: str) -> dict[str, object]:
        """What the API tells of a call once it is over."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (told := await self.told(call_id))["outcome"] is None:  # noqa: ASYNC110 - the API tells nobody
                await asyncio.sleep(0.02)
        return told


@asynccontextmanager
async def telephone(
    data: Path, build: Build | None = None, *, twilio: dict[str, object] | None = None, **settings: str
) -> AsyncIterator[Telephone]:
    """A telephone through ``build``; ``settings`` are by environment name, ``twilio`` those of the stand-in."""
    options: dict[str, object] = {"voice_url": f"{PUBLIC_URL}/twilio/voice", **(twilio or {})}
    async with TwilioStandIn(public_url=PUBLIC_URL, **options) as stand_in:  # type: ignore[arg-type]
        given = {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_API_URL": stand_in.url,
            "VANTUM_PUBLIC_URL": PUBLIC_URL,
            "VANTUM_CALLS_PER_SECOND": "100",
            **settings,
        }
        async with live_server(data, build or talk(), **given) as server:
            stand_in.server.reach = server.url.rstrip("/")
            async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
                yield Telephone(server, stand_in, http)


def talk(
    greeting: str = "Hello there.",
    answers: tuple[str, ...] = (),
    heard: tuple[str, ...] = (),
    llm: Callable[[], FrameProcessor] | None = None,
    tools: tuple[object, ...] = (),
    voicemail: str = "",
) -> Build:
    """A pipeline with a real detector: it greets, recognises ``heard`` in order, and gives ``answers``."""

    def build(call: object) -> list[FrameProcessor]:
        call.voicemail = call.voicemail or voicemail  # type: ignore[attr-defined]
        return [
            call.vad(),  # type: ignore[attr-defined]
            ScriptedSTT([Utterance(words, 0.05) for words in heard]),
            ContextAggregator(prompt="", greeting=greeting, tools=tools),  # type: ignore[arg-type]
            llm() if llm else ScriptedLLM(answers, first_token=0.02, per_token=0.001),
            BreakSplitter(),
            ScriptedTTS(first_audio=0.02, speed=50.0),
        ]

    return build


async def until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the conditions are about plain lists, which tell nobody
            await asyncio.sleep(0.01)


def loud(pcm: Pcm) -> np.ndarray:
    """Which hundredths of a second are audible."""
    size = RATE // 100
    whole = pcm[: len(pcm) // size * size].astype(np.int32).reshape(-1, size)
    return np.asarray(np.abs(whole).max(axis=1) > 1000)


def audible_seconds(pcm: Pcm) -> float:
    """How long something was audible."""
    return float(loud(pcm).sum()) / 100
