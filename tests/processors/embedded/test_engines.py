from __future__ import annotations

import asyncio
import os
import signal
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from processors.embedded import engines
from processors.embedded.engines import Recogniser, Synthesiser, require_local
from processors.embedded.jobs import Line
from processors.workers.pool import Health
from vantum.core.errors import ProviderError, SettingsError

Engine = TypeVar("Engine", Recogniser, Synthesiser)

AUDIO = Path(__file__).parents[2] / "audio"
PHRASES = ("please take me off your list", "i am not interested", "tell me more about the price")
LINE = Line("Hello there.", "en-us", 165, 16000)
LONG_LINE = Line("hello there " * 400, "en-us", 165, 48000)


def clip(name: str) -> bytes:
    with wave.open(str(AUDIO / f"{name}.wav")) as file:
        return bytes(file.readframes(file.getnframes()))


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[Engine]:
    await engine.start()
    try:
        yield engine
    finally:
        await engine.close()


def state(engine: Recogniser | Synthesiser) -> str:
    return engine.health


@pytest.mark.real_time
async def test_it_hears_with_and_without_a_script() -> None:
    async with running(Recogniser()) as recogniser:
        assert state(recogniser) == Health.READY
        assert len(recogniser.pids) == 3
        pcm = clip("do_not_call")
        assert "off your list" in await recogniser.transcribe(pcm, PHRASES)
        assert "off your list" in await recogniser.transcribe(pcm)
        assert "off your list" in (await recogniser.glimpse(pcm) or "")


@pytest.mark.real_time
async def test_partials_give_way_to_finals_and_to_each_other() -> None:
    async with running(Recogniser()) as recogniser:
        pcm = clip("do_not_call")
        final = asyncio.create_task(recogniser.transcribe(pcm))
        await asyncio.sleep(0)
        assert await recogniser.glimpse(pcm) is None
        assert await final
        first, second = await asyncio.gather(recogniser.glimpse(pcm), recogniser.glimpse(pcm))
        assert first
        assert second is None


@pytest.mark.real_time
async def test_a_killed_decoder_costs_its_utterance_and_no_more() -> None:
    async with running(Recogniser()) as recogniser:
        general = recogniser.pids[0]
        final = asyncio.create_task(recogniser.transcribe(clip("do_not_call"), PHRASES))
        await asyncio.sleep(0.05)
        os.kill(general, signal.SIGKILL)
        with pytest.raises(
            ProviderError, match=r"pocketsphinx \(stt\): its process died; it is being restarted"
        ):
            await final
        assert state(recogniser) == Health.RESTARTING
        assert "off your list" in await recogniser.transcribe(clip("do_not_call"), PHRASES)
        assert recogniser.pids[0] != general
        assert state(recogniser) == Health.READY


@pytest.mark.real_time
async def test_it_speaks_and_survives_a_kill() -> None:
    async with running(Synthesiser()) as synthesiser:
        assert (await synthesiser.speak(LINE)).words[1][0] == "there."
        (pid,) = synthesiser.pids
        long = asyncio.create_task(synthesiser.speak(LONG_LINE))
        await asyncio.sleep(0.02)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ProviderError, match=r"espeak-ng \(tts\): its process died"):
            await long
        assert (await synthesiser.speak(LINE)).pcm
        assert state(synthesiser) == Health.READY


@pytest.mark.real_time
async def test_a_worker_killed_idle_is_back_without_an_error() -> None:
    async with running(Synthesiser()) as synthesiser:
        (pid,) = synthesiser.pids
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            while synthesiser.pids == (pid,):  # noqa: ASYNC110 - nobody is told, that is the point
                await asyncio.sleep(0.01)
        assert (await synthesiser.speak(LINE)).pcm


@pytest.mark.real_time
async def test_closing_takes_less_than_two_seconds_even_in_the_middle_of_work() -> None:
    recogniser = Recogniser()
    await recogniser.start()
    pids = recogniser.pids
    final = asyncio.create_task(recogniser.transcribe(clip("jfk"), PHRASES))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await recogniser.close()
    with pytest.raises(ProviderError, match="the server is closing"):
        await final
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_without_the_extra_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    require_local()
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install 'vantum\[local\]'"):
        require_local()
    with pytest.raises(SettingsError):
        Recogniser()
    with pytest.raises(SettingsError):
        Synthesiser()
