"""Tokens: what is signed comes back as it was, and nothing else is taken for a token."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vantum.core.access_token import LONGEST, MOST_USES, Denial, Grant, key_of, opened, sealed

KEY = key_of("a secret of the tests")
GRANT = Grant("0123", "outreach", 1_000, 3, "https://shop.example", {"name": "Anna"})
TOKEN = sealed(GRANT, KEY)


def test_what_was_granted_comes_back() -> None:
    assert opened(TOKEN, KEY, 999.9) == GRANT
    assert opened(sealed(Grant("1", "echo", 5), KEY), KEY, 0) == Grant("1", "echo", 5)


@given(
    st.text(min_size=1, max_size=40),
    st.integers(1, 2**40),
    st.integers(1, MOST_USES),
    st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3),
)
def test_any_grant_comes_back(pipeline: str, expires_at: int, uses: int, variables: dict[str, str]) -> None:
    grant = Grant("id", pipeline, expires_at, uses, "", variables)
    token = sealed(grant, KEY)
    assert token.isascii()
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert opened(token, KEY, 0) == grant


@pytest.mark.parametrize(("now", "good"), [(0, True), (999.999, True), (1_000, False), (1e12, False)])
def test_a_token_is_good_until_it_expires(now: float, good: bool) -> None:
    assert opened(TOKEN, KEY, now) == (GRANT if good else Denial.EXPIRED)


def test_no_token_is_missing() -> None:
    assert opened("", KEY, 0) is Denial.MISSING


@given(st.text() | st.text(alphabet="vt1.ABCxyz-_="))
@example("vt1..")
@example("..")
@example("\ud800.\udfff")
@example(TOKEN + "=")
@example(TOKEN + ".")
@example(f" {TOKEN}")
@example(TOKEN.replace("vt1", "vt2"))
@example(TOKEN.upper())
def test_no_other_text_is_a_token(text: str) -> None:
    assert opened(text, KEY, 0) is (Denial.FORGED if text else Denial.MISSING)


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("AZaz09-_."))
def test_no_letter_can_be_changed(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert opened(changed, KEY, 0) == (GRANT if changed == TOKEN else Denial.FORGED)


def test_facts_without_the_key_are_forged() -> None:
    facts = {"id": "0123", "pipeline": "outreach", "expires_at": 10**10, "uses": 1_000}
    text = base64.urlsafe_b64encode(json.dumps(facts).encode()).rstrip(b"=").decode()
    for signature in ("", TOKEN.rpartition(".")[2]):
        assert opened(f"vt1.{text}.{signature}", KEY, 0) is Denial.FORGED
    assert opened(sealed(GRANT, key_of("another secret")), KEY, 0) is Denial.FORGED


def test_a_token_that_is_too_long_for_an_address_is_none() -> None:
    token = sealed(Grant("1", "echo", 1_000, variables={"a": "x" * LONGEST}), KEY)
    assert opened(token, KEY, 0) is Denial.FORGED


@pytest.mark.parametrize(
    ("granted", "origin", "denial"),
    [
        ("", None, None),
        ("", "https://any.example", None),
        ("https://shop.example", "https://shop.example", None),
        ("https://shop.example", "https://SHOP.example/", None),
        ("https://shop.example", "https://shop.example.evil.test", Denial.ORIGIN),
        ("https://shop.example", "http://shop.example", Denial.ORIGIN),
        ("https://shop.example", "null", Denial.ORIGIN),
        ("https://shop.example", None, Denial.ORIGIN),
    ],
)
def test_a_token_may_be_for_the_pages_of_one_site(
    granted: str, origin: str | None, denial: Denial | None
) -> None:
    assert Grant("1", "echo", 5, origin=granted).denial_of(origin) is denial


@pytest.mark.parametrize(
    ("name", "pipeline", "uses"), [("", "a", 1), ("1", "", 1), ("1", "a", 0), ("1", "a", 1001)]
)
def test_what_no_token_can_allow_cannot_be_granted(name: str, pipeline: str, uses: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 1000 uses"):
        Grant(name, pipeline, 5, uses)


def test_denials_have_a_status_and_a_sentence() -> None:
    assert {denial.name: denial.status for denial in Denial} == {
        "MISSING": 401,
        "FORGED": 401,
        "EXPIRED": 401,
        "USED": 401,
        "CROWDED": 503,
        "ORIGIN": 403,
        "PIPELINE": 403,
    }
    assert all(denial.sentence.endswith(".") for denial in Denial)
