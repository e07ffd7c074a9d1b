"""What words over the bot mean."""

from __future__ import annotations

import pytest

from vantum.core.barge_in import Signal as Sound
from vantum.core.overheard import ECHO_SECONDS, Overheard
from vantum.core.turn import Signal


@pytest.mark.parametrize(
    ("text", "language", "interim", "final"),
    [
        ("uh-huh", "en", Sound.BACKCHANNEL, Sound.NOD),
        ("genau", "de-AT", Sound.BACKCHANNEL, Sound.NOD),
        ("got", "en", Sound.MAYBE, Sound.CONTENT),
        ("wait a moment", "en", Sound.CONTENT, Sound.CONTENT),
        ("", "en", Sound.MAYBE, Sound.CONTENT),
    ],
)
def test_words_over_the_bot(text: str, language: str, interim: Sound, final: Sound) -> None:
    overheard = Overheard()
    meanings = [overheard.meaning(signal, text, 1.0, language) for signal in (Signal.INTERIM, Signal.FINAL)]
    assert meanings == [interim, final]


def test_the_bots_own_words_come_back_as_an_echo() -> None:
    overheard = Overheard()
    for at, word in enumerate(["our", "shop", "opens", "at", "nine"]):
        overheard.bot_said(1.0 + at / 4, word)
    assert overheard.meaning(Signal.INTERIM, "shop opens at", 2.5, "en") is Sound.ECHO
    assert overheard.meaning(Signal.FINAL, "your shop closes when", 2.5, "en") is Sound.CONTENT


@pytest.mark.parametrize(
    ("at", "meaning"), [(1.0 + ECHO_SECONDS, Sound.ECHO), (1.1 + ECHO_SECONDS, Sound.CONTENT)]
)
def test_an_echo_does_not_come_late(at: float, meaning: Sound) -> None:
    overheard = Overheard()
    overheard.bot_said(1.0, "our shop opens at nine")
    assert overheard.meaning(Signal.FINAL, "opens at nine", at, "en") is meaning


def test_old_words_are_forgotten_while_the_bot_speaks_on() -> None:
    overheard = Overheard()
    overheard.bot_said(1.0, "our shop")
    overheard.bot_said(6.0, "opens at nine")
    # A clock that is read a moment too early brings nothing back.
    assert overheard.meaning(Signal.FINAL, "our shop", 2.0, "en") is Sound.CONTENT
