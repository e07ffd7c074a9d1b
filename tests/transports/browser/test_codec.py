"""The browser codec: requests in, and messages out key by key."""

from __future__ import annotations

from collections.abc import Callable

import msgpack  # type: ignore[import-untyped]
import pytest

from transports.browser import codec
from transports.browser.codec import Chunk, End, Ids, Start, decode
from transports.browser.dialect import Cancel, Dialect
from vantum.core.events import (
    ConversationState,
    ErrorReported,
    ProviderSwitched,
    Stage,
    StateChanged,
    Transcript,
    TurnLatency,
    WordsSpoken,
)
from vantum.core.faults import Fault

CURRENT, FIRST = Dialect.CURRENT, Dialect.FIRST
PREFIX = {CURRENT: "audio.input", FIRST: "voicechat.audio"}
IDS = Ids("0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002")
NOW = 1_700_000_000_000  # an int on purpose: what is whole must be packed as a float all the same
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


# --- requests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", Dialect)
def test_start(dialect: Dialect) -> None:
    name = f"{PREFIX[dialect]}.start"
    assert decode(message(name)) == Start(name, "e1", "s1", dialect)
    full = {"samplingRate": 44100.0, "language": "de", "voiceId": "anna", "unknown": [1, [2], {"a": 3}]}
    assert decode(message(name, full)) == Start(name, "e1", "s1", dialect, 44100, "de", "anna")
    undefined = {"samplingRate": None, "language": None, "voiceId": None}
    assert decode(message(name, undefined)) == Start(name, "e1", "s1", dialect)


@pytest.mark.parametrize("dialect", Dialect)
def test_chunk(dialect: Dialect) -> None:
    name = f"{PREFIX[dialect]}.chunk"
    audio = bytes(640)
    assert decode(message(name, {"audio": audio})) == Chunk(name, "e1", "s1", dialect, audio, muted=False)
    muted = message(name, {"audio": audio, "isMuted": True})
    assert decode(muted) == Chunk(name, "e1", "s1", dialect, audio, muted=True)


def test_a_chunk_needs_no_ids() -> None:
    bare = packed({"eventType": "audio.input.chunk", "payload": {"audio": b""}})
    assert decode(bare) == Chunk("audio.input.chunk", None, None, CURRENT, b"", muted=False)


@pytest.mark.parametrize("dialect", Dialect)
def test_end(dialect: Dialect) -> None:
    name = f"{PREFIX[dialect]}.end"
    assert decode(message(name)) == End(name, "e1", "s1", dialect)


def test_unknown_keys_are_ignored_whatever_they_hold() -> None:
    odd = [None, 1.5, [1] * 500, {"deep": [[]]}, msgpack.ExtType(5, b"x"), msgpack.Timestamp(1, 2), b"\xff"]
    for value in odd:
        assert isinstance(decode(message("audio.input.end", extra=value)), End)
    assert isinstance(decode(packed({b"eventId": 1, **msgpack.unpackb(message("audio.input.end"))})), End)


# --- messages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("session_id", "echoed"), [("old", "old"), (None, "made here")])
@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("last", ["start", "end"])
def test_an_acknowledgement_echoes(last: str, dialect: Dialect, session_id: str | None, echoed: str) -> None:
    name = f"{PREFIX[dialect]}.{last}"
    request = decode(message(name, sessionId=session_id))
    assert isinstance(request, Start | End)
    assert pairs(codec.acknowledge(request, "made here")) == [
        ("eventType", name),
        ("eventId", "e1"),
        ("sessionId", echoed),
        ("payload", [("success", True)]),
    ]


@pytest.mark.parametrize("dialect", Dialect)
def test_a_client_that_comes_back_says_whose_call_it_is_and_is_told_that_it_has_it(dialect: Dialect) -> None:
    start = decode(message(f"{PREFIX[dialect]}.start", {"resumeToken": "proof"}))
    assert isinstance(start, Start)
    assert start.resume_token == "proof"
    answer = dict(pairs(codec.acknowledge(start, "s", resumed=True)))
    assert answer["payload"] == [("success", True), ("resumed", True)]
    greeting = dict(pairs(codec.connected(dialect, IDS, "proof")))
    assert greeting["payload"] == [("success", True), ("resumeToken", "proof")]


@pytest.mark.parametrize("token", [7, True, b"proof", {}])
def test_a_token_is_a_string(token: object) -> None:
    with pytest.raises(codec.BadMessage, match="resumeToken must be a string"):
        decode(message("audio.input.start", {"resumeToken": token}))


def test_a_good_request_that_cannot_be_served_is_refused_in_its_family() -> None:
    request = decode(message("voicechat.audio.start"))
    assert pairs(codec.refusal(request, "The speech provider does not answer.", IDS)) == [
        ("eventType", "voicechat.audio.error"),
        ("eventId", IDS.event_id),
        ("sessionId", IDS.session_id),
        ("requestType", "voicechat.audio.start"),
        ("payload", [("message", "The speech provider does not answer.")]),
    ]


Encode = Callable[[Dialect], bytes | None]
HEARD = Transcript("hello", final=True, confidence=1, language="en")
GUESS = Transcript("hel", final=False, confidence=0.5, language="de")
CHANGE = StateChanged(ConversationState.LISTENING, ConversationState.THINKING)
LATENCY = TurnLatency(3, {Stage.COMMITTED: 1, Stage.FIRST_BYTE: 0.25}, providers={"stt": "deepgram"})
SWITCHED = ProviderSwitched("tts", "local", "cartesia", Fault.NETWORK, "refused")
BACK = ProviderSwitched("tts", "cartesia", "local")
BROKEN = ErrorReported("tts", "no voice", retryable=True)
AT = [("utteranceId", "u"), ("timestamp", float(NOW))]

