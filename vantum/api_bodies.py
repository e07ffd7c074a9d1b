"""What the REST API is asked and how it refuses: the shapes of its bodies and of its errors."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from vantum.core.access_token import MOST_USES
from vantum.core.call_facts import PhoneCarrier
from vantum.core.errors import NumberError
from vantum.phone.numbers import LONGEST, e164

MOST_VARIABLES: Final = 50
TOKEN_SECONDS: Final = 60
"""Unless more is asked for: who gets a token uses it at once."""
CALL_ID: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"
EXAMPLE_ID: Final = "019cabd8-3030-7c31-9d2f-0a6f3f6f4e11"
VARIABLE_NAME: Final = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
A_WORD: Final = r"[^\s\x85\ufeff]"
"""Two characters are blank to some readers of patterns and not to others."""
ORIGIN: Final = r"^https?://[^\s/?#@,]+$"
PATTERNS: Final = {
    ORIGIN: "An origin is a scheme and a host, such as https://shop.example.",
    CALL_ID: "This is no id of a call: ids are told when a call is placed, and in the list of calls.",
    VARIABLE_NAME: "A name has at most 64 letters, digits and underscores, and begins with no digit.",
    A_WORD: "There is no word in it.",
}
"""What a text that does not match is told."""
SHORTEST_NUMBER: Final = 8
"""A plus sign, a country code and the four digits of the smallest islands."""


def _number(text: str) -> str:
    try:
        return e164(text)
    except NumberError as error:
        raise PydanticCustomError("phone_number", "{problem}", {"problem": str(error)}) from None


Number = Annotated[
    str,
    StringConstraints(max_length=LONGEST),
    AfterValidator(_number),
    Field(
        description="A phone number with its country code.",
        examples=["+14155550100"],
        # Told and not checked: what is wrong with a number is said in words.
        json_schema_extra={"format": "phone", "minLength": SHORTEST_NUMBER},
    ),
]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=A_WORD)]
VariableName = Annotated[str, StringConstraints(pattern=VARIABLE_NAME)]
VariableValue = Annotated[str, StringConstraints(max_length=1000)]
CallId = Annotated[str, Path(pattern=CALL_ID, description="The id of a call.", examples=[EXAMPLE_ID])]


class Asked(BaseModel):
    """A body: names as JavaScript writes them, and no others than these."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class NewCall(Asked):
    """A call to place."""

    to: Number
    from_: Annotated[
        Number | None,
        Field(alias="from", description="The number to call from; none: TWILIO_FROM, or the account's own."),
    ] = None
    pipeline: Annotated[
        str | None,
        Field(
            max_length=200,
            description="The name of a pipeline in the folder of the served one; none: the served one.",
            examples=["outreach"],
        ),
    ] = None
    variables: Annotated[
        dict[VariableName, VariableValue],
        Field(
            max_length=MOST_VARIABLES,
            description="What the pipeline is to know of this call.",
            examples=[{"first_name": "Anna", "order": "1042"}],
            json_schema_extra={"additionalProperties": False},
        ),
    ] = {}
    voicemail: Annotated[
        str | None,
        Field(
            max_length=2000,
            description="What to say to a machine; none: as the pipeline says.",
            examples=["This is Vantum. We will call again tomorrow."],
        ),
    ] = None
    idempotency_key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description="The same key never dials twice: it returns the call that it was used for first.",
            examples=["order-1042-reminder-1"],
        ),
    ] = None
    carrier: Annotated[
        PhoneCarrier | None,
        Field(description="Who has to place it: where another carrier is set, the call is refused."),
    ] = None
    not_after: Annotated[
        AwareDatetime | None,
        Field(
            description="When it is too late: a call that was held up for so long is not placed any more.",
            examples=["2026-11-18T17:00:00Z"],
        ),
    ] = None


class NewToken(Asked):
    """A token to make."""

    pipeline: Annotated[
        str | None,
        Field(
            max_length=200,
            description="The pipeline that its calls go through, by name; none: the served one.",
            examples=["outreach"],
        ),
    ] = None
    ttl: Annotated[
        int, Field(strict=True, ge=1, description="Seconds for which it is good.", examples=[60])
    ] = TOKEN_SECONDS
    uses: Annotated[
        int,
        Field(strict=True, ge=1, le=MOST_USES, description="How many connections may be opened with it."),
    ] = 1
    origin: Annotated[
        str | None,
        StringConstraints(pattern=ORIGIN, max_length=300, to_lower=True),
        Field(
            description="The site whose pages may use it; none: anybody.", examples=["https://shop.example"]
        ),
    ] = None
    variables: Annotated[
        dict[VariableName, VariableValue],
        Field(
            max_length=MOST_VARIABLES,
            description="What the pipeline is to know of the call. Who has the token can read them.",
            examples=[{"first_name": "Anna"}],
            json_schema_extra={"additionalProperties": False},
        ),
    ] = {}


class Say(Asked):
    """What the bot is to say next."""

    text: Annotated[Words, Field(examples=["Your table is free now."])]


class Transfer(Asked):
    """To whom the call is to go, and what to say before."""

    to: Number
    say: Annotated[
        Words | None,
        Field(description="What the bot says before it.", examples=["I am putting you through to Ben."]),
    ] = None


class Problem(BaseModel):
    """Why a request was not granted."""

    detail: str = Field(description="A sentence for people.")


class Flaw(BaseModel):
    """Something in a request that cannot be used."""

    loc: list[str | int] = Field(description="Where it is.", examples=[["body", "to"]])
    msg: str = Field(description="What is wrong with it, and what to do.")
    type: str = Field(description="What kind of flaw it is.", examples=["phone_number"])


class Invalid(BaseModel):
    """What in a request cannot be used."""

    detail: list[Flaw]
