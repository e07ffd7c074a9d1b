"""The protocol's error table, row by row, in both dialects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgpack  # type: ignore[import-untyped]
import pytest

from transports.browser import codec
from transports.browser.codec import BadMessage, Ids, decode
from transports.browser.dialect import Dialect
from vantum.core.errors import ProtocolError

CURRENT, FIRST = Dialect.CURRENT, Dialect.FIRST
PREFIX = {CURRENT: "audio.input", FIRST: "voicechat.audio"}
IDS = Ids("0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002")
EMPTY: dict[str, object] = {}


def packed(value: object) -> bytes:
    data: bytes = msgpack.packb(value)
    return data


def message(event_type: object, payload: object = EMPTY, **more: object) -> bytes:
    fields = {"eventType": event_type, "eventId": "e1", "sessionId": "s1", "payload": payload}
    return packed(fields | more)


def pairs(data: bytes) -> list[tuple[str, object]]:
    """Keys and values in the order of the wire."""
    found: list[tuple[str, object]] = msgpack.unpackb(data, object_pairs_hook=list)
    return found


def bad(data: bytes | str) -> BadMessage:
    with pytest.raises(BadMessage) as caught:
        decode(data)
    return caught.value


UNREADABLE: dict[str, bytes | str] = {
    "text frame": '{"eventType":"audio.input.start"}',
    "lone surrogate in a text frame": "\ud800",
    "empty": b"",
    "truncated": message("audio.input.start")[:-1],
    "trailing bytes": message("audio.input.end") + b"\x00",
    "never used byte": b"\xc1",
    "array at top level": packed([1, 2]),
    "number": packed(7),
    "nil": packed(None),
    "string": packed("audio.input.start"),
    "extension": b"\xd4\x05x",
    "negative extension": b"\xd4\xfex",
    "timestamp": packed(msgpack.Timestamp(1, 2)),
    "impossible timestamp": b"\xd7\xff" + b"\xff" * 8,
    "key is a number": packed({1: 2}),
    "key is a map": b"\x81\x80\x01",
    "key is an array": b"\x81\x90\x01",
    "not UTF-8": b"\x81\xa9eventType\xa2\xff\xfe",
    "surrogate in UTF-8": b"\x81\xa9eventType\xa3\xed\xa0\x80",
    "deep arrays": b"\x91" * 100_000 + b"\xc0",
    "deep maps": b"\x81\xa0" * 100_000 + b"\xc0",
    "huge array declared": b"\xdd\xff\xff\xff\xff",
    "huge map declared": b"\xdf\xff\xff\xff\xff",
    "huge string declared": b"\xdb\xff\xff\xff\xff",
    "huge binary declared": b"\xc6\xff\xff\xff\xff",
    "huge extension declared": b"\xc9\xff\xff\xff\xff\x05",
    "many entries": message("audio.input.start", extra=[0] * 1025),
    "long string": message("audio.input.start", extra="x" * 65_537),
    "no eventType": packed({"eventId": "e1", "payload": {}}),
    "eventType nil": message(None),
    "eventType number": message(7),
    "eventType binary": message(b"audio.input.start"),
    "eventType array": message(["audio.input.start"]),
    "empty map": packed({}),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_belongs_to_no_dialect_and_is_answered_in_either(case: str) -> None:
    flaw = bad(UNREADABLE[case])
    assert (flaw.event_type, flaw.dialect) == (None, None)
    payload = [("message", str(flaw))]
    ids = [("eventId", IDS.event_id), ("sessionId", IDS.session_id), ("requestType", "error.unknown")]
    for dialect, event_type in ((CURRENT, "error.system.unknown"), (FIRST, "error.error")):
        reply = pairs(codec.error_reply(flaw, dialect, IDS))
        assert reply == [("eventType", event_type), *ids, ("payload", payload)]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("kind", ["start", "chunk", "end"])
@pytest.mark.parametrize("field", ["eventId", "sessionId"])
@pytest.mark.parametrize("value", [7, b"e1", True, [], {}], ids=repr)
def test_an_id_of_the_wrong_type_is_unreadable_in_the_dialect_of_its_name(
    dialect: Dialect, kind: str, field: str, value: object
) -> None:
    flaw = bad(message(f"{PREFIX[dialect]}.{kind}", {"audio": b""}, **{field: value}))
    assert (flaw.event_type, flaw.dialect) == (None, dialect)
    assert str(flaw).startswith(f"{field} must be a string, not ")


class Row(NamedTuple):
    """A request that is refused: its last part, its payload, other fields, and how the answer begins."""

    last: str
    payload: object
    more: Mapping[str, object]
    says: str


RATE = "samplingRate must be a whole number from 8000 to 48000, not "
BINARY = "audio must be binary (PCM16LE mono), not "
REFUSED = [
    Row("start", {"samplingRate": 7999}, {}, f"{RATE}the number 7999."),
    Row("start", {"samplingRate": 48001}, {}, f"{RATE}the number 48001."),
    Row("start", {"samplingRate": 16000.5}, {}, f"{RATE}the number 16000.5."),
    Row("start", {"samplingRate": float("nan")}, {}, f"{RATE}the number nan."),
    Row("start", {"samplingRate": float("inf")}, {}, f"{RATE}the number inf."),
    Row("start", {"samplingRate": "16000"}, {}, f"{RATE}a string."),
    Row("start", {"samplingRate": True}, {}, f"{RATE}a boolean."),
    Row("start", {"samplingRate": [16000]}, {}, f"{RATE}an array."),
    Row("start", {"samplingRate": []}, {}, f"{RATE}an array."),
    Row("start", {"voiceId": 7}, {}, "voiceId must be a string, not the number 7."),
    Row("start", {"language": b"en"}, {}, "language must be a string, not binary."),
    Row("start", {"language": ["en"]}, {}, "language must be a string, not an array."),
    Row("start", {}, {"eventId": None}, "eventId must be a string"),
    Row("end", {}, {"eventId": None}, "eventId must be a string"),
    Row("start", [1], {}, "payload must be a map, not an array."),
    Row("end", "x", {}, "payload must be a map, not a string."),
    Row("end", None, {}, "payload must be a map, not absent."),
    Row("chunk", b"ab", {}, "payload must be a map, not binary."),
    Row("chunk", {}, {}, f"{BINARY}absent."),
    Row("chunk", {"audio": None}, {}, f"{BINARY}absent."),
    Row("chunk", {"audio": "ab"}, {}, f"{BINARY}a string."),
    Row("chunk", {"audio": [0, 0]}, {}, f"{BINARY}an array."),
    Row("chunk", {"audio": msgpack.ExtType(5, b"ab")}, {}, f"{BINARY}an extension."),
    Row("chunk", {"audio": b"abc"}, {}, "audio must be an even number of bytes (PCM16LE mono), not 3."),
    Row("chunk", {"audio": b"", "isMuted": 1}, {}, "isMuted must be a boolean, not the number 1."),
    Row("pause", {}, {}, "Unknown event "),
]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_a_request_that_is_not_allowed_gets_an_error_of_its_family(dialect: Dialect, row: Row) -> None:
    name = f"{PREFIX[dialect]}.{row.last}"
    flaw = bad(message(name, row.payload, **row.more))
    assert isinstance(flaw, ProtocolError)
    assert (flaw.event_type, flaw.dialect) == (name, dialect)
    assert str(flaw).startswith(row.says)
    assert pairs(codec.error_reply(flaw, dialect, IDS)) == [
        ("eventType", f"{PREFIX[dialect]}.error"),
        ("eventId", IDS.event_id),
        ("sessionId", IDS.session_id),
        ("requestType", name),
        ("payload", [("message", str(flaw))]),
    ]


@pytest.mark.parametrize(
    ("name", "event_type"),
    [("a.b.c", "a.b.error"), ("a.b", "a.error"), ("a", "error.unknown"), ("", "error.unknown")],
)
def test_an_unknown_event_is_named_and_the_allowed_ones_are_listed(name: str, event_type: str) -> None:
    flaw = bad(packed({"eventType": name}))
    assert str(flaw) == (
        f"Unknown event {name!r}; a client may send audio.input.start, audio.input.chunk, audio.input.end."
    )
    reply = msgpack.unpackb(codec.error_reply(flaw, CURRENT, IDS))
    assert (reply["eventType"], reply["requestType"]) == (event_type, name)


def test_an_unknown_event_of_the_first_dialect_is_told_the_names_of_the_first() -> None:
    flaw = bad(message("voicechat.response.start"))
    assert flaw.dialect is FIRST
    assert str(flaw).endswith("voicechat.audio.start, voicechat.audio.chunk, voicechat.audio.end.")


def test_a_long_name_is_repeated_in_full_only_where_the_protocol_wants_it() -> None:
    flaw = bad(message("x" * 60_000))
    assert flaw.event_type == "x" * 60_000
    assert len(str(flaw)) < 200
