"""Signatures of webhooks and upgrades, made here by the specification and not by the library under them."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha1, sha256
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, Headers, UploadFile

from transports.twilio.signature import Signatures

TOKEN = "12345678901234567890123456789012"
PUBLIC = "https://calls.example.com"
SIGNATURES = Signatures(TOKEN, PUBLIC)

HASHES = {"HMAC_SHA1": sha1, "HMAC_SHA256": sha256}
FORM = FormData([("CallSid", "CA1"), ("From", "+15550001"), ("Body", "grüß dich"), ("Empty", "")])


def signed(url: str, fields: list[tuple[str, str]], algorithm: str = "HMAC_SHA1", token: str = TOKEN) -> str:
    """The signature: the URL, then each different name and value in order, without anything between them."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), HASHES[algorithm])).decode()


def headers(signature: str, algorithm: str | None = None) -> Headers:
    settings = {} if algorithm is None else {"X-Twilio-Webhooks-Signature-Settings": algorithm}
    return Headers({"X-Twilio-Signature": signature} | settings)


def texts(form: FormData) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in form.multi_items()]


def test_the_example_of_twilios_documentation() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    checked = Signatures("12345", "https://mycompany.com")
    path, signature = "/myapp.php?foo=1&bar=2", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
    assert signed(f"https://mycompany.com{path}", list(fields.items()), token="12345") == signature
    assert checked.of_post(path, FormData(fields), headers(signature))
    assert not checked.of_post(path, FormData(fields | {"Digits": "1235"}), headers(signature))


@pytest.mark.parametrize(
    ("algorithm", "setting"),
    [
        ("HMAC_SHA1", None),
        ("HMAC_SHA1", ""),
        ("HMAC_SHA1", "key=k1"),
        ("HMAC_SHA1", "key=k1,algorithm="),
        ("HMAC_SHA1", "key=k1,algorithm=HMAC_SHA1"),
        ("HMAC_SHA256", "key=k1,algorithm=HMAC_SHA256"),
        ("HMAC_SHA256", "algorithm=hmac_sha256, key=k1"),
    ],
)
def test_both_algorithms(algorithm: str, setting: str | None) -> None:
    other = "HMAC_SHA1" if algorithm == "HMAC_SHA256" else "HMAC_SHA256"
    url, socket_url = f"{PUBLIC}/twilio/status?call=7", "wss://calls.example.com/twilio/media/abc"
    for used, good in ((algorithm, True), (other, False)):
        post = headers(signed(url, texts(FORM), used), setting)
        assert SIGNATURES.of_post("/twilio/status?call=7", FORM, post) is good
        upgrade = headers(signed(socket_url, [], used), setting)
        assert SIGNATURES.of_upgrade("/twilio/media/abc", upgrade) is good


@pytest.mark.parametrize(
    "form",
    [
        FormData([]),
        FormData([("a", "")]),
        FormData([("b", "2"), ("a", "1")]),
        FormData([("a", "2"), ("a", "1"), ("a", "2"), ("b", "0")]),
        FormData([("a", "x"), ("A", "y"), ("ä", "日本 & =+%")]),
    ],
    ids=str,
)
def test_names_are_sorted_and_repeated_values_count_once(form: FormData) -> None:
    good = signed(f"{PUBLIC}/hook", texts(form))
    assert SIGNATURES.of_post("/hook", form, headers(good))
    more = FormData([*form.multi_items(), ("a", "3")])
    assert not SIGNATURES.of_post("/hook", more, headers(good))
    assert not SIGNATURES.of_post("/hook", FormData([*form.multi_items()][:-1] or [("z", "")]), headers(good))


@given(st.lists(st.tuples(st.sampled_from("abAB"), st.text(max_size=3)), max_size=6))
def test_any_form_that_is_signed(fields: list[tuple[str, str | UploadFile]]) -> None:
    form = FormData(fields)
    assert SIGNATURES.of_post("/hook", form, headers(signed(f"{PUBLIC}/hook", texts(form))))


@pytest.mark.parametrize(
    "signed_url",
    [
        "https://calls.example.com/hook",
        "https://calls.example.com/hook?a=2",
        "https://calls.example.com/hook/?a=1",
        "http://calls.example.com/hook?a=1",
        "wss://calls.example.com/hook?a=1",
        "https://other.example.com/hook?a=1",
        "https://calls.example.com:8443/hook?a=1",
    ],
)
def test_a_webhook_signed_for_another_url(signed_url: str) -> None:
    assert not SIGNATURES.of_post("/hook?a=1", FORM, headers(signed(signed_url, texts(FORM))))


@pytest.mark.parametrize(
    "signed_url",
    [
        "https://calls.example.com/media/t",
        "http://calls.example.com/media/t",
        "ws://calls.example.com/media/t",
        "wss://calls.example.com/media/t/",
        "wss://calls.example.com/media/t?a=1",
        "wss://calls.example.com/media/u",
        "wss://other.example.com/media/t",
    ],
)
def test_an_upgrade_signed_for_another_url(signed_url: str) -> None:
    assert SIGNATURES.of_upgrade("/media/t", headers(signed("wss://calls.example.com/media/t", [])))
    assert not SIGNATURES.of_upgrade("/media/t", headers(signed(signed_url, [])))


