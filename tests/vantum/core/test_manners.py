"""The bot's manners, and the sentences that go with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vantum.core.manners import Manners
from vantum.core.phrases import phrases


@pytest.mark.parametrize(
    ("language", "still_there"),
    [("en", "Are you still there?"), ("de-AT", "Sind Sie noch da?"), ("tlh", "Are you still there?")],
)
def test_the_sentences_are_those_of_the_language(language: str, still_there: str) -> None:
    assert Manners(language=language).phrases.still_there == still_there


def test_a_pipelines_own_sentences_come_before_the_languages() -> None:
    own = replace(phrases("de"), one_moment="Augenblick!")
    assert Manners(own_phrases=own).phrases is own
