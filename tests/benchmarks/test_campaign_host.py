"""What a campaign's benchmark says of the machine that it ran on."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.campaign import host
from benchmarks.campaign.host import Look, said, watched


def test_it_tells_what_was_used_and_what_was_taken() -> None:
    looks = [Look(10.0, 5.0, 1.0), Look(11.0, 6.5, 1.0), Look(13.0, 9.5, 2.6)]
    assert said(looks, 2) == "of 2 cores 1.50 were busy, and the host took 0.40, 0.80 in the worst second"


@pytest.mark.parametrize("looks", [[], [Look(1.0, 1.0, 0.0)], [Look(1.0, 1.0, 0.0), Look(1.0, 2.0, 0.0)]])
def test_of_a_moment_nothing_is_known(looks: list[Look]) -> None:
    assert said(looks, 2) == "nothing is known of the host"


async def test_it_looks_every_second_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "whole", lambda: (2.0, 1.0))
    async with watched() as looks:
        await asyncio.sleep(3.5)
    assert [(look.busy, look.stolen) for look in looks] == [(2.0, 1.0)] * 4
    await asyncio.sleep(2.0)
    assert len(looks) == 4