def test_an_upgrade_has_no_parameters() -> None:
    signature = signed("wss://calls.example.com/media/t", [("CallSid", "CA1")])
    assert not SIGNATURES.of_upgrade("/media/t", headers(signature))


def test_another_token() -> None:
    post = signed(f"{PUBLIC}/hook", texts(FORM), token=TOKEN[::-1])
    upgrade = signed("wss://calls.example.com/hook", [], token=TOKEN[::-1])
    assert not SIGNATURES.of_post("/hook", FORM, headers(post))
    assert not SIGNATURES.of_upgrade("/hook", headers(upgrade))


GOOD_POST = signed(f"{PUBLIC}/hook", texts(FORM))
GOOD_UPGRADE = signed("wss://calls.example.com/hook", [])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: "",
        lambda good: " ",
        lambda good: good[:-1],
        lambda good: good + "=",
        lambda good: good.swapcase(),
        lambda good: "ü" * len(good),
        lambda good: good[:-1] + "\u00bd",
        lambda good: "\udcff" * len(good),
    ],
    ids=range(8),
)
def test_a_signature_that_is_none(spoil: object) -> None:
    assert callable(spoil)
    for value, of in ((GOOD_POST, "post"), (GOOD_UPGRADE, "upgrade")):
        # A plain mapping: Starlette's headers could not even hold some of these.
        spoiled = {"X-Twilio-Signature": spoil(value)}
        right = {"X-Twilio-Signature": value}
        if of == "post":
            assert SIGNATURES.of_post("/hook", FORM, right)
            assert not SIGNATURES.of_post("/hook", FORM, spoiled)
        else:
            assert SIGNATURES.of_upgrade("/hook", right)
            assert not SIGNATURES.of_upgrade("/hook", spoiled)


def test_no_signature() -> None:
    assert not SIGNATURES.of_post("/hook", FORM, Headers({}))
    assert not SIGNATURES.of_upgrade("/hook", Headers({"X-Twilio-Signatur": GOOD_UPGRADE}))


@pytest.mark.parametrize("algorithm", ["MD5", "HMAC_MD5", "none", "SHA1", "HMAC_SHA256x", "ü"])
def test_an_algorithm_that_is_not_known_is_refused_without_a_word_in_the_log(
    algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    setting = f"key=k,algorithm={algorithm}"
    assert not SIGNATURES.of_post("/hook", FORM, headers(GOOD_POST, setting))
    assert not SIGNATURES.of_upgrade("/hook", headers(GOOD_UPGRADE, setting))
    assert caplog.records == []


@pytest.mark.parametrize(
    "value", ["half \ud83d", UploadFile(BytesIO(b"x"), filename="x")], ids=["text", "file"]
)
@pytest.mark.parametrize("name", ["CallSid", "new"])
def test_a_form_that_cannot_be_signed(name: str, value: str | UploadFile) -> None:
    form = FormData([*FORM.multi_items(), (name, value)])
    assert not SIGNATURES.of_post("/hook", form, headers(GOOD_POST))


@pytest.mark.parametrize(
    "path", ["", "hook", "@evil.example.com/", ":99999/", ".evil.example.com/", "/\ud83d"]
)
def test_a_path_that_is_none(path: str) -> None:
    assert not SIGNATURES.of_post(path, FORM, headers(GOOD_POST))
    assert not SIGNATURES.of_upgrade(path, headers(GOOD_UPGRADE))


@pytest.mark.parametrize(
    ("public", "url", "websocket_url"),
    [
        ("https://a.example", "https://a.example/x?y=1", "wss://a.example/x?y=1"),
        ("http://a.example", "http://a.example/x?y=1", "ws://a.example/x?y=1"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/x?y=1", "ws://127.0.0.1:9000/x?y=1"),
        ("https://a.example/base", "https://a.example/base/x?y=1", "wss://a.example/base/x?y=1"),
        ("https://http.example", "https://http.example/x?y=1", "wss://http.example/x?y=1"),
    ],
)
def test_urls(public: str, url: str, websocket_url: str) -> None:
    signatures = Signatures(TOKEN, public)
    assert signatures.url("/x?y=1") == url
    assert signatures.websocket_url("/x?y=1") == websocket_url
    assert signatures.of_post("/x?y=1", FORM, headers(signed(url, texts(FORM))))
    assert signatures.of_upgrade("/x?y=1", headers(signed(websocket_url, [])))


@pytest.mark.parametrize("path", ["", "x", "://", " /x"])
def test_a_url_needs_a_path_with_a_slash(path: str) -> None:
    with pytest.raises(ValueError, match="slash"):
        SIGNATURES.url(path)
    with pytest.raises(ValueError, match="slash"):
        SIGNATURES.websocket_url(path)


@pytest.mark.parametrize(
    "public",
    ["", "a.example", "wss://a.example", "https:/a.example", "https", "https://", "https://a.example/"],
)
def test_a_public_url_that_is_none(public: str) -> None:
    with pytest.raises(ValueError, match="public URL"):
        Signatures(TOKEN, public)
