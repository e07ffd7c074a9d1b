"""What is known when a call is about to be placed: everything that the law asks about, and nothing else.

Every moment is an aware ``datetime`` and is kept in UTC: two moments of one zone would be compared by their clocks,
which is wrong in the hour that a clock repeats. What makes no sense raises ValueError where it is built.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final

from vantum.core.legal.rule import Window

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}|")
_STATE: Final = re.compile(r"[A-Z0-9]{1,3}|")


class LineType(StrEnum):
    """What a number rings; a lookup or the list says, else it is unknown."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    VOIP = "voip"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """Why somebody is called."""

    MARKETING = "marketing"
    SERVICE = "service"


class Audience(StrEnum):
    """As whom somebody is called."""

    BUSINESS = "business"
    CONSUMER = "consumer"


class ConsentKind(StrEnum):
    """What was agreed to."""

    AI_VOICE_MARKETING = "ai_voice_marketing"
    CALL = "call"
    RECORDING = "recording"


class Method(StrEnum):
    """How somebody agreed; an electronic signature is written."""

    WRITTEN = "written"
    SPOKEN = "spoken"


class Scope(StrEnum):
    """Whom a suppression is about."""

    NUMBER = "number"
    CONTACT = "contact"
    COMPANY = "company"
    DOMAIN = "domain"


class Reason(StrEnum):
    """Why somebody is not to be called."""

    ASKED = "asked"
    NATIONAL_DNC = "national_dnc"
    STATE_DNC = "state_dnc"
    COMPLAINT = "complaint"
    MANUAL = "manual"


class ZoneSource(StrEnum):
    """From what a time zone was concluded."""

    EXPLICIT = "explicit"
    POSTAL_CODE = "postal_code"
    AREA_CODE = "area_code"
    COUNTRY = "country"


class RecordingWish(StrEnum):
    """Whether the campaign wants the call's audio."""

    WANTED = "wanted"
    NOT_WANTED = "not_wanted"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A country (ISO 3166-1, two letters) and its state (ISO 3166-2 behind the hyphen); "" where it is not known."""

    country: str = ""
    state: str = ""

    def __post_init__(self) -> None:
        if not _COUNTRY.fullmatch(self.country) or not _STATE.fullmatch(self.state):
            raise ValueError(f"A place is like 'US' and 'FL', not {self.country!r} and {self.state!r}.")

    def __str__(self) -> str:
        return f"{self.country or '?'}-{self.state or '?'}"


@dataclass(frozen=True, slots=True)
class Callee:
    """Who is to be called; ``number`` is E.164, ids and the company's domain are "" where there are none."""

    number: str
    at: Jurisdiction
    line_type: LineType = LineType.UNKNOWN
    contact_id: str = ""
    company_id: str = ""
    domain: str = ""

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.number):
            raise ValueError("A number to call is E.164: a plus sign and 7 to 15 digits.")


@dataclass(frozen=True, slots=True)
class CandidateZone:
    """A time zone in which the callee may be. Its name stands in the record, the object tells the time."""

    name: str
    zone: tzinfo
    source: ZoneSource


@dataclass(frozen=True, slots=True)
class Consent:
    """One record of a consent: given, withdrawn, or first one and then the other."""

    kind: ConsentKind
    method: Method
    granted_at: datetime | None
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.granted_at is None and self.revoked_at is None:
            raise ValueError("A consent was given or withdrawn at some time.")
        object.__setattr__(self, "granted_at", _moment(self.granted_at))
        object.__setattr__(self, "revoked_at", _moment(self.revoked_at))


@dataclass(frozen=True, slots=True)
class Suppression:
    """Who must not be called, and why; for ever where ``expires_at`` is None."""

    scope: Scope
    value: str
    reason: Reason
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.value:
            raise ValueError("A suppression is about somebody.")
        object.__setattr__(self, "expires_at", _moment(self.expires_at))


@dataclass(frozen=True, slots=True)
class Plan:
    """What the campaign wants. ``caller_at`` is the caller's end; without ``windows`` the usual ones hold."""

    purpose: Purpose
    audience: Audience
    language: str
    caller_at: Jurisdiction
    recording: RecordingWish
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One call that is about to be placed. The order within the tuples means nothing."""

    callee: Callee
    plan: Plan
    now: datetime
    zones: tuple[CandidateZone, ...] = ()
    consents: tuple[Consent, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    attempts: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", _moment(self.now))
        object.__setattr__(self, "attempts", tuple(_moment(attempt) for attempt in self.attempts))


def utc(moment: datetime) -> str:
    """A moment as it is written in records: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat()


def _moment(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.utcoffset() is None:
        raise ValueError("A moment has a time zone.")
    return moment.astimezone(UTC)
