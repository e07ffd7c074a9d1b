"""The forms that Twilio posts: each as the specification shows it, and each way it can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from transports.twilio.webhook import (
    AmdVerdict,
    DialResult,
    StatusCallback,
    StreamStatus,
    VoiceCall,
    amd_verdict,
    dial_result,
    status_callback,
    stream_status,
    voice_call,
)
from vantum.core.errors import ProtocolError
from vantum.core.phone_call import StatusReport

CA, MZ = "CA" + "0a" * 16, "MZ" + "1b" * 16
SID = {"CallSid": CA}
VOICE = SID | {
    "AccountSid": "AC1",
    "From": "+15550001",
    "To": "+15550002",
    "Direction": "inbound",
    "ApiVersion": "2010-04-01",
}
STATUS = SID | {
    "CallStatus": "completed",
    "SequenceNumber": "3",
    "SipResponseCode": "200",
    "CallDuration": "61",
    "CallbackSource": "call-progress-events",
}
AMD = SID | {"AnsweredBy": "machine_end_beep", "MachineDetectionDuration": "4520"}
STREAM = SID | {"StreamSid": MZ, "StreamEvent": "stream-started", "Timestamp": "2025-11-21T03:03:00Z"}
DIAL = SID | {"DialCallStatus": "no-answer", "DialCallSid": "CA2"}

Form = Mapping[str, str]
Read = Callable[[Form], object]

GOOD: list[tuple[Read, Form, object]] = [
    (voice_call, VOICE, VoiceCall(CA, "+15550001", "+15550002", "inbound")),
    (status_callback, STATUS, StatusCallback(CA, StatusReport(3, "completed", 200, None, 61))),
    (amd_verdict, AMD, AmdVerdict(CA, "machine_end_beep", 4520)),
    (stream_status, STREAM, StreamStatus(CA, MZ, "stream-started", "", None)),
    (dial_result, DIAL, DialResult(CA, "no-answer")),
]
REQUIRED: list[tuple[Read, Form, str]] = [
    *((read, form, "CallSid") for read, form, _ in GOOD),
    (voice_call, VOICE, "Direction"),
    (status_callback, STATUS, "CallStatus"),
    (amd_verdict, AMD, "AnsweredBy"),
    (stream_status, STREAM, "StreamSid"),
    (stream_status, STREAM, "StreamEvent"),
    (dial_result, DIAL, "DialCallStatus"),
]
SENT: list[tuple[Read, Form, str]] = [*REQUIRED, (voice_call, VOICE, "From"), (voice_call, VOICE, "To")]
NUMBERS: list[tuple[Read, Form, str]] = [
    (status_callback, STATUS, "SequenceNumber"),
    (status_callback, STATUS, "SipResponseCode"),
    (status_callback, STATUS, "ErrorCode"),
    (status_callback, STATUS, "CallDuration"),
    (amd_verdict, AMD, "MachineDetectionDuration"),
    (stream_status, STREAM, "StreamErrorCode"),
    (stream_status, STREAM, "ErrorCode"),
]


def flaw_of(read: Read, form: Form) -> str:
    with pytest.raises(ProtocolError) as caught:
        read(form)
    return str(caught.value)


@pytest.mark.parametrize(("read", "form", "value"), GOOD)
def test_each_form(read: Read, form: Form, value: object) -> None:
    assert read(form) == value
    starlette: Any = FormData(form)
    assert read(starlette) == value
    with pytest.raises(FrozenInstanceError):
        value.__setattr__("call_sid", "other")


@pytest.mark.parametrize(("read", "form", "value"), GOOD)
def test_a_call_sid_in_capitals_is_kept_as_sent(read: Read, form: Form, value: object) -> None:
    sid = "ca" + "0A" * 16
    assert vars_of(read({**form, "CallSid": sid}))["call_sid"] == sid


def vars_of(value: Any) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "sip:anna@example.com;user=phone", "", " "])
def test_numbers_are_kept_as_sent(number: str) -> None:
    form = VOICE | {"From": number, "To": number}
    assert voice_call(form) == VoiceCall(CA, number, number, "inbound")


@pytest.mark.parametrize(("read", "form", "name"), SENT)
def test_a_field_that_is_missing(read: Read, form: Form, name: str) -> None:
    assert flaw_of(read, {key: value for key, value in form.items() if key != name}) == f"{name} is missing."


@pytest.mark.parametrize(("read", "form", "name"), REQUIRED)
@pytest.mark.parametrize("blank", ["", " ", "\n"], ids=repr)
def test_a_field_that_is_empty(read: Read, form: Form, name: str, blank: str) -> None:
    assert flaw_of(read, {**form, name: blank}) == f"{name} is empty."


@pytest.mark.parametrize(("read", "form", "name"), SENT)
def test_a_field_that_is_too_long(read: Read, form: Form, name: str) -> None:
    assert flaw_of(read, {**form, name: "x" * 257}) == f"{name} must be at most 256 characters, not 257."
    if name != "CallSid":
        assert "x" * 256 in vars_in(read({**form, name: "x" * 256}))


def vars_in(value: object) -> list[object]:
    found = vars_of(value)
    report = found.pop("report", None)
    return [*found.values(), *(vars_of(report).values() if report is not None else ())]


@pytest.mark.parametrize(("read", "form", "name"), [*SENT, *NUMBERS, (stream_status, STREAM, "StreamError")])
def test_a_file_where_a_text_is_due(read: Read, form: Form, name: str) -> None:
    hostile: Any = FormData({**form, name: UploadFile(BytesIO(b"x"), filename="x")})
    assert flaw_of(read, hostile) == f"{name} must be text, not a file."


@pytest.mark.parametrize(
    "sid",
    [
        "CA",
        "CA" + "0" * 31,
        "CA" + "0" * 33,
        "CA" + "g" * 32,
        "MZ" + "0" * 32,
        f"{CA}\n",
        f" {CA}",
        f"{CA[:-1]}\u0660",
        "../" + CA,
    ],
)
@pytest.mark.parametrize(("read", "form", "value"), GOOD)
def test_a_call_sid_that_is_none(read: Read, form: Form, value: object, sid: str) -> None:
    assert flaw_of(read, {**form, "CallSid": sid}) == "CallSid must be CA and 32 hexadecimal digits."


@pytest.mark.parametrize(("read", "form", "name"), NUMBERS)
@pytest.mark.parametrize(("sent", "number"), [("0", 0), ("007", 7), (" 12 ", 12), ("9" * 15, 10**15 - 1)])
def test_numbers(read: Read, form: Form, name: str, sent: str, number: int) -> None:
    assert number in vars_in(read({**form, name: sent}))


@pytest.mark.parametrize(("read", "form", "name"), NUMBERS)
@pytest.mark.parametrize(
    "bad", ["-1", "+1", "1.0", "x", "1 2", "0x1", "\u0663", "\u00b2", "1" * 16, "9" * 5000]
)
def test_a_number_that_is_none(read: Read, form: Form, name: str, bad: str) -> None:
    says = f"{name} must be a whole number from 0, of at most 15 digits."
    assert flaw_of(read, {**form, name: bad}) == says


@pytest.mark.parametrize("blank", [None, "", " "])
def test_numbers_may_be_absent_or_empty(blank: str | None) -> None:
    def without(form: Form, *names: str) -> Form:
        rest = {key: value for key, value in form.items() if key not in names}
        return rest if blank is None else rest | dict.fromkeys(names, blank)

    status = without(STATUS, "SequenceNumber", "SipResponseCode", "ErrorCode", "CallDuration")
    assert status_callback(status) == StatusCallback(CA, StatusReport(None, "completed"))
    assert amd_verdict(without(AMD, "MachineDetectionDuration")).duration_ms is None
    assert stream_status(without(STREAM, "StreamErrorCode", "ErrorCode")).error_code is None


def test_every_fact_of_a_report() -> None:
    form = SID | {
        "CallStatus": "failed",
        "SequenceNumber": "2",
        "SipResponseCode": "404",
        "ErrorCode": "13224",
        "CallDuration": "0",
    }
    assert status_callback(form) == StatusCallback(CA, StatusReport(2, "failed", 404, 13224, 0))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"StreamErrorCode": "31920"}, 31920),
        ({"ErrorCode": "31921"}, 31921),
        ({"StreamErrorCode": "31920", "ErrorCode": "31921", "StreamError": "31922"}, 31920),
        ({"StreamErrorCode": "", "ErrorCode": "31921", "StreamError": "31922"}, 31921),
        ({"StreamErrorCode": "0", "StreamError": "31922"}, 0),
        ({"StreamError": "31922 - timed out, see 31923"}, 31922),
        ({"StreamError": "Error (31930)."}, 31930),
        ({"StreamError": "error31930"}, 31930),
        ({"StreamError": "handshake failed with 403"}, None),
        ({"StreamError": "connection 131930 319301"}, None),
        ({"StreamError": "21930"}, None),
        ({"StreamError": "3\u06619\u06603"}, None),
    ],
)
def test_the_code_of_a_streams_error(fields: Form, code: int | None) -> None:
    status = stream_status({**STREAM, "StreamEvent": "stream-error", **fields})
    assert status == StreamStatus(CA, MZ, "stream-error", fields.get("StreamError", ""), code)


def test_a_long_error_is_cut_and_still_heard() -> None:
    assert stream_status(STREAM | {"StreamError": "31920 " + "x" * 5000}).error == "31920 " + "x" * 250


@given(
    st.dictionaries(st.sampled_from(["CallSid", "From", "CallStatus", "ErrorCode", "x"]), st.text(max_size=9))
)
def test_any_form_gives_a_value_or_names_a_field(form: dict[str, str]) -> None:
    for read, good, _ in GOOD:
        try:
            read({**good, **form})
        except ProtocolError as flaw:
            named = str(flaw).split(" ", 1)[0]
        else:
            continue
        assert named in form
