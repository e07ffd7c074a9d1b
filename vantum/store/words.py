"""The words that stand in the tables and in no decision: roles, states of rows, kinds of things."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do in an organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    VIEWER = "viewer"


class ContactState(StrEnum):
    """Whether somebody is still known."""

    ACTIVE = "active"
    INVALID = "invalid"  # nobody has this number
    ARCHIVED = "archived"  # out of use: in no list, and called by nobody
    ERASED = "erased"  # nothing is known any more but that there was somebody


class ConsentStatus(StrEnum):
    """What a record of a consent says."""

    GRANTED = "granted"
    REVOKED = "revoked"


class ImportState(StrEnum):
    """How far a list is."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class RowVerdict(StrEnum):
    """What became of one row of a list."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    INVALID = "invalid"
    SUPPRESSED = "suppressed"


class MachinePolicy(StrEnum):
    """What is done when an answering machine takes the call."""

    OFF = "off"  # nobody listens for machines
    HANG_UP = "hang_up"
    LEAVE_MESSAGE = "leave_message"


class Direction(StrEnum):
    """Who called whom."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Transport(StrEnum):
    """What carries a call."""

    TWILIO = "twilio"
    LOCAL = "local"  # scripted prospects on this machine
    BROWSER = "browser"


class CallStatus(StrEnum):
    """How far a call is, in order."""

    CLAIMED = "claimed"  # nothing was asked of the carrier yet
    DIALING = "dialing"  # the carrier may have been asked
    RINGING = "ringing"
    IN_CALL = "in_call"
    ENDED = "ended"


class AnsweredBy(StrEnum):
    """Who or what took the call."""

    HUMAN = "human"
    MACHINE = "machine"
    UNKNOWN = "unknown"


class EventSource(StrEnum):
    """Who tells of an event in a call."""

    CARRIER = "carrier"
    PHONE = "phone"
    PIPELINE = "pipeline"
    DIALER = "dialer"


class RecordingKind(StrEnum):
    """What is heard in a recording."""

    CALL = "call"
    VOICEMAIL = "voicemail"


class CallbackState(StrEnum):
    """What became of a promised callback."""

    OPEN = "open"
    KEPT = "kept"
    MISSED = "missed"
    CANCELED = "canceled"


class JobCause(StrEnum):
    """Why an analysis is made."""

    AFTER_CALL = "after_call"  # the call is over
    ASKED = "asked"  # somebody wants another one


class JobState(StrEnum):
    """What has become of an analysis that was to be made."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"  # nobody could make it, as often as it was tried


class CostKind(StrEnum):
    """What was paid for."""

    TELEPHONY = "telephony"
    STT = "stt"
    LLM = "llm"
    TTS = "tts"
    ANALYSIS = "analysis"


class CostState(StrEnum):
    """Whether an amount can still change."""

    ESTIMATED = "estimated"
    FINAL = "final"


class EndpointState(StrEnum):
    """Whether a webhook's address gets events."""

    ACTIVE = "active"
    DISABLED = "disabled"  # by its owner
    GONE = "gone"  # by its own answer


class ActorKind(StrEnum):
    """Who did something."""

    USER = "user"
    KEY = "key"
    SYSTEM = "system"
