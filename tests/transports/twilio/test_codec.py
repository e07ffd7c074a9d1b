"""The codec of Media Streams: events in as the specification shows them, and messages out to the letter."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest

from transports.twilio import codec
from transports.twilio.codec import (
    MAX_NUMBER,
    MAX_PARAMETERS,
    MAX_PAYLOAD_BYTES,
    MAX_TEXT_BYTES,
    Connected,
    Digit,
    Event,
    Mark,
    Media,
    Start,
    Stop,
    Unknown,
    decode,
)

AC, CA, MZ = "AC" + "0a" * 16, "CA" + "1b" * 16, "MZ" + "2c" * 16
FRAME = bytes(range(160))

Message = dict[str, object]

CONNECTED: Message = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
START: Message = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": MZ,
    "start": {
        "accountSid": AC,
        "streamSid": MZ,
        "callSid": CA,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"call_id": "17", "grüße": "日本"},
    },
}
MEDIA: Message = {
    "event": "media",
    "sequenceNumber": "4",
    "streamSid": MZ,
    "media": {
        "track": "inbound",
        "chunk": "2",
        "timestamp": "5",
        "payload": base64.b64encode(FRAME).decode(),
    },
}
DTMF: Message = {
    "event": "dtmf",
    "sequenceNumber": "5",
    "streamSid": MZ,
    "dtmf": {"track": "inbound_track", "digit": "1"},
}
MARK: Message = {"event": "mark", "sequenceNumber": "4", "streamSid": MZ, "mark": {"name": "label"}}
STOP: Message = {
    "event": "stop",
    "sequenceNumber": "5",
    "streamSid": MZ,
    "stop": {"accountSid": AC, "callSid": CA},
}

STARTED = Start(MZ, CA, AC, {"call_id": "17", "grüße": "日本"}, "audio/x-mulaw", 8000)
EVENTS: list[tuple[Message, Event]] = [
    (CONNECTED, Connected("Call", "1.0.0")),
    (START, STARTED),
    (MEDIA, Media(FRAME, 5, "inbound")),
    (DTMF, Digit("1")),
    (MARK, Mark("label")),
    (STOP, Stop(CA)),
]


def changed(message: Message, part: str, **fields: object) -> str:
    """The message's JSON with other fields in one of its maps."""
    inner = message[part]
    assert isinstance(inner, dict)
    return json.dumps(message | {part: inner | fields})


@pytest.mark.parametrize(("message", "event"), EVENTS, ids=[str(row[0]["event"]) for row in EVENTS])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_every_event_as_text_and_as_bytes(message: Message, event: Event, ascii_only: bool) -> None:
    text = json.dumps(message, ensure_ascii=ascii_only)
    assert decode(text) == event
    assert decode(text.encode()) == event


@pytest.mark.parametrize("event", [row[1] for row in EVENTS], ids=lambda event: type(event).__name__)
def test_events_are_frozen(event: Event) -> None:
    with pytest.raises(FrozenInstanceError):
        event.__setattr__(event.__slots__[0], "other")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("0", 0),
        (0, 0),
        ("007", 7),
        (20, 20),
        (20.0, 20),
        (MAX_NUMBER, MAX_NUMBER),
        (str(MAX_NUMBER), MAX_NUMBER),
    ],
)
def test_numbers_travel_as_strings_or_as_numbers(sent: object, read: int) -> None:
    event = decode(changed(MEDIA, "media", timestamp=sent))
    assert event == Media(FRAME, read, "inbound")
    assert isinstance(event, Media)
    assert type(event.timestamp_ms) is int


def test_a_rate_may_be_a_string() -> None:
    event = decode(changed(START, "start", mediaFormat={"encoding": "audio/x-mulaw", "sampleRate": "16000"}))
    assert isinstance(event, Start)
    assert event.rate == 16_000


def test_a_stream_without_parameters() -> None:
    start = START["start"]
    assert isinstance(start, dict)
    bare = {key: value for key, value in start.items() if key != "customParameters"}
    for inner in (bare, bare | {"customParameters": {}}):
        event = decode(json.dumps(START | {"start": inner}))
        assert event == Start(MZ, CA, AC, {}, "audio/x-mulaw", 8000)


def test_the_longest_that_is_allowed() -> None:
    audio = bytes(MAX_PAYLOAD_BYTES)
    event = decode(changed(MEDIA, "media", payload=base64.b64encode(audio).decode()))
    assert event == Media(audio, 5, "inbound")
    parameters = {f"{at:02}": "x" * MAX_TEXT_BYTES for at in range(MAX_PARAMETERS)}
    started = decode(changed(START, "start", customParameters=parameters))
    assert isinstance(started, Start)
    assert started.parameters == parameters


def test_a_media_message_may_be_empty() -> None:
    assert decode(changed(MEDIA, "media", payload="")) == Media(b"", 5, "inbound")


@pytest.mark.parametrize("name", ["", "Media", "media ", "clear", "somethingNew", "x" * 10_000])
def test_an_event_that_is_not_known_is_kept_in_part(name: str) -> None:
    text = json.dumps({"event": name, "more": ["ü" * 600]}, ensure_ascii=False)
    event = decode(text)
    assert event == Unknown(text[:500])
    assert len(text) > 500
    assert decode(text.encode()) == event


def test_an_unknown_event_that_is_short_is_kept_whole() -> None:
    assert decode(' {"event": "new"} ') == Unknown(' {"event": "new"} ')


def test_media_to_the_letter() -> None:
    assert codec.media(MZ, b"\xff\x7f\x00") == (
        '{"event":"media","streamSid":"' + MZ + '","media":{"payload":"/38A"}}'
    )


def test_mark_to_the_letter() -> None:
    assert codec.mark(MZ, "u1-3") == '{"event":"mark","streamSid":"' + MZ + '","mark":{"name":"u1-3"}}'


def test_clear_to_the_letter() -> None:
    assert codec.clear(MZ) == '{"event":"clear","streamSid":"' + MZ + '"}'


@pytest.mark.parametrize("size", [0, 1, 2, 3, 160, 65_536])
def test_audio_of_any_length_is_the_json_that_the_library_would_write(size: int) -> None:
    audio = bytes(at % 256 for at in range(size))
    message = {
        "event": "media",
        "streamSid": MZ,
        "media": {"payload": base64.b64encode(audio).decode("ascii")},
    }
    assert codec.media(MZ, audio) == json.dumps(message, separators=(",", ":"))


@pytest.mark.parametrize("name", ["", 'a"b\\c', "\n\0", "ü", "\ud83d"])
def test_a_mark_comes_back_by_any_name(name: str) -> None:
    assert json.loads(codec.mark(MZ, name)) == {"event": "mark", "streamSid": MZ, "mark": {"name": name}}


@pytest.mark.parametrize("pack", [lambda: codec.mark(MZ, "ü\ud83d"), lambda: codec.media(MZ, b"\x80\xff")])
def test_what_is_sent_is_ascii(pack: Callable[[], str]) -> None:
    assert pack().isascii()
