"""Tokens of media streams: good once, for a while, for one call, and nobody else can make them."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.phone.tokens import StreamTokens

CALL = "019a0000-0000-7000-8000-000000000001"
OTHER = "019a0000-0000-7000-8000-000000000002"


class Clock:
    """Seconds since 1970, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> StreamTokens:
    return StreamTokens("secret", clock)


def test_a_token_opens_the_stream_of_its_call_once(tokens: StreamTokens) -> None:
    token = tokens.mint(CALL, 60)
    assert [tokens.redeem(token), tokens.redeem(token)] == [CALL, None]


def test_each_token_is_another_and_for_its_own_call(tokens: StreamTokens) -> None:
    minted = [tokens.mint(CALL, 60), tokens.mint(CALL, 60), tokens.mint(OTHER, 60)]
    assert len(set(minted)) == 3
    assert [tokens.redeem(token) for token in minted] == [CALL, CALL, OTHER]


@pytest.mark.parametrize(("after", "opened"), [(0, CALL), (59.9, CALL), (60, None), (1e6, None)])
def test_a_token_expires(tokens: StreamTokens, clock: Clock, after: float, opened: str | None) -> None:
    token = tokens.mint(CALL, 60)
    clock.now += after
    assert tokens.redeem(token) == opened


def test_a_used_token_is_remembered_until_it_would_have_expired(tokens: StreamTokens, clock: Clock) -> None:
    long, short = tokens.mint(CALL, 600), tokens.mint(OTHER, 60)
    assert (tokens.redeem(long), tokens.redeem(short)) == (CALL, OTHER)
    clock.now += 599
    assert tokens.redeem(tokens.mint(CALL, 60)) == CALL
    assert tokens.redeem(long) is None
    assert len(tokens._used) == 2


def test_any_process_that_knows_the_secret_can_read_a_token(clock: Clock) -> None:
    token = StreamTokens("secret", clock).mint(CALL, 60)
    assert StreamTokens("other", clock).redeem(token) is None
    assert StreamTokens("secret", clock).redeem(token) == CALL


def test_the_token_fits_into_a_path_and_does_not_tell_the_secret(tokens: StreamTokens) -> None:
    token = tokens.mint(CALL, 60)
    assert re.fullmatch(r"[A-Za-z0-9_-]{54}", token)
    assert b"secret" not in base64.urlsafe_b64decode(token + "==")


@given(st.integers(0, 53), st.sampled_from("ABCXYZabcxyz019-_"))
def test_no_changed_token_opens_a_second_stream(position: int, letter: str) -> None:
    """Some letters of the end carry bits that are not read: such a token is the same one."""
    tokens = StreamTokens("secret", Clock())
    token = tokens.mint(CALL, 60)
    changed = token[:position] + letter + token[position + 1 :]
    opened = [tokens.redeem(changed), tokens.redeem(token)]
    assert opened.count(CALL) == 1
    assert set(opened) == {CALL, None}


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "A",
        "====",
        "é" * 54,
        "a b",
        "A" * 21,
        "A" * 22,
        "A" * 53,
        "A" * 54,
        "A" * 1_000_000,
        "\x00",
        "../" * 18,
    ],
)
def test_garbage_opens_nothing(tokens: StreamTokens, garbage: str) -> None:
    assert tokens.redeem(garbage) is None


@pytest.mark.parametrize("cut", [slice(0, 32), slice(0, -1), slice(1, None), slice(0, 53)])
def test_a_part_of_a_token_opens_nothing(tokens: StreamTokens, cut: slice) -> None:
    token = tokens.mint(CALL, 60)
    assert tokens.redeem(token[cut]) is None
    assert tokens.redeem(token + "AAAA") is None
    assert tokens.redeem(token) == CALL


@given(st.text(max_size=80))
def test_no_text_is_an_error(text: str) -> None:
    assert StreamTokens("secret", Clock()).redeem(text) is None


def test_only_calls_have_tokens(tokens: StreamTokens) -> None:
    with pytest.raises(ValueError, match="UUID"):
        tokens.mint("no id", 60)


def test_without_a_clock_it_is_the_time_of_day() -> None:
    tokens = StreamTokens("secret")
    assert tokens.redeem(tokens.mint(CALL, 60)) == CALL
    assert tokens.redeem(tokens.mint(CALL, -60)) is None
