"""Somebody from a list who may become a contact: what the row says, checked and in one form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vantum.core.legal.case import ConsentKind, Jurisdiction, LineType, Method
from vantum.core.outreach.line import Line, ZoneGuess


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """A consent that a list tells of: the ``text`` that was agreed to, and where the ``proof`` is, or "" for both."""

    kind: ConsentKind
    method: Method
    granted_at: datetime
    text: str = ""
    proof: str = ""

    def __post_init__(self) -> None:
        if self.granted_at.utcoffset() is None:
            raise ValueError("The moment of a consent has a time zone.")


@dataclass(frozen=True, slots=True)
class Person:
    """Who answers. Every text may be ""; ``name`` is the whole name, also where only its parts are given."""

    first_name: str = ""
    last_name: str = ""
    name: str = ""
    title: str = ""
    email: str = ""
    company: str = ""
    domain: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the callee is, as the law asks for it, and as the list says it."""

    at: Jurisdiction
    zones: tuple[ZoneGuess, ...]
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One row that can become a contact.

    ``line_type`` is the list's word where the number alone does not tell. ``raw_phone`` is the cell as it was,
    ``other_numbers`` are the E.164 numbers that stood in it too, ``custom`` the columns that are no field.
    """

    line: Line
    line_type: LineType
    raw_phone: str
    person: Person
    whereabouts: Whereabouts
    other_numbers: tuple[str, ...] = ()
    source: str = ""
    source_detail: str = ""
    consent: GivenConsent | None = None
    custom: tuple[tuple[str, str], ...] = ()

    @property
    def number(self) -> str:
        """The number to call, E.164."""
        return self.line.number
