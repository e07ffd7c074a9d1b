"""Who is given sound by a call."""

from __future__ import annotations

from dataclasses import dataclass

from vantum.core.audio_way import hearer


@dataclass
class Ear:
    hears: bool

    def hear(self, pcm: bytes, rate: int) -> None:
        """Nothing."""


def test_who_hears_is_known_by_that() -> None:
    ear = Ear(hears=True)
    found: object = hearer(ear)
    assert found is ear
    assert hearer(Ear(hears=False)) is None
    assert hearer("something else") is None
