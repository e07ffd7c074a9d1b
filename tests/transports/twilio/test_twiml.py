"""TwiML as Twilio reads it: to the letter, and through a parser when the text is hostile."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transports.twilio import twiml

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
HOSTILE = """</Say><Dial>+1900</Dial><!-- ' " & ]]> ü 日本"""
NOT_XML = "a\x00\x0b\x1b\ud83d\udc00\ufffe\uffffb"

any_text = st.text(st.characters(exclude_categories=()), max_size=30)


def parsed(xml: str) -> ElementTree.Element:
    """The response's element; the text must go over the wire as UTF-8."""
    root = ElementTree.fromstring(xml.encode())
    assert root.tag == "Response"
    return root


def only(parent: ElementTree.Element) -> ElementTree.Element:
    (child,) = parent
    return child


def test_a_stream_to_the_letter() -> None:
    xml = twiml.connect_stream(
        "wss://HOST/twilio/media/TOKEN",
        "https://HOST/twilio/after",
        "https://HOST/twilio/stream-status",
        {"call_id": "17"},
    )
    assert xml == (
        f'{HEAD}<Response><Connect action="https://HOST/twilio/after" method="POST">'
        '<Stream statusCallback="https://HOST/twilio/stream-status" url="wss://HOST/twilio/media/TOKEN">'
        '<Parameter name="call_id" value="17" /></Stream></Connect></Response>'
    )


def test_a_stream_with_hostile_facts() -> None:
    facts = {"call_id": HOSTILE, 'na"me': "", "lines": "a\n\tb"}
    action, status = 'https://HOST/a?x="1"&y=<2>', "https://HOST/s?&amp;"
    connect = only(parsed(twiml.connect_stream("wss://HOST/m/t", action, status, facts)))
    assert (connect.tag, connect.attrib) == ("Connect", {"action": action, "method": "POST"})
    stream = only(connect)
    assert (stream.tag, stream.attrib) == ("Stream", {"url": "wss://HOST/m/t", "statusCallback": status})
    assert [child.tag for child in stream] == ["Parameter"] * 3
    assert {child.attrib["name"]: child.attrib["value"] for child in stream} == facts


def test_a_stream_without_facts_by_a_plain_websocket() -> None:
    stream = only(only(parsed(twiml.connect_stream("ws://127.0.0.1:9000/m", "a", "s", {}))))
    assert stream.attrib["url"] == "ws://127.0.0.1:9000/m"
    assert list(stream) == []


@pytest.mark.parametrize(
    "url", ["wss://HOST/m?call=1", "wss://HOST/m?", "wss://HOST/m#x", "https://HOST/m", "HOST/m", ""]
)
def test_a_stream_to_what_twilio_does_not_take(url: str) -> None:
    with pytest.raises(ValueError, match="without a query"):
        twiml.connect_stream(url, "https://HOST/after", "https://HOST/status", {})


@pytest.mark.parametrize("words", ["", " ", "\n", "\x00"], ids=repr)
def test_hanging_up_without_a_word(words: str) -> None:
    assert twiml.hang_up(words) == twiml.hang_up() == f"{HEAD}<Response><Hangup /></Response>"


def test_last_words() -> None:
    assert twiml.hang_up("Good bye.") == f"{HEAD}<Response><Say>Good bye.</Say><Hangup /></Response>"


@given(any_text)
def test_hostile_words_are_said_and_nothing_else(words: str) -> None:
    root = parsed(twiml.hang_up(f"{HOSTILE}{words}|"))
    assert [child.tag for child in root] == ["Say", "Hangup"]
    said = root[0].text or ""
    assert said.startswith(HOSTILE)
    assert said.endswith("|")


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    assert twiml.hang_up(NOT_XML) == f"{HEAD}<Response><Say>ab</Say><Hangup /></Response>"
    stream = only(only(parsed(twiml.connect_stream("wss://H/m\0", NOT_XML, NOT_XML, {NOT_XML: NOT_XML}))))
    assert stream.attrib == {"url": "wss://H/m", "statusCallback": "ab"}
    assert only(stream).attrib == {"name": "ab", "value": "ab"}
    dial = only(parsed(twiml.transfer(NOT_XML, NOT_XML, NOT_XML, 5)))
    assert (dial.attrib["action"], dial.attrib["callerId"], only(dial).text) == ("ab", "ab", "ab")


@pytest.mark.parametrize(
    "kept", ["\t", "\n", " ", "~", "\x7f", "\ud7ff", "\ue000", "\ufffd", "\U00010000", "😀"]
)
def test_characters_at_the_edges_of_xml_are_kept(kept: str) -> None:
    assert parsed(twiml.hang_up(f"a{kept}b"))[0].text == f"a{kept}b"


def test_a_transfer_to_the_letter() -> None:
    assert twiml.transfer("+15550002", "+15550001", "https://HOST/twilio/dial?a=1&b=2", 25) == (
        f'{HEAD}<Response><Dial action="https://HOST/twilio/dial?a=1&amp;b=2" answerOnBridge="true" '
        'callerId="+15550001" timeout="25"><Number>+15550002</Number></Dial></Response>'
    )


def test_a_transfer_with_hostile_numbers() -> None:
    dial = only(parsed(twiml.transfer(HOSTILE, HOSTILE, HOSTILE, 25)))
    assert (dial.tag, dial.attrib["callerId"], dial.attrib["action"]) == ("Dial", HOSTILE, HOSTILE)
    number = only(dial)
    assert (number.tag, number.text) == ("Number", HOSTILE)
