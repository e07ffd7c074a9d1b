"""Webhooks as the API is told of them, and as it tells of them: who is told of events, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from vantum.core.outreach.delivery import SETTLED, DeliveryState, is_pattern
from vantum.rest.fields import LINE, Body, Change, Moment, View, line
from vantum.store.webhooks import LONGEST_DESCRIPTION, LONGEST_URL, MOST_PATTERNS, OVERLAP
from vantum.store.words import EndpointState

MOST_OVERLAP_HOURS: Final = 168
USUAL_OVERLAP_HOURS: Final = OVERLAP.days * 24 + OVERLAP.seconds // 3600
LONGEST_PATTERN: Final = 64


def _pattern(text: str) -> str:
    if not is_pattern(text):
        raise PydanticCustomError("event", "There is no such event; call.ended, call.* and * are some.")
    return text


Url = Annotated[
    str,
    line(LONGEST_URL, 1),
    Field(description="Where events are sent, by HTTPS.", examples=["https://hooks.example.com/vantum"]),
]
Pattern = Annotated[
    str, StringConstraints(max_length=LONGEST_PATTERN, pattern=LINE), AfterValidator(_pattern)
]
Events = Annotated[
    list[Pattern],
    Field(
        min_length=1,
        max_length=MOST_PATTERNS,
        description="Events by their names, groups such as `call.*`, or `*` for all; see docs/webhooks.md.",
        examples=[["call.ended", "call.analyzed", "contact.*"]],
    ),
]
Description = Annotated[str, line(LONGEST_DESCRIPTION), Field(examples=["the warehouse"])]
Switched = Annotated[
    Literal[EndpointState.ACTIVE, EndpointState.DISABLED],
    Field(description="While it is disabled nothing new is told, and what waits goes on waiting."),
]

Settled = Literal[DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.GONE]


def _dead() -> list[Settled]:
    return [DeliveryState.DEAD]


class WebhookView(View):
    """An address that is told of events, without its secret."""

    url: str = Field(examples=["https://hooks.example.com/vantum"])
    description: str = Field(examples=["the warehouse"])
    events: list[str] = Field(examples=[["call.ended", "call.analyzed", "contact.*"]])
    state: EndpointState = Field(description="`gone` is one that answered 410.")
    old_secret_until: datetime | None = Field(description="Until when the secret before this one signs too.")
    created_at: datetime
    updated_at: datetime


class SecretWebhook(WebhookView):
    """An endpoint with its secret."""

    secret: str | None = Field(
        description="What signs its messages. It is told once: a repeated request is told null.",
        examples=["whsec_3q2-7wAZ0d9c8b7a6f5e4d3c2b1a0ZYXWVUTSRQPONM"],
    )


class NewWebhook(Body):
    """An address to tell of events."""

    url: Url
    events: Events
    description: Description = ""


class WebhookChange(Change):
    """What is to become of an endpoint."""

    url: Url = ""
    events: Events = Field(default_factory=list)
    description: Description = ""
    state: Switched = EndpointState.ACTIVE


class Rotation(Body):
    """How a secret is replaced."""

    overlap_hours: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=MOST_OVERLAP_HOURS,
            description="For how long the old secret signs too.",
            examples=[24],
        ),
    ] = USUAL_OVERLAP_HOURS


class DeliveryView(View):
    """A message to an endpoint."""

    event_id: str = Field(description="The same for all endpoints, and however often it is sent.")
    event: str = Field(examples=["call.ended"])
    subject_id: str = Field(description="What it is about, such as a call.")
    state: DeliveryState = Field(description="`dead` is what nobody took for a day.")
    attempts: int = Field(examples=[1])
    next_at: datetime | None = Field(description="When it is tried next; null once it is over.")
    last_attempt_at: datetime | None
    response_code: int | None = Field(
        description="The last answer; null where there was none.", examples=[200]
    )
    response_text: str = Field(description="How that answer began.")
    created_at: datetime


class WholeDelivery(DeliveryView):
    """A message with what it says."""

    body: str = Field(description="What is signed and sent, to the letter.")


class Replaying(Body):
    """What to send again."""

    since: Annotated[Moment, Field(description="What was told at this moment or later.")]
    states: Annotated[
        list[Settled],
        Field(min_length=1, max_length=len(SETTLED), examples=[["dead"]]),
    ] = Field(default_factory=_dead)


class ReplayedView(View):
    """How much is sent again; `id` is that of the endpoint."""

    replayed: int = Field(examples=[3])
