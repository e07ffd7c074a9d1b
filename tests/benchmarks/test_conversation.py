"""The benchmark of conversations does not rot: what it judges is right on paper, and each partner answers once."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.conversation.__main__ import arguments, main, plan
from benchmarks.conversation.chart import latency_chart
from benchmarks.conversation.judging import Part, Trial
from benchmarks.conversation.stage import Partner
from benchmarks.conversation.trials import CONVERSATIONS, calls_of
from benchmarks.conversation.verdict import rows

# --- what it comes to -------------------------------------------------------------------------------


def trials(part: Part, *figures: float) -> list[Trial]:
    return [Trial(part, True, figure) for figure in figures]


def test_latency_is_compared_with_stock_pipecat_of_the_same_run() -> None:
    found = {
        Partner.STOCK: trials(Part.LATENCY, 0.82, 0.84, 0.86),
        Partner.VANTUM: trials(Part.LATENCY, 0.64, 0.65, 0.66),
        Partner.PLAIN: trials(Part.LATENCY, 0.77, 0.78, 0.95),
    }
    assert [(row.figures[min(row.figures)], row.passed) for row in rows(found)] == [
        ("840 / 860 ms", True),
        ("780 / 950 ms", False),
        ("190 ms", True),
    ]


@pytest.mark.parametrize(
    ("some", "passed"),
    [
        (trials(Part.INTERRUPTION, 0.2, 0.29), True),
        (trials(Part.INTERRUPTION, 0.2, 0.4), False),
        ([*trials(Part.INTERRUPTION, 0.2), Trial(Part.INTERRUPTION, False)], False),
        (trials(Part.NOISE, 0.7, 0.8), True),
        (trials(Part.NOISE, 0.7, 0.9), False),
        ([*trials(Part.PAUSE, *[0.0] * 9), Trial(Part.PAUSE, False)], True),
        ([*trials(Part.PAUSE, *[0.0] * 8), *[Trial(Part.PAUSE, False)] * 2], False),
        (trials(Part.HEARD, 0.0, 1.0), True),
        ([Trial(Part.HEARD, False, 2.0)], False),
        ([Trial(Part.RANDOM, False)], False),
        ([Trial(Part.BACKCHANNEL, False)], False),
    ],
)
def test_vantum_does_what_it_must(some: list[Trial], passed: bool) -> None:
    [row] = rows({Partner.VANTUM: some})
    assert row.passed is passed


def test_nothing_is_said_of_what_vantum_was_not_measured_in() -> None:
    [row] = rows({Partner.STOCK: trials(Part.HEARD, 0.0)})
    assert row.passed is None
    assert rows({}) == []


def test_the_chart_has_two_bars_for_each_partner() -> None:
    found = {Partner.STOCK: trials(Part.LATENCY, 0.84), Partner.VANTUM: trials(Part.LATENCY, 0.65)}
    drawn = ElementTree.fromstring(latency_chart(found, "a <note>"))
    labels = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert labels[1::2][:4] == [
        "stock pipecat, median",
        "stock pipecat, 95 %",
        "Vantum, median",
        "Vantum, 95 %",
    ]


def test_turns_are_shared_out_among_callers_and_their_calls() -> None:
    assert calls_of(50, 5) == [[range(start, start + 10)] for start in range(0, 50, 10)]
    assert calls_of(25, 1) == [[range(10), range(10, 20), range(20, 25)]]
    assert calls_of(2, 5) == [[range(1)], [range(1, 2)]]


def test_the_plan_alternates_between_the_partners() -> None:
    every = plan(arguments().parse_args([]))
    assert [[str(partner) for partner, _ in jobs] for jobs in every[:4]] == [
        ["stock"],
        ["vantum"],
        ["plain"],
        ["stock"],
    ]
    assert len(every) == 2 * len(CONVERSATIONS) + 1
    [[(partner, group)]] = plan(
        arguments().parse_args(["--quick", "--with", "vantum", "--part", "heard", "pause"])
    )
    assert partner is Partner.VANTUM
    assert [(one.parts, one.turns) for one in group] == [
        ((Part.INTERRUPTION, Part.HEARD), 1),
        ((Part.PAUSE,), 1),
    ]


# --- in earnest -------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.real_time
def test_each_partner_is_heard_and_the_results_are_written(tmp_path: Path) -> None:
    main(["--quick", "--part", "latency", "heard", "--with", "stock", "vantum", "--results", str(tmp_path)])
    [data] = tmp_path.glob("*.json")
    rounds = json.loads(data.read_text())["rounds"]
    assert [one["partner"] for one in rounds] == ["stock", "vantum"]
    for one in rounds:
        latency = [trial["figure"] for trial in one["trials"] if trial["part"] == "latency"]
        # What was heard of an answer may not be told on a busy machine; that it was measured is.
        heard = [trial["figure"] for trial in one["trials"] if trial["part"] == "heard"]
        assert len(latency) == len(heard) == 1
        assert 0.4 < latency[0] < 5.0
    ElementTree.fromstring(next(iter(tmp_path.glob("*.svg"))).read_text())
