"""A call as events, while it is under way: how far it is, and each line of its record as it is written.

The record is read where it lies, so a call of another worker of the server is followed like one of this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from vantum.call_files import EVENTS
from vantum.call_folder import folder_of
from vantum.core.phone_call import PhoneState
from vantum.phone.phone_call import read_call
from vantum.record_tail import RecordTail
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Errand
from vantum.rest.fields import Id
from vantum.rest.premises import AtHome, Premises
from vantum.rest.problems import Kind, not_found
from vantum.rest.route import RestRoute, needs
from vantum.rest.streams import EventStream, LastEventId, Source, Told, streams_of
from vantum.store import call_list, calls
from vantum.store.models import Call
from vantum.store.orgs import DEFAULT_ORG_ID

ROUTER = APIRouter(prefix="/api/calls", tags=["calls"], route_class=RestRoute)
LOOK_SECONDS: Final = 0.25
"""The record's writer writes four times a second."""
LOOKS: Final = 4
"""At the record, for one at the call."""
STATE: Final = "state"


class StateView(BaseModel):
    """How far a call is."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    id: str
    record_id: str | None
    state: str
    outcome: str | None = None
    disposition: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A call at a moment: what is told of it, and whether it is over."""

    state: StateView
    over: bool


Look = Callable[[], Awaitable[Seen | None]]
"""The call as it is now; None once there is no such call any more."""


@ROUTER.get(
    "/{call_id}/events",
    summary="Follow a call",
    status_code=200,
    response_class=EventStream,
    **needs(Right.CALLS_READ, Kind.NOT_FOUND),
)
async def follow_call(
    call_id: Id, request: Request, errand: Asking, home: AtHome, last_event_id: LastEventId = None
) -> Response:
    """A call by its id in the call log or by the name of its record, from its beginning, or from behind
    `Last-Event-ID`. An event named `state` comes whenever the call gets further; all others are the lines of its
    record, by their names, such as `transcript` and `turn_latency`. The stream ends with the call, or behind an hour.
    One that was read to its end is answered with 204: a browser does not ask again then."""
    look = await _look(errand, call_id, home)
    seen = await look()
    if seen is None:
        raise not_found("call")
    after = _number(last_event_id)
    if seen.over and after and not await _is_more(seen, home, after):
        return Response(status_code=204)
    return streams_of(request).answer(call_told(look, home, after))


async def call_told(look: Look, home: Premises, after: int) -> Source:
    """What ``look`` tells of a call, and the lines of its record behind line ``after``, until both have ended."""
    tail: RecordTail | None = None
    told: StateView | None = None
    while (seen := await look()) is not None:
        if seen.state != told:
            told = seen.state
            yield Told(STATE, told.model_dump_json(by_alias=True))
        tail = tail or _tail(seen, home, after)
        for _ in range(LOOKS):
            # Looked at first: what is written in between is found the next time.
            over = seen.over and not _is_open(seen, home)
            lines = [] if tail is None else await asyncio.to_thread(tail.more)
            for line in lines:
                yield Told(line.event, line.text, str(line.number))
            if lines:
                continue
            if over:
                return
            yield None
            await asyncio.sleep(LOOK_SECONDS)


async def _look(errand: Errand, call_id: str, home: Premises) -> Look:
    """How a call is looked at. One that the store does not know yet is the operator's, who owns the organisation that
    is there from the start; raises Refused for whoever else asks."""
    async with errand.reading() as session:
        row = await call_list.named(session, errand.org_id, call_id)
        theirs = row is None and await call_list.is_somebodys(session, call_id)
    if row is not None:
        return _in_store(errand, row.id)
    folder = folder_of(home.data, call_id)
    if theirs or folder is None or errand.org_id != DEFAULT_ORG_ID:
        raise not_found("call")
    return _on_disk(folder, home)


def _in_store(errand: Errand, call_id: str) -> Look:
    async def look() -> Seen | None:
        async with errand.reading() as session:
            row = await calls.get(session, errand.org_id, call_id)
        return None if row is None else Seen(_of_row(row), row.ended_at is not None)

    return look


def _on_disk(folder: Path, home: Premises) -> Look:
    async def look() -> Seen | None:
        return await asyncio.to_thread(_read, folder, home)

    return look


def _read(folder: Path, home: Premises) -> Seen | None:
    """A call that is known by its folder alone."""
    is_open, call = home.is_open(folder.name), read_call(folder)
    if call is None:
        if not is_open and not folder.is_dir():
            return None
        state = PhoneState.IN_PROGRESS if is_open else PhoneState.ENDED
        return Seen(StateView(id=folder.name, record_id=folder.name, state=state), not is_open)
    progress = call.progress
    view = StateView(
        id=call.id,
        record_id=call.id,
        state=progress.state,
        outcome=progress.outcome,
        disposition=call.disposition or None,
        reason=progress.reason,
    )
    return Seen(view, call.over)


def _of_row(row: Call) -> StateView:
    return StateView(
        id=row.id,
        record_id=row.record_id,
        state=row.status,
        outcome=row.outcome,
        disposition=row.disposition,
        reason=row.end_reason,
    )


def _tail(seen: Seen, home: Premises, after: int) -> RecordTail | None:
    record_id = seen.state.record_id
    folder = None if record_id is None else folder_of(home.data, record_id)
    return None if folder is None else RecordTail(folder / EVENTS, after)


def _is_open(seen: Seen, home: Premises) -> bool:
    record_id = seen.state.record_id
    return record_id is not None and home.is_open(record_id)


async def _is_more(seen: Seen, home: Premises, after: int) -> bool:
    tail = _tail(seen, home, after)
    return _is_open(seen, home) or (tail is not None and bool(await asyncio.to_thread(tail.more)))


def _number(last_event_id: str | None) -> int:
    """The line that was read last; what is no number of a line is the beginning."""
    text = last_event_id or ""
    return int(text) if text.isascii() and text.isdigit() else 0
