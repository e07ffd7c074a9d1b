"""A whole server's log, with planted keys, tokens, numbers and words: what must not stand in it does not.

The real command in a process of its own, with everything that it talks to on this machine: a call of a browser with a
token, a phone call to its end, and whatever is refused.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.live_server import message_of, request
from tests.phone.test_crash import free_port
from tests.speech import clip
from tests.wire.cartesia_server import CartesiaServer
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from tests.wire.openai_server import Answer, OpenAIServer
from tests.wire.twilio_server import ACCOUNT_SID, Callee, TwilioStandIn

pytestmark = pytest.mark.real_time

ROOT = Path(__file__).parents[2]
PUBLIC_URL = "https://phone.example.test"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
PATIENCE_SECONDS = 30.0

KEYS = {
    "DEEPGRAM_API_KEY": "planted-deepgram-key-0471",
    "OPENAI_API_KEY": "sk-planted/openai+key-0472==",
    "CARTESIA_API_KEY": "planted-cartesia-key-0473",
    "TWILIO_AUTH_TOKEN": "plantedtwilioauthtoken0474",
    "VANTUM_API_KEYS": "planted-api-key-0475",
    "VANTUM_TOKEN_SECRET": "planted-token-secret-0476-" + "x" * 20,
}
OTHER_KEY = "planted-wrong-key-0477"
THEM, US = "+14155550123", "+15550100001"
HEARD = ["my password is swordfish"] * 9
ANSWERED = "Zanzibar is lovely in spring, I promise."
NAME, SAID, VOICEMAIL = "Rumpelstiltskin", "The parcel is behind Wellington.", "Ring Marmaduke back."
SPEECH = ("swordfish", "zanzibar", "rumpelstiltskin", "wellington", "marmaduke", "an ai assistant")
NUMBERS = (THEM[1:], US[1:], "4155550123", "5550100001")


@dataclass(frozen=True, slots=True)
class Scene:
    """The server's process with its log, its providers and its carrier."""

    port: int
    log: Path
    openai: OpenAIServer
    twilio: TwilioStandIn

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"


@asynccontextmanager
async def scene(folder: Path, level: str) -> AsyncIterator[Scene]:
    """Everything at work; at the end of the block the server has been stopped in good order."""
    port, log = free_port(), folder / f"{level}.log"
    speech = np.frombuffer(clip("interested_price"), np.int16)[::2]
    callee = Callee(says=[(4.0, speech)])
    answers = [Answer(f"{HEARD[0]} is refused", status=500), *[Answer(ANSWERED)] * 9]
    async with AsyncExitStack() as closing:
        enter = closing.enter_async_context
        deepgram = await enter(DeepgramServer(HEARD, key=KEYS["DEEPGRAM_API_KEY"]))
        openai = await enter(OpenAIServer(answers, key=KEYS["OPENAI_API_KEY"]))
        cartesia = await enter(CartesiaServer(key=KEYS["CARTESIA_API_KEY"]))
        twilio = await enter(
            TwilioStandIn(
                public_url=PUBLIC_URL,
                reach=f"http://127.0.0.1:{port}",
                auth_token=KEYS["TWILIO_AUTH_TOKEN"],
                numbers=(US,),
                callee=callee,
            )
        )
        given = {
            **KEYS,
            "PATH": os.environ["PATH"],
            "DEEPGRAM_URL": deepgram.url,
            "OPENAI_BASE_URL": openai.url,
            "CARTESIA_URL": cartesia.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_API_URL": twilio.url,
            "VANTUM_PUBLIC_URL": PUBLIC_URL,
            "VANTUM_AUTH": "token",
            "VANTUM_DATA": str(folder / f"data-{level}"),
            "VANTUM_MAX_LAG_MS": "0",
            "VANTUM_PORT": str(port),
            "VANTUM_LOG_LEVEL": level,
        }
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "vantum.run", "pipelines/outreach.py"),
                cwd=ROOT,
                env=given,
                stdout=file,
                stderr=file,
            )
        try:
            await _listening(port, process)
            yield Scene(port, log, openai, twilio)
            process.terminate()
            async with asyncio.timeout(STOP_SECONDS):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            try:
                await http.get(f"http://127.0.0.1:{port}/health")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise AssertionError("The server did not start.")


