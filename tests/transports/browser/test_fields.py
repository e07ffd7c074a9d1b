"""Each field of a client's message: what is allowed in it, and the sentence for what is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgpack import ExtType, Timestamp  # type: ignore[import-untyped]

from transports.browser import fields
from vantum.core.errors import ProtocolError


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (None, None),
        (8000, 8000),
        (16000, 16000),
        (48000, 48000),
        (8000.0, 8000),
        (44100.0, 44100),
        (48000.0, 48000),
    ],
)
def test_a_sampling_rate_may_be_an_integer_or_a_whole_float(value: object, rate: int | None) -> None:
    found = fields.sampling_rate({"samplingRate": value})
    assert found == rate
    assert isinstance(found, int | None)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (7999, "the number 7999"),
        (48001, "the number 48001"),
        (0, "the number 0"),
        (-16000, "the number -16000"),
        (2**64 - 1, "the number 18446744073709551615"),
        (7999.999, "the number 7999.999"),
        (48000.001, "the number 48000.001"),
        (16000.5, "the number 16000.5"),
        (float("nan"), "the number nan"),
        (float("inf"), "the number inf"),
        (float("-inf"), "the number -inf"),
        (True, "a boolean"),
        ("16000", "a string"),
        (b"16000", "binary"),
        ({}, "a map"),
        ((), "an array"),
        (ExtType(5, b"x"), "an extension"),
        (Timestamp(16000, 0), "an extension"),
    ],
)
def test_any_other_sampling_rate_is_refused_with_the_range(value: object, found: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        fields.sampling_rate({"samplingRate": value})
    assert str(caught.value) == f"samplingRate must be a whole number from 8000 to 48000, not {found}."


Reader = Callable[[Mapping[str, object]], object]


@pytest.mark.parametrize(
    ("read", "holder", "value"),
    [
        (fields.payload, {"payload": {}}, {}),
        (fields.payload, {"payload": {"a": 1}}, {"a": 1}),
        (fields.audio, {"audio": b""}, b""),
        (fields.audio, {"audio": b"\1\2"}, b"\1\2"),
        (fields.muted, {"isMuted": True}, True),
        (fields.muted, {"isMuted": False}, False),
        (fields.muted, {"isMuted": None}, False),
        (fields.muted, {}, False),
        (lambda holder: fields.text(holder, "language"), {"language": "en"}, "en"),
        (lambda holder: fields.text(holder, "language"), {"language": ""}, ""),
        (lambda holder: fields.text(holder, "language"), {"language": None}, None),
        (lambda holder: fields.text(holder, "language"), {}, None),
    ],
)
def test_what_is_allowed_is_returned(read: Reader, holder: Mapping[str, object], value: object) -> None:
    assert read(holder) == value


@pytest.mark.parametrize(
    ("read", "holder", "sentence"),
    [
        (fields.payload, {}, "payload must be a map, not absent."),
        (fields.payload, {"payload": None}, "payload must be a map, not absent."),
        (fields.payload, {"payload": ()}, "payload must be a map, not an array."),
        (fields.audio, {}, "audio must be binary (PCM16LE mono), not absent."),
        (fields.audio, {"audio": "ab"}, "audio must be binary (PCM16LE mono), not a string."),
        (fields.audio, {"audio": b"abc"}, "audio must be an even number of bytes (PCM16LE mono), not 3."),
        (fields.muted, {"isMuted": 0}, "isMuted must be a boolean, not the number 0."),
        (fields.muted, {"isMuted": "no"}, "isMuted must be a boolean, not a string."),
        (
            lambda holder: fields.text(holder, "voiceId"),
            {"voiceId": 7},
            "voiceId must be a string, not the number 7.",
        ),
    ],
)
def test_what_is_not_allowed_is_named(read: Reader, holder: Mapping[str, object], sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(holder)
    assert str(caught.value) == sentence


@settings(deadline=None)
@given(st.integers() | st.floats())
def test_a_rate_that_is_accepted_is_whole_and_in_range(value: float) -> None:
    try:
        rate = fields.sampling_rate({"samplingRate": value})
    except ProtocolError:
        assert not (8000 <= value <= 48000 and value == round(value))
    else:
        assert rate == value
        assert fields.MIN_SAMPLING_RATE <= rate <= fields.MAX_SAMPLING_RATE
