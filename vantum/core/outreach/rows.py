"""The verdict of one row of a list: by itself first, then beside all others and beside what is known already.

The two steps are apart because what is known stands in a database, which is asked about many rows at once:
``read_row`` for each, ``Settling.settle`` for each with what was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from vantum.core.legal.case import Jurisdiction, LineType, Reason, Scope
from vantum.core.outreach import field_values, states
from vantum.core.outreach.address_zones import address_zones, zones_of
from vantum.core.outreach.cells import clean, shown
from vantum.core.outreach.consent_cells import ConsentCells, read_consent
from vantum.core.outreach.countries import country_code
from vantum.core.outreach.field_values import IsZone
from vantum.core.outreach.header_words import Field
from vantum.core.outreach.line import Existence, Line, Problem, ReadNumber
from vantum.core.outreach.mapping import ColumnMapping
from vantum.core.outreach.phone_cell import MOST_CHARS, Phone, read_phone
from vantum.core.outreach.prospect import GivenConsent, Person, Prospect, Whereabouts
from vantum.core.outreach.verdict import Accepted, Duplicate, Invalid, Note, SheetRow, Suppressed, Verdict

MOST_DETAIL: Final = 1000
"""Characters of the source and its detail."""
MOST_CUSTOM: Final = 2000
"""Characters of a custom field."""

_STATE: Final = re.compile(r"[A-Z0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Job:
    """How rows are read. ``country`` (ISO 3166-1, or "") is that of numbers without a country code where the row
    names none; ``now`` is aware."""

    mapping: ColumnMapping
    country: str
    now: datetime
    read_number: ReadNumber
    is_zone: IsZone

    def __post_init__(self) -> None:
        if self.country and country_code(self.country) != self.country:
            raise ValueError(f"A country is two letters such as 'US', not {self.country!r}.")
        if self.now.utcoffset() is None:
            raise ValueError("The moment of an import has a time zone.")


@dataclass(frozen=True, slots=True)
class Known:
    """What was known before this list: contacts (their ids by number), and suppressions in force."""

    contacts: Mapping[str, str] = field(default_factory=dict)
    suppressed_numbers: Mapping[str, Reason] = field(default_factory=dict)
    suppressed_domains: Mapping[str, Reason] = field(default_factory=dict)


def read_row(row: SheetRow, job: Job) -> Accepted | Invalid:
    """A row by itself. Never raises: whatever stands in it, it is a prospect, or has no number to call."""
    if row.problem is not None:
        return Invalid(row.number, "", row.problem)
    return _Cells(row, job).verdict()


class Settling:
    """Remembers the numbers of one file, so that each is accepted once. The rows come in their order."""

    def __init__(self) -> None:
        self._first_row: dict[str, int] = {}

    def settle(self, found: Accepted | Invalid, known: Known) -> Verdict:
        """The verdict on a row beside the earlier ones and beside ``known``; a suppression outweighs the rest."""
        if isinstance(found, Invalid):
            return found
        number = found.prospect.number
        first = self._first_row.setdefault(number, found.row)
        if number in known.suppressed_numbers:
            return Suppressed(found.row, number, Scope.NUMBER, known.suppressed_numbers[number])
        for each in domains_of(found.prospect):
            if each in known.suppressed_domains:
                return Suppressed(found.row, number, Scope.DOMAIN, known.suppressed_domains[each])
        if first != found.row:
            return Duplicate(found.row, number, of_row=first)
        if number in known.contacts:
            return Duplicate(found.row, number, of_contact=known.contacts[number])
        return found


def domains_of(prospect: Prospect) -> tuple[str, ...]:
    """The company's domain and those above it: who speaks for a domain speaks for what is below it."""
    labels = prospect.person.domain.split(".")
    return tuple(".".join(labels[place:]) for place in range(len(labels) - 1))