async def call_with_browser(scene: Scene, token: str) -> None:
    """Greeted, spoken to, answered, and gone."""
    speech = clip("interested_price")
    async with connect(f"{scene.socket_url}?token={token}", compression=None, max_size=None) as socket:
        await socket.send(request("audio.input.start", samplingRate=16_000))
        await message_of(socket, "audio.output.complete")
        for start in range(0, len(speech), 8_192):
            await socket.send(request("audio.input.chunk", audio=speech[start : start + 8_192]))
        await socket.send(request("audio.input.end"))
        await message_of(socket, "audio.output.complete")


async def call_by_phone(scene: Scene, http: httpx.AsyncClient) -> None:
    """Dialed, greeted, spoken to, told something, and hung up on."""
    wanted = {"to": THEM, "variables": {"name": NAME}, "voicemail": VOICEMAIL}
    placed = await http.post("/api/calls", json=wanted)
    assert placed.status_code == 202, placed.text
    path = f"/api/calls/{placed.json()['id']}"
    await until(lambda: scene.twilio.calls and scene.twilio.calls[-1].media_received, PATIENCE_SECONDS)
    asked = len(scene.openai.asked())
    await until(lambda: len(scene.openai.asked()) > asked, PATIENCE_SECONDS)
    assert (await http.post(f"{path}/say", json={"text": SAID})).status_code == 202
    assert (await http.post(f"{path}/hangup")).status_code == 202
    await scene.twilio.calls[-1].over(PATIENCE_SECONDS)


async def be_refused(scene: Scene, http: httpx.AsyncClient, token: str) -> None:
    """Wrong keys, wrong tokens, wrong signatures and wrong numbers, each with what must not be told."""
    wrong = {"Authorization": f"Bearer {OTHER_KEY}"}
    assert (await http.get("/api/calls", headers=wrong)).status_code == 401
    assert (await http.post("/api/calls", json={"to": f"{THEM}999999", "voicemail": NAME})).status_code == 422
    assert (await http.post(f"/twilio/media/{token}", headers=wrong)).status_code == 404
    signed = {"X-Twilio-Signature": OTHER_KEY}
    assert (
        await http.post("/twilio/voice", data={"From": THEM, "To": US}, headers=signed)
    ).status_code == 403
    for url in (f"{scene.socket_url}?token={token}", f"{scene.socket_url}?token={OTHER_KEY}"):
        with pytest.raises(InvalidStatus):
            await connect(url)
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", scene.port)
        writer.write(f"GET /ws?token={OTHER_KEY} HTTP/9.9\r\nAuthorization: {OTHER_KEY}\r\n\r\n".encode())
        await reader.read()
        writer.close()


async def whole_log(folder: Path, level: str) -> tuple[str, list[str]]:
    """The log of a server's whole life at this level, and what must not stand in it."""
    async with (
        scene(folder, level) as running,
        httpx.AsyncClient(
            base_url=running.url,
            trust_env=False,
            headers={"Authorization": f"Bearer {KEYS['VANTUM_API_KEYS']}"},
            timeout=PATIENCE_SECONDS,
        ) as http,
    ):
        made = await http.post("/api/tokens", json={"variables": {"name": NAME}})
        token = made.json()["token"]
        await call_with_browser(running, token)
        await call_by_phone(running, http)
        await be_refused(running, http, token)
    return (folder / f"{level}.log").read_text(), [*KEYS.values(), OTHER_KEY, token, token.rpartition(".")[2]]


async def test_a_whole_log_tells_no_key_and_at_info_no_number_and_no_word(tmp_path: Path) -> None:
    logs = await asyncio.gather(whole_log(tmp_path, "DEBUG"), whole_log(tmp_path, "INFO"))
    for log, planted in logs:
        assert "A call began." in log
        for secret in planted:
            assert secret not in log
            assert quote(secret, safe="") not in log
        for number in NUMBERS:
            assert number not in log
        assert "Traceback" not in log
    (debug, _), (info, _) = logs
    # Or this test would look at a log of nothing.
    assert "swordfish" in debug
    assert "(secret)" in debug
    for word in SPEECH:
        assert word not in info.lower()
