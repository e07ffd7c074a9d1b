"""Providers that calls leave alone are probed until they work: when, how often, and how it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import pytest

from vantum import probes
from vantum.core.choice import LOCAL, Kind
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault
from vantum.core.provider_board import ProviderBoard
from vantum.core.provider_specs import SPECS, Spec
from vantum.probes import PROBE_SECONDS, Prober, ask_provider, probing

ORDER = {Kind.STT: ("deepgram", LOCAL), Kind.TTS: ("cartesia",)}
DEEPGRAM = (Kind.STT, "deepgram")


class Providers:
    """What is asked of the providers, and what comes of it."""

    def __init__(self, *answers: Exception | float | None) -> None:
        self.asked: list[tuple[float, str]] = []
        self.ended = 0
        self._answers = list(answers)
        self._began = time.monotonic()

    async def ask(self, spec: Spec, values: Mapping[str, str]) -> None:
        assert values == {"of": spec.name}
        self.asked.append((round(time.monotonic() - self._began, 3), spec.name))
        answer = self._answers.pop(0) if self._answers else None
        try:
            if isinstance(answer, float):
                await asyncio.sleep(answer)
            elif answer is not None:
                raise answer
        finally:
            self.ended += 1


@asynccontextmanager
async def probed(
    board: ProviderBoard, ask: Callable[[Spec, Mapping[str, str]], Awaitable[None]]
) -> AsyncIterator[None]:
    running = asyncio.create_task(Prober(board, lambda spec: {"of": spec.name}, ask).run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def broken(*jobs: tuple[Kind, str]) -> ProviderBoard:
    board = ProviderBoard(ORDER)
    for kind, name in jobs:
        assert board.failed(kind, name, time.monotonic(), Fault.AUTH)
    return board


async def test_who_works_is_not_probed() -> None:
    providers = Providers()
    async with probed(ProviderBoard(ORDER), providers.ask):
        await asyncio.sleep(100.0)
    assert providers.asked == []


async def test_a_provider_is_probed_after_its_rest_and_used_again_when_it_is_well() -> None:
    board, providers = broken(DEEPGRAM), Providers()
    async with probed(board, providers.ask):
        await asyncio.sleep(4.9)
        assert not board.usable(*DEEPGRAM)
        await asyncio.sleep(0.2)
        assert board.usable(*DEEPGRAM)
        await asyncio.sleep(100.0)
    assert providers.asked == [(5.0, "deepgram")]


async def test_each_probe_that_fails_doubles_the_rest() -> None:
    board = broken(DEEPGRAM)
    problem = ProviderError("stt", "deepgram", "no", Fault.NETWORK)
    providers = Providers(problem, OSError("reset"), RuntimeError("whatever an SDK raises"))
    async with probed(board, providers.ask):
        await asyncio.sleep(76.0)
    assert [at for at, _ in providers.asked] == [5.0, 15.0, 35.0, 75.0]
    assert board.usable(*DEEPGRAM)


async def test_a_request_that_is_refused_for_itself_tells_that_the_provider_is_there() -> None:
    board = broken(DEEPGRAM)
    async with probed(board, Providers(ProviderError("stt", "deepgram", "no such model", Fault.FATAL)).ask):
        await asyncio.sleep(5.1)
    assert board.usable(*DEEPGRAM)


async def test_a_provider_that_does_not_answer_is_given_up_and_holds_up_nobody() -> None:
    board = broken(DEEPGRAM, (Kind.TTS, "cartesia"))
    slow = {"deepgram": 1_000.0, "cartesia": 0.0}
    ended: list[tuple[float, str]] = []
    began = time.monotonic()

    async def ask(spec: Spec, _: Mapping[str, str]) -> None:
        try:
            await asyncio.sleep(slow[spec.name])
        finally:
            ended.append((round(time.monotonic() - began, 3), spec.name))

    async with probed(board, ask):
        await asyncio.sleep(5.1)
        assert [board.usable(*job) for job in (DEEPGRAM, (Kind.TTS, "cartesia"))] == [False, True]
        await asyncio.sleep(PROBE_SECONDS)
    assert ended == [(5.0, "cartesia"), (10.0, "deepgram")]


async def test_one_provider_is_probed_by_one_at_a_time() -> None:
    board, providers = broken(DEEPGRAM), Providers(4.5)
    async with probed(board, providers.ask):
        await asyncio.sleep(5.1)
        board.served(*DEEPGRAM, time.monotonic())
        board.failed(*DEEPGRAM, time.monotonic() - 5.0, Fault.AUTH)
        await asyncio.sleep(2.0)
        assert len(providers.asked) == 1
        await asyncio.sleep(3.0)
    assert board.usable(*DEEPGRAM)


async def test_the_end_of_the_server_ends_a_probe_under_way() -> None:
    board, providers = broken(DEEPGRAM), Providers(1_000.0)
    async with probed(board, providers.ask):
        await asyncio.sleep(6.0)
        assert (len(providers.asked), providers.ended) == (1, 0)
        ended_at = time.monotonic()
    assert providers.ended == 1
    assert time.monotonic() == ended_at


async def test_the_embedded_provider_is_always_well() -> None:
    board = broken((Kind.STT, LOCAL))
    async with probing(board, lambda _: {}):
        await asyncio.sleep(5.1)
        assert board.usable(Kind.STT, LOCAL)


async def test_nobody_probes_after_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    board, providers = broken(DEEPGRAM), Providers()
    monkeypatch.setattr(probes, "ask_provider", providers.ask)
    async with probing(board, lambda spec: {"of": spec.name}):
        await asyncio.sleep(1.0)
    await asyncio.sleep(100.0)
    assert providers.asked == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_provider_without_an_address_is_not_asked() -> None:
    await ask_provider(SPECS[LOCAL], {})
