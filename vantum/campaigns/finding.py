"""Finds campaigns by what people call them: an id, a name, or how a name begins."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaigns.facts import CampaignFacts, facts_of
from vantum.core.errors import CampaignError, NoCampaignError
from vantum.store import campaigns
from vantum.store.campaigns import Label
from vantum.store.engine import Store

MOST_NAMED: Final = 5
"""Campaigns that an error names."""


async def find(store: Store, org_id: str, called: str) -> CampaignFacts:
    """The campaign with an id, a name, or the only one whose name begins so, whatever the case of its letters.

    Raises NoCampaignError that names what is most alike.
    """
    async with store.reading() as session:
        row = await campaigns.get(session, org_id, called) or await campaigns.by_name(session, org_id, called)
        found = _only(await campaigns.labels(session, org_id), called).id if row is None else row.id
        return await read(session, org_id, found)


async def labelled(store: Store, org_id: str) -> Sequence[Label]:
    """The campaigns of an organisation, the newest first."""
    async with store.reading() as session:
        return await campaigns.labels(session, org_id)


async def read(session: AsyncSession, org_id: str, campaign_id: str) -> CampaignFacts:
    """The campaign with an id, as it is in this transaction; raises NoCampaignError."""
    row = await campaigns.get(session, org_id, campaign_id)
    if row is None:
        raise NoCampaignError("There is no such campaign.", "Check its id and its organisation.")
    await session.refresh(row)
    try:
        return facts_of(row)
    except ValueError as error:
        problem = f"The campaign {row.name!r} cannot be read: {error}"
        raise CampaignError(problem, "Somebody has changed it in the database: change it back.") from error


def _only(labels: Sequence[Label], called: str) -> Label:
    wanted = called.casefold()
    found = [label for label in labels if label.name.casefold() == wanted]
    found = found or [label for label in labels if wanted and label.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        problem = f"{called!r} begins the names of {len(found)} campaigns."
        raise NoCampaignError(problem, f"Name one of them: {_names(found)}.")
    raise NoCampaignError(f"There is no campaign {called!r}.", _alike(labels, wanted))


def _alike(labels: Sequence[Label], wanted: str) -> str:
    if not labels:
        return "There is none yet: `vantum campaign create` makes one."
    by_name = {label.name.casefold(): label for label in labels}
    best = difflib.get_close_matches(wanted, by_name, n=MOST_NAMED)
    return f"There are: {_names([by_name[name] for name in best] or labels)}."


def _names(labels: Sequence[Label]) -> str:
    named = ", ".join(repr(label.name) for label in labels[:MOST_NAMED])
    more = len(labels) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
