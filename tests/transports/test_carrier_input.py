"""The head of a pipeline: what came before the pipeline was up goes in first, as far as it was kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
)

from transports.carrier_input import EARLY_SECONDS, MOST_EARLY, CarrierInput
from vantum.core.events import SessionStarted, TurnEndedByHand
from vantum.testing import run_processor

RATE = 16_000
SECOND = b"\0\0" * RATE


async def let_in(head: CarrierInput) -> list[Frame]:
    """What a pipeline that starts now gets of what came before."""
    run = await run_processor(head, [])
    kinds = (InputAudioRawFrame, InputTransportMessageFrame, InputDTMFFrame)
    return [frame for kind in kinds for frame in run.of(kind)]


def requests(frames: list[Frame]) -> list[object]:
    return [frame.message for frame in frames if isinstance(frame, InputTransportMessageFrame)]


def sound(frames: list[Frame]) -> bytes:
    return b"".join(frame.audio for frame in frames if isinstance(frame, InputAudioRawFrame))


async def test_what_came_early_is_let_in() -> None:
    head = CarrierInput()
    await head.hear(b"\1\0" * 100, RATE)
    await head.request(SessionStarted("en"))
    await head.press("5")
    await head.hear(b"\2\0" * 100, RATE)
    frames = await let_in(head)
    assert sound(frames) == b"\1\0" * 100 + b"\2\0" * 100
    assert requests(frames) == [SessionStarted("en")]
    assert [frame.button.value for frame in frames if isinstance(frame, InputDTMFFrame)] == ["5"]


@pytest.mark.parametrize("rate", [8_000, 48_000])
async def test_of_early_sound_the_newest_is_kept(rate: int) -> None:
    head = CarrierInput()
    await head.request(SessionStarted())
    for number in range(1, 21):
        await head.hear(bytes([number, 0]) * rate, rate)
    await head.request(TurnEndedByHand())
    frames = await let_in(head)
    kept = range(21 - int(EARLY_SECONDS), 21)
    assert sound(frames) == b"".join(bytes([number, 0]) * rate for number in kept)
    assert requests(frames) == [SessionStarted(), TurnEndedByHand()]


async def test_a_piece_that_is_too_long_by_itself_is_not_kept() -> None:
    head = CarrierInput()
    await head.hear(SECOND * 6, RATE)
    await head.hear(SECOND, RATE)
    assert sound(await let_in(head)) == SECOND


@pytest.mark.parametrize(
    "ask",
    [lambda head: head.request(TurnEndedByHand()), lambda head: head.press("1")],
    ids=["requests", "keys"],
)
async def test_only_so_many_early_requests_are_kept(ask: Callable[[CarrierInput], object]) -> None:
    head = CarrierInput()
    for _ in range(MOST_EARLY + 100):
        await ask(head)  # type: ignore[misc]
    assert len(await let_in(head)) == MOST_EARLY


async def test_it_drains_from_the_end_frame_on() -> None:
    head = CarrierInput()
    assert not head.draining
    await run_processor(head, [EndFrame()])
    assert head.draining