class _Cells:
    """The cells of one row by their fields, and the notes on them."""

    def __init__(self, row: SheetRow, job: Job) -> None:
        self._row = row
        self._job = job
        self._notes: list[Note] = []
        self._texts: dict[Field, tuple[str, str]] = {}
        self._phones: list[tuple[str, str]] = []
        self._custom: list[tuple[str, str]] = []
        self._sort()

    def verdict(self) -> Accepted | Invalid:
        said_country = self._take(Field.COUNTRY, country_code, "It is no country; a name or two letters are.")
        found = self._phone(said_country or self._job.country)
        if isinstance(found, Invalid):
            return found
        raw_phone, phone = found
        line = phone.line
        country = line.country or said_country
        if said_country and country != said_country:
            self._note(Field.COUNTRY, f"The number belongs to {country}, whose rules hold.")
        if line.existence is Existence.FICTION:
            self._note(Field.PHONE, "It is reserved for examples, and nobody answers it.")
        prospect = Prospect(
            line=line,
            line_type=self._line_type(line),
            raw_phone=raw_phone,
            person=self._person(),
            whereabouts=self._whereabouts(line, country),
            other_numbers=phone.others,
            source=self._short(Field.SOURCE, MOST_DETAIL),
            source_detail=self._short(Field.SOURCE_DETAIL, MOST_DETAIL),
            consent=self._consent(),
            custom=tuple(self._custom),
        )
        return Accepted(self._row.number, prospect, tuple(self._notes))

    def _sort(self) -> None:
        cells = self._row.cells
        for column in self._job.mapping.columns:
            text = cells[column.index] if column.index < len(cells) else ""
            if column.field is Field.PHONE:
                # Its line ends part numbers, and go when it is cleaned.
                self._phones.append((column.name, text))
                continue
            text = clean(text)
            if not text or column.field is Field.IGNORE:
                continue
            if column.field is not Field.CUSTOM:
                self._texts.setdefault(column.field, (text, column.name))
            elif len(text) <= MOST_CUSTOM:
                self._custom.append((column.key, text))
            else:
                words = f"It is longer than {MOST_CUSTOM} characters, and left out."
                self._notes.append(Note(column.name, words, shown(text)))
        last = self._job.mapping.columns[-1].index
        if any(cell and clean(cell) for cell in cells[last + 1 :]):
            self._notes.append(Note("", "There are cells behind the last column, which are left out."))

    def _phone(self, country: str) -> tuple[str, Phone] | Invalid:
        """The first phone column that has a number to call; what is wrong with the first that is not empty."""
        wrong = None
        for column, cell in self._phones:
            found = read_phone(cell, country, self._job.read_number)
            if isinstance(found, Phone):
                return clean(cell[:MOST_CHARS]), found
            if wrong is None or wrong.problem is Problem.MISSING:
                wrong = Invalid(self._row.number, column, found, shown(cell))
        return wrong or Invalid(self._row.number, "", Problem.MISSING)

    def _person(self) -> Person:
        words = "It is no name, and left out."
        first = self._take(Field.FIRST_NAME, field_values.name, words)
        last = self._take(Field.LAST_NAME, field_values.name, words)
        email = self._take(Field.EMAIL, field_values.email, "It is no e-mail address, and left out.")
        domain = self._take(Field.DOMAIN, field_values.domain, "It is no domain, and left out.")
        return Person(
            first_name=first,
            last_name=last,
            name=self._take(Field.NAME, field_values.name, words) or " ".join(filter(None, (first, last))),
            title=self._take(Field.TITLE, field_values.name, "It is no title, and left out."),
            email=email,
            company=self._take(Field.COMPANY, field_values.name, words),
            domain=domain or field_values.company_domain(email),
            language=self._take(Field.LANGUAGE, field_values.language, "It is no language, and left out."),
        )

    def _whereabouts(self, line: Line, country: str) -> Whereabouts:
        region = self._short(Field.REGION, field_values.MOST_NAME)
        # An address counts where the number is: the law goes by the number.
        code = self._take(
            Field.POSTAL_CODE, lambda text: states.postal_code(text, country), "It is no postal code there."
        )
        state = self._state(region, code, country)
        zone = self._take(
            Field.TIMEZONE,
            lambda text: field_values.zone(text, country, self._job.is_zone),
            "It is no time zone; Europe/Berlin is one.",
        )
        said = states.state_code(region, country) or state
        zones = zones_of(zone, address_zones(country, said, code), line)
        if not zones:
            self._note(Field.PHONE, "No time zone is known, so nobody can tell when to call.")
        return Whereabouts(Jurisdiction(country, state), zones, region, code)

    def _state(self, region: str, code: str, country: str) -> str:
        """The state whose rules hold; "" stands for all of them, where the list is not sure."""
        if country not in ("US", "CA"):
            return region if _STATE.fullmatch(region) else ""
        by_code = states.state_of_postal_code(code, country)
        said = states.state_code(region, country)
        if region and not said:
            self._note(Field.REGION, f"It is no state of {country}.")
        if said and by_code and said != by_code:
            self._note(Field.POSTAL_CODE, "It is of another state, so the rules of all states hold.")
            return ""
        return said or by_code

    def _line_type(self, line: Line) -> LineType:
        text, column = self._texts.get(Field.LINE_TYPE, ("", ""))
        said = field_values.line_type(text) if text else LineType.UNKNOWN
        if said is None:
            self._notes.append(Note(column, "It is no type of line, and left out.", shown(text)))
            return line.line_type
        found = field_values.stricter_line(line.line_type, said)
        if found is not said and said is not LineType.UNKNOWN:
            self._notes.append(Note(column, f"The number itself says {found}.", shown(text)))
        return found

    def _consent(self) -> GivenConsent | None:
        kind, method, granted_at, text, proof = (self._text(each) for each in _CONSENT)
        found = read_consent(ConsentCells(kind, method, granted_at, text, proof), self._job.now)
        if isinstance(found, str):
            at = next(each for each in _CONSENT if self._text(each))
            self._note(at, found)
            return None
        return found

    def _short(self, field: Field, most: int) -> str:
        words = f"It is longer than {most} characters, and left out."
        return self._take(field, lambda text: text if len(text) <= most else None, words)

    def _text(self, field: Field) -> str:
        return self._texts.get(field, ("", ""))[0]

    def _take(self, field: Field, read: Callable[[str], str | None], words: str) -> str:
        """A field's value; "" where there is none, and a note where it cannot be read."""
        text = self._text(field)
        if not text:
            return ""
        found = read(text)
        if found is None:
            self._note(field, words)
            return ""
        return found

    def _note(self, field: Field, words: str) -> None:
        text, column = self._texts.get(field, ("", self._job.mapping.named(field)[0]))
        self._notes.append(Note(column, words, shown(text)))


_CONSENT: Final = (
    Field.CONSENT_KIND,
    Field.CONSENT_METHOD,
    Field.CONSENT_GRANTED_AT,
    Field.CONSENT_TEXT,
    Field.CONSENT_PROOF,
)
