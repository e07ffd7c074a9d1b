"""What ids end in, and what they still tell."""

from __future__ import annotations

from pathlib import Path

import pytest
import uuid_utils
from hypothesis import given
from hypothesis import strategies as st

from vantum.call_folder import folder_of
from vantum.core.stamp import signed_by, stamp_of, stamped
from vantum.phone.tokens import StreamTokens

STAMP = "00c0ffee"


@given(st.text("0123456789abcdef", min_size=8, max_size=8))
def test_a_stamped_id_is_an_id_of_the_same_moment(stamp: str) -> None:
    made = str(uuid_utils.uuid7())
    known = stamped(made, stamp)
    assert (known[:-8], stamp_of(known)) == (made[:-8], stamp)
    assert str(uuid_utils.UUID(known)) == known


def test_ids_of_one_moment_differ_without_their_last_digits() -> None:
    assert len({stamped(str(uuid_utils.uuid7()), STAMP) for _ in range(10_000)}) == 10_000


def test_who_is_alone_has_no_stamp() -> None:
    made = str(uuid_utils.uuid7())
    assert (stamped(made, ""), signed_by("token", "")) == (made, "token")


def test_a_token_has_its_stamp_behind_it() -> None:
    assert signed_by("token", STAMP) == f"token{STAMP}"
    assert stamp_of(f"token{STAMP}") == STAMP


@pytest.mark.parametrize("text", ["", "1", "abc", "token", "0123456g", "a token-1234567"])
def test_what_ends_in_no_stamp_has_none(text: str) -> None:
    assert stamp_of(text) == ""


def test_a_stamped_id_names_a_folder_and_opens_a_stream() -> None:
    call_id = stamped(str(uuid_utils.uuid7()), STAMP)
    assert folder_of(Path("data"), call_id) is not None
    tokens = StreamTokens("secret")
    assert tokens.redeem(tokens.mint(call_id, 60.0)) == call_id
