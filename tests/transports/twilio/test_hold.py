"""What a telephone hears when the bot is held and goes on; no mark is believed for what it does not confirm."""

from __future__ import annotations

import random

import pytest
from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
)

from tests.transports.output_kit import WORD_SECONDS, Client, hold, play_over, release, timed_words
from transports.twilio.transport import TwilioTransport
from vantum.core import mulaw
from vantum.core.events import Stage, StageReached, UtteranceEnded, WordsSpoken
from vantum.testing import Input, MemoryPhone

TEXT = "one two three four five six seven eight"
SAMPLES = int(WORD_SECONDS * 8000)
SPEECH = bytes(random.Random(7).choices(range(1, 120), k=8 * SAMPLES))
DELAYS = [(0.0, 0.0), (0.05, 0.0), (0.0, 0.05), (0.1, 0.1), (0.2, 0.0), (0.0, 0.2), (0.2, 0.2)]
"""Seconds until the play-out begins, and seconds that a mark travels."""

delays = pytest.mark.parametrize(("play", "mark"), DELAYS)


def story() -> list[Frame]:
    """Eight words of 0.25 s each, as one answer."""
    audio = TTSAudioRawFrame(mulaw.decoded(SPEECH), 8000, 1, context_id="c")
    return [LLMFullResponseStartFrame(), *timed_words(TEXT), audio, LLMFullResponseEndFrame()]


async def talk(phone: MemoryPhone, *deeds: Input) -> Client:
    phone.answer()
    return await play_over(TwilioTransport(phone), phone, [*story(), *deeds])


def heard_words(client: Client) -> str:
    [(_, end)] = client.told(UtteranceEnded)
    assert isinstance(end, UtteranceEnded)
    return end.text


@delays
async def test_nothing_is_lost_and_the_word_that_was_cut_is_heard_again(play: float, mark: float) -> None:
    phone = MemoryPhone(play_delay=play, mark_delay=mark)
    client = await talk(phone, (0.9, hold()), (1.5, release()))
    (begin, before), (again, after) = phone.heard
    assert (begin, phone.heard[0].end, again) == (play, 0.9, 1.5 + play)
    assert SPEECH.startswith(before)
    position = SPEECH.index(after[:40])
    assert after[: len(SPEECH) - position] == SPEECH[position:]
    assert position % SAMPLES == 0
    # As far as the marks had told: one that travels for long tells of an ear that has gone on meanwhile.
    assert position <= len(before) < position + SAMPLES + (mark + 0.04) * 8000
    assert heard_words(client) == TEXT
    assert " ".join(e.text for _, e in client.events if isinstance(e, WordsSpoken)) == TEXT


@delays
async def test_a_hold_clears_and_marks_from_before_confirm_nothing_after(play: float, mark: float) -> None:
    phone = MemoryPhone(play_delay=play, mark_delay=mark)
    client = await talk(phone, (0.9, hold()), (0.95, release()), (1.1, InterruptionFrame()))
    assert [cleared.time for cleared in phone.cleared] == [0.9, 1.1]
    names = [str(received.payload["mark"]) for received in phone.received if received.event == "mark"]
    assert len(set(names)) == len(names)
    # The ear of the model: every word of which at least half was played by the clear.
    furthest = 0
    for _, stretch in phone.heard:
        furthest = max(furthest, SPEECH.index(stretch[:40]) + len(stretch))
    told = len(heard_words(client).split())
    assert (told - 0.5) * SAMPLES <= furthest
    assert told >= (furthest - (mark + 0.04) * 8000) / SAMPLES - 0.5


async def test_what_is_held_is_cleared_once_also_when_it_is_cut_then() -> None:
    phone = MemoryPhone()
    client = await talk(phone, (0.9, hold()), (1.2, InterruptionFrame()))
    assert [cleared.time for cleared in phone.cleared] == [0.9]
    assert heard_words(client) == "one two three four"


@delays
async def test_the_ear_is_reached_when_the_first_mark_is_back(play: float, mark: float) -> None:
    client = await talk(MemoryPhone(play_delay=play, mark_delay=mark))
    stages = {event.stage: at for at, event in client.events if isinstance(event, StageReached)}
    assert stages == {
        Stage.FIRST_AUDIO: 0.0,
        Stage.FIRST_BYTE: 0.0,
        Stage.HEARD: pytest.approx(play + 0.04 + mark),
    }


async def test_without_marks_the_ear_is_taken_to_be_reached_when_patience_ends() -> None:
    client = await talk(MemoryPhone(mark_delay=None))
    stages = {event.stage: at for at, event in client.events if isinstance(event, StageReached)}
    assert stages[Stage.HEARD] == pytest.approx(2.04)
