"""What is pushed when the language changes, and what a provider without languages says of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from loguru import logger
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.utils.types import NOT_GIVEN

from processors.language_switch import EnglishOnly, recogniser_follows, voice_follows


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What is logged, with its fields."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{message} {extra}")
    yield lines
    logger.remove(sink)


def test_the_recogniser_is_asked_for_the_language_alone() -> None:
    assert recogniser_follows("de-AT").delta == STTSettings(language="de-AT")


@pytest.mark.parametrize(
    ("language", "voice", "delta"),
    [
        ("de", None, TTSSettings(language="de")),
        (None, "female", TTSSettings(voice="female")),
        ("de", "female", TTSSettings(language="de", voice="female")),
        (None, None, TTSSettings()),
    ],
)
def test_the_voice_is_asked_for_what_changes(
    language: str | None, voice: str | None, delta: TTSSettings
) -> None:
    assert voice_follows(language, voice).delta == delta


def test_neither_is_lost_in_an_interruption() -> None:
    assert not recogniser_follows("de").interruptible
    assert not voice_follows("de").interruptible


def test_a_provider_without_languages_says_so_once(log: list[str]) -> None:
    english = EnglishOnly("embedded voice")
    for language in ("en", "en-GB", None, NOT_GIVEN, "de-AT", "fr"):
        english.asked_for(language)
    assert log == [
        "The embedded voice knows US English only and goes on in it. Another language needs Deepgram and "
        "Cartesia. {'language': 'de-AT'}\n"
    ]
