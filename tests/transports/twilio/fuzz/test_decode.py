"""Whatever is sent in Twilio's place, decoding returns an event or raises ``BadMessage``."""

from __future__ import annotations

import base64
import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.transports.twilio.test_codec import EVENTS, MEDIA, Message, changed
from transports.twilio import codec
from transports.twilio.codec import (
    MAX_NUMBER,
    MAX_PARAMETERS,
    MAX_PAYLOAD_BYTES,
    MAX_TEXT_BYTES,
    BadMessage,
    Connected,
    Digit,
    Event,
    Mark,
    Media,
    Start,
    Stop,
    Unknown,
)

KNOWN = [str(message["event"]) for message, _ in EVENTS]
GOOD = [json.dumps(message) for message, _ in EVENTS]

# A machine that is busy with other things is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Halves of surrogate pairs too: JSON can escape them.
texts = st.text(st.characters(exclude_categories=()), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)
sids = st.from_regex(r"[A-Z]{2}[0-9a-f]{32}", fullmatch=True)
parts = st.fixed_dictionaries(
    {},
    optional={
        "streamSid": sids | values,
        "callSid": sids | values,
        "accountSid": sids | values,
        "mediaFormat": st.fixed_dictionaries(
            {}, optional={"encoding": texts | values, "sampleRate": st.just(8000) | values}
        )
        | values,
        "customParameters": st.dictionaries(texts, texts, max_size=5) | values,
        "payload": st.binary(max_size=64).map(lambda audio: base64.b64encode(audio).decode()) | values,
        "timestamp": st.integers().map(str) | values,
        "track": texts | values,
        "digit": texts | values,
        "name": texts | values,
    },
)
messages = st.fixed_dictionaries(
    {"event": st.sampled_from(KNOWN) | values},
    optional=dict.fromkeys(("start", "media", "dtmf", "mark", "stop"), parts | values)
    | {"protocol": texts | values, "version": texts | values, "more": values},
)


def check(message: str | bytes) -> Event | None:
    """Decode; an event must keep the promises of its type, and a flaw must be short and sayable."""
    try:
        event = codec.decode(message)
    except BadMessage as flaw:
        check_flaw(flaw)
        return None
    match event:
        case Start():
            assert json.loads(codec.media(event.stream_sid, b""))["streamSid"] == event.stream_sid
            assert len(event.parameters) <= MAX_PARAMETERS
            check_texts(event.call_sid, event.account_sid, event.encoding)
            check_texts(*event.parameters, *event.parameters.values())
            check_number(event.rate)
        case Media():
            assert len(event.payload) <= MAX_PAYLOAD_BYTES
            check_number(event.timestamp_ms)
            check_texts(event.track)
        case Connected():
            check_texts(event.protocol, event.version)
        case Digit(text) | Mark(text) | Stop(text):
            check_texts(text)
        case Unknown(raw):
            assert len(raw) <= 500
            check_texts(raw)
    return event


def check_flaw(flaw: BadMessage) -> None:
    assert len(str(flaw).encode()) < 200
    assert flaw.event_type is None or flaw.event_type in KNOWN


def check_texts(*said: str) -> None:
    assert all(len(text.encode()) <= MAX_TEXT_BYTES for text in said)


def check_number(number: int) -> None:
    assert type(number) is int
    assert 0 <= number <= MAX_NUMBER


@patient
@given(st.binary(max_size=200) | texts)
@example(b"")
@example("\ud800")
@example("[" * 100_000)
@example(b'{"event":' * 100_000)
@example('{"event":"media","media":{"timestamp":1e999,"payload":"","track":""}}')
def test_any_bytes_and_any_text(message: str | bytes) -> None:
    check(message)


@patient
@given(values)
def test_any_value(value: object) -> None:
    check(json.dumps(value))
    check(json.dumps({"event": value}, ensure_ascii=False))


@patient
@given(messages, st.booleans())
def test_any_message(message: Message, ascii_only: bool) -> None:
    check(json.dumps(message, ensure_ascii=ascii_only))


@patient
@given(st.sampled_from(GOOD), st.data())
def test_a_good_message_with_bytes_changed_cut_or_added(good: str, data: st.DataObject) -> None:
    raw = bytearray(good.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(start + 4, len(raw))))
        raw[start:end] = data.draw(st.binary(max_size=4))
    check(bytes(raw))


@patient
@given(st.sampled_from(EVENTS), st.data(), values)
def test_a_good_message_with_a_field_replaced(
    row: tuple[Message, Event], data: st.DataObject, value: object
) -> None:
    message, _ = row
    part = data.draw(st.sampled_from(sorted(message)))
    inner = message[part]
    if isinstance(inner, dict):
        check(changed(message, part, **{data.draw(st.sampled_from(sorted(inner))): value}))
    check(json.dumps(message | {part: value}))


@patient
@given(
    st.sampled_from(GOOD), st.text(min_size=1, max_size=8).filter(lambda tail: tail.strip(" \t\r\n") != "")
)
def test_nothing_may_follow_the_object(good: str, tail: str) -> None:
    assert check(good + tail) is None


@patient
@given(st.binary(max_size=400), st.integers(0, MAX_NUMBER), st.booleans())
def test_audio_comes_back_as_it_was_meant(audio: bytes, at: int, as_text: bool) -> None:
    payload = base64.b64encode(audio).decode()
    message = changed(MEDIA, "media", payload=payload, timestamp=str(at) if as_text else at)
    assert check(message) == Media(audio, at, "inbound")


@patient
@given(st.binary(max_size=400))
def test_audio_that_we_send_is_what_we_would_read(audio: bytes) -> None:
    sent = json.loads(codec.media("MZ1", audio))
    sent["media"] |= {"timestamp": 0, "track": "outbound"}
    assert check(json.dumps(sent)) == Media(audio, 0, "outbound")
