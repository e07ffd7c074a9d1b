"""TwiML that is read: what our server writes, and what is no TwiML."""

from __future__ import annotations

import pytest

from transports.twilio import twiml
from vantum.core.errors import ProtocolError
from vantum.local_carrier.verbs import Verb, parsed


def test_what_connects_a_stream_is_read_as_it_was_meant() -> None:
    told = twiml.connect_stream("ws://a/m", "http://a/after", "http://a/status", {"call_id": "a & b"})
    (connect,) = parsed(told)
    assert (connect.name, connect.attributes["action"]) == ("Connect", "http://a/after")
    stream = connect.child("Stream")
    assert stream is not None
    assert (stream.attributes["url"], stream.attributes["statusCallback"]) == ("ws://a/m", "http://a/status")
    assert stream.child("Parameter") == Verb("Parameter", {"name": "call_id", "value": "a & b"})
    assert stream.child("Prompt") is None


def test_what_hangs_up_is_read_in_order() -> None:
    assert parsed(twiml.hang_up("Good <bye>.")) == (Verb("Say", {}, "Good <bye>."), Verb("Hangup", {}))


@pytest.mark.parametrize("document", ["", "  \n", "<Response/>"])
def test_where_nothing_is_written_there_is_nothing_to_do(document: str) -> None:
    assert parsed(document) == ()


@pytest.mark.parametrize(
    ("document", "code"), [("<Response>", "12100"), ("no", "12100"), ("<Hangup/>", "12102")]
)
def test_what_is_no_twiml_is_refused(document: str, code: str) -> None:
    with pytest.raises(ProtocolError, match=code):
        parsed(document)
