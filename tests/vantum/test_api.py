"""The REST API: what is granted, what is refused and why, and what is told of calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vantum.api_kit import (
    API_KEYS,
    JSON,
    THEM,
    TWILIO,
    US,
    Desk,
    begin_record,
    desk,
    flaws,
    new_id,
    on_disk,
)
from transports.twilio.rest import CarrierError
from vantum.api import PHONE_OFF
from vantum.core.events import CallEnded
from vantum.core.phone_call import Outcome, PhoneState, Progress
from vantum.phone.phone_call import read_call
from vantum.testing import at_rest


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


# --- placing -----------------------------------------------------------------------------------------


async def test_a_call_is_placed(office: Desk) -> None:
    answer = await office.http.post("/api/calls", json={"to": "+1 (415) 555-0100"})
    call = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/calls/{call['id']}"
    assert (call["to"], call["from"], call["pipeline"], call["direction"]) == (THEM, US, "served", "outbound")
    assert (call["state"], call["outcome"], call["transport"]) == ("queued", None, "twilio")
    await at_rest()
    assert [(request.to, request.from_number) for request in office.rest.placed] == [(THEM, US)]
    assert (await office.http.get(answer.headers["location"])).json()["carrierId"] == f"CA{1:032x}"


async def test_everything_that_can_be_asked_for_is_written_down(office: Desk) -> None:
    asked = {
        "from": "+14155550199",
        "pipeline": "other",
        "variables": {"first_name": "Anna", "_2": ""},
        "voicemail": "Call us back.",
    }
    call_id = await office.place(**asked)
    call = read_call(next((office.data / "calls").glob(f"*/{call_id}")))
    assert call is not None
    assert (call.from_number, call.pipeline) == (asked["from"], "other")
    assert (call.variables, call.voicemail) == (asked["variables"], asked["voicemail"])


@pytest.mark.parametrize("name", ["other", "other.py", "pipelines/other.py", "served"])
async def test_a_pipeline_is_named_as_people_name_it(office: Desk, name: str) -> None:
    call_id = await office.place(pipeline=name)
    told = (await office.http.get(f"/api/calls/{call_id}")).json()
    assert told["pipeline"] == Path(name).stem


@pytest.mark.parametrize("empty", [{}, {"pipeline": None, "from": None, "voicemail": None}, {"pipeline": ""}])
async def test_what_is_left_out_is_chosen(office: Desk, empty: dict[str, object]) -> None:
    answer = await office.http.post("/api/calls", json={"to": THEM, **empty})
    assert (answer.json()["from"], answer.json()["pipeline"]) == (US, "served")


async def test_the_same_key_never_dials_twice(office: Desk) -> None:
    first, again = [await office.place(idempotencyKey="order 7") for _ in range(2)]
    other = await office.place(idempotencyKey="order 8")
    await at_rest()
    assert first == again != other
    assert len((await office.http.get("/api/calls")).json()["calls"]) == 2


@pytest.mark.parametrize("name", ["nobody", "_private", ".", "\x00", "/", "served/.."])
async def test_an_unknown_pipeline_is_told_the_known_ones(office: Desk, name: str) -> None:
    answer = await office.http.post("/api/calls", json={"to": THEM, "pipeline": name})
    assert "Known ones: served, other." in flaws(answer)["body.pipeline"]


async def test_a_number_that_the_carrier_will_not_call_is_a_conflict(office: Desk) -> None:
    office.rest.fault = CarrierError(400, 21211, "The number is not valid.")
    await office.place(**{"from": US})
    await at_rest()
    answer = await office.http.post("/api/calls", json={"to": THEM, "from": US})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("This number is not dialed any more: ")


@pytest.mark.parametrize("fault", [None, CarrierError(None, None, "no answer within 10 seconds.")])
async def test_without_a_number_to_call_from_nothing_is_placed(
    office: Desk, fault: CarrierError | None
) -> None:
    office.rest.own, office.rest.fault = [], fault
    answer = await office.http.post("/api/calls", json={"to": THEM})
    assert answer.status_code == 409
    assert "give `from`, or set TWILIO_FROM" in answer.json()["detail"]


async def test_while_dialing_is_stopped_no_call_is_taken(office: Desk) -> None:
    office.rest.fault = CarrierError(401, 20003, "Authenticate")
    await office.place(**{"from": US})
    await at_rest()
    answer = await office.http.post("/api/calls", json={"to": THEM, "from": US})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.json()["detail"].startswith("Dialing is stopped. ")


async def test_a_full_queue_takes_no_call(tmp_path: Path) -> None:
    async with desk(tmp_path, VANTUM_MAX_QUEUED_CALLS="1", VANTUM_CALLS_PER_SECOND="0.01") as office:
        for _ in range(3):
            await office.place()
            await asyncio.sleep(0)
            await at_rest()
        answer = await office.http.post("/api/calls", json={"to": THEM})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    assert answer.json()["detail"] == "1 calls wait to be placed already. Try again later."


async def test_without_twilio_no_call_is_placed_and_nothing_is_done_to_one(tmp_path: Path) -> None:
    async with desk(tmp_path, phone=False) as office:
        past = on_disk(office.data, new_id(), Progress(PhoneState.ENDED, 3, Outcome.COMPLETED)).id
        answers = [
            await office.http.post("/api/calls", json={"to": THEM}),
            await office.http.post(f"/api/calls/{past}/hangup"),
            await office.http.post(f"/api/calls/{past}/say", json={"text": "Hello"}),
            await office.http.post(f"/api/calls/{past}/transfer", json={"to": THEM}),
        ]
        told = await office.http.get(f"/api/calls/{past}")
    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [(409, PHONE_OFF)] * 4
    assert told.json()["outcome"] == "completed"


async def test_nothing_of_twilio_is_mounted_without_it(tmp_path: Path) -> None:
    async with desk(tmp_path, phone=False) as office:
        for path in ("/twilio/voice", f"/twilio/status/{new_id()}"):
            assert (await office.http.post(path)).status_code in (404, 405)
        assert (await office.http.get("/health")).json()["phone"] == {"status": "off"}


async def test_with_twilio_its_routes_are_there_and_closed(office: Desk) -> None:
    assert (await office.http.post("/twilio/voice")).status_code == 403


# --- telling -----------------------------------------------------------------------------------------


async def test_a_call_is_told_with_what_was_said_in_it(office: Desk) -> None:
    call_id = await office.place(variables={"a": "b"})
    begin_record(office, call_id, "twilio")
    told = (await office.http.get(f"/api/calls/{call_id}")).json()
    assert (told["to"], told["variables"], told["durationSeconds"]) == (THEM, {"a": "b"}, 1.5)
    assert told["transcript"] == [{"t": 0.0, "speaker": "bot", "text": "Hello there.", "interrupted": True}]
    assert told["latency"] == [
        {"turn": 1, "seconds": {"committed": 0.2, "first_byte": 0.9}, "drafted": False, "providers": {}}
    ]
    assert told["voiceToVoice"] == {"turns": 1, "p50": 0.9, "p95": 0.9}
    assert told["recording"].endswith(f"{call_id}/recording.wav")


async def test_who_asks_for_the_state_alone_is_told_it_from_memory_until_the_end(office: Desk) -> None:
    call_id = await office.place(variables={"a": "b"})
    begin_record(office, call_id, "twilio")
    told = (await office.http.get(f"/api/calls/{call_id}", params={"transcript": "false"})).json()
    assert (told["to"], told["state"], told["variables"]) == (THEM, "queued", {"a": "b"})
    assert (told["transcript"], told["recording"], told["durationSeconds"]) == ([], None, None)
    ended = on_disk(office.data, new_id(), Progress(PhoneState.ENDED, 3, Outcome.COMPLETED, "", 200, 0)).id
    begin_record(office, ended, "twilio")
    told = (await office.http.get(f"/api/calls/{ended}", params={"transcript": "false"})).json()
    assert [line["text"] for line in told["transcript"]] == ["Hello there."]


async def test_a_browsers_call_is_told_while_it_is_written_and_after(office: Desk) -> None:
    call_id = new_id()
    record = begin_record(office, call_id, "browser")
    live = (await office.http.get(f"/api/calls/{call_id}")).json()
    listed = (await office.http.get("/api/calls")).json()["calls"]
    record.event(CallEnded("client left"))
    record.close()
    office.services.writer.flush()
    past = (await office.http.get(f"/api/calls/{call_id}")).json()
    assert [call["state"] for call in (live, *listed, past)] == ["in-progress", "in-progress", "ended"]
    assert [call["transport"] for call in (live, *listed, past)] == ["browser"] * 3
    assert (past["outcome"], past["reason"], past["direction"]) == ("completed", "client left", "inbound")
    assert [line["text"] for line in live["transcript"]] == ["Hello there."]


async def test_how_a_call_ended_is_told(office: Desk) -> None:
    ended = Progress(PhoneState.ENDED, 3, Outcome.DECLINED, "The callee declined the call (SIP 603).", 603, 0)
    call_id = on_disk(office.data, new_id(), ended).id
    told = (await office.http.get(f"/api/calls/{call_id}")).json()
    assert (told["state"], told["outcome"], told["reason"]) == ("ended", "declined", ended.reason)
    assert (told["sipCode"], told["durationSeconds"]) == (603, 0)


async def test_the_list_is_told_in_pages(office: Desk) -> None:
    made = [await office.place() for _ in range(5)]
    found: list[str] = []
    path = "/api/calls?limit=2"
    for size in (2, 2, 1):
        page = (await office.http.get(path)).json()
        assert len(page["calls"]) == size
        found += [call["id"] for call in page["calls"]]
        path = f"/api/calls?limit=2&before={page['next']}"
    assert page["next"] is None
    assert found == sorted(made, reverse=True)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=-1", "limit=many", "limit=", "before=x", "before=", "before=%00"]
)
async def test_a_page_that_cannot_be_told_is_refused(office: Desk, query: str) -> None:
    answer = await office.http.get(f"/api/calls?{query}")
    assert list(flaws(answer)) == [f"query.{query.partition('=')[0]}"]


ACTS: list[tuple[str, dict[str, str] | None]] = [
    ("hangup", None),
    ("say", {"text": "Hello"}),
    ("transfer", {"to": "+14155550123", "say": "One moment."}),
]


@pytest.mark.parametrize(("act", "body"), [("", None), *ACTS])
async def test_a_call_that_is_not_there_is_not_found(
    office: Desk, act: str, body: dict[str, str] | None
) -> None:
    missing = new_id()
    path = f"/api/calls/{missing}"
    answer = await (office.http.post(f"{path}/{act}", json=body) if act else office.http.get(path))
    assert (answer.status_code, answer.json()) == (404, {"detail": f"There is no call {missing}."})


@pytest.mark.parametrize("call_id", ["x", "..", "%2e%2e%2fsecret", "019CABD8-3030-7C31-9D2F-0A6F3F6F4E11"])
async def test_what_is_no_id_is_not_looked_for(office: Desk, call_id: str) -> None:
    answer = await office.http.get(f"/api/calls/{call_id}")
    assert answer.status_code in (404, 422)


# --- acting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "body"), ACTS)
async def test_nothing_is_done_to_a_call_that_is_over(
    office: Desk, act: str, body: dict[str, str] | None
) -> None:
    call_id = on_disk(office.data, new_id(), Progress(PhoneState.ENDED, 3, Outcome.COMPLETED)).id
    answer = await office.http.post(f"/api/calls/{call_id}/{act}", json=body)
    assert (answer.status_code, answer.json()) == (409, {"detail": "The call is over."})


@pytest.mark.parametrize(("act", "body"), ACTS[1:])
async def test_nobody_is_spoken_to_who_is_not_on_the_line(
    office: Desk, act: str, body: dict[str, str]
) -> None:
    call_id = await office.place()
    answer = await office.http.post(f"/api/calls/{call_id}/{act}", json=body)
    assert (answer.status_code, answer.json()) == (409, {"detail": "Nobody is on the line yet."})


@pytest.mark.parametrize(("act", "body"), ACTS)
async def test_nothing_is_done_to_the_call_of_a_browser(
    office: Desk, act: str, body: dict[str, str] | None
) -> None:
    call_id = new_id()
    begin_record(office, call_id, "browser")
    answer = await office.http.post(f"/api/calls/{call_id}/{act}", json=body)
    assert answer.status_code == 409
    assert "only phone calls" in answer.json()["detail"]


async def test_a_call_is_hung_up_before_it_is_answered(office: Desk) -> None:
    call_id = await office.place()
    await at_rest()
    answer = await office.http.post(f"/api/calls/{call_id}/hangup")
    await at_rest()
    assert (answer.status_code, answer.json()["state"], answer.json()["outcome"]) == (
        202,
        "ended",
        "canceled",
    )
    assert office.rest.ended == [f"CA{1:032x}"]
    assert (await office.http.post(f"/api/calls/{call_id}/hangup")).status_code == 409


async def test_what_is_asked_of_a_call_reaches_it(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    board = office.telephone.switchboard

    async def say(*words: str) -> None:
        asked.append(("say", *words))

    async def transfer(*words: str) -> None:
        asked.append(("transfer", *words))

    monkeypatch.setattr(board, "say", say)
    monkeypatch.setattr(board, "transfer", transfer)
    call_id = await office.place()
    answers = [await office.http.post(f"/api/calls/{call_id}/{act}", json=body) for act, body in ACTS[1:]]
    answers.append(await office.http.post(f"/api/calls/{call_id}/transfer", json={"to": "+1 415 555 0124"}))
    assert [(answer.status_code, answer.json()["id"]) for answer in answers] == [(202, call_id)] * 3
    assert asked == [
        ("say", call_id, "Hello"),
        ("transfer", call_id, "+14155550123", "One moment."),
        ("transfer", call_id, "+14155550124", ""),
    ]


# --- the description, and what nobody expects --------------------------------------------------------


def operations(schema: dict[str, dict[str, dict[str, dict[str, object]]]]) -> Iterator[dict[str, object]]:
    return (operation for path in schema["paths"].values() for operation in path.values())


@pytest.mark.parametrize(("keys", "refused", "other"), [("", "403", "401"), (API_KEYS, "401", "403")])
async def test_the_description_tells_who_may(tmp_path: Path, keys: str, refused: str, other: str) -> None:
    async with desk(tmp_path, VANTUM_API_KEYS=keys) as office:
        schema = (await office.http.get("/openapi.json")).json()
    placing = schema["paths"]["/api/calls"]["post"]
    assert refused in placing["responses"]
    assert other not in placing["responses"]
    assert ("security" in placing) is bool(keys)
    assert all(operation["summary"] and operation["description"] for operation in operations(schema))
    assert "security" not in schema["paths"]["/health"]["get"]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_no_page_is_served_for_the_description(office: Desk, path: str) -> None:
    assert (await office.http.get(path)).status_code == 404


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(st.characters()), inside, max_size=4)
    ),
    max_leaves=8,
)
NEARLY_RIGHT = st.fixed_dictionaries(
    {"to": st.sampled_from([THEM, "+442079460000", "+1 415 555 0100", "7"]) | ANY_JSON},
    optional={
        "from": st.just(US) | ANY_JSON,
        "pipeline": st.sampled_from(["served", "other", "", "."]) | st.text() | ANY_JSON,
        "variables": st.dictionaries(st.from_regex(r"[A-Za-z_]\w{0,5}"), st.text(), max_size=3) | ANY_JSON,
        "voicemail": st.text() | ANY_JSON,
        "idempotencyKey": st.text(min_size=1) | ANY_JSON,
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NEARLY_RIGHT | ANY_JSON, min_size=5, max_size=10))
async def test_no_body_breaks_it(bodies: list[object]) -> None:
    with TemporaryDirectory() as folder:
        async with desk(Path(folder)) as office:
            for body in bodies:
                answer = await office.http.post("/api/calls", content=json.dumps(body), headers=JSON)
                assert answer.status_code in (202, 409, 422, 429), answer.text
                if answer.status_code == 202:
                    told = await office.http.get(answer.headers["location"])
                    assert told.json()["id"] == answer.json()["id"]
            assert (await office.http.get("/api/calls")).status_code == 200


def test_the_names_of_the_settings_are_told() -> None:
    assert all(name in PHONE_OFF for name in TWILIO)
