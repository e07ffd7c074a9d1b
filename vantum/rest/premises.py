"""Where the API is at home: what it needs beside the store, as the server that it belongs to has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, Request

from vantum.campaigns.terms import CARRIERS_OWN, Terms, is_there
from vantum.core.outreach.bucket import Rate
from vantum.dialing.means import Trunk
from vantum.dialing.tariff import FREE
from vantum.store.words import Transport
from vantum.webhooks.addresses import Reach

LOCALLY: Final = Terms(Trunk("local", Transport.LOCAL, Rate(1.0), tariff=FREE), (CARRIERS_OWN,), is_there)
"""The carrier on this machine, which costs nothing."""


def nothing_is_open(_call_id: str) -> bool:
    """No call is under way."""
    return False


@dataclass(frozen=True, slots=True)
class Premises:
    """``data`` is the folder of records and of lists that are read, ``is_open`` knows the calls whose records are
    being written, ``reach`` is how far webhooks may go, and ``terms`` are what campaigns call with."""

    data: Path
    is_open: Callable[[str], bool] = nothing_is_open
    reach: Reach = Reach.PUBLIC
    terms: Terms = LOCALLY


USUAL: Final = Premises(Path("data"))
"""What a server has of which nothing is said."""


def premises_of(request: Request) -> Premises:
    """The premises of the application that is asked."""
    found = request.app.state.premises
    if not isinstance(found, Premises):
        raise TypeError("The application has premises.")
    return found


AtHome = Annotated[Premises, Depends(premises_of)]
