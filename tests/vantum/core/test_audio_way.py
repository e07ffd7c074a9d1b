"""Who is given sound by a call."""

from __future__ import annotations

from vantum.core.audio_way import hearer


class Ear:
    async def hear(self, pcm: bytes, rate: int) -> None:
        """Nothing."""


def test_who_hears_is_known_by_that() -> None:
    ear = Ear()
    assert hearer(ear) is ear
    assert hearer("something else") is None
