"""The forms that Twilio posts, read into frozen values.

Each reader raises ``ProtocolError`` that names the missing or bad field and never repeats its value. Call it
only for a form whose signature is good. Source: twilio.com/docs/voice/twiml and twilio.com/docs/voice/api.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vantum.core.errors import ProtocolError
from vantum.core.phone_call import StatusReport

MAX_TEXT_LENGTH: Final = 256
MAX_DIGITS: Final = 15
CALL_SID: Final = re.compile(r"CA[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
STREAM_ERROR_CODE: Final = re.compile(r"(?<!\d)3\d{4}(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class VoiceCall:
    """A call that asks for TwiML. The numbers are as sent: E.164, ``anonymous``, a SIP address, or empty."""

    call_sid: str
    from_number: str
    to_number: str
    direction: str


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """A report on a call's progress."""

    call_sid: str
    report: StatusReport


@dataclass(frozen=True, slots=True)
class AmdVerdict:
    """Who answered, as Twilio's machine detection heard it, and how long that took."""

    call_sid: str
    answered_by: str
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """A media stream started, stopped or failed; ``error`` is Twilio's text, empty unless it failed."""

    call_sid: str
    stream_sid: str
    event: str
    error: str
    error_code: int | None


@dataclass(frozen=True, slots=True)
class DialResult:
    """How a transfer ended: completed, answered, busy, no-answer, failed or canceled."""

    call_sid: str
    status: str


def voice_call(form: Mapping[str, str]) -> VoiceCall:
    """Read the request for a call's TwiML."""
    return VoiceCall(
        _call_sid(form), _sent(form, "From"), _sent(form, "To"), direction=_text(form, "Direction")
    )


def status_callback(form: Mapping[str, str]) -> StatusCallback:
    """Read a report on a call's progress; SIP code and duration come with the last one."""
    report = StatusReport(
        sequence=_number(form, "SequenceNumber"),
        status=_text(form, "CallStatus"),
        sip_code=_number(form, "SipResponseCode"),
        error_code=_number(form, "ErrorCode"),
        duration_seconds=_number(form, "CallDuration"),
    )
    return StatusCallback(_call_sid(form), report)


def amd_verdict(form: Mapping[str, str]) -> AmdVerdict:
    """Read the verdict of asynchronous machine detection."""
    return AmdVerdict(_call_sid(form), _text(form, "AnsweredBy"), _number(form, "MachineDetectionDuration"))


def stream_status(form: Mapping[str, str]) -> StreamStatus:
    """Read what became of a media stream; the error's code may stand in a field of its own or in the text."""
    call_sid, stream_sid, event = _call_sid(form), _text(form, "StreamSid"), _text(form, "StreamEvent")
    # Free text for the operator: a long one is cut, because an outage must not go unheard for its length.
    error = (_optional(form, "StreamError") or "")[:MAX_TEXT_LENGTH]
    code = _number(form, "StreamErrorCode")
    if code is None:
        code = _number(form, "ErrorCode")
    if code is None and (found := STREAM_ERROR_CODE.search(error)):
        code = int(found[0])
    return StreamStatus(call_sid, stream_sid, event, error, code)


def dial_result(form: Mapping[str, str]) -> DialResult:
    """Read how a ``<Dial>`` ended."""
    return DialResult(_call_sid(form), _text(form, "DialCallStatus"))


def _call_sid(form: Mapping[str, str]) -> str:
    value = _text(form, "CallSid")
    if CALL_SID.fullmatch(value) is None:
        raise ProtocolError("CallSid must be CA and 32 hexadecimal digits.")
    return value


def _optional(form: Mapping[str, str], name: str) -> str | None:
    value: object = form.get(name)
    # Starlette's forms hold files, too, whatever their type says here.
    if value is not None and not isinstance(value, str):
        raise ProtocolError(f"{name} must be text, not a file.")
    return value


def _sent(form: Mapping[str, str], name: str) -> str:
    """Return a text that must be there, and may be empty."""
    value = _optional(form, name)
    if value is None:
        raise ProtocolError(f"{name} is missing.")
    if len(value) > MAX_TEXT_LENGTH:
        raise ProtocolError(f"{name} must be at most {MAX_TEXT_LENGTH} characters, not {len(value)}.")
    return value


def _text(form: Mapping[str, str], name: str) -> str:
    value = _sent(form, name)
    if not value.strip():
        raise ProtocolError(f"{name} is empty.")
    return value


def _number(form: Mapping[str, str], name: str) -> int | None:
    """Return a whole number from 0 on; ``None`` when the field is absent or empty."""
    value = (_optional(form, name) or "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS):
        raise ProtocolError(f"{name} must be a whole number from 0, of at most {MAX_DIGITS} digits.")
    return int(value)
