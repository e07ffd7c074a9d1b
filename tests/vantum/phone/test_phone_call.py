"""The file of a phone call: whole or not at all, for its owner only, and read as it was written."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uuid_utils

from vantum.call_folder import folder_of
from vantum.core.call_facts import CallFacts, Direction
from vantum.core.phone_call import EndedBy, Outcome, PhoneState, Progress
from vantum.phone.phone_call import CALL_FILE, PhoneCall, read_call, write_call

PROGRESS = Progress(PhoneState.ENDED, 3, Outcome.BUSY, "The line was busy.", 486, 0, ended_by=EndedBy.CARRIER)


@pytest.fixture
def call() -> PhoneCall:
    return PhoneCall(
        id=str(uuid_utils.uuid7()),
        direction=Direction.OUTBOUND,
        to_number="+14155550100",
        from_number="+14155550199",
        pipeline="outreach",
        created_at=datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC),
    )


def full(call: PhoneCall) -> PhoneCall:
    """The call with all that may ever be known of one."""
    return replace(
        call,
        variables={"name": "Zoë \U0001f600", "empty": ""},
        voicemail="Please call back.",
        requested_at=datetime(2026, 3, 1, 12, 30, 1, tzinfo=UTC),
        sid="CA" + "0" * 32,
        progress=PROGRESS,
        answered_by="machine_end_beep",
        disposition="interested",
        notes="call again\nsoon",
        transferred_to="+14155550111",
    )


@pytest.mark.parametrize("durable", [True, False])
def test_a_call_is_read_as_it_was_written(tmp_path: Path, call: PhoneCall, durable: bool) -> None:
    for written in (call, full(call)):
        write_call(tmp_path, written, durable=durable)
        assert read_call(folder_of(tmp_path, call.id)) == written


def test_the_file_is_its_owner_s_and_nothing_else_is_left(tmp_path: Path, call: PhoneCall) -> None:
    write_call(tmp_path, call, durable=True)
    folder = folder_of(tmp_path, call.id)
    assert folder is not None
    [file] = folder.iterdir()
    assert file.name == CALL_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"{}", b'{"id": 1}', b"\xff\xfe", b'{"id": "x", "direction": "sideways"}'],
)
def test_a_file_that_is_no_call_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CALL_FILE).write_bytes(content)
    assert read_call(tmp_path) is None


def test_where_there_is_no_folder_there_is_no_call(tmp_path: Path) -> None:
    assert read_call(None) is None
    assert read_call(tmp_path / "none") is None


@pytest.mark.parametrize("name", ["", "x", "../../etc", "019a0000-0000-4000-8000-000000000001"])
def test_what_is_no_id_of_a_call_is_not_written(tmp_path: Path, call: PhoneCall, name: str) -> None:
    with pytest.raises(ValueError, match="no id of a call"):
        write_call(tmp_path, replace(call, id=name), durable=False)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_breaks_off_leaves_the_call_as_it_was(
    tmp_path: Path, call: PhoneCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_call(tmp_path, call, durable=True)

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_call(tmp_path, full(call), durable=True)
    assert read_call(folder_of(tmp_path, call.id)) == call


def test_a_durable_write_waits_for_the_file_and_for_the_names_that_lead_to_it(
    tmp_path: Path, call: PhoneCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def note(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)

    monkeypatch.setattr(os, "fsync", note)
    write_call(tmp_path, call, durable=False)
    assert synced == []
    write_call(tmp_path, call, durable=True)
    folder = folder_of(tmp_path, call.id)
    assert folder is not None
    assert synced == [f"{CALL_FILE}.partial", call.id, folder.parent.name, "calls"]


@pytest.mark.parametrize("state", PhoneState)
def test_a_call_is_over_when_it_has_ended(call: PhoneCall, state: PhoneState) -> None:
    assert replace(call, progress=Progress(state)).over == (state is PhoneState.ENDED)


def test_its_pipeline_is_told_the_facts(call: PhoneCall) -> None:
    assert full(call).facts("twilio", "de") == CallFacts(
        id=call.id,
        transport="twilio",
        language="de",
        direction=Direction.OUTBOUND,
        from_number="+14155550199",
        to_number="+14155550100",
        variables={"name": "Zoë \U0001f600", "empty": ""},
        voicemail="Please call back.",
    )
