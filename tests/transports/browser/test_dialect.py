"""The table of names: complete, unambiguous, and the rules that read a name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transports.browser.dialect import (
    GREETING_ORDER,
    NAMES,
    REQUESTS,
    Asked,
    Cancel,
    Dialect,
    dialect_of,
    error_name,
)


def test_every_dialect_has_names_and_both_acks_are_sent_the_older_first() -> None:
    assert set(NAMES) == set(Dialect)
    assert [NAMES[dialect].connected for dialect in GREETING_ORDER] == [
        "connection.ack",
        "connection.lifecycle.ack",
    ]


@pytest.mark.parametrize(
    ("name", "asked", "dialect"),
    [
        ("audio.input.start", Asked.START, Dialect.CURRENT),
        ("audio.input.chunk", Asked.CHUNK, Dialect.CURRENT),
        ("audio.input.end", Asked.END, Dialect.CURRENT),
        ("voicechat.audio.start", Asked.START, Dialect.FIRST),
        ("voicechat.audio.chunk", Asked.CHUNK, Dialect.FIRST),
        ("voicechat.audio.end", Asked.END, Dialect.FIRST),
    ],
)
def test_requests_are_told_apart_by_name(name: str, asked: Asked, dialect: Dialect) -> None:
    assert REQUESTS[name] is asked
    assert dialect_of(name) is dialect


def test_there_are_no_other_requests() -> None:
    assert len(REQUESTS) == len(Asked) * len(Dialect)


@pytest.mark.parametrize("dialect", Dialect)
def test_every_reason_to_cut_an_utterance_has_a_name(dialect: Dialect) -> None:
    assert set(NAMES[dialect].speech_cancel) == set(Cancel)


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("voicechat.audio.pause", Dialect.FIRST),
        ("voicechat.", Dialect.FIRST),
        ("voicechat", Dialect.CURRENT),
        ("audio.input.pause", Dialect.CURRENT),
        ("a.b.c", Dialect.CURRENT),
        ("", Dialect.CURRENT),
    ],
)
def test_unknown_names_belong_to_a_dialect_by_their_prefix(name: str, dialect: Dialect) -> None:
    assert dialect_of(name) is dialect


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("audio.input.start", "audio.input.error"),
        ("voicechat.audio.start", "voicechat.audio.error"),
        ("a.b.c", "a.b.error"),
        ("a.b", "a.error"),
        ("a.", "a.error"),
        (".", ".error"),
        ("a", "error.unknown"),
        ("", "error.unknown"),
        ("error.unknown", "error.error"),
    ],
)
def test_an_error_is_named_after_its_request(name: str, error: str) -> None:
    assert error_name(name) == error


@settings(deadline=None)
@given(st.text(), st.text().filter(lambda part: "." not in part))
def test_only_the_last_part_of_a_name_is_replaced(family: str, last: str) -> None:
    assert error_name(f"{family}.{last}") == f"{family}.error"
