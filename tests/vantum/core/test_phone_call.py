"""A phone call's progress: whatever order the carrier's reports come in, it ends the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.carrier_fault import meaning
from vantum.core.phone_call import (
    SIP_WORDS,
    EndedBy,
    Outcome,
    PhoneState,
    Progress,
    StatusReport,
    closed,
    is_reputation_signal,
    left_voicemail,
    reported,
)

START = Progress()
ANSWERED = Progress(PhoneState.IN_PROGRESS, sequence=2)


def after(*reports: StatusReport, start: Progress = START) -> Progress:
    progress = start
    for report in reports:
        progress = reported(progress, report)
    return progress


def ended(status: str, sip_code: int | None = None, error_code: int | None = None) -> Progress:
    return after(StatusReport(3, status, sip_code, error_code))


# --- states -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", PhoneState.QUEUED),
        ("initiated", PhoneState.INITIATED),
        ("ringing", PhoneState.RINGING),
        ("in-progress", PhoneState.IN_PROGRESS),
        ("answered", PhoneState.IN_PROGRESS),
    ],
)
def test_a_word_of_the_carrier_is_a_state(status: str, state: PhoneState) -> None:
    assert after(StatusReport(0, status)) == Progress(state, sequence=0)


@pytest.mark.parametrize("status", ["", "paused", "COMPLETED", "ended", "voicemail", "declined"])
def test_an_unknown_word_changes_nothing(status: str) -> None:
    assert after(StatusReport(9, status), start=ANSWERED) is ANSWERED


@pytest.mark.parametrize("status", ["initiated", "ringing", "in-progress", "completed"])
@pytest.mark.parametrize("sequence", [0, 1, 2])
def test_a_late_or_doubled_report_changes_nothing(status: str, sequence: int) -> None:
    assert after(StatusReport(sequence, status), start=ANSWERED) is ANSWERED


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress"])
def test_a_newer_report_of_a_state_that_is_over_raises_the_sequence_only(status: str) -> None:
    assert after(StatusReport(7, status), start=ANSWERED) == replace(ANSWERED, sequence=7)


def test_a_fetched_report_is_the_newest_and_has_no_sequence() -> None:
    ringing = Progress(PhoneState.RINGING, sequence=5)
    assert after(StatusReport(None, "in-progress"), start=ringing) == Progress(
        PhoneState.IN_PROGRESS, sequence=5
    )
    assert after(StatusReport(None, "initiated"), start=ringing) == ringing
    over = after(StatusReport(None, "completed", duration_seconds=4), start=ringing)
    assert (over.state, over.sequence, over.outcome) == (PhoneState.ENDED, 5, Outcome.COMPLETED)
    assert over.duration_seconds == 4


# --- outcomes and their words -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "sip_code", "error_code", "outcome", "reason"),
    [
        ("completed", None, None, Outcome.COMPLETED, "The call was completed."),
        ("completed", 200, None, Outcome.COMPLETED, "The call was completed."),
        ("canceled", None, None, Outcome.CANCELED, "The call was canceled."),
        ("canceled", 487, None, Outcome.CANCELED, "The call was canceled."),
        ("busy", None, None, Outcome.BUSY, "The line was busy."),
        ("busy", 486, None, Outcome.BUSY, "The line was busy (SIP 486)."),
        ("busy", 603, None, Outcome.DECLINED, "The callee declined the call (SIP 603)."),
        ("no-answer", None, None, Outcome.NO_ANSWER, "Nobody answered."),
        ("no-answer", 199, None, Outcome.NO_ANSWER, "Nobody answered (SIP 199)."),
        ("no-answer", 600, None, Outcome.BUSY, "The callee is busy on every line (SIP 600)."),
        ("no-answer", 603, None, Outcome.DECLINED, "The callee declined the call (SIP 603)."),
        ("no-answer", 607, None, Outcome.DECLINED, "The callee rejected the call as unwanted (SIP 607)."),
        ("failed", None, None, Outcome.FAILED, "The call failed."),
        ("failed", 404, None, Outcome.FAILED, "The number does not exist (SIP 404)."),
        ("failed", 408, None, Outcome.FAILED, "The callee's network did not respond in time (SIP 408)."),
        ("failed", 480, None, Outcome.FAILED, "The callee is unavailable at the moment (SIP 480)."),
        ("failed", 487, None, Outcome.FAILED, "The call was ended before anybody answered (SIP 487)."),
        ("failed", 486, None, Outcome.BUSY, "The line was busy (SIP 486)."),
        ("failed", 608, 13224, Outcome.DECLINED, f"{SIP_WORDS[608]} (SIP 608)."),
        ("failed", 499, None, Outcome.FAILED, "The call failed (SIP 499)."),
        ("failed", 403, 13227, Outcome.FAILED, meaning(13227)),
        ("failed", None, 13224, Outcome.FAILED, meaning(13224)),
        ("failed", 403, 12345, Outcome.FAILED, "The callee's network forbids the call (SIP 403)."),
        ("failed", None, 12345, Outcome.FAILED, "The call failed (error 12345)."),
    ],
)
def test_an_end_has_an_outcome_and_a_reason(
    status: str, sip_code: int | None, error_code: int | None, outcome: Outcome, reason: str
) -> None:
    progress = ended(status, sip_code, error_code)
    assert (progress.state, progress.ended_by) == (PhoneState.ENDED, EndedBy.CARRIER)
    assert (progress.outcome, progress.reason, progress.sip_code) == (outcome, reason, sip_code)


@pytest.mark.parametrize(
    "sip_code",
    [
        *(400, 401, 403, 404, 405, 407, 408, 410, 413, 415, 480, 481, 484, 485, 486, 487, 488, 491),
        *(500, 502, 503, 504, 600, 603, 604, 606, 607, 608),
    ],
)
def test_the_usual_sip_codes_have_words_of_their_own(sip_code: int) -> None:
    words = SIP_WORDS[sip_code]
    assert words[0].isupper()
    assert not words.endswith(".")
    assert list(SIP_WORDS.values()).count(words) == 1


def test_a_call_rejected_as_unwanted_is_a_signal_of_reputation() -> None:
    codes = (None, 200, 486, 603, 606, 607, 608)
    assert [code for code in codes if is_reputation_signal(ended("failed", code))] == [607, 608]


# --- an ended call ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["queued", "ringing", "in-progress"])
@pytest.mark.parametrize("sequence", [None, 0, 9])
def test_no_report_brings_an_ended_call_back(status: str, sequence: int | None) -> None:
    for over in (ended("busy"), closed(ANSWERED, Outcome.COMPLETED, "The bot hung up.")):
        assert after(StatusReport(sequence, status), start=over) is over


@pytest.mark.parametrize("sequence", [None, 1, 3, 9])
def test_a_second_end_fills_in_facts_and_changes_no_other(sequence: int | None) -> None:
    over = ended("no-answer")
    more = after(StatusReport(sequence, "failed", 603, 13224, 7), start=over)
    assert more == replace(over, sip_code=603, duration_seconds=7)
    assert after(StatusReport(sequence, "failed", 404, None, 9), start=more) == more


def test_our_own_end_is_kept_as_we_said_it() -> None:
    over = closed(ANSWERED, Outcome.COMPLETED, "The bot hung up.")
    assert over == Progress(PhoneState.ENDED, 2, Outcome.COMPLETED, "The bot hung up.", ended_by=EndedBy.US)


def test_an_ended_call_is_not_closed_again() -> None:
    for over in (ended("busy"), closed(START, Outcome.FAILED, "The carrier is down.")):
        assert closed(over, Outcome.CANCELED, "Stopped.") is over


def test_the_carriers_outcome_replaces_our_guess() -> None:
    guess = closed(ANSWERED, Outcome.CANCELED, "Stopped.")
    over = after(StatusReport(3, "completed", 200, duration_seconds=12), start=guess)
    assert over == Progress(
        PhoneState.ENDED,
        3,
        Outcome.COMPLETED,
        "The call was completed.",
        sip_code=200,
        duration_seconds=12,
        ended_by=EndedBy.CARRIER,
    )


def test_our_reason_stays_when_the_carrier_agrees() -> None:
    end = StatusReport(3, "completed", duration_seconds=12)
    over = after(end, start=closed(ANSWERED, Outcome.COMPLETED, "The bot hung up."))
    assert (over.outcome, over.reason, over.ended_by) == (
        Outcome.COMPLETED,
        "The bot hung up.",
        EndedBy.CARRIER,
    )
    silent = after(end, start=closed(ANSWERED, Outcome.COMPLETED, ""))
    assert silent.reason == "The call was completed."


def test_a_late_end_fills_in_our_guess_and_does_not_replace_it() -> None:
    guess = closed(ANSWERED, Outcome.CANCELED, "Stopped.")
    filled = after(StatusReport(1, "failed", 603), start=guess)
    assert filled == replace(guess, sip_code=603)
    # What was filled in counts when the newest report, which was fetched, comes without it.
    assert after(StatusReport(None, "failed"), start=filled).outcome is Outcome.DECLINED


# --- answering machines -----------------------------------------------------------------------------


def test_a_machine_makes_a_completed_call_a_voicemail_now_or_later() -> None:
    end = StatusReport(3, "completed", duration_seconds=12)
    before = after(end, start=left_voicemail(ANSWERED))
    behind = left_voicemail(after(end, start=ANSWERED))
    assert before == behind
    assert (before.outcome, before.reason) == (Outcome.VOICEMAIL, "An answering machine took the call.")
    assert left_voicemail(before) == before


def test_a_machine_leaves_the_state_of_a_call_under_way() -> None:
    assert left_voicemail(ANSWERED) == replace(ANSWERED, machine=True)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_machine_changes_no_other_outcome(status: str) -> None:
    over = ended(status)
    assert left_voicemail(over) == replace(over, machine=True)
    assert after(StatusReport(3, status), start=left_voicemail(ANSWERED)) == left_voicemail(over)


def test_a_call_that_we_close_at_a_machine_is_a_voicemail_with_our_reason() -> None:
    first = closed(left_voicemail(ANSWERED), Outcome.COMPLETED, "The bot hung up.")
    last = left_voicemail(closed(ANSWERED, Outcome.COMPLETED, "The bot hung up."))
    assert first == last
    assert (first.outcome, first.reason) == (Outcome.VOICEMAIL, "The bot hung up.")


def test_a_voicemail_that_we_closed_stays_one_when_the_carrier_says_completed() -> None:
    guess = closed(ANSWERED, Outcome.VOICEMAIL, "The message was left.")
    over = after(StatusReport(3, "completed"), start=guess)
    assert (over.outcome, over.reason) == (Outcome.VOICEMAIL, "The message was left.")


# --- any order --------------------------------------------------------------------------------------

ENDS = st.builds(
    StatusReport,
    sequence=st.just(0),
    status=st.sampled_from(["completed", "busy", "no-answer", "failed", "canceled"]),
    sip_code=st.sampled_from([None, 200, 404, 486, 487, 603, 608]),
    error_code=st.sampled_from([None, 13224, 12345]),
    duration_seconds=st.sampled_from([None, 0, 12]),
)


@st.composite
def legal(draw: st.DrawFn) -> list[StatusReport]:
    """The reports of one call in their order: some of the states on its way, and perhaps its end."""
    way = ["queued", "initiated", "ringing", draw(st.sampled_from(["in-progress", "answered"]))]
    reports = [StatusReport(0, status) for status in way if draw(st.booleans())]
    if draw(st.booleans()):
        reports.append(draw(ENDS))
    return [replace(report, sequence=number) for number, report in enumerate(reports)]


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[StatusReport], list[StatusReport]]:
    """A call's reports in order; and all of them in any order, some twice or more."""
    reports = draw(legal())
    doubles = draw(st.lists(st.sampled_from(reports), max_size=6)) if reports else []
    return reports, draw(st.permutations(reports + doubles))


