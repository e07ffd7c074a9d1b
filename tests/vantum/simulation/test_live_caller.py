"""The caller with a voice: what goes into the line and when, and when they hang up."""

from __future__ import annotations

import asyncio
import json

import msgpack  # type: ignore[import-untyped]
import numpy as np

from vantum.simulation.live_caller import PATIENCE_SECONDS, QUIET_SECONDS, LiveCaller
from vantum.simulation.scenario import EndsTurn, HangsUp, Noise, Presses, Says, Step, When
from vantum.simulation.simulated_call import Heard
from vantum.simulation.spoken import noise
from vantum.testing import MemoryClient, MemoryPhone, Sound

TONE = b"\x00\x10" * 16_000
"""One second."""


class Talkative(MemoryClient):
    """A client whose bot was heard at given times."""

    said: tuple[Sound, ...] = ()

    @property
    def sounds(self) -> tuple[Sound, ...]:
        return tuple(sound for sound in self.said if sound.begin <= self.now)


async def events_of(client: MemoryClient | MemoryPhone) -> list[tuple[str, float]]:
    """What the client sends until it leaves: names, each with the loudest sample of its audio."""
    found = []
    while client.connected:
        message = await client.receive()
        if isinstance(message, str):
            found.append((json.loads(message)["event"], 0.0))
            continue
        told = msgpack.unpackb(message)
        pcm = told["payload"].get("audio", b"")
        found.append((told["eventType"], float(np.abs(np.frombuffer(pcm, np.int16)).max()) if pcm else 0.0))
    return found


async def acted(
    client: MemoryClient | MemoryPhone, *steps: Step
) -> tuple[LiveCaller, list[tuple[str, float]]]:
    audio: dict[Step, bytes] = {step: TONE for step in steps if isinstance(step, Says)}
    caller = LiveCaller(client, steps, audio)
    listening = asyncio.create_task(events_of(client))
    await caller.act()
    listening.cancel()
    return caller, listening.result() if listening.done() and not listening.cancelled() else []


async def test_they_speak_when_the_bot_has_fallen_silent() -> None:
    client = Talkative()
    client.said = (Sound(1.0, 3.0, "u"), Sound(6.0, 7.0, "v"))
    caller, _ = await acted(client, Says(When(0.0, 0.5), "Hello", None, 0.2))
    assert caller.heard == [Heard(3.5, 4.5, "Hello")]
    assert round(caller.now, 1) == 7.0 + QUIET_SECONDS, "the bot answered before they had waited long enough"
    assert not client.connected


async def test_their_patience_with_a_silent_bot_ends() -> None:
    client = Talkative()
    caller, _ = await acted(client, Says(When(0.0, 0.5), "Hello", None, 0.2))
    assert round(caller.heard[0].begin, 1) == PATIENCE_SECONDS


async def test_what_has_a_time_is_done_then() -> None:
    client = Talkative()
    caller, _ = await acted(client, Says(When(2.0), "Hi", None, 0.2), EndsTurn(When(4.0)), HangsUp(When(5.0)))
    assert caller.heard == [Heard(2.0, 3.0, "Hi")]
    assert round(caller.now, 1) == 5.0


async def test_a_telephone_is_sent_eight_kilohertz_and_keys() -> None:
    phone = MemoryPhone()
    listening = asyncio.create_task(events_of(phone))
    step = Noise(When(0.1), 0.5)
    caller = LiveCaller(phone, (step, Presses(When(1.0), "1#")), {step: noise(0.5)})
    await caller.act()
    names = [name for name, _ in await listening]
    assert caller.heard == [Heard(0.1, 0.6, "")]
    assert names.count("dtmf") == 2
    assert names[:2] == ["connected", "start"]
    assert names.count("media") > 50


def test_noise_is_loud_and_the_same_each_time() -> None:
    assert noise(0.5) == noise(0.5)
    samples = np.frombuffer(noise(0.5), np.int16)
    assert len(samples) == 8000
    assert 2500 < float(np.sqrt(np.mean(samples.astype(float) ** 2))) < 3500
