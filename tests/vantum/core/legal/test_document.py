"""A decision as text, and back."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.vantum.core.legal.legal_cases import case, cases, patient
from vantum.core.legal.case import Case
from vantum.core.legal.document import canonical, read, written
from vantum.core.legal.gate import decide


@patient
@given(cases())
def test_what_is_written_is_read_again(about: Case) -> None:
    decision = decide(about)
    assert read(written(decision)) == decision
    assert written(read(written(decision))) == written(decision)


def test_the_text_is_canonical() -> None:
    assert (
        canonical({"b": ["é", None], "a": {"d": "1", "c": "2"}})
        == '{"a":{"c":"2","d":"1"},"b":["\\u00e9",null]}'
    )
    text = written(decide(case()))
    assert text.isascii()
    assert text.startswith(
        '{"decided_at":"2026-11-18T17:00:00+00:00","duties":{"disclosure":"I am an AI assistant'
    )


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"verdict":"maybe"}'])
def test_another_text_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read(text)
