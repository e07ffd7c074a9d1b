"""A campaign that lacks nothing, and the terms under which it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tests.vantum.dialing.kit import Scene, many, new_scene
from vantum.campaigns.terms import Terms
from vantum.core.outreach.bucket import Rate
from vantum.core.outreach.campaign import CampaignState
from vantum.dialing.means import Trunk
from vantum.dialing.tariff import Tariff
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.words import Transport

TERMS: Final = Terms(
    trunk=Trunk("account", Transport.LOCAL, Rate(10.0), 100, Tariff("test", 60_000)),
    from_numbers=("+12125550199",),
    knows=lambda pipeline: pipeline == "outreach",
)
NO_NUMBER: Final = replace(TERMS, from_numbers=())
READY: Final = {
    "legal_name": "Acme Inc.",
    "callback_number": "+12125550198",
    "timezone": "America/New_York",
}


async def scene_of(
    store: Store, people: Sequence[NewContact] | int = 3, org: dict[str, Any] | None = None, **campaign: Any
) -> Scene:
    """A campaign in draft with people who may be called at noon."""
    persons = many(people) if isinstance(people, int) else people
    given = {"state": CampaignState.DRAFT, **campaign}
    async with store.writing() as session:
        return await new_scene(session, persons, {**READY, **(org or {})}, **given)