SENT: list[tuple[Encode, str, str | None, list[tuple[str, object]]]] = [
    (lambda d: codec.connected(d, IDS), "connection.lifecycle.ack", "connection.ack", [("success", True)]),
    (
        lambda d: codec.speech_started(d, IDS, "u", NOW),
        "audio.output.start",
        "voicechat.response.start",
        AT,
    ),
    (
        lambda d: codec.speech_chunk(d, IDS, "u", b"\1\2", 48000),
        "audio.output.chunk",
        "voicechat.response.chunk",
        [("audio", b"\1\2"), ("utteranceId", "u"), ("sampleRate", 48000)],
    ),
    (
        lambda d: codec.speech_completed(d, IDS, "u"),
        "audio.output.complete",
        "voicechat.response.complete",
        [("utteranceId", "u")],
    ),
    (
        lambda d: codec.speech_cancelled(d, IDS, "u", Cancel.BARGE_IN),
        "audio.output.cancel",
        "voicechat.response.interrupt",
        [("utteranceId", "u")],
    ),
    (
        lambda d: codec.speech_cancelled(d, IDS, "u", Cancel.STOPPED),
        "audio.output.cancel",
        "voicechat.response.stop",
        [("utteranceId", "u")],
    ),
    (
        lambda d: codec.transcript(d, IDS, HEARD, NOW),
        "transcript.final",
        "transcript.final",
        [("transcript", "hello"), ("confidence", 1.0), ("timestamp", float(NOW)), ("language", "en")],
    ),
    (
        lambda d: codec.transcript(d, IDS, GUESS, NOW),
        "transcript.interim",
        "transcript.interim",
        [("transcript", "hel"), ("confidence", 0.5), ("timestamp", float(NOW)), ("language", "de")],
    ),
    (lambda d: codec.response_started(d, IDS, "u", NOW), "conversation.response.start", None, AT),
    (
        lambda d: codec.response_completed(d, IDS, "u"),
        "conversation.response.complete",
        None,
        [("utteranceId", "u")],
    ),
    (
        lambda d: codec.response_words(d, IDS, WordsSpoken("u", "Hi."), NOW),
        "conversation.response.words",
        None,
        [("utteranceId", "u"), ("text", "Hi."), ("timestamp", float(NOW))],
    ),
    (
        lambda d: codec.response_paused(d, IDS, "u", NOW),
        "conversation.response.paused",
        None,
        [("utteranceId", "u"), ("timestamp", float(NOW))],
    ),
    (
        lambda d: codec.response_resumed(d, IDS, "u", "v", NOW),
        "conversation.response.resumed",
        None,
        [("utteranceId", "u"), ("timestamp", float(NOW)), ("speechId", "v")],
    ),
    (
        lambda d: codec.turn_latency(d, IDS, LATENCY),
        "conversation.turn.latency",
        None,
        [
            ("turn", 3),
            ("stages", [("committed", 1000.0), ("first_byte", 250.0)]),
            ("drafted", False),
            ("providers", [("stt", "deepgram")]),
        ],
    ),
    (
        lambda d: codec.provider_switched(d, IDS, SWITCHED),
        "conversation.provider.switched",
        None,
        [("kind", "tts"), ("provider", "local"), ("previous", "cartesia"), ("fault", "network")],
    ),
    (
        lambda d: codec.provider_switched(d, IDS, BACK),
        "conversation.provider.switched",
        None,
        [("kind", "tts"), ("provider", "cartesia"), ("previous", "local"), ("fault", None)],
    ),
    (
        lambda d: codec.state_changed(d, IDS, CHANGE, NOW),
        "conversation.state.changed",
        None,
        [("from", "listening"), ("to", "thinking"), ("timestamp", float(NOW))],
    ),
    (
        lambda d: codec.failure(d, IDS, BROKEN),
        "error.system.tts",
        "voicechat.error",
        [("errorType", "tts"), ("message", "no voice"), ("retryable", True)],
    ),
]


@pytest.mark.parametrize(("encode", "current", "first", "payload"), SENT, ids=[row[1] for row in SENT])
def test_every_message_in_both_dialects_key_by_key(
    encode: Encode, current: str, first: str | None, payload: list[tuple[str, object]]
) -> None:
    for dialect, name in ((CURRENT, current), (FIRST, first)):
        data = encode(dialect)
        if name is None:
            assert data is None
            continue
        assert data is not None
        ids = [("eventId", IDS.event_id), ("sessionId", IDS.session_id)]
        assert pairs(data) == [("eventType", name), *ids, ("payload", payload)]


@pytest.mark.parametrize("encode", [row[0] for row in SENT], ids=[row[1] for row in SENT])
def test_times_and_shares_are_float64_on_the_wire_also_when_whole(encode: Encode) -> None:
    for data in (encode(CURRENT), encode(FIRST)):
        for key in (b"\xa9timestamp", b"\xaaconfidence", b"\xa9committed", b"\xaafirst_byte"):
            _, found, value = (data or b"").partition(key)
            assert not found or value[0] == 0xCB


def test_half_a_surrogate_pair_from_a_model_does_not_stop_the_message() -> None:
    data = codec.response_words(CURRENT, IDS, WordsSpoken("u", "ok \ud83d"), NOW)
    assert data is not None
    assert msgpack.unpackb(data)["payload"]["text"] == "ok ?"
