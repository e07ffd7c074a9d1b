"""What every action of ``vantum campaign`` works with, opened once: the store, whose it is, and where to write."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console

from vantum.campaign_command.json_view import text
from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.finding import find
from vantum.campaigns.terms import Terms, is_there, terms_of
from vantum.settings import Settings
from vantum.store.address import database
from vantum.store.engine import Store, open_store
from vantum.store.models import Org
from vantum.store.orgs import named


@dataclass(frozen=True, slots=True)
class Desk:
    """``out`` is for what was asked, ``err`` for how far it is."""

    options: argparse.Namespace
    settings: Settings
    store: Store
    org: Org
    terms: Terms
    out: Console
    err: Console

    @property
    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)

    async def campaign(self) -> CampaignFacts:
        """The campaign that the command line names; raises NoCampaignError."""
        return await find(self.store, self.org.id, self.options.campaign)

    def tell(self, told: Iterable[str], as_json: Callable[[], object]) -> None:
        """Say it in lines, or in JSON where that is wanted."""
        for line in [text(as_json())] if self.options.json else told:
            self.out.print(line)


@asynccontextmanager
async def open_desk(options: argparse.Namespace, settings: Settings) -> AsyncIterator[Desk]:
    """Raises StoreError, and UsageError for an organisation that is not there."""
    async with open_store(database(settings.database_url, settings.data)) as store:
        async with store.reading() as session:
            org = await named(session, options.org)
        yield Desk(
            options=options,
            settings=settings,
            store=store,
            org=org,
            terms=terms_of(settings, is_there),
            out=Console(soft_wrap=True, highlight=False, markup=False),
            err=Console(stderr=True, highlight=False, markup=False),
        )
