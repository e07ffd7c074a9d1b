"""The bot's own sentences."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from vantum.core.languages import KNOWN
from vantum.core.phrases import phrases


@pytest.mark.parametrize("language", KNOWN)
def test_each_sentence_is_there_and_ends(language: str) -> None:
    sentences = asdict(phrases(language))
    assert len(set(sentences.values())) == 10
    assert all(text.endswith((".", "?", "।")) for text in sentences.values())


def test_each_language_has_its_own() -> None:
    assert len({phrases(language) for language in KNOWN}) == len(KNOWN)


@pytest.mark.parametrize(
    ("tag", "text"),
    [("de-AT", "Sind Sie noch da?"), ("EN", "Are you still there?"), ("xx", "Are you still there?")],
)
def test_a_tag_is_read_without_its_region(tag: str, text: str) -> None:
    assert phrases(tag).still_there == text


def test_a_pipeline_changes_some() -> None:
    changed = replace(phrases("en"), one_moment="Let me look.")
    assert (changed.one_moment, changed.unheard) == ("Let me look.", phrases("en").unheard)
