"""What is known of a call when it begins: who calls whom, over what, and what the pipeline is to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Direction(StrEnum):
    """Who called: they us (a browser always does), or we them."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class PhoneCarrier(StrEnum):
    """Who places phone calls."""

    TWILIO = "twilio"
    LOCAL = "local"  # rings scripted prospects on this machine


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call. ``id`` is a UUIDv7, ``transport`` the carrier's name (``browser``, ``twilio``, ``local``).

    Numbers are E.164 where the carrier gives them, and empty for a browser. ``variables`` are what the one who
    asked for the call gave the pipeline to know; ``voicemail`` is the message to leave at a machine ("" leaves
    it to the pipeline).
    """

    id: str
    transport: str
    language: str = "en"
    direction: Direction = Direction.INBOUND
    from_number: str = ""
    to_number: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    voicemail: str = ""
