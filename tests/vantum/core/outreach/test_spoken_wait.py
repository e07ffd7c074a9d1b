"""How long somebody wants us to wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from vantum.core.outreach.spoken_wait import wait_in


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("in 2 hours", 120),
        ("in 2 uhr", 120),
        ("in an hour", 60),
        ("in 1 hour", 60),
        ("in eine stunde", 60),
        ("in half an hour", 30),
        ("in a half hour", 30),
        ("in einer halben stunde", 30),
        ("in an hour and a half", 90),
        ("in anderthalb stunden", 90),
        ("in 2 and a half hours", 150),
        ("in 2 einhalb stunden", 150),
        ("in 1.5 hours", 90),
        ("in a couple of hours", 120),
        ("in a quarter of an hour", 15),
        ("in 3 quarters of an hour", 45),
        ("in einer dreiviertelstunde", 45),
        ("in a minute", 1),
        ("in about 20 minutes", 20),
        ("in ungefahr 20 minuten", 20),
        ("in 1 stunde und 15 minuten", 75),
        ("in 1 hour 15 minutes", 75),
        ("2 hours from now", 120),
        ("call me an hour and a half from now", 90),
        ("in the office in 10 minutes", 10),
        ("in the afternoon 30 minutes is enough", None),
        ("30 minutes", None),
        ("in 2 hoursx", None),
        ("from now on", None),
        ("2 hours or so from now", None),
        ("in 0 minutes", None),
        ("in 2 weeks", None),
        ("", None),
    ],
)
def test_the_wait(text: str, minutes: int | None) -> None:
    assert wait_in(text) == (None if minutes is None else timedelta(minutes=minutes))
