"""Placing calls through a server's REST API: what each answer means, and that no answer is never taken for a no."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.vantum.store.rows import NOON
from vantum.core.call_facts import PhoneCarrier
from vantum.core.carrier_fault import FAULTS
from vantum.core.outreach.outcome import AttemptOutcome, HungUpBy
from vantum.core.phone_call import Outcome
from vantum.dialing.http_placer import HttpPlacer, client
from vantum.dialing.placer import Absent, Order, Over, Placed, Refused, Stage, UnderWay, Unknown

ID = "019cabd8-3030-7c31-9d2f-0a6f3f6f4e11"
ORDER = Order("key-1", "+12125550101", "+12125550199", "outreach", {"name": "Anna"}, "Hello.")
SUMMARY = {
    "id": ID,
    "state": "queued",
    "direction": "outbound",
    "transport": "twilio",
    "from": "+12125550111",
}
Handler = Callable[[httpx.Request], httpx.Response]


async def asked(handler: Handler, question: Callable[[HttpPlacer], Any]) -> Any:
    async with httpx.AsyncClient(base_url="http://vantum", transport=httpx.MockTransport(handler)) as http:
        return await question(HttpPlacer(http))


def unreachable(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no")


def too_slow(_request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow")


async def test_a_call_is_asked_for_with_its_key() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, json=SUMMARY)

    assert await asked(answer, lambda placer: placer.place(ORDER)) == Placed(ID, "+12125550111")
    bare = Order("key-2", "+12125550101", "", "outreach", carrier=PhoneCarrier.LOCAL, not_after=NOON)
    assert await asked(answer, lambda placer: placer.place(bare)) == Placed(ID, "+12125550111")
    assert [request.url.path for request in seen] == ["/api/calls"] * 2
    assert [httpx.Response(200, content=request.content).json() for request in seen] == [
        {
            "to": "+12125550101",
            "from": "+12125550199",
            "pipeline": "outreach",
            "variables": {"name": "Anna"},
            "voicemail": "Hello.",
            "idempotencyKey": "key-1",
        },
        {
            "to": "+12125550101",
            "pipeline": "outreach",
            "variables": {},
            "idempotencyKey": "key-2",
            "carrier": "local",
            "notAfter": "2026-11-18T17:00:00+00:00",
        },
    ]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (409, "{}", AttemptOutcome.REFUSED),
        (503, "{}", AttemptOutcome.REFUSED),
        (429, "{}", AttemptOutcome.REFUSED),
        (401, "{}", AttemptOutcome.REFUSED),
        (422, '{"detail":[{"loc":["body","pipeline"]}]}', AttemptOutcome.REFUSED),
        (422, '{"detail":[{"loc":["body","to"]}]}', AttemptOutcome.INVALID_NUMBER),
        (409, json.dumps({"detail": f"Not dialed: {FAULTS[21211].meaning}"}), AttemptOutcome.INVALID_NUMBER),
        (409, "[]", AttemptOutcome.REFUSED),
        (503, "?", AttemptOutcome.REFUSED),
        (500, "{}", None),
        (502, "", None),
        (504, "", None),
        (202, "what?", None),
    ],
)
async def test_only_a_clear_no_is_a_no(status: int, body: str, kind: AttemptOutcome | None) -> None:
    got = await asked(lambda _: httpx.Response(status, text=body), lambda placer: placer.place(ORDER))
    assert got == Unknown() if kind is None else (isinstance(got, Refused) and got.outcome is kind)


async def test_no_answer_is_no_answer() -> None:
    assert await asked(too_slow, lambda placer: placer.place(ORDER)) == Unknown()
    assert await asked(unreachable, lambda placer: placer.look_up(ORDER)) == Unknown()
    assert await asked(unreachable, lambda placer: placer.report(ID)) == Unknown()
    assert await asked(unreachable, lambda placer: placer.hang_up(ID)) is None


@pytest.mark.parametrize(
    ("status", "calls", "found"),
    [
        (200, [], Absent()),
        (200, [{**SUMMARY, "to": ORDER.to_number}], Placed(ID, "+12125550111")),
        # A server that does not know the question tells of any call.
        (200, [{**SUMMARY, "to": "+12125550177"}], Unknown()),
        (200, None, Unknown()),
        (409, [], Unknown()),
        (500, [], Unknown()),
    ],
)
async def test_a_call_is_looked_up_by_its_key(status: int, calls: object, found: object) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params["idempotencyKey"] == "key-1"
        return httpx.Response(status, json={"calls": calls, "next": None})

    assert await asked(answer, lambda placer: placer.look_up(ORDER)) == found


async def test_who_was_never_asked_has_dialed_nothing() -> None:
    reached = False

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(202, json=SUMMARY) if reached else unreachable(request)

    async with httpx.AsyncClient(base_url="http://vantum", transport=httpx.MockTransport(answer)) as http:
        placer = HttpPlacer(http)
        assert await placer.place(ORDER) == Absent()
        assert await placer.place(ORDER) == Absent()
        reached = True
        assert await placer.place(ORDER) == Placed(ID, "+12125550111")


async def test_while_a_call_is_under_way_its_words_are_not_asked_for() -> None:
    asked_for: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked_for.append(str(request.url.raw_path, "ascii"))
        return httpx.Response(200, json={**SUMMARY, "state": "in-progress"})

    assert isinstance(await asked(answer, lambda placer: placer.report("a")), UnderWay)
    assert asked_for == ["/api/calls/a?transcript=false"]


async def test_a_record_that_is_being_written_is_no_end() -> None:
    ended = httpx.Response(200, json={**SUMMARY, "state": "ended", "outcome": "completed"})
    calls = {"/api/calls/a": ended, "/calls/a": httpx.Response(200, json={"state": "live", "events": []})}
    report = await asked(lambda request: calls[request.url.path], lambda placer: placer.report("a"))
    assert isinstance(report, UnderWay)
    assert report.stage is Stage.IN_CALL


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://10.0.0.4:8080/", "http://10.0.0.4:8080"),
        ("https://vantum.example", "https://vantum.example"),
        ("http://127.0.0.1:8080", f"http://127.0.0.1:8080 on {socket.gethostname()}"),
        ("http://localhost:8080", f"http://localhost:8080 on {socket.gethostname()}"),
        ("http://[::1]:8080", f"http://[::1]:8080 on {socket.gethostname()}"),
    ],
)
async def test_a_server_on_this_machine_is_no_other_machines(url: str, name: str) -> None:
    async with client(url, "") as http:
        assert HttpPlacer(http).name == name


async def test_a_call_is_followed_to_its_record() -> None:
    calls = {
        "/api/calls/a": httpx.Response(200, json={**SUMMARY, "state": "ringing", "carrierId": "CA1"}),
        "/api/calls/b": httpx.Response(
            200, json={**SUMMARY, "state": "ended", "outcome": "completed", "durationSeconds": 9}
        ),
        "/calls/b": httpx.Response(
            200,
            json={
                "events": [
                    {"event": "call_started", "at": "2026-11-18T17:00:00+00:00"},
                    {"event": "call_ended", "at": "2026-11-18T17:00:09+00:00", "reason": "caller hung up"},
                ]
            },
        ),
        "/api/calls/c": httpx.Response(404, json={"detail": "no"}),
        "/api/calls/d": httpx.Response(200, text="?"),
    }

    async def report(name: str) -> object:
        return await asked(lambda request: calls[request.url.path], lambda placer: placer.report(name))

    assert await report("a") == UnderWay(Stage.RINGING, "CA1")
    over = await report("b")
    assert isinstance(over, Over)
    assert (over.end, over.hung_up_by, over.seconds) == (Outcome.COMPLETED, HungUpBy.CALLEE, 9.0)
    assert over.answered_at is not None
    assert await report("c") == Unknown()
    assert await report("d") == Unknown()


async def test_it_shows_its_key() -> None:
    async with client("http://vantum", "secret") as http:
        assert http.headers["Authorization"] == "Bearer secret"
    async with client("http://vantum", "") as http:
        assert "Authorization" not in http.headers
