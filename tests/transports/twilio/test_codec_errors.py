"""What is no event of Media Streams, row by row, and the sentence for it."""

from __future__ import annotations

import base64
import json

import pytest

from tests.transports.twilio.test_codec import (
    CONNECTED,
    DTMF,
    EVENTS,
    MARK,
    MEDIA,
    START,
    STOP,
    Message,
    changed,
)
from transports.twilio.codec import (
    MAX_NUMBER,
    MAX_PARAMETERS,
    MAX_PAYLOAD_BYTES,
    MAX_TEXT_BYTES,
    BadMessage,
    decode,
)
from vantum.core.errors import ProtocolError


def bad(message: str | bytes) -> BadMessage:
    with pytest.raises(BadMessage) as caught:
        decode(message)
    return caught.value


UNREADABLE: dict[str, str | bytes] = {
    "empty": "",
    "empty bytes": b"",
    "no JSON": "media",
    "cut": json.dumps(MEDIA)[:-1],
    "something after it": json.dumps(MEDIA) + "{}",
    "array": "[1]",
    "number": "7",
    "string": '"media"',
    "null": "null",
    "boolean": "true",
    "fraction": "1.5",
    "NaN": '{"event":"new","at":NaN}',
    "Infinity": '{"event":"new","at":-Infinity}',
    "not UTF-8": b'{"event":"\xff\xfe"}',
    "surrogate in UTF-8": b'{"event":"\xed\xa0\x80"}',
    "UTF-16": '{"event":"new"}'.encode("utf-16"),
    "half a surrogate pair": '{"event":"\ud800"}',
    "byte order mark": "\ufeff{}",
    "control character": '{"event":"a\nb"}',
    "deep arrays": "[" * 200_000,
    "deep maps": '{"a":' * 200_000,
    "long number": '{"event":' + "9" * 5_000 + "}",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_no_json_object(case: str) -> None:
    flaw = bad(UNREADABLE[case])
    assert isinstance(flaw, ProtocolError)
    assert str(flaw).startswith("The message must be one JSON object")
    assert flaw.event_type is None
    assert flaw.__suppress_context__ or flaw.__context__ is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, "absent"),
        (7, "this number"),
        (7.5, "this number"),
        (True, "a boolean"),
        ([], "an array"),
        ({}, "an object"),
    ],
)
def test_an_event_without_a_name(value: object, found: str) -> None:
    assert str(bad(json.dumps({"event": value}))) == f"event must be a string, not {found}."


def test_an_object_that_is_empty() -> None:
    assert str(bad("{}")) == "event must be a string, not absent."


PARTS = [(START, "start"), (MEDIA, "media"), (DTMF, "dtmf"), (MARK, "mark"), (STOP, "stop")]
TEXTS = [
    (START, "start", "streamSid"),
    (START, "start", "callSid"),
    (START, "start", "accountSid"),
    (MEDIA, "media", "track"),
    (MEDIA, "media", "payload"),
    (DTMF, "dtmf", "digit"),
    (MARK, "mark", "name"),
    (STOP, "stop", "callSid"),
]


@pytest.mark.parametrize(("message", "part"), PARTS, ids=[row[1] for row in PARTS])
@pytest.mark.parametrize("value", [None, "x", 1, []], ids=repr)
def test_a_part_that_is_no_object(message: Message, part: str, value: object) -> None:
    flaw = bad(json.dumps(message | {part: value}))
    assert str(flaw).startswith(f"{part} must be an object, not ")
    assert flaw.event_type == part


@pytest.mark.parametrize(("message", "event"), EVENTS, ids=[str(row[0]["event"]) for row in EVENTS])
def test_a_known_event_without_anything(message: Message, event: object) -> None:
    flaw = bad(json.dumps({"event": message["event"]}))
    assert flaw.event_type == message["event"]
    assert str(flaw).endswith(", not absent.")


@pytest.mark.parametrize(("message", "part", "field"), TEXTS, ids=[f"{row[1]}.{row[2]}" for row in TEXTS])
@pytest.mark.parametrize("value", [None, 1, True, [], {}], ids=repr)
def test_a_text_that_is_none(message: Message, part: str, field: str, value: object) -> None:
    flaw = bad(changed(message, part, **{field: value}))
    assert str(flaw).startswith(f"{field} must be a string, not ")
    assert flaw.event_type == part


