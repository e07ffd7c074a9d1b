"""A caller with a voice in real time: speaks into the call, listens for the bot, and knows when to hang up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import numpy as np
import soxr

from vantum.core.audio import PHONE_RATE, PIPELINE_RATE, SAMPLE_BYTES, seconds
from vantum.simulation.scenario import EndsTurn, HangsUp, Plays, Presses, Says, Step, When
from vantum.simulation.simulated_call import Heard
from vantum.testing.memory_client import MemoryClient
from vantum.testing.memory_phone import MemoryPhone
from vantum.testing.microphone import CHUNK_SECONDS

PATIENCE_SECONDS: Final = 30.0
"""How long the caller waits for the bot to speak and to finish."""
QUIET_SECONDS: Final = 2.5
"""A bot that is silent for this long after the last step has nothing more to say."""
KEYS_APART: Final = 0.2


class LiveCaller:
    """Does the ``steps`` on ``client``, in their order; ``audio`` is PCM16 at 16 kHz of those that are heard."""

    def __init__(
        self, client: MemoryClient | MemoryPhone, steps: tuple[Step, ...], audio: Mapping[Step, bytes]
    ) -> None:
        self.heard: list[Heard] = []
        self._client = client
        self._steps = steps
        self._rate = PHONE_RATE if isinstance(client, MemoryPhone) else PIPELINE_RATE
        self._audio = {step: _resampled(pcm, self._rate) for step, pcm in audio.items()}
        self._to_say = bytearray()

    @property
    def now(self) -> float:
        """Seconds since the call began."""
        return self._client.now

    async def act(self) -> None:
        """Do all steps, wait for the bot's last words and hang up."""
        match self._client:
            case MemoryClient() as browser:
                browser.start()
            case MemoryPhone() as phone:
                phone.answer()
        speaking = asyncio.create_task(self._speak(), name="microphone")
        try:
            since = 0.0
            for step in self._steps:
                await self._until(step.when, since)
                await self._do(step)
                since = self.now
            await self._bot_is_quiet(since, QUIET_SECONDS)
        finally:
            speaking.cancel()
            self._client.hang_up()

    async def _speak(self) -> None:
        """Send 20 ms at a time, silence too: a line is never without sound."""
        size = round(CHUNK_SECONDS * self._rate) * SAMPLE_BYTES
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._client.connected:
            chunk = bytes(self._to_say[:size])
            del self._to_say[:size]
            self._client.speak(chunk + bytes(size - len(chunk)))
            due += CHUNK_SECONDS
            await asyncio.sleep(due - loop.time())

    async def _until(self, when: When, since: float) -> None:
        if when.after_bot is None:
            await asyncio.sleep(when.at - self.now)
        else:
            await self._bot_is_quiet(since, when.after_bot, must_speak=True)

    async def _bot_is_quiet(self, since: float, quiet_seconds: float, *, must_speak: bool = False) -> None:
        """Wait until the bot has been silent for so long, since ``since``; if it must, until it has spoken."""
        gives_up = self.now + PATIENCE_SECONDS
        while self.now < gives_up and self._client.connected:
            ends = max((sound.end for sound in self._client.sounds), default=0.0)
            spoke = ends > since
            if self.now >= max(ends, since) + quiet_seconds and (spoke or not must_speak):
                return
            await asyncio.sleep(CHUNK_SECONDS)

    async def _do(self, step: Step) -> None:
        """Do a step; what is said is said to its end."""
        match step, self._client:
            case EndsTurn(), MemoryClient() as browser:
                browser.end_turn()
            case Presses(), MemoryPhone() as phone:
                for key in step.keys:
                    phone.press(key)
                    await asyncio.sleep(KEYS_APART)
            case HangsUp(), client:
                client.hang_up(step.code)
            case _ if step in self._audio:
                await self._say(step)

    async def _say(self, step: Step) -> None:
        pcm = self._audio[step]
        begin, lasts = self.now, seconds(pcm, self._rate)
        text = step.text if isinstance(step, Says | Plays) else ""
        self.heard.append(Heard(round(begin, 3), round(begin + lasts, 3), text))
        self._to_say += pcm
        await asyncio.sleep(lasts)


def _resampled(pcm: bytes, rate: int) -> bytes:
    if rate == PIPELINE_RATE:
        return pcm
    return soxr.resample(np.frombuffer(pcm, np.int16), PIPELINE_RATE, rate).tobytes()
