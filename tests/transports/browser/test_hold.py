"""What a browser is sent and hears when the bot is held and goes on: to the sample, and in names it understands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipecat.frames.frames import (
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
)

from tests.transports.output_kit import WORD_SECONDS, Client, hold, play_over, release, timed_words
from transports.browser.dialect import Dialect
from transports.browser.transport import CUT_PAUSE_SECONDS, BrowserTransport
from vantum.core.events import UtteranceEnded
from vantum.testing import Input, MemoryClient

RATE = 16_000
TEXT = "one two three four five six seven eight"
SAMPLES = int(WORD_SECONDS * RATE)
SPEECH = b"".join((n % 32749 + 1).to_bytes(2, "little") for n in range(8 * SAMPLES))
ANSWER: list[Input] = [
    LLMFullResponseStartFrame(),
    *timed_words(TEXT),
    TTSAudioRawFrame(SPEECH, RATE, 1, context_id="c"),
    LLMFullResponseEndFrame(),
]


async def talk(*deeds: Input, dialect: Dialect = Dialect.CURRENT) -> tuple[MemoryClient, Client]:
    """The answer, and what happens to it, over a line to a browser."""
    browser = MemoryClient(dialect)
    browser.start()
    return browser, await play_over(BrowserTransport(browser, output_rate=RATE), browser, [*ANSWER, *deeds])


def audible(browser: MemoryClient) -> list[bytes]:
    """What was heard of each utterance of the wire."""
    pcm: dict[str, bytes] = {}
    for received in browser.received:
        match received.payload:
            case {"audio": bytes(audio), "utteranceId": str(name)}:
                pcm[name] = pcm.get(name, b"") + audio
    sounds = browser.sounds
    return [pcm[sound.utterance_id][: 2 * round((sound.end - sound.begin) * RATE)] for sound in sounds]


def wire(browser: MemoryClient) -> list[tuple[str, str]]:
    """Names and ids of what was sent, runs of chunks once; ids are numbered as they come."""
    ids: dict[object, str] = {}
    told: list[tuple[str, str]] = []
    for received in browser.received:
        if "utteranceId" not in received.payload or received.event.endswith(".words"):
            continue
        name = ids.setdefault(received.payload["utteranceId"], "uvw"[len(ids) % 3])
        if told[-1:] != [(received.event, name)]:
            told.append((received.event, name))
    return told


async def test_a_hold_and_what_follows_are_two_utterances_on_the_wire_and_one_turn() -> None:
    browser, _ = await talk((0.9, hold()), (1.5, release()))
    assert wire(browser) == [
        ("conversation.response.start", "u"),
        ("audio.output.start", "u"),
        ("audio.output.chunk", "u"),
        ("conversation.response.paused", "u"),
        ("audio.output.cancel", "u"),
        ("conversation.response.resumed", "u"),
        ("audio.output.start", "v"),
        ("audio.output.chunk", "v"),
        ("audio.output.complete", "v"),
        ("conversation.response.complete", "u"),
    ]
    [resumed] = [received for received in browser.received if received.event.endswith("resumed")]
    assert resumed.payload["speechId"] == browser.sounds[1].utterance_id
    spoken = [str(each.payload["text"]) for each in browser.received if each.event.endswith(".words")]
    assert " ".join(spoken) == TEXT


async def test_the_first_dialect_has_interrupts_and_new_utterances() -> None:
    browser, _ = await talk((0.9, hold()), (1.5, release()), dialect=Dialect.FIRST)
    assert wire(browser) == [
        ("voicechat.response.start", "u"),
        ("voicechat.response.chunk", "u"),
        ("voicechat.response.interrupt", "u"),
        ("voicechat.response.start", "v"),
        ("voicechat.response.chunk", "v"),
        ("voicechat.response.complete", "v"),
    ]


async def test_what_was_audible_is_the_speech_with_the_cut_word_twice() -> None:
    browser, _ = await talk((0.9, hold()), (1.5, release()))
    before, after = audible(browser)
    assert before == SPEECH[: 2 * round(0.9 * RATE)]
    assert after[: len(SPEECH) - 2 * 3 * SAMPLES] == SPEECH[2 * 3 * SAMPLES :]
    assert [(sound.begin, sound.end) for sound in browser.sounds] == [(0.0, 0.9), (1.5, 2.756)]


async def test_an_interruption_after_a_resume_cancels_the_second_utterance() -> None:
    browser, _ = await talk((0.9, hold()), (1.5, release()), (2.0, InterruptionFrame()))
    assert wire(browser)[-3:] == [
        ("audio.output.chunk", "v"),
        ("audio.output.cancel", "v"),
        ("conversation.response.complete", "u"),
    ]


async def test_an_interruption_of_what_is_held_cancels_nothing_twice() -> None:
    browser, client = await talk((0.9, hold()), (1.5, InterruptionFrame()))
    assert wire(browser)[-3:] == [
        ("conversation.response.paused", "u"),
        ("audio.output.cancel", "u"),
        ("conversation.response.complete", "u"),
    ]
    [(_, end)] = client.told(UtteranceEnded)
    assert isinstance(end, UtteranceEnded)
    assert (end.text, end.interrupted) == ("one two three four", True)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 700), st.integers(1, 300)), min_size=1, max_size=5))
async def test_held_however_often_all_is_audible_and_cancelled_names_never_come_back(
    holds: list[tuple[int, int]],
) -> None:
    deeds: list[Input] = []
    now = 0.0
    for playing, held in holds:
        deeds.append((now := round(now + playing / 1000, 3), hold()))
        deeds.append((now := round(now + held / 1000, 3), release()))
    browser, _ = await talk(*deeds)
    cancelled: dict[object, float] = {}
    for received in browser.received:
        if received.event == "audio.output.cancel":
            cancelled[received.payload["utteranceId"]] = received.time
        elif received.event == "audio.output.chunk":
            assert received.payload["utteranceId"] not in cancelled
            # Times are told in whole milliseconds.
            assert received.time - max(cancelled.values(), default=-1.0) >= CUT_PAUSE_SECONDS - 0.0011
    reached = 0
    for pcm in audible(browser):
        position = SPEECH.index(pcm[:40]) // 2
        assert pcm.startswith(SPEECH[2 * position :][: len(pcm)])
        # Back to the beginning of the word in which it stopped, and no further.
        assert position <= reached < position + SAMPLES + 2
        reached = max(reached, position + len(pcm) // 2)
    assert reached >= 8 * SAMPLES


@pytest.mark.parametrize("cut_at", [1.0, 1.2])
async def test_a_turn_cut_before_it_goes_on_was_never_resumed(cut_at: float) -> None:
    browser, _ = await talk((0.9, hold()), (0.95, release()), (cut_at, InterruptionFrame()))
    resumed = [received.event for received in browser.received if received.event.endswith("resumed")]
    assert resumed == ([] if cut_at < 1.05 else ["conversation.response.resumed"])