@pytest.mark.parametrize("field", ["protocol", "version"])
def test_a_greeting_without_its_texts(field: str) -> None:
    assert str(bad(json.dumps(CONNECTED | {field: 1}))) == f"{field} must be a string, not this number."


def test_a_text_that_is_too_long_is_counted_in_bytes() -> None:
    long = "ü" * (MAX_TEXT_BYTES // 2) + "x"
    assert str(bad(changed(MARK, "mark", name=long))) == "name must be at most 4096 bytes, not 4097."


def test_half_a_surrogate_pair_behind_an_escape() -> None:
    assert str(bad(changed(MARK, "mark", name="\ud83d"))) == "name holds half of a surrogate pair."


@pytest.mark.parametrize("sid", ["", " ", "MZ 1", 'MZ"', "MZ\\", "MZ-1", "MZü", "MZ\u0661", "MZ\n"])
def test_a_stream_sid_that_could_not_be_written_as_it_is(sid: str) -> None:
    flaw = bad(changed(START, "start", streamSid=sid))
    assert str(flaw) == "streamSid must be ASCII letters and digits, at least one."
    assert flaw.event_type == "start"


NO_NUMBERS: list[object] = [
    None,
    "",
    " 5",
    "5 ",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "0x10",
    "\u0663",
    "²",
    "x",
    "9" * 5_000,
    str(MAX_NUMBER + 1),
    MAX_NUMBER + 1,
    -1,
    0.5,
    1e300,
    True,
    [5],
    {},
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:20])
def test_a_number_that_is_none(value: object) -> None:
    says = f"must be a whole number from 0 to {MAX_NUMBER}, not "
    assert str(bad(changed(MEDIA, "media", timestamp=value))).startswith(f"timestamp {says}")
    form = {"encoding": "audio/x-mulaw", "sampleRate": value}
    assert str(bad(changed(START, "start", mediaFormat=form))).startswith(f"sampleRate {says}")


def test_a_number_beyond_all_floats() -> None:
    text = json.dumps(MEDIA).replace('"timestamp": "5"', '"timestamp": 1e999')
    assert str(bad(text)).startswith("timestamp must be a whole number")


@pytest.mark.parametrize("form", [None, "audio/x-mulaw", {}, {"encoding": 1, "sampleRate": 8000}], ids=repr)
def test_a_format_that_is_none(form: object) -> None:
    assert bad(changed(START, "start", mediaFormat=form)).event_type == "start"


@pytest.mark.parametrize("payload", ["A", "AAA", "AA=A", "AAAA=", "AA AA", "AAAA\n", "AA-_", "ÄÄÄÄ", "=AAA"])
def test_audio_that_is_no_base64(payload: str) -> None:
    assert str(bad(changed(MEDIA, "media", payload=payload))) == "payload must be base64."


@pytest.mark.parametrize("more", [1, 2, 3, 100_000])
def test_audio_that_is_too_long(more: int) -> None:
    payload = base64.b64encode(bytes(MAX_PAYLOAD_BYTES + more)).decode()
    assert (
        str(bad(changed(MEDIA, "media", payload=payload))) == "payload must be at most 65536 bytes of audio."
    )


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        (None, "customParameters must be an object, not absent."),
        ([], "customParameters must be an object, not an array."),
        ({"a": 1}, "A value in customParameters must be a string, not this number."),
        ({"a": None}, "A value in customParameters must be a string, not absent."),
        ({"a": "x" * 4097}, "A value in customParameters must be at most 4096 bytes, not 4097."),
        ({"x" * 4097: "a"}, "A name in customParameters must be at most 4096 bytes, not 4097."),
        ({"\ud800": "a"}, "A name in customParameters holds half of a surrogate pair."),
        (
            dict.fromkeys(map(str, range(MAX_PARAMETERS + 1)), ""),
            "customParameters must be at most 64, not 65.",
        ),
    ],
    ids=range(8),
)
def test_parameters_that_are_not_allowed(parameters: object, says: str) -> None:
    assert str(bad(changed(START, "start", customParameters=parameters))) == says


def test_a_sentence_never_repeats_what_was_sent() -> None:
    secret = "open sesame"
    for field in ("streamSid", "customParameters", "mediaFormat"):
        assert secret not in str(bad(changed(START, "start", **{field: secret})))
    assert secret not in str(bad(secret))
