"""The context aggregator when the language changes: who is told, and what the bot says from there on."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import (
    STTUpdateSettingsFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import STTSettings, TTSSettings

from processors.context_aggregator import ContextAggregator
from tests.processors.conversing import (
    PLAIN,
    asked,
    converse,
    instructions,
    messages,
    said,
    up,
)
from vantum.core.events import (
    LanguageChanged,
    SessionStarted,
)
from vantum.core.manners import Manners
from vantum.core.phrases import phrases
from vantum.testing import Run, run_processor


def _updates(done: Run) -> list[tuple[FrameDirection, object]]:
    """The settings that recogniser and voice are to follow, with the way they went."""
    ways = [(FrameDirection.DOWNSTREAM, done.down), (FrameDirection.UPSTREAM, done.up)]
    return [
        (way, frame.delta)
        for way, passed in ways
        for _, frame in passed
        if isinstance(frame, STTUpdateSettingsFrame | TTSUpdateSettingsFrame)
    ]


GERMAN = "be kind\n\nAnswer in German, whatever language you read above."


@pytest.mark.parametrize(
    ("message", "voice"),
    [
        (LanguageChanged("de"), TTSSettings(language="de")),
        (SessionStarted("de", "maria"), TTSSettings(language="de", voice="maria")),
    ],
)
async def test_all_follow_to_another_language(message: object, voice: TTSSettings) -> None:
    done = await converse((1.0, asked(message)))
    assert _updates(done) == [
        (FrameDirection.DOWNSTREAM, voice),
        (FrameDirection.UPSTREAM, STTSettings(language="de")),
    ]
    assert instructions(done) == ["be kind", GERMAN]


async def test_a_voice_alone_changes_no_language() -> None:
    done = await converse(asked(SessionStarted(voice="maria")))
    assert _updates(done) == [(FrameDirection.DOWNSTREAM, TTSSettings(voice="maria"))]
    assert instructions(done) == ["be kind"]


async def test_a_session_without_wishes_changes_nothing() -> None:
    assert _updates(await converse(asked(SessionStarted()))) == []


async def test_the_change_is_told_and_the_bots_own_sentences_follow() -> None:
    done = await converse(
        (0.0, asked(SessionStarted())),
        up(1.0, asked(LanguageChanged("de"))),
        manners=Manners(silence_seconds=8.0),
        settle=8.0,
    )
    assert (1.0, LanguageChanged("de")) in messages(done)
    assert said(done) == [(8.0, phrases("de").still_there)]


async def test_back_in_english_the_model_is_told_so() -> None:
    done = await converse(asked(LanguageChanged("de")), asked(LanguageChanged("en")))
    assert instructions(done)[2] == "be kind\n\nAnswer in English, whatever language you read above."


async def test_a_call_that_begins_in_another_language_is_instructed_so() -> None:
    assert instructions(await converse(manners=Manners(language="de-AT"))) == [
        "be kind\n\nAnswer in German, whatever language you read above."
    ]


@pytest.mark.parametrize(("language", "words"), [("de-AT", "Guten Tag."), ("en", "Hello."), ("fr", "Hello.")])
async def test_the_bot_opens_the_call_in_its_language(language: str, words: str) -> None:
    aggregator = ContextAggregator(prompt="", greeting={"en": "Hello.", "de": "Guten Tag."}, manners=PLAIN)
    done = await run_processor(aggregator, [asked(SessionStarted(language))])
    assert said(done) == [(0.0, words)]
