"""Who has the secret can tell that a message is ours, and nobody else's word counts."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from vantum.core.outreach.signature import LONGEST, MOST_SECRETS, TOLERANCE_SECONDS, Check, checked, signed

NOW = 1_764_000_000
BODY = b'{"id":"1","type":"call.ended"}'
HEADER = signed(BODY, ("new", "old"), NOW)


def test_the_form_is_the_one_that_is_promised() -> None:
    expected = hmac.new(b"new", b"1764000000." + BODY, hashlib.sha256).hexdigest()
    assert signed(BODY, ("new",), NOW) == f"t=1764000000,v1={expected}"


@given(
    st.binary(max_size=200),
    st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=MOST_SECRETS),
    st.integers(0, 10**11),
)
def test_what_was_signed_is_good_for_each_of_the_secrets(body: bytes, secrets: list[str], now: int) -> None:
    try:
        "".join(secrets).encode()
    except UnicodeEncodeError:
        assume(False)
    header = signed(body, secrets, now)
    assert all(checked(header, body, (secret,), now) is Check.GOOD for secret in secrets)
    assert checked(header, body + b" ", secrets, now) is Check.FORGED


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        (("new",), Check.GOOD),
        (("old",), Check.GOOD),
        (("other", "old"), Check.GOOD),
        (("other",), Check.FORGED),
        ((), Check.FORGED),
    ],
)
def test_one_secret_that_fits_is_enough(secrets: tuple[str, ...], expected: Check) -> None:
    assert checked(HEADER, BODY, secrets, NOW) is expected


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, Check.GOOD),
        (TOLERANCE_SECONDS, Check.GOOD),
        (-TOLERANCE_SECONDS, Check.GOOD),
        (TOLERANCE_SECONDS + 0.1, Check.STALE),
        (-TOLERANCE_SECONDS - 1, Check.STALE),
    ],
)
def test_an_old_message_is_stale(offset: float, expected: Check) -> None:
    assert checked(HEADER, BODY, ("new",), NOW + offset) is expected


def test_the_time_is_signed_too() -> None:
    later = HEADER.replace(str(NOW), str(NOW + 10_000))
    assert checked(later, BODY, ("new",), NOW + 10_000) is Check.FORGED


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1764000000",
        HEADER.partition(",")[2],
        HEADER.replace("v1=", "v0="),
        f"t=1,{HEADER}",
        HEADER.replace("t=1764000000", "t=١٢٣"),
        HEADER.replace("t=1764000000", "t=-5"),
        HEADER.replace("t=1764000000", f"t={'1' * 13}"),
        "t=1764000000,v1=abc",
        "t=1764000000,v1=" + "é" * 64,
        HEADER + "," + "x" * LONGEST,
    ],
)
def test_what_has_another_form_is_malformed(header: str) -> None:
    assert checked(header, BODY, ("new",), NOW) is Check.MALFORMED


def test_spaces_and_parts_of_another_kind_do_no_harm() -> None:
    assert checked(HEADER.replace(",", ", ") + ", v2=later", BODY, ("new",), NOW) is Check.GOOD


@given(st.text())
@example("t=,v1=")
@example("t=1,v1")
def test_no_other_text_is_good(header: str) -> None:
    assert checked(header, BODY, ("new",), NOW) is not Check.GOOD


@pytest.mark.parametrize("secrets", [(), ("",), ("a", ""), ("a",) * (MOST_SECRETS + 1)])
def test_a_message_is_signed_with_one_to_five_secrets(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="1 to 5 secrets"):
        signed(BODY, secrets, NOW)
