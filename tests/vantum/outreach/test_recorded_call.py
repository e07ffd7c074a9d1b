"""A call as its folder tells it, whatever is left of the folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.vantum.outreach.folders import HELLO, age, leave_call, phone_call
from vantum.call_files import EVENTS, RECORDING
from vantum.call_folder import FolderHold, folder_of
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.outreach.recorded_call import SILENT, is_e164, read_recorded, sound_of
from vantum.retention import LONGEST_CALL, began
from vantum.store.words import AnsweredBy, Direction, Transport

pytestmark = pytest.mark.real_time

NOW = datetime.now(UTC)


def test_a_browsers_call(tmp_path: Path) -> None:
    name = leave_call(tmp_path, HELLO, ("caller", "Yes."))
    call = read_recorded(tmp_path, name)
    assert call is not None
    assert [turn.text for turn in call.turns] == ["Hello, do you have two minutes?", "Yes."]
    assert call.is_over(NOW)
    row = call.row()
    assert (row.transport, row.direction, row.outcome) == (
        Transport.BROWSER,
        Direction.INBOUND,
        AttemptOutcome.ANSWERED_HUMAN,
    )
    assert (row.pipeline, row.end_reason, row.other_number) == ("p", "client left", "")
    assert row.answered_by is AnsweredBy.HUMAN
    assert (row.answered_at, row.begun_at) == (began(name), began(name))
    assert row.ended_at == began(name) + timedelta(seconds=4.5)
    assert row.first_audio_at == began(name)


def test_a_phone_call(tmp_path: Path) -> None:
    name = leave_call(tmp_path, HELLO, phone=phone_call(sid="CA1", from_number="client:web"))
    call = read_recorded(tmp_path, name)
    assert call is not None
    row = call.row()
    assert (row.transport, row.direction) == (Transport.LOCAL, Direction.OUTBOUND)
    assert (row.to_number, row.from_number, row.other_number) == ("+12125550100", "", "+12125550100")
    assert (row.end_reason, row.provider_sid, row.sip_code) == ("The call was completed.", "CA1", 200)


@pytest.mark.parametrize(
    ("progress", "outcome"),
    [
        ({"outcome": "busy"}, AttemptOutcome.BUSY),
        ({"outcome": "no-answer"}, AttemptOutcome.NO_ANSWER),
        ({"outcome": "failed", "sip_code": 404}, AttemptOutcome.INVALID_NUMBER),
        ({"outcome": "nonsense", "sip_code": "404"}, AttemptOutcome.FAILED),
        ({}, AttemptOutcome.FAILED),
    ],
)
def test_a_call_that_nobody_took(
    tmp_path: Path, progress: dict[str, object], outcome: AttemptOutcome
) -> None:
    name = leave_call(tmp_path, phone=phone_call(progress={"state": "ended", **progress}))
    folder = folder_of(tmp_path, name)
    assert folder is not None
    (folder / EVENTS).unlink()
    call = read_recorded(tmp_path, name)
    assert call is not None
    assert call.is_over(NOW)
    row = call.row()
    assert (row.outcome, row.answered_at, row.answered_by) == (outcome, None, None)


def test_a_machine_that_was_left_a_message(tmp_path: Path) -> None:
    phone = phone_call(progress={"state": "ended", "outcome": "voicemail"})
    name = leave_call(tmp_path, ("caller", "Leave a message."), phone=phone)
    call = read_recorded(tmp_path, name)
    assert call is not None
    assert (call.row().outcome, call.row().answered_by) == (
        AttemptOutcome.ANSWERED_MACHINE,
        AnsweredBy.MACHINE,
    )


def test_the_record_of_a_process_that_died_is_over_at_once(tmp_path: Path) -> None:
    name = leave_call(tmp_path, HELLO, over=False)
    folder = folder_of(tmp_path, name)
    assert folder is not None
    seen = []
    for seconds in (0.0, 3.0):
        age(tmp_path, name, timedelta(seconds=seconds))
        hold = FolderHold(folder)
        for _ in ("held", "let go"):
            call = read_recorded(tmp_path, name)
            assert call is not None
            seen.append(call.is_over(datetime.now(UTC)))
            hold.release()
    assert seen == [False, False, False, True]


def test_when_a_call_is_over(tmp_path: Path) -> None:
    broken = leave_call(tmp_path, HELLO, over=False)
    folder = folder_of(tmp_path, broken)
    assert folder is not None
    hold = FolderHold(folder)
    ringing = leave_call(tmp_path, HELLO, phone=phone_call(progress={"state": "ringing"}))
    for name, soon in ((broken, SILENT), (ringing, LONGEST_CALL)):
        call = read_recorded(tmp_path, name)
        assert call is not None
        assert not call.is_over(datetime.now(UTC))
        age(tmp_path, name, soon + timedelta(minutes=1))
        call = read_recorded(tmp_path, name)
        assert call is not None
        assert call.is_over(datetime.now(UTC))
    hold.release()


def test_what_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    assert read_recorded(tmp_path, "nonsense") is None
    assert read_recorded(tmp_path, "01a1fb91-b0b4-704b-bf0c-2702bf9e996d") is None
    name = leave_call(tmp_path, HELLO)
    folder = folder_of(tmp_path, name)
    assert folder is not None
    (folder / "call.json").write_text("{")
    with (folder / EVENTS).open("a") as file:
        file.write('[1]\nnonsense\n{"torn": ')
    call = read_recorded(tmp_path, name)
    assert call is not None
    assert (call.phone, call.has_end) == ({}, True)
    assert "torn" not in str(call.entries)
    (folder / EVENTS).write_text('{"event": "call_started", "t": 0.0, "at": "soon", "transport": "pigeon"}\n')
    call = read_recorded(tmp_path, name)
    assert call is not None
    assert (call.moment("call_started"), call.row().transport) == (None, Transport.BROWSER)


def test_sound_has_a_fingerprint_and_a_length(tmp_path: Path) -> None:
    name = leave_call(tmp_path, HELLO, sound=True)
    sound = sound_of(tmp_path, name)
    assert sound is not None
    assert sound.path == f"calls/{began(name).date().isoformat()}/{name}/{RECORDING}"
    assert (sound.ms, len(sound.sha256)) == (1000, 64)
    folder = folder_of(tmp_path, name)
    assert folder is not None
    (folder / RECORDING).write_bytes(b"RIFF")
    assert sound_of(tmp_path, name) is None
    (folder / RECORDING).unlink()
    assert sound_of(tmp_path, name) is None
    assert sound_of(tmp_path, "nonsense") is None


@pytest.mark.parametrize(
    ("number", "good"), [("+12125550100", True), ("12125550100", False), ("anonymous", False)]
)
def test_numbers_have_a_form(number: str, good: bool) -> None:
    assert is_e164(number) is good