@given(shuffled())
def test_any_order_with_doubles_ends_the_same(reports: tuple[list[StatusReport], list[StatusReport]]) -> None:
    in_order, in_any_order = reports
    assert after(*in_any_order) == after(*in_order)


@given(shuffled(), st.integers(0, 12))
def test_a_machine_may_be_found_at_any_time(
    reports: tuple[list[StatusReport], list[StatusReport]], at: int
) -> None:
    in_order, in_any_order = reports
    found = left_voicemail(after(*in_any_order[:at]))
    assert after(*in_any_order[at:], start=found) == left_voicemail(after(*in_order))


@given(shuffled(), st.integers(0, 12), st.sampled_from(Outcome))
def test_the_carriers_end_wins_whenever_we_close(
    reports: tuple[list[StatusReport], list[StatusReport]], at: int, outcome: Outcome
) -> None:
    in_order, in_any_order = reports
    guess = closed(after(*in_any_order[:at]), outcome, "Ours.")
    over, expected = after(*in_any_order[at:], start=guess), after(*in_order)
    assert over.state is PhoneState.ENDED
    if expected.outcome is None:
        assert (over.outcome, over.ended_by) == (outcome, EndedBy.US)
    elif outcome is not Outcome.VOICEMAIL:
        assert (over.outcome, over.ended_by) == (expected.outcome, EndedBy.CARRIER)


@given(
    st.lists(st.one_of(ENDS, legal().map(lambda reports: reports[-1] if reports else StatusReport(None, ""))))
)
def test_no_report_takes_a_state_or_a_fact_back(reports: list[StatusReport]) -> None:
    order = list(PhoneState)
    progress = START
    for report in reports:
        later = reported(progress, report)
        assert order.index(later.state) >= order.index(progress.state)
        assert later.sequence >= progress.sequence
        assert progress.outcome in (None, later.outcome)
        assert progress.sip_code in (None, later.sip_code)
        assert reported(later, report) == later
        progress = later
