"""The fields of the API's bodies and queries: what a text may hold, how long it may be, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from vantum.core.outreach import field_values
from vantum.core.outreach.line import WORDS, Problem
from vantum.numbering import is_zone, read_number

EXAMPLE_ID: Final = "019cabd8-3030-7c31-9d2f-0a6f3f6f4e11"
ID: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"
ID_FORM: Final = re.compile(ID)
LINE: Final = r"^[^\x00-\x1f\x7f]*$"
PROSE: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
VISIBLE: Final = r"^[!-~]+$"
COUNTRY: Final = r"^([A-Z]{2})?$"
REGION: Final = r"^[A-Z0-9]{0,3}$"
CLOCK: Final = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
VARIABLE: Final = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
PATTERNS: Final = {
    ID: "This is no id: ids are told where things are made and listed.",
    LINE: "There is a control character in it, such as the end of a line.",
    PROSE: "There is a control character in it.",
    VISIBLE: "Use visible ASCII characters, without spaces.",
    COUNTRY: "A country is two capital letters (ISO 3166-1), such as US.",
    REGION: "A region is the code behind the hyphen (ISO 3166-2), such as NY.",
    CLOCK: "A time of day is 00:00 to 24:00, such as 09:30.",
    VARIABLE: "A name has at most 64 letters, digits and underscores, and begins with no digit.",
}
"""What a text that does not match is told."""
LONGEST_PHONE: Final = 100
LONGEST_PROSE: Final = 4_000
LONGEST_DOMAIN: Final = 253
UTC_NAME: Final = "UTC"
LARGEST_PAGE: Final = 200
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200


def _bounded(moment: datetime) -> datetime:
    # At the ends of the calendar a moment has no UTC.
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("year", "A year is from 1900 to 2200.")
    return moment.astimezone(UTC)


def _reading(read: Callable[[str], str | None], problem: str) -> AfterValidator:
    """What a text is read as; an empty one stays empty."""

    def value(text: str) -> str:
        found = read(text) if text else ""
        if found is None:
            raise PydanticCustomError("unreadable", "{problem}", {"problem": problem})
        return found

    return AfterValidator(value)


def e164(text: str) -> str:
    """A number with its country code as E.164; raises an error of pydantic's that says what is wrong."""
    found = read_number(text, "")
    if isinstance(found, Problem):
        raise PydanticCustomError("phone_number", "{problem}", {"problem": WORDS[found]})
    return found.number


def _zone(text: str) -> str | None:
    # An offset is the zone of no place.
    return text if is_zone(text) and not text.startswith("Etc/") else None


def _own_zone(text: str) -> str | None:
    return text if text == UTC_NAME else _zone(text)


def _domain(text: str) -> str | None:
    found = field_values.domain(text)
    # In ASCII it may be longer than it was.
    return found if found is not None and len(found) <= LONGEST_DOMAIN else None


def line(most: int, least: int = 0) -> StringConstraints:
    """A text of one line, of ``least`` to ``most`` characters."""
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most, pattern=LINE)


Name = Annotated[str, line(200, 1), Field(examples=["Acorn Inc."])]
ShortName = Annotated[str, line(100), Field(examples=["Anna"])]
LongName = Annotated[str, line(200), Field(examples=["Anna Berg"])]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_PROSE, pattern=PROSE)]
Moment = Annotated[AwareDatetime, AfterValidator(_bounded), Field(examples=["2026-03-01T12:00:00Z"])]
Country = Annotated[str, StringConstraints(pattern=COUNTRY), Field(examples=["US"])]
Region = Annotated[str, StringConstraints(pattern=REGION), Field(examples=["NY"])]
Number = Annotated[
    str,
    line(LONGEST_PHONE, 1),
    AfterValidator(e164),
    Field(description="A phone number with its country code.", examples=["+12125550100"]),
]
Zone = Annotated[
    str,
    line(64),
    _reading(_zone, "It is no time zone; Europe/Berlin is one."),
    Field(examples=["America/New_York"]),
]
OwnZone = Annotated[
    str,
    line(64, 1),
    _reading(_own_zone, "It is no time zone; Europe/Berlin is one."),
    Field(examples=["America/New_York"]),
]
Email = Annotated[
    str,
    line(254),
    _reading(field_values.email, "It is no e-mail address."),
    Field(examples=["anna@acorn.example.com"]),
]
Domain = Annotated[
    str,
    line(LONGEST_DOMAIN, 1),
    _reading(_domain, "It is no domain; acorn.example.com is one."),
    Field(examples=["acorn.example.com"]),
]
Language = Annotated[
    str,
    line(16),
    _reading(field_values.language, "It is no language; en-US is one."),
    Field(examples=["en-US"]),
]
IdText = Annotated[str, StringConstraints(pattern=ID), Field(examples=[EXAMPLE_ID])]
Id = Annotated[str, Path(pattern=ID, description="An id.", examples=[EXAMPLE_ID])]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many to tell at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=100, pattern=VISIBLE, description="Where to go on: it is in `next` of the page before."),
]


def _without_defaults(schema: dict[str, Any]) -> None:
    """What is left out of a change stays as it is: to tell a default would be wrong."""
    for told in schema.get("properties", {}).values():
        told.pop("default", None)


class Body(BaseModel):
    """What is asked: names as JavaScript writes them, and no others than these."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class Change(BaseModel):
    """What is to become of something: what is left out stays as it is."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, json_schema_extra=_without_defaults
    )

    def told(self) -> dict[str, object]:
        """The fields that were sent, by the names of their columns."""
        return self.model_dump(exclude_unset=True)


class View(BaseModel):
    """What is told: names as JavaScript writes them."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, from_attributes=True
    )

    id: str = Field(description="Its id.", examples=[EXAMPLE_ID])
