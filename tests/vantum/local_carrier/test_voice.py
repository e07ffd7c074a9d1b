"""What prospects sound like: spoken once, kept, and told when there is no voice."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from processors.embedded import engines
from tests.vantum.local_carrier.kit import FakeSpeaker, prospect, step
from vantum.core import mulaw
from vantum.core.audio import PHONE_RATE, seconds
from vantum.core.errors import CapacityError, SettingsError
from vantum.local_carrier import voice as voice_module
from vantum.local_carrier.prospect import Beeps, HangsUp, Says
from vantum.local_carrier.voice import MOST_KEPT, TONE_SECONDS, Voice, tone

HELLO, YES = Says("Hello?"), Says("Yes.")


async def test_all_that_is_heard_of_a_prospect_is_spoken_in_their_voice() -> None:
    speaker = FakeSpeaker()
    sounds = await Voice(speaker).sounds(prospect(step(HELLO), step(Beeps()), step(HangsUp()), voice="male"))
    assert set(sounds) == {HELLO, Beeps()}
    assert len(sounds[HELLO]) == PHONE_RATE // 10
    assert [(line.text, line.voice, line.rate) for line in speaker.spoken] == [
        ("Hello?", "en-us+klatt4", 8000)
    ]


async def test_a_line_is_spoken_once_for_each_voice() -> None:
    speaker = FakeSpeaker()
    voice = Voice(speaker)
    for who in ("male", "female", "male"):
        await voice.sounds(prospect(step(HELLO), step(YES), voice=who))
    assert len(speaker.spoken) == 4


async def test_only_so_many_lines_are_kept_the_last_ones() -> None:
    speaker = FakeSpeaker()
    voice = Voice(speaker)
    for number in range(MOST_KEPT + 1):
        await voice.sounds(prospect(step(Says(f"{number}"))))
    await voice.sounds(prospect(step(Says(f"{MOST_KEPT}"))))
    assert len(speaker.spoken) == MOST_KEPT + 1
    await voice.sounds(prospect(step(Says("0"))))
    assert len(speaker.spoken) == MOST_KEPT + 2


async def test_what_could_not_be_spoken_is_tried_again() -> None:
    speaker = FakeSpeaker(CapacityError("busy"))
    voice = Voice(speaker)
    with pytest.raises(CapacityError):
        await voice.sounds(prospect(step(HELLO)))
    speaker.error = None
    assert HELLO in await voice.sounds(prospect(step(HELLO)))


def test_without_the_libraries_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install 'vantum\[local\]'"):
        Voice().check()
    Voice(FakeSpeaker()).check()


class Opened(FakeSpeaker):
    """A voice that is opened for the prospects."""

    made: list[Opened] = []  # noqa: RUF012 - of one test

    def __init__(self) -> None:
        super().__init__()
        self.made.append(self)
        self.closed = False

    async def start(self) -> None:
        await asyncio.sleep(0.5)

    async def close(self) -> None:
        self.closed = True


async def test_a_voice_is_opened_once_and_closed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Opened, "made", [])
    monkeypatch.setattr(voice_module, "Synthesiser", Opened)
    voice = Voice()
    await voice.close()
    assert Opened.made == []
    await asyncio.gather(*(voice.sounds(prospect(step(Says(text)))) for text in ("a", "b", "c")))
    (opened,) = Opened.made
    assert len(opened.spoken) == 3
    assert not opened.closed
    await voice.close()
    assert opened.closed


def test_the_tone_is_loud_and_short() -> None:
    pcm = mulaw.decoded(tone())
    assert seconds(pcm, PHONE_RATE) == TONE_SECONDS
    samples = memoryview(pcm).cast("h").tolist()
    assert 7500 < max(samples) < 8500
    crossings = sum(one < 0 <= other for one, other in pairwise(samples))
    assert crossings == pytest.approx(500, abs=2)
