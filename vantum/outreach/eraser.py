"""A person is erased: nobody calls them any more, their files go, and then what the store knows of them.

The files go before the rows that lead to them. So whoever is killed in between still finds the person, and a second
run does the rest; what the first one removed is in the proof, because it was put down before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.errors import UsageError
from vantum.outreach import call_folders
from vantum.outreach.in_thread import in_thread
from vantum.outreach.person import Person, find_person
from vantum.store import erasure, traces
from vantum.store.engine import Store
from vantum.store.erasure import Cause
from vantum.store.traces import MOST_CALLS

ROUNDS: Final = 3
"""Calls that come in while somebody is erased are erased in the next round."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The proof: ``subject`` names the person without telling who it was; ``carrier_calls`` are the carrier's names
    of the calls, under which it may keep records of its own."""

    subject: str
    proof: Mapping[str, object]
    carrier_calls: tuple[str, ...]


async def erase(store: Store, org_id: str, number: str, data: Path, now: datetime) -> Erased | None:
    """Erase all that is known of a number (E.164); None when nothing is.

    Raises UsageError while a call is under way, and OSError for files that cannot be removed: then the person is
    called no more, and everything else is as it was.
    """
    for _ in range(ROUNDS):
        person = await find_person(store, org_id, number, data, now)
        _check(person)
        if not person.is_known:
            return None
        files = await in_thread(partial(call_folders.fingerprints, data, person.folders))
        await store.write(
            partial(
                erasure.begin,
                org_id=org_id,
                traces=person.traces,
                subject=person.subject,
                files=files,
                at=now,
            )
        )
        await in_thread(partial(call_folders.remove, data, person.folders))
        proof = await store.write(partial(_finish, org_id=org_id, person=person, now=now))
        if proof is not None:
            sids = tuple(call.provider_sid for call in person.traces.calls if call.provider_sid is not None)
            return Erased(person.subject, proof, sids)
    raise _under_way()


async def _finish(
    session: AsyncSession, *, org_id: str, person: Person, now: datetime
) -> dict[str, object] | None:
    """The rows follow, unless there is a call that was not there before."""
    known = await traces.of_number(session, org_id, person.traces.number)
    if known != person.traces:
        return None
    return await erasure.finish(session, org_id, person.traces, person.subject, now, Cause.ASKED)


def _check(person: Person) -> None:
    if person.is_live:
        raise _under_way()
    if len(person.traces.calls) >= MOST_CALLS:
        problem = f"More than {MOST_CALLS:,} calls have this number, which is no person's."
        raise UsageError(problem, "Check the number.")


def _under_way() -> UsageError:
    return UsageError("A call with this number is under way.", "Erase it when the call is over.")
