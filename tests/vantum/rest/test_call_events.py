"""A call as events: followed from its claim to its end, from wherever somebody has read to, by whose it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.vantum.rest.campaign_rows import LINES, keep_record
from tests.vantum.rest.kit import NOBODY, OPERATOR, House, problem
from tests.vantum.rest.test_call_log import add_attempt
from tests.vantum.store.rows import number
from vantum.call_files import EVENTS
from vantum.call_folder import folder_of
from vantum.core.call_facts import Direction
from vantum.core.phone_call import Outcome, PhoneState, Progress
from vantum.phone.phone_call import PhoneCall, write_call
from vantum.rest import call_events
from vantum.rest.call_events import Seen, StateView, call_told
from vantum.rest.premises import Premises
from vantum.rest.streams import Told
from vantum.store import calls
from vantum.store.columns import new_id
from vantum.store.words import CallStatus

REAL = pytest.mark.real_time


def read(answer: httpx.Response) -> list[tuple[str, str, Any]]:
    """The events of a stream: their ids, names, and what they say."""
    assert answer.status_code == 200, answer.text
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" in fields:
            found.append((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
    return found


def path_of(name: str) -> str:
    return f"/api/calls/{name}/events"


@REAL
async def test_one_that_is_over_is_told_from_its_beginning(house: House) -> None:
    ids = house.ours.ids
    for name in (ids["call_id"], ids["record_id"]):
        told = read(await house.ask("GET", path_of(name)))
        assert [(number, event) for number, event, _ in told] == [
            ("", "state"),
            ("1", "call_started"),
            ("2", "transcript"),
            ("3", "call_ended"),
        ]
        assert told[0][2] == {
            "id": ids["call_id"],
            "recordId": ids["record_id"],
            "state": "ended",
            "outcome": "answered_human",
            "disposition": "interested",
            "reason": "goodbye",
        }
        assert told[2][2]["text"] == "What does it cost?"


@REAL
@pytest.mark.parametrize(
    ("last", "events"),
    [
        ("1", ["state", "transcript", "call_ended"]),
        ("2", ["state", "call_ended"]),
        ("0", ["state", "call_started", "transcript", "call_ended"]),
        ("x", ["state", "call_started", "transcript", "call_ended"]),
    ],
)
async def test_who_was_cut_off_goes_on_where_they_were(house: House, last: str, events: list[str]) -> None:
    headers = {"Last-Event-ID": last}
    told = read(await house.ask("GET", path_of(house.ours.ids["call_id"]), headers=headers))
    assert [event for _, event, _ in told] == events


@REAL
async def test_who_has_read_it_all_is_told_that_there_is_no_more(house: House) -> None:
    for last in ("3", "4", "9" * 20):
        headers = {"Last-Event-ID": last}
        answer = await house.ask("GET", path_of(house.ours.ids["call_id"]), headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")


@REAL
async def test_a_call_is_its_organisations(house: House) -> None:
    theirs = house.theirs.ids
    for name in (theirs["call_id"], theirs["record_id"], NOBODY):
        problem(await house.ask("GET", path_of(name)), 404)
        problem(await house.ask("GET", path_of(name), key=OPERATOR), 404)


@REAL
async def test_what_the_store_does_not_know_is_the_operators(house: House, tmp_path: Path) -> None:
    name = new_id()
    keep_record(tmp_path, name)
    problem(await house.ask("GET", path_of(name)), 404)
    told = read(await house.ask("GET", path_of(name), key=OPERATOR))
    assert [event for _, event, _ in told] == ["state", "call_started", "transcript", "call_ended"]
    assert (told[0][2]["id"], told[0][2]["state"]) == (name, "ended")


@REAL
async def test_a_phone_call_is_told_as_the_book_has_it(house: House, tmp_path: Path) -> None:
    progress = Progress(state=PhoneState.ENDED, outcome=Outcome.BUSY, reason="The line was busy.")
    call = PhoneCall(
        new_id(), Direction.OUTBOUND, number(1), number(99), "outreach", datetime.now(UTC), progress=progress
    )
    write_call(tmp_path, call, durable=False)
    [(_, event, told)] = read(await house.ask("GET", path_of(call.id), key=OPERATOR))
    assert (event, told["state"], told["outcome"], told["reason"]) == (
        "state",
        "ended",
        "busy",
        "The line was busy.",
    )


@REAL
async def test_an_attempt_is_followed_through_the_store(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_events, "LOOK_SECONDS", 0.001)
    call_id, record_id, get = await add_attempt(house), new_id(), calls.get
    looks: list[str] = []

    async def moving(*asked: Any) -> object:
        """Each look finds the call a step further."""
        async with house.store.writing() as session:
            row = await get(session, house.ours.org, call_id)
            assert row is not None
            if len(looks) == 2:
                row.record_id, row.status = record_id, CallStatus.IN_CALL
                keep_record(tmp_path, record_id)
            if len(looks) == 3:
                row.status, row.ended_at = CallStatus.ENDED, house.clock()
        looks.append(call_id)
        return await get(*asked)

    monkeypatch.setattr(calls, "get", moving)
    told = read(await house.ask("GET", path_of(call_id)))
    assert [(event, said.get("state")) for _, event, said in told] == [
        ("state", "claimed"),
        ("state", "in_call"),
        ("call_started", None),
        ("transcript", None),
        ("call_ended", None),
        ("state", "ended"),
    ]


# --- the source alone -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Script:
    """What is seen of a call at each look, and until when its record is open."""

    data: Path
    seen: list[Seen | None]
    open_looks: int = 0
    looked: list[float] = field(default_factory=list)

    async def look(self) -> Seen | None:
        self.looked.append(asyncio.get_running_loop().time())
        return self.seen.pop(0) if len(self.seen) > 1 else self.seen[0]

    def is_open(self, _call_id: str) -> bool:
        self.open_looks -= 1
        return self.open_looks >= 0


def seen(state: str, record_id: str | None = None, *, over: bool = False) -> Seen:
    return Seen(StateView(id="call", record_id=record_id, state=state), over)


async def told_by(script: Script, then: Callable[[int], None] = lambda _: None) -> AsyncIterator[Told | None]:
    count = 0
    async for event in call_told(script.look, Premises(script.data, script.is_open), 0):
        yield event
        count += 1
        then(count)


@REAL
async def test_it_is_looked_at_four_times_a_second_and_the_call_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_events, "LOOK_SECONDS", 0.0)
    script = Script(tmp_path, [seen("claimed"), seen("ringing"), seen("ended", over=True)])
    told = [event async for event in told_by(script)]
    states = [json.loads(event.data)["state"] for event in told if event is not None]
    assert states == ["claimed", "ringing", "ended"]
    assert [event is None for event in told] == [False, *[True] * 4, False, *[True] * 4, False]
    assert len(script.looked) == 3


@REAL
async def test_a_record_that_is_open_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialer has written the end down before the record's writer has."""
    monkeypatch.setattr(call_events, "LOOK_SECONDS", 0.0)
    record_id = new_id()
    script = Script(tmp_path, [seen("ended", record_id, over=True)], open_looks=3)

    def then(count: int) -> None:
        if count == 3:
            keep_record(tmp_path, record_id)

    told = [event async for event in told_by(script, then)]
    names = [event.event for event in told if event is not None]
    assert names == ["state", *(line["event"] for line in LINES)]


@REAL
async def test_one_that_is_gone_ends_the_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_events, "LOOK_SECONDS", 0.0)
    script = Script(tmp_path, [seen("claimed"), None])
    assert [event is None for event in [event async for event in told_by(script)]] == [False, *[True] * 4]


@REAL
async def test_a_browsers_call_is_live_while_its_record_is_written(house: House, tmp_path: Path) -> None:
    name = new_id()
    folder = folder_of(tmp_path, name)
    assert folder is not None
    keep_record(tmp_path, name)
    looks = call_events._read(folder, Premises(tmp_path, lambda _: True))
    assert looks is not None
    assert (looks.state.state, looks.over) == (PhoneState.IN_PROGRESS, False)
    (folder / EVENTS).unlink()
    unknown = folder.with_name(new_id())
    assert call_events._read(unknown, Premises(tmp_path)) is None
