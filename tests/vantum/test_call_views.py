"""Calls as the API tells them: out of the book, out of the record, and many as pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.api_kit import THEM, US, on_disk
from vantum.call_folder import folder_of
from vantum.call_views import ABORTED, Record, page_of, summary_of, view_of
from vantum.core.phone_call import Outcome, PhoneState, Progress
from vantum.phone.phone_call import PhoneCall

ID = "019cabd8-3030-7c31-9d2f-0a6f3f6f4e11"
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENDED = Progress(
    PhoneState.ENDED, 4, Outcome.BUSY, "The line was busy (SIP 486).", sip_code=486, duration_seconds=7
)


SECONDS = {"committed": 0.2, "first_byte": 0.9}
SWITCHED = {"kind": "tts", "provider": "local", "previous": "cartesia", "fault": "network"}
BACK = {"kind": "tts", "provider": "cartesia", "previous": "local", "fault": None}


def record(**facts: object) -> Record:
    return {
        "id": ID,
        "startedAt": "2026-03-01T12:00:00.000+00:00",
        "state": "ended",
        "pipeline": "outreach",
        "transport": "browser",
        "durationSeconds": 12.5,
        "recording": "calls/2026-03-01/x/recording.wav",
        "transcript": [{"t": 0.5, "speaker": "bot", "text": "Hello", "interrupted": True}],
        "events": [
            {"t": 2.0, "event": "provider_switched", "problem": "reset", **SWITCHED},
            {"t": 3.0, "event": "turn_latency", "turn": 1, "seconds": SECONDS, "providers": {"tts": "local"}},
            {"t": 9.0, "event": "provider_switched", "problem": "", **BACK},
            {"t": 12.5, "event": "call_ended", "reason": "client left"},
        ],
        **facts,
    }


def known(data: Path, **facts: object) -> PhoneCall:
    return replace(on_disk(data, ID, ENDED), sid="CA1", variables={"name": "Anna"}, **facts)  # type: ignore[arg-type]


def test_what_nobody_knows_is_no_call() -> None:
    assert view_of(None, None) is None


def test_a_browsers_call_is_told_out_of_its_record() -> None:
    view = view_of(None, record())
    assert view is not None
    assert view.model_dump(by_alias=True, mode="json") == {
        "id": ID,
        "state": "ended",
        "outcome": "completed",
        "reason": "client left",
        "direction": "inbound",
        "transport": "browser",
        "to": "",
        "from": "",
        "pipeline": "outreach",
        "createdAt": "2026-03-01T12:00:00Z",
        "durationSeconds": 12.5,
        "answeredBy": "",
        "disposition": "",
        "notes": "",
        "transferredTo": "",
        "carrierId": "",
        "sipCode": None,
        "variables": {},
        "transcript": [{"t": 0.5, "speaker": "bot", "text": "Hello", "interrupted": True}],
        "latency": [
            {
                "turn": 1,
                "seconds": {"committed": 0.2, "first_byte": 0.9},
                "drafted": False,
                "providers": {"tts": "local"},
            }
        ],
        "switches": [
            {"t": 2.0, "kind": "tts", "provider": "local", "previous": "cartesia", "fault": "network"},
            {"t": 9.0, "kind": "tts", "provider": "cartesia", "previous": "local", "fault": None},
        ],
        "voiceToVoice": {"turns": 1, "p50": 0.9, "p95": 0.9},
        "drafts": {"started": 0, "dropped": 0, "droppedPromptTokens": 0, "droppedCompletionTokens": 0},
        "recording": "calls/2026-03-01/x/recording.wav",
    }


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("live", (PhoneState.IN_PROGRESS, None, "")),
        ("ended", (PhoneState.ENDED, Outcome.COMPLETED, "")),
        ("aborted", (PhoneState.ENDED, Outcome.FAILED, ABORTED)),
    ],
)
def test_the_records_state_is_told_in_the_phones_words(
    state: str, expected: tuple[PhoneState, Outcome | None, str]
) -> None:
    view = view_of(None, record(state=state, events=[]))
    assert view is not None
    assert (view.state, view.outcome, view.reason) == expected


def test_a_record_of_which_nothing_is_written_yet_can_be_told() -> None:
    empty = {"startedAt": None, "pipeline": None, "transport": None, "recording": None}
    view = view_of(None, record(**empty, state="live", durationSeconds=0.0, transcript=[], events=[]))
    assert view is not None
    assert (view.created_at, view.pipeline, view.transport, view.latency) == (None, "", "", [])


def answered(*heard: float) -> list[dict[str, object]]:
    return [
        {"event": "turn_latency", "turn": turn, "seconds": {"first_byte": 0.1, "heard": seconds}}
        for turn, seconds in enumerate(heard, 1)
    ]


@pytest.mark.parametrize(
    ("heard", "p50", "p95"),
    [
        ((0.7,), 0.7, 0.7),
        ((0.9, 0.7), 0.7, 0.9),
        ((0.5, 2.0, 0.7), 0.7, 2.0),
        (tuple(tenths / 10 for tenths in range(40, 0, -1)), 2.0, 3.8),
    ],
)
def test_the_usual_and_the_slow_answer_of_a_call(heard: tuple[float, ...], p50: float, p95: float) -> None:
    view = view_of(None, record(events=answered(*heard)))
    assert view is not None
    assert view.voice_to_voice is not None
    assert view.voice_to_voice.model_dump() == {"turns": len(heard), "p50": p50, "p95": p95}


def test_without_an_answer_there_is_no_usual_one() -> None:
    cut = {"event": "turn_latency", "turn": 1, "seconds": {"committed": 0.2}}
    view = view_of(None, record(events=[cut]))
    assert view is not None
    assert view.voice_to_voice is None


def test_drafts_are_counted_with_what_the_dropped_ones_cost() -> None:
    begun = [{"event": "draft_started", "attempt": attempt, "prompt_tokens": 50} for attempt in (1, 2, 3)]
    dropped = [
        {"event": "draft_dropped", "attempt": attempt, "prompt_tokens": 50, "completion_tokens": 4}
        for attempt in (1, 2)
    ]
    view = view_of(None, record(events=[*begun, *dropped]))
    assert view is not None
    assert view.drafts.model_dump() == {
        "started": 3,
        "dropped": 2,
        "dropped_prompt_tokens": 100,
        "dropped_completion_tokens": 8,
    }


def test_the_book_knows_better_how_a_phone_call_went(tmp_path: Path) -> None:
    view = view_of(known(tmp_path, disposition="promised"), record())
    assert view is not None
    assert (view.state, view.outcome, view.reason) == (PhoneState.ENDED, Outcome.BUSY, ENDED.reason)
    assert (view.to, view.from_, view.transport, view.carrier_id) == (THEM, US, "twilio", "CA1")
    assert (view.sip_code, view.duration_seconds, view.disposition) == (486, 7, "promised")
    assert (view.variables, [line.text for line in view.transcript]) == ({"name": "Anna"}, ["Hello"])


def test_the_record_tells_how_long_a_call_lasts_that_goes_on(tmp_path: Path) -> None:
    call = known(tmp_path, progress=Progress(PhoneState.IN_PROGRESS, 2))
    view = view_of(call, record(state="live"))
    assert view is not None
    assert (view.state, view.duration_seconds) == (PhoneState.IN_PROGRESS, 12.5)


def test_a_summary_is_the_view_in_short(tmp_path: Path) -> None:
    call = known(tmp_path)
    view = view_of(call, None)
    assert view is not None
    assert view.model_dump().items() >= summary_of(call).model_dump().items()


def ids(count: int, apart: timedelta) -> list[str]:
    """Ids of calls, the newest first, each made so long before the one before it."""
    moments = [BEGAN - apart * place for place in range(count)]
    made = [int(moment.timestamp() * 1000) for moment in moments]
    return [
        f"{at >> 16:08x}-{at & 0xFFFF:04x}-7000-8000-{count - place:012x}" for place, at in enumerate(made)
    ]


def pages(data: Path, limit: int) -> list[list[str]]:
    """All calls, page by page."""
    found, before = [], None
    while True:
        page = page_of(data, limit, before, {}, lambda _: False)
        found.append([call.id for call in page.calls])
        if page.next is None:
            return found
        before = page.next


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(minutes=50), timedelta(hours=25)])
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_have_no_call_twice_and_miss_none(tmp_path: Path, limit: int, apart: timedelta) -> None:
    made = ids(7, apart)
    for call_id in made:
        on_disk(tmp_path, call_id, ENDED)
    found = pages(tmp_path, limit)
    assert [call_id for page in found for call_id in page] == made
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
    assert found[-1]


@given(st.integers(0, 2**48 - 1), st.integers(1, 5))
def test_any_moment_in_the_list_can_be_the_beginning(moment: int, limit: int) -> None:
    before = f"{moment >> 16:08x}-{moment & 0xFFFF:04x}-7000-8000-000000000000"
    page = page_of(Path("/nonexistent"), limit, before, {}, lambda _: False)
    assert (page.calls, page.next) == ([], None)


def test_a_call_that_comes_between_two_pages_moves_nothing(tmp_path: Path) -> None:
    newer, *made = ids(5, timedelta(minutes=1))
    for call_id in made:
        on_disk(tmp_path, call_id, ENDED)
    first = page_of(tmp_path, 2, None, {}, lambda _: False)
    on_disk(tmp_path, newer, ENDED)
    second = page_of(tmp_path, 2, first.next, {}, lambda _: False)
    assert [call.id for call in (*first.calls, *second.calls)] == made


def test_the_list_tells_a_call_under_way_as_the_book_has_it(tmp_path: Path) -> None:
    call = on_disk(tmp_path, ID, Progress())
    ringing = replace(call, progress=Progress(PhoneState.RINGING, 1))
    (told,) = page_of(tmp_path, 5, None, {ID: ringing}, lambda _: False).calls
    assert told.state is PhoneState.RINGING


@pytest.mark.parametrize(("is_open", "state"), [(True, PhoneState.IN_PROGRESS), (False, PhoneState.ENDED)])
def test_the_list_knows_which_records_are_being_written(
    tmp_path: Path, is_open: bool, state: PhoneState
) -> None:
    folder = folder_of(tmp_path, ID)
    assert folder is not None
    folder.mkdir(parents=True)
    (told,) = page_of(tmp_path, 5, None, {}, lambda _: is_open).calls
    assert told.state is state


def test_what_is_no_call_is_passed_by(tmp_path: Path) -> None:
    on_disk(tmp_path, ID, ENDED)
    (tmp_path / "calls" / "notes.txt").write_text("x")
    (tmp_path / "calls" / "2026-03-02" / "lost+found").mkdir(parents=True)
    assert pages(tmp_path, 5) == [[ID]]


def test_no_data_is_an_empty_page(tmp_path: Path) -> None:
    assert pages(tmp_path / "none", 5) == [[]]
