"""Prospects for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vantum.core.legal.case import Jurisdiction, LineType, ZoneSource
from vantum.core.outreach.line import Line, ZoneGuess
from vantum.core.outreach.prospect import Person, Prospect, Whereabouts

NUMBER = "+12125550100"
LINE = Line(NUMBER, "US", LineType.UNKNOWN)
PLACE = Whereabouts(Jurisdiction("US", "NY"), (ZoneGuess("America/New_York", ZoneSource.AREA_CODE),))
ANNA = Prospect(LINE, LineType.LANDLINE, "(212) 555-0100", Person(name="Anna Berg"), PLACE)


def anna(**changed: Any) -> Prospect:
    """Somebody, with these fields."""
    return replace(ANNA, **changed)
