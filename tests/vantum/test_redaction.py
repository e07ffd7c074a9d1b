"""What is taken out of a line of the log, and what is left in it."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.access_token import Grant, key_of, sealed
from vantum.redaction import HIDDEN, Redaction

KEY = "sk-4711/Very+Secret=="
ODD = 'a"quo\\ted-key'
REDACTION = Redaction([KEY, ODD, "abc"])
TOKEN = sealed(Grant("0123", "outreach", 1_000), key_of("x"))


@pytest.mark.parametrize(
    "form",
    [KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode(), ODD, '{"key": "a\\"quo\\\\ted-key"}'],
)
@pytest.mark.parametrize("line", ["{}", "x{}y", "key {}.", "https://a.test/?k={}&b=1", "('{}',)"])
def test_a_known_secret_is_taken_out_in_every_form(form: str, line: str) -> None:
    told = REDACTION.text(line.format(form))
    assert HIDDEN in told
    assert not any(piece in told for piece in ("4711", "Very", "quo", "ted-key", "c2stNDcxMS"))


def test_a_short_secret_is_taken_out_where_it_is_a_word() -> None:
    assert REDACTION.text("abc, 'abc' and abcd") == "(secret), '(secret)' and abcd"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Authorization: Token 0123abcd", "Authorization: (secret)"),
        ("> Authorization: Bearer 0123.ab-cd_e", "> Authorization: (secret)"),
        ("{'authorization': 'Basic QUM6eA=='}", "{'authorization': '(secret)'}"),
        ("(b'authorization', b'Basic QUM6eA==')", "(b'authorization', b'(secret)')"),
        ('{"Authorization": "key123", "a": 1}', '{"Authorization": "(secret)", "a": 1}'),
        ("Proxy-Authorization: x", "Proxy-Authorization: (secret)"),
        ("X-API-Key: one-two", "X-API-Key: (secret)"),
        ("api_key='one-two', model='m'", "api_key='(secret)', model='m'"),
        ("wss://a.test/tts?api_key=one-two&v=1", "wss://a.test/tts?api_key=(secret)&v=1"),
        ('"WebSocket /ws?token=one.two-three" 403', '"WebSocket /ws?token=(secret)" 403'),
        ("GET /ws?resume=one-two&token=three HTTP/1.1", "GET /ws?resume=(secret)&token=(secret) HTTP/1.1"),
        ("GET /ws?a=1&token=one HTTP/1.1", "GET /ws?a=1&token=(secret) HTTP/1.1"),
        ("with Bearer abcdefgh0123 it went", "with Bearer (secret) it went"),
        ("X-Twilio-Signature: ab/cd+ef=", "X-Twilio-Signature: (secret)"),
        ("GET /twilio/media/AZoB-_c4 HTTP/1.1", "GET /twilio/media/(secret) HTTP/1.1"),
        ("{'resumeToken': 'abc-def'}", "{'resumeToken': '(secret)'}"),
        (f"it was {TOKEN}.", f"it was {HIDDEN}."),
        (f"cut off: {TOKEN[:30]}", f"cut off: {HIDDEN}"),
    ],
)
def test_credentials_are_taken_out_whoever_they_belong_to(line: str, told: str) -> None:
    assert Redaction().text(line) == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("call +14155550123 now", "call (number ..23) now"),
        ("To=%2B14155550123&From=x", "To=(number ..23)&From=x"),
        ("+1 (415) 555-0123", "(number ..23)"),
        ("+49 30 901820", "(number ..20)"),
        ("sip:+442079460000@a.test", "sip:(number ..00)@a.test"),
        ("Called=14155550123.", "Called=(number ..23)."),
        (
            "{'to': '+14155550123', 'from': '+14155550199'}",
            "{'to': '(number ..23)', 'from': '(number ..99)'}",
        ),
    ],
)
def test_of_a_phone_number_two_digits_are_left(line: str, told: str) -> None:
    assert Redaction().text(line) == told


@pytest.mark.parametrize(
    "line",
    [
        "04:06:20.891 INFO    A call began. {'call': '01a1fc48-a1d8-775f-84f2-810000000951'}",
        "Port 8080 on 127.0.0.1 is taken.",
        "Vantum is ready: http://127.0.0.1:54321/",
        "More than 1048576 bytes at 1763711700.123 s",
        "CA00000000000000000000000000000001 at AC5555555555",
        "It took +0.25 s, 2026-11-21T04:05:20.777981Z",
        "the API keys: none; 500 tokens of 128000, authorization failed",
    ],
)
def test_everything_else_is_left_as_it_is(line: str) -> None:
    assert Redaction(["other-secret"]).text(line) == line


@given(st.text())
def test_any_text_can_be_looked_through(text: str) -> None:
    assert REDACTION.text(REDACTION.text(text)).count(KEY) == 0


@given(
    st.text(),
    st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True),
    st.sampled_from([" ", "'", "", "\n", "="]),
)
def test_no_number_is_left_whole(before: str, number: str, after: str) -> None:
    assert number not in Redaction().text(f"{before}{number}{after}")


def test_a_long_line_takes_no_time() -> None:
    for piece in ("+1 ", "authorization ", "1" * 16 + " ", "bearer ", "(", "vt1.", '"'):
        assert REDACTION.text(piece * 20_000)
