"""Contacts as the API is told of them, and as it tells of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from vantum.core.legal.case import LineType, ZoneSource
from vantum.rest.fields import (
    LINE,
    LONGEST_PHONE,
    Body,
    Change,
    Country,
    Email,
    IdText,
    Language,
    LongName,
    Moment,
    Region,
    ShortName,
    View,
    Zone,
    line,
)
from vantum.store.words import ContactState

MOST_CUSTOM: Final = 50
"""Fields of an organisation's own on one contact."""
LONGEST_CUSTOM: Final = 2_000
LARGEST_NUMBER: Final = 1e300
LARGEST_WHOLE: Final = 2**53
"""Above it, JavaScript does not tell whole numbers apart."""


def _fraction(value: object) -> object:
    # As a fraction, a whole number that is too large would lose its last digits.
    if isinstance(value, int):
        raise PydanticCustomError("whole", "A whole number is from -2^53 to 2^53.")
    return value


CustomName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=LINE)]
CustomText = Annotated[str, StringConstraints(max_length=LONGEST_CUSTOM, pattern=LINE)]
CustomWhole = Annotated[int, Field(strict=True, ge=-LARGEST_WHOLE, le=LARGEST_WHOLE)]
CustomNumber = Annotated[
    float,
    BeforeValidator(_fraction),
    Field(strict=True, allow_inf_nan=False, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER),
]
CustomTruth = Annotated[bool, Field(strict=True)]
Custom = Annotated[
    dict[CustomName, CustomText | CustomTruth | CustomWhole | CustomNumber],
    Field(
        max_length=MOST_CUSTOM, description="Fields of your own.", examples=[{"size": 40, "crm": "A-1042"}]
    ),
]
PostalCode = Annotated[str, line(16), Field(examples=["10001"])]
Title = Annotated[str, line(200), Field(examples=["Head of Sales"])]
Company = Annotated[IdText | None, Field(description="For whom they work.")]
Explicit = Annotated[Zone, Field(description="Where they are; empty: by the address and the number.")]
SaidLine = Annotated[LineType, Field(description="What the number rings, where it does not say so itself.")]


class ContactView(View):
    """Somebody with a number."""

    e164: str | None = Field(
        description="The number; null once the person was erased.", examples=["+12125550100"]
    )
    raw_phone: str = Field(description="The number as it was told.", examples=["(212) 555-0100"])
    line_type: LineType
    company_id: str | None
    first_name: str = Field(examples=["Anna"])
    last_name: str = Field(examples=["Berg"])
    name: str = Field(examples=["Anna Berg"])
    title: str = Field(examples=["Head of Sales"])
    email: str = Field(examples=["anna@acorn.example.com"])
    language: str = Field(examples=["en-US"])
    country: str = Field(examples=["US"])
    region: str = Field(examples=["NY"])
    postal_code: str = Field(examples=["10001"])
    timezone: str = Field(examples=["America/New_York"])
    timezone_source: ZoneSource | None = Field(description="From what the time zone was concluded.")
    other_zones: list[str] = Field(description="Where they may be too: a call has to fit all of them.")
    custom: dict[str, object] = Field(examples=[{"size": 40}])
    source: str = Field(description="Where the number came from.", examples=["spring-fair.csv"])
    source_detail: str = Field(examples=["row 7"])
    source_at: datetime | None
    state: ContactState
    created_at: datetime
    updated_at: datetime


class _Number(BaseModel):
    """A number, and where it came from: people ask for it."""

    model_config = ConfigDict(alias_generator=to_camel)

    phone: Annotated[
        str, line(LONGEST_PHONE, 1), Field(description="The number.", examples=["+1 (212) 555-0100"])
    ]
    country: Annotated[Country, Field(description="Of a number without a country code.")] = ""
    source: Annotated[str, line(200, 1), Field(examples=["spring-fair.csv"])]
    source_detail: Annotated[str, line(500), Field(examples=["row 7"])] = ""
    source_at: Moment | None = None


class _Person(BaseModel):
    """Whose number it is."""

    model_config = ConfigDict(alias_generator=to_camel)

    line_type: SaidLine = LineType.UNKNOWN
    company_id: Company = None
    first_name: ShortName = ""
    last_name: ShortName = ""
    name: LongName = ""
    title: Title = ""
    email: Email = ""
    language: Language = ""
    region: Region = ""
    postal_code: PostalCode = ""
    timezone: Explicit = ""
    custom: Custom = Field(default_factory=dict)


class NewContactBody(_Person, _Number, Body):
    """Somebody to add. Where the number came from has to be told: people ask for it."""


class ContactChange(_Person, Change):
    """What is to become of a contact. The number stays, and so does where it came from."""


class MentionView(View):
    """A row of a list that told of somebody; `id` is that of the import."""

    filename: str = Field(examples=["spring-fair.csv"])
    row: int = Field(examples=[7])
    at: datetime


class ProvenanceView(View):
    """Where somebody's number came from."""

    source: str = Field(examples=["spring-fair.csv"])
    source_detail: str = Field(examples=["row 7"])
    source_at: datetime | None
    added_at: datetime = Field(description="Since when the number is known here.")
    lists: list[MentionView] = Field(description="The lists that told of it, the oldest first.")
