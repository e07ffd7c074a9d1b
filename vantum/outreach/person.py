"""One person as everything that is known of them: rows in the store and folders of calls on disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from vantum.outreach import call_folders
from vantum.outreach.in_thread import in_thread
from vantum.store import traces
from vantum.store.engine import Store
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.traces import Traces


@dataclass(frozen=True, slots=True)
class Person:
    """What there is; ``folders`` are those of calls, of which some may be in no database."""

    traces: Traces
    folders: tuple[Path, ...]
    is_live: bool

    @property
    def is_known(self) -> bool:
        """Whether there is anything."""
        return bool(self.traces.contact_id or self.traces.calls or self.folders)

    @property
    def subject(self) -> str:
        """An id that tells nothing, and stays the same while files go: the contact's, else that of the first call."""
        calls = (*self.traces.call_ids, *(folder.name for folder in self.folders))
        return self.traces.contact_id or next(iter(calls), "")


async def find_person(store: Store, org_id: str, number: str, data: Path, now: datetime) -> Person:
    """Everything about a number (E.164).

    A folder that no organisation's call names is the default organisation's: such calls were placed or taken
    without the store.
    """
    async with store.reading() as session:
        known = await traces.of_number(session, org_id, number)
    on_disk = await in_thread(partial(call_folders.folders_with, data, number, now))
    strangers = {folder.name for folder in on_disk} - set(known.record_ids)
    if org_id != DEFAULT_ORG_ID:
        on_disk = [folder for folder in on_disk if folder.name not in strangers]
    elif strangers:
        async with store.reading() as session:
            foreign = await traces.folders_of_others(session, org_id, strangers)
        on_disk = [folder for folder in on_disk if folder.name not in foreign]
    names = {folder.name for folder in on_disk} | set(known.record_ids)
    folders = await in_thread(partial(call_folders.existing, data, names))
    is_live = known.is_live or any(folder.is_live for folder in on_disk)
    return Person(known, tuple(folders), is_live)
