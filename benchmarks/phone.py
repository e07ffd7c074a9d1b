"""Phone calls through the real command: what callees hear and when, one call and many at a time.

    python -m benchmarks.phone --calls 50

Starts stand-ins for Deepgram, OpenAI and Cartesia and the server, each in a process of its own, with one for Twilio
in this one; places the calls all at once, speaks a recording into each while the bot greets and twice more, and
prints what was heard. Twilio's stand-in plays in real time, returns marks and obeys clears.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import soxr
from rich.console import Console
from rich.table import Table

from benchmarks.machine import usage
from tests.speech import clip
from tests.wire.twilio_call import Call
from tests.wire.twilio_mulaw import RATE, Pcm
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, Callee, TwilioStandIn

ROOT = Path(__file__).parents[1]
PUBLIC_URL = "https://phone.example.test"
PORT, DEEPGRAM, OPENAI, CARTESIA = 8180, 8181, 8182, 8183
KEY = "test-key"
FIRST_TOKEN_SECONDS = 0.1
SAYS_AT = (2.0, 11.0, 17.0)
HANGS_UP_AFTER = 26.0
START_SECONDS = 60.0
LOUD = 300
"""Samples above this are sound."""
FRAME = RATE // 100


def recording() -> Pcm:
    """The recording that callees say, at 8 kHz, from its first sound on."""
    pcm = np.frombuffer(clip("do_not_call"), np.int16)
    first = int(np.flatnonzero(np.abs(pcm.astype(int)) > 2 * LOUD)[0])
    return np.asarray(soxr.resample(pcm[first:], 16_000, RATE), np.int16)


@contextmanager
def servers(twilio_url: str, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The three providers and the server, ended with the block."""
    given = {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_API_URL": twilio_url,
        "VANTUM_PUBLIC_URL": PUBLIC_URL,
        "VANTUM_CALLS_PER_SECOND": "100",
        "VANTUM_PORT": str(PORT),
        "VANTUM_DATA": str(data),
        "DEEPGRAM_URL": f"ws://127.0.0.1:{DEEPGRAM}",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{OPENAI}/v1",
        "CARTESIA_URL": f"ws://127.0.0.1:{CARTESIA}",
        **dict.fromkeys(("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY"), KEY),
    }
    commands = (
        ("tests.wire.deepgram_server", "--port", str(DEEPGRAM), "--say", "please take me off your list"),
        ("tests.wire.openai_server", "--port", str(OPENAI), "--first-token", str(FIRST_TOKEN_SECONDS)),
        ("tests.wire.cartesia_server", "--port", str(CARTESIA)),
        ("vantum.run", "pipelines/outreach.py", "--log-level", "WARNING"),
    )
    started = []
    try:
        for command in commands:
            line = [sys.executable, "-m", *command]
            started.append(
                subprocess.Popen(line, cwd=ROOT, env=os.environ | given, stdout=subprocess.DEVNULL)
            )
        yield started[-1]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(20)


async def healthy(http: httpx.AsyncClient) -> None:
    """Wait until the server answers."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                await http.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return


def sounds(pcm: Pcm) -> np.ndarray:
    """Which hundredths of a second were audible to the callee."""
    whole = pcm[: len(pcm) // FRAME * FRAME].astype(np.int32).reshape(-1, FRAME)
    return np.asarray(np.abs(whole).max(axis=1) > LOUD)


def first_sound(call: Call) -> float:
    """Seconds from the answer to the greeting."""
    return float(np.flatnonzero(sounds(call.heard))[0]) / 100


def silence_after(call: Call, moment: float) -> float:
    """Seconds from ``moment``, at which the callee begins to speak, to the bot's silence of 0.2 s."""
    heard = sounds(call.heard)[round(moment * 100) :]
    return next(at for at in range(len(heard)) if not heard[at : at + 20].any()) / 100


async def measure(calls: int, console: Console) -> None:
    """Place the calls, wait for their end and print what was heard."""
    said = recording()
    callee = Callee(
        answers_after=0.2, says=tuple((at, said) for at in SAYS_AT), hangs_up_after=HANGS_UP_AFTER
    )
    url = f"http://127.0.0.1:{PORT}"
    async with (
        TwilioStandIn(public_url=PUBLIC_URL, reach=url, callee=callee) as twilio,
        httpx.AsyncClient(base_url=url, timeout=30.0, trust_env=False) as http,
    ):
        with tempfile.TemporaryDirectory() as data, servers(twilio.url, Path(data)) as server:
            await healthy(http)
            before = usage(server.pid)
            answers = await asyncio.gather(
                *(http.post("/api/calls", json={"to": f"+14155550{number:03}"}) for number in range(calls))
            )
            for answer in answers:
                answer.raise_for_status()
            while len(twilio.calls) < calls:  # noqa: ASYNC110 - a plain list, which tells nobody
                await asyncio.sleep(0.05)
            await asyncio.gather(*(call.over(HANGS_UP_AFTER + 60.0) for call in twilio.calls))
            used = usage(server.pid).since(before)
            await asyncio.sleep(1.0)
            told = [(await http.get(answer.headers["location"])).json() for answer in answers]
        console.print(table(twilio.calls, told, 1000 * used.server / (calls * HANGS_UP_AFTER)))
        console.print(f"The stand-in's own loop was late by {1000 * twilio.max_lag_seconds:.0f} ms at most.")


def table(calls: list[Call], told: list[dict[str, object]], cpu: float) -> Table:
    """What was heard, as a table."""
    shown = Table(title=f"{len(calls)} phone calls at a time")
    for heading in ("what", "median", "least", "most"):
        shown.add_column(heading, justify="left" if heading == "what" else "right")
    rows = {
        "answer to greeting, ms": [1000 * first_sound(call) for call in calls],
        "interruption to silence as heard, ms": [1000 * silence_after(call, SAYS_AT[0]) for call in calls],
        "end of speech to first byte, ms": [
            1000 * turn["seconds"]["first_byte"]
            for view in told
            for turn in view["latency"]  # type: ignore[attr-defined]
        ],
        "deepest play-out buffer, ms": [1000 * call.max_ahead_seconds for call in calls],
        "protocol errors": [float(len(call.errors + call.protocol_errors)) for call in calls],
    }
    for what, figures in rows.items():
        shown.add_row(what, *(f"{pick(figures):.0f}" for pick in (np.median, min, max)))
    ends = {str(view["outcome"]) for view in told}
    shown.add_row("outcomes", ", ".join(sorted(ends)), "", "")
    shown.add_row("server, ms of CPU per call-second", f"{cpu:.1f}", "", "")
    return shown


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Phone calls through the real command.")
    parser.add_argument("--calls", type=int, default=10, help="calls at a time (10), at most 900")
    asyncio.run(measure(parser.parse_args().calls, Console()))


if __name__ == "__main__":
    main()
