"""The carrier's side of Media Streams, read and written by the other side's codec."""

from __future__ import annotations

import json

import pytest

from transports.twilio import codec
from transports.twilio.codec import Connected, Digit, Mark, Media, Start, Stop
from vantum.core.errors import ProtocolError
from vantum.local_carrier.bulletin import ACCOUNT_SID
from vantum.local_carrier.media import CONNECTED, Cleared, Marked, Scribe, Sound, wanted


def test_our_codec_understands_what_is_sent() -> None:
    scribe = Scribe("MZ1", "CA1", ACCOUNT_SID)
    messages = [
        CONNECTED,
        scribe.start({"call_id": "a"}),
        scribe.media(b"\xff" * 160),
        scribe.media(b"\x00" * 160),
        scribe.digit("#"),
        scribe.mark("u:160"),
        scribe.stop(),
    ]
    assert [codec.decode(message) for message in messages] == [
        Connected("Call", "1.0.0"),
        Start("MZ1", "CA1", ACCOUNT_SID, {"call_id": "a"}, "audio/x-mulaw", 8000),
        Media(b"\xff" * 160, 20, "inbound"),
        Media(b"\x00" * 160, 40, "inbound"),
        Digit("#"),
        Mark("u:160"),
        Stop("CA1"),
    ]
    numbered = [json.loads(message) for message in messages[1:]]
    assert [message["sequenceNumber"] for message in numbered] == [str(place) for place in range(1, 7)]
    assert {message["streamSid"] for message in numbered} == {"MZ1"}


def test_what_our_codec_sends_is_understood() -> None:
    sent = [codec.media("MZ1", b"\x00" * 320), codec.mark("MZ1", "u:320"), codec.clear("MZ1")]
    assert [wanted(message, "MZ1") for message in sent] == [Sound(320), Marked("u:320"), Cleared()]


@pytest.mark.parametrize(
    "message",
    [
        codec.clear("MZ2"),
        "no json",
        b"\xff",
        "[]",
        "null",
        '{"event": "clear"}',
        '{"streamSid": "MZ1"}',
        '{"streamSid": "MZ1", "event": "media"}',
        '{"streamSid": "MZ1", "event": "media", "media": {"payload": "?"}}',
        '{"streamSid": "MZ1", "event": "mark", "mark": "name"}',
        '{"streamSid": "MZ1", "event": "dtmf"}',
        '{"streamSid": "MZ1", "event": ["clear"]}',
    ],
)
def test_anything_else_is_refused_as_the_carrier_does(message: str | bytes) -> None:
    with pytest.raises(ProtocolError, match="31924"):
        wanted(message, "MZ1")
