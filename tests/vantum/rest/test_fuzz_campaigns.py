"""Campaigns, lists, leads, callbacks and webhooks against requests that are nearly right: never a 500, always a
problem, and soon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.rest.kit import JSON, MEDIA_TYPE, NOBODY, House
from tests.vantum.rest.test_fuzz import ANY_JSON, ANY_TEXT, FEW, VALUES, in_house
from vantum.rest.campaign_bodies import Day

pytestmark = pytest.mark.real_time
SOON_SECONDS: Final = 20.0
"""What a request may take on a machine that is busy with something else."""
CLOCKS = st.sampled_from(["00:00", "09:00", "18:30", "24:00", "24:01", "9:00", ""]) | ANY_TEXT
WINDOWS = st.lists(
    st.fixed_dictionaries({"weekday": st.sampled_from([*Day]) | ANY_JSON, "start": CLOCKS, "end": CLOCKS}),
    max_size=3,
)
SCHEMAS = st.sampled_from(
    [
        {},
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "string", "enum": ["x", "\ud800"]}}},
        {"type": "object", "properties": {"a": {"type": "array", "items": {"$ref": "#"}}}},
        {"type": "object", "properties": {"a": {"type": "number", "minimum": float("nan")}}},
    ]
) | st.dictionaries(ANY_TEXT, ANY_JSON, max_size=3)
MOMENTS = st.sampled_from(["2026-12-01T08:00:00Z", "2026-12-24T18:00:00+01:00", "1899-12-31T23:59:59Z", None])
FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "name": ANY_TEXT,
    "pipeline": st.sampled_from(["outreach", "../../etc/passwd", "/"]) | ANY_TEXT,
    "variables": st.dictionaries(st.sampled_from(["a", "b c", ""]), VALUES, max_size=3) | ANY_JSON,
    "language": st.sampled_from(["en", "de-DE", "xx-XX"]) | ANY_TEXT,
    "windows": WINDOWS | ANY_JSON,
    "startAt": MOMENTS,
    "endAt": MOMENTS,
    "priority": st.integers(-1, 10),
    "maxConcurrency": st.integers(0, 20_000) | ANY_JSON,
    "callsPerSecond": st.floats() | st.integers(),
    "budgetMicros": st.integers() | st.none(),
    "machinePolicy": st.sampled_from(["off", "leave_message"]),
    "voicemailText": ANY_TEXT,
    "fromNumbers": st.lists(st.sampled_from(["+12125550199", "12"]) | ANY_TEXT, max_size=3),
    "brief": ANY_TEXT,
    "analysisSchema": SCHEMAS,
    "retryPolicyId": st.sampled_from([None, NOBODY, "x"]),
}
NEEDED = ("name", "pipeline")
CAMPAIGNS = st.fixed_dictionaries(
    {name: FIELDS[name] for name in NEEDED},
    optional={name: told for name, told in FIELDS.items() if name not in NEEDED},
)
WORDS = ("preflight", "start", "pause", "resume", "stop", "archive", "start")


async def asked(house: House, method: str, path: str, **more: Any) -> httpx.Response:
    """An answer that came soon, and is a problem where it is no grant."""
    async with asyncio.timeout(SOON_SECONDS):
        answer = await house.ask(method, path, **more)
    assert answer.status_code < 500, (method, path, more, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json()["status"] == answer.status_code
    assert "theirs" not in answer.text
    return answer


async def sent(house: House, method: str, path: str, body: object) -> httpx.Response:
    return await asked(house, method, path, content=json.dumps(body).encode(), headers=JSON)


@FEW
@given(
    bodies=st.lists(CAMPAIGNS, min_size=1, max_size=4),
    changes=st.lists(st.fixed_dictionaries({}, optional=dict(FIELDS)), max_size=4),
    words=st.lists(st.sampled_from(WORDS), max_size=5),
)
async def test_no_campaign_breaks_anything(
    sqlite_template: Path, bodies: list[object], changes: list[object], words: list[str]
) -> None:
    async def work(house: House) -> None:
        made = [await sent(house, "POST", "/api/campaigns", body) for body in bodies]
        ids = [each.json()["id"] for each in made if each.status_code == 201]
        for campaign_id in [*ids, house.ours.ids["campaign_id"]]:
            path = f"/api/campaigns/{campaign_id}"
            for change in changes:
                await sent(house, "PATCH", path, change)
            for word in words:
                await sent(house, "POST", f"{path}:{word}", {})
            assert (await asked(house, "GET", path)).status_code == 200
            assert (await asked(house, "GET", f"{path}/status")).status_code == 200
        assert len((await asked(house, "GET", "/api/campaigns")).json()["items"]) == len(ids) + 1

    await in_house(sqlite_template, work)


CELLS = st.sampled_from(["phone", "name", "+12125550177", "=1+1", "", '"', "\x00", "ü" * 50]) | ANY_TEXT
TEXTS = st.lists(st.lists(CELLS, max_size=4).map(",".join), max_size=6).map("\n".join)
FILES = (
    st.binary(max_size=300)
    | TEXTS.map(lambda text: text.encode("utf-8", "replace"))
    | TEXTS.map(lambda text: b"phone,name\n" + text.encode("utf-16", "replace"))
    | st.binary(max_size=200).map(lambda rest: b"PK\x03\x04" + rest)
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "map": st.sampled_from(["phone=1", "phone=phone,ignore=name", "x=y", "custom.=phone", "="])
        | ANY_TEXT,
        "country": st.sampled_from(["US", "ZZ", ""]) | ANY_TEXT,
        "sheet": ANY_TEXT,
        "filename": ANY_TEXT,
        "source": ANY_TEXT,
        "repeat": st.sampled_from(["tell", "import", "x"]),
        "campaignId": st.sampled_from([NOBODY, "x"]),
    },
)


@FEW
@given(lists=st.lists(st.tuples(FILES, QUERIES), min_size=1, max_size=5))
async def test_no_list_breaks_anything(
    sqlite_template: Path, lists: list[tuple[bytes, dict[str, str]]]
) -> None:
    async def work(house: House) -> None:
        for content, query in lists:
            told = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
            for path in ("/api/imports:try", "/api/imports"):
                await asked(house, "POST", path, content=content, params=told)
        for each in (await asked(house, "GET", "/api/imports")).json()["items"]:
            assert each["state"] in ("finished", "failed")
            assert (await asked(house, "GET", f"/api/imports/{each['id']}/verdicts")).status_code == 200
        assert not list(house.app.state.premises.data.glob("uploads/*"))

    await in_house(sqlite_template, work)


REST = st.fixed_dictionaries(
    {},
    optional={
        "contactIds": st.lists(st.sampled_from([NOBODY, "x"]) | ANY_JSON, max_size=3),
        "priority": st.integers(-1, 10),
        "reason": ANY_TEXT,
        "leadId": st.sampled_from([NOBODY, "x"]),
        "at": MOMENTS,
        "timezone": st.sampled_from(["Europe/Berlin", "Etc/GMT+1", "../x"]) | ANY_TEXT,
        "words": ANY_TEXT,
        "url": st.sampled_from(["https://hooks.example.com", "https://[::1", "https://x:99999"]) | ANY_TEXT,
        "events": st.lists(st.sampled_from(["*", "call.*", "x"]) | ANY_TEXT, max_size=3),
        "state": st.sampled_from(["active", "disabled", "gone"]),
        "overlapHours": st.integers(-1, 200),
        "since": MOMENTS,
        "states": st.lists(st.sampled_from(["dead", "pending"]), max_size=3),
        "fields": SCHEMAS,
    },
)
PATHS = (
    ("POST", "/api/campaigns/{campaign_id}/leads", ("contactIds", "priority")),
    ("PATCH", "/api/leads/{lead_id}", ("priority",)),
    ("POST", "/api/leads/{lead_id}:skip", ("reason",)),
    ("POST", "/api/leads/{lead_id}:reopen", ()),
    ("POST", "/api/callbacks", ("leadId", "at", "timezone", "words")),
    ("POST", "/api/callbacks/{callback_id}:cancel", ()),
    ("POST", "/api/call-log/{call_id}:analyze", ("fields",)),
    ("POST", "/api/webhooks", ("url", "events")),
    ("PATCH", "/api/webhooks/{webhook_id}", ("url", "events", "state")),
    ("POST", "/api/webhooks/{webhook_id}:rotate", ("overlapHours",)),
    ("POST", "/api/webhooks/{webhook_id}:replay", ("since", "states")),
    ("POST", "/api/webhooks/{webhook_id}/deliveries/{delivery_id}:replay", ()),
)


@FEW
@given(bodies=st.lists(REST, min_size=1, max_size=3), ours=st.booleans())
async def test_nothing_else_breaks_anything(
    sqlite_template: Path, bodies: list[dict[str, Any]], ours: bool
) -> None:
    async def work(house: House) -> None:
        ids = house.ours.ids
        named: dict[str, object] = (
            {"leadId": ids["lead_id"], "contactIds": [ids["contact_id"]]} if ours else {}
        )
        for method, path, names in PATHS:
            for body in bodies:
                told = {**body, **named}
                await sent(house, method, path.format(**ids), {n: told[n] for n in names if n in told})
        for path in ("/api/leads", "/api/callbacks", "/api/webhooks", "/api/call-log"):
            assert (await asked(house, "GET", path)).status_code == 200

    await in_house(sqlite_template, work)


@FEW
@given(last=st.text(st.characters(max_codepoint=255), max_size=25))
async def test_no_last_event_id_breaks_a_stream(sqlite_template: Path, last: str) -> None:
    async def work(house: House) -> None:
        path = f"/api/calls/{house.ours.ids['call_id']}/events"
        headers = {b"Last-Event-ID": last.encode("latin-1")}
        key = next(iter(house.ours.keys.values()))
        answer = await house.http.get(path, headers={**headers, b"Authorization": f"Bearer {key}".encode()})
        assert answer.status_code in (200, 204, 422), answer.text

    await in_house(sqlite_template, work)
