"""The lines on their way: what the bot is doing after each thing that happens to them."""

from __future__ import annotations

import pytest

from vantum.core.floor import Floor, Kind, Lines


def test_a_line_is_awaited_then_heard_then_over() -> None:
    lines = Lines()
    states = [lines.state]
    for happens in (lambda: lines.begin(Kind.OWN), lines.started, lines.ended):
        happens()
        states.append(lines.state)
    assert states == [Floor.SILENT, Floor.THINKING, Floor.SPEAKING, Floor.SILENT]


def test_lines_end_in_the_order_in_which_they_began() -> None:
    lines = Lines()
    for kind in (Kind.DISCLOSURE, Kind.OWN, Kind.ANSWER):
        lines.begin(kind)
    lines.started()
    ended = [(lines.ended(), lines.state) for _ in range(3)]
    assert [(line.kind, state) for line, state in ended if line is not None] == [
        (Kind.DISCLOSURE, Floor.THINKING),
        (Kind.OWN, Floor.THINKING),
        (Kind.ANSWER, Floor.SILENT),
    ]


@pytest.mark.parametrize(
    ("kind", "interruptible"),
    [(Kind.ANSWER, True), (Kind.OWN, True), (Kind.FAILURE, True), (Kind.DISCLOSURE, False)],
)
def test_only_a_disclosure_is_not_to_be_stopped(kind: Kind, interruptible: bool) -> None:
    lines = Lines()
    lines.begin(kind)
    assert lines.under_way
    assert lines.interruptible is interruptible


def test_what_is_not_under_way_is_not_to_be_stopped() -> None:
    lines = Lines()
    lines.draft()
    assert not lines.interruptible
    lines.commit()
    assert lines.interruptible


def test_nothing_starts_that_is_not_awaited() -> None:
    lines = Lines()
    lines.started()
    states = [lines.state]
    lines.draft()
    lines.started()
    assert [*states, lines.state] == [Floor.SILENT, Floor.DRAFTING]


def test_a_draft_that_is_over_before_it_counts_leaves_silence() -> None:
    lines = Lines()
    lines.draft()
    lines.ended()
    states = [lines.state]
    lines.commit()
    assert [*states, lines.state] == [Floor.DRAFTING, Floor.SILENT]


def test_a_line_behind_a_draft_does_not_make_it_count() -> None:
    lines = Lines()
    lines.draft()
    lines.begin(Kind.OWN)
    assert lines.state is Floor.DRAFTING


def test_the_answer_is_the_last_one_begun() -> None:
    lines = Lines()
    answers = [lines.answer]
    for kind in (Kind.ANSWER, Kind.ANSWER, Kind.OWN):
        lines.begin(kind)
        answers.append(lines.answer)
    for _ in range(2):
        lines.ended()
        answers.append(lines.answer)
    _, first, second, *later = answers
    assert first is not second
    assert [each is second for each in later] == [True, True, False]
    assert (answers[0], answers[-1]) == (None, None)


def test_a_cut_ends_all_lines_in_one_report_about_the_first() -> None:
    lines = Lines()
    lines.begin(Kind.ANSWER)
    lines.begin(Kind.OWN)
    lines.cut()
    assert (lines.state, lines.under_way) == (Floor.CUTTING, False)
    cut = lines.was_cut()
    assert cut is not None
    assert cut.kind is Kind.ANSWER
    assert (lines.state, lines.ended()) == (Floor.SILENT, None)


def test_a_line_begun_after_the_cut_lives_on() -> None:
    lines = Lines()
    lines.begin(Kind.ANSWER)
    lines.cut()
    lines.begin(Kind.OWN)
    states = [lines.state]
    lines.was_cut()
    assert [*states, lines.state] == [Floor.CUTTING, Floor.THINKING]
    last = lines.ended()
    assert last is not None
    assert last.kind is Kind.OWN


def test_a_line_that_ended_just_before_the_cut_is_not_cut_too() -> None:
    lines = Lines()
    lines.begin(Kind.ANSWER)
    lines.begin(Kind.FAILURE)
    lines.cut()
    ended, cut = lines.ended(), lines.was_cut()
    assert ended is not None
    assert cut is not None
    assert (ended.kind, cut.kind) == (Kind.ANSWER, Kind.FAILURE)


def test_stray_reports_change_nothing() -> None:
    lines = Lines()
    assert (lines.ended(), lines.was_cut()) == (None, None)
    lines.begin(Kind.OWN)
    assert lines.was_cut() is None
    assert lines.state is Floor.THINKING


def test_the_report_of_a_cut_of_nothing_names_no_line() -> None:
    lines = Lines()
    lines.cut()
    assert (lines.was_cut(), lines.state) == (None, Floor.SILENT)
