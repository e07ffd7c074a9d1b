"""Whatever a client sends, decoding returns a request or raises ``BadMessage``, which can be answered."""

from __future__ import annotations

import msgpack  # type: ignore[import-untyped]
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from transports.browser import codec
from transports.browser.codec import BadMessage, Chunk, End, Ids, Request, Start
from transports.browser.dialect import REQUESTS, Asked, Dialect

IDS = Ids("e", "s")

# A machine that is busy with other things is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.text(max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | texts
    | st.binary(max_size=20)
    | st.builds(msgpack.ExtType, st.integers(0, 127), st.binary(max_size=20))
    | st.builds(msgpack.Timestamp, st.integers(-(2**63), 2**63 - 1), st.integers(0, 10**9 - 1))
)
keys = texts | st.binary(max_size=8) | st.integers(0, 9)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)
names = st.sampled_from(
    [*REQUESTS, "audio.input.pause", "voicechat.audio.pause", "voicechat.", "a.b.c", "a", ""]
)
payloads = st.fixed_dictionaries(
    {},
    optional={
        "audio": st.binary(max_size=64) | values,
        "isMuted": st.booleans() | values,
        "samplingRate": st.integers(7_000, 50_000) | st.floats(7_000, 50_000) | values,
        "language": texts | values,
        "voiceId": texts | values,
        "resumeToken": texts | values,
        "more": values,
    },
)
messages = st.fixed_dictionaries(
    {"eventType": names | values},
    optional={
        "eventId": texts | values,
        "sessionId": texts | values,
        "payload": payloads | values,
        "more": values,
    },
)


def packed(value: object) -> bytes:
    data: bytes = msgpack.packb(value)
    return data


def check_error_replies(bad: BadMessage) -> None:
    assert len(str(bad)) < 400
    for dialect in Dialect:
        reply = msgpack.unpackb(codec.error_reply(bad, dialect, IDS))
        assert list(reply) == ["eventType", "eventId", "sessionId", "requestType", "payload"]
        assert reply["payload"] == {"message": str(bad)}


def check(data: bytes | str) -> Request | None:
    """Decode, and answer as a server would; every answer must be a message that a client can read."""
    try:
        request = codec.decode(data)
    except BadMessage as bad:
        check_error_replies(bad)
        return None
    assert request.event_type in REQUESTS
    match request:
        case Start() | End():
            assert msgpack.unpackb(codec.acknowledge(request, "s"))["eventId"] == request.event_id
        case Chunk():
            assert len(request.audio) % 2 == 0
    return request


@patient
@given(st.binary(max_size=200) | st.text(max_size=50))
@example(b"")
@example("\ud800")
@example(b"\x81\xa1a" * 100_000)
@example(b"\x91" * 100_000)
@example(b"\xdf\xff\xff\xff\xff")
@example(b"\xdd\xff\xff\xff\xff")
@example(b"\xc6\xff\xff\xff\xff")
@example(b"\x80" * 1_000)
def test_any_bytes_and_any_text(data: bytes | str) -> None:
    check(data)


@patient
@given(values)
def test_any_value(value: object) -> None:
    assert check(packed(value)) is None


@patient
@given(messages)
def test_any_message(message: dict[str, object]) -> None:
    check(packed(message))


@patient
@given(
    st.sampled_from(["resumeToken", "samplingRate", "language", "voiceId", "audio", "isMuted"]),
    st.sampled_from(sorted(REQUESTS)),
    values,
)
def test_a_field_of_a_wrong_type_is_named(field: str, name: str, value: object) -> None:
    payload = {"audio": b"", field: value}
    envelope = {"eventType": name, "eventId": "e", "sessionId": None, "payload": payload}
    request, flaw = None, ""
    try:
        request = codec.decode(packed(envelope))
    except BadMessage as bad:
        flaw = str(bad)
    assert request is not None or field in flaw or "MessagePack" in flaw
    if isinstance(request, Start):
        assert request.resume_token is None or isinstance(request.resume_token, str)
        assert request.resume_token == payload.get("resumeToken")


@patient
@given(st.sampled_from(["eventId", "sessionId"]), st.sampled_from(sorted(REQUESTS)), values)
def test_an_id_of_a_wrong_type_makes_no_request(field: str, name: str, value: object) -> None:
    envelope = {"eventType": name, "eventId": "e", "sessionId": "s", "payload": {"audio": b""}, field: value}
    may_lack = field == "sessionId" or REQUESTS[name] is Asked.CHUNK
    good = isinstance(value, str) or (value is None and may_lack)
    assert (check(packed(envelope)) is not None) is good


@patient
@given(messages, st.data())
def test_a_message_with_bytes_changed_cut_or_added(message: dict[str, object], data: st.DataObject) -> None:
    raw = bytearray(packed(message))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(start + 4, len(raw))))
        raw[start:end] = data.draw(st.binary(max_size=4))
    check(bytes(raw))


@patient
@given(messages, st.binary(min_size=1, max_size=8))
def test_nothing_may_follow_the_map(message: dict[str, object], tail: bytes) -> None:
    assert check(packed(message) + tail) is None


@patient
@given(
    st.sampled_from(sorted(REQUESTS)),
    texts,
    st.none() | texts,
    st.none() | st.integers(8_000, 48_000),
    st.none() | texts,
    st.none() | texts,
    st.binary(max_size=64).map(lambda half: half * 2),
    st.booleans(),
)
def test_a_good_message_comes_back_as_it_was_meant(
    name: str,
    event_id: str,
    session_id: str | None,
    rate: int | None,
    said: str | None,
    token: str | None,
    audio: bytes,
    muted: bool,
) -> None:
    spoken = {"samplingRate": rate, "language": said, "voiceId": said, "audio": audio, "isMuted": muted}
    payload = spoken | {"resumeToken": token}
    envelope = {"eventType": name, "eventId": event_id, "sessionId": session_id, "payload": payload}
    dialect = Dialect.FIRST if name.startswith("voicechat") else Dialect.CURRENT
    expected: dict[Asked, Request] = {
        Asked.START: Start(name, event_id, session_id, dialect, rate, said, said, token),
        Asked.CHUNK: Chunk(name, event_id, session_id, dialect, audio, muted),
        Asked.END: End(name, event_id, session_id, dialect),
    }
    assert check(packed(envelope)) == expected[REQUESTS[name]]
