"""The campaign's benchmark itself: its numbers, its signature, and what it counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.campaign.cast import (
    DIALS,
    OUTCOMES,
    RINGING_PLACE,
    SHARES,
    Kind,
    kind_of,
    number_of,
    place_of,
)
from benchmarks.campaign.checks import Evidence, busiest_moment, busiest_second
from benchmarks.campaign.journal import Entry, Journal, Seen, read
from benchmarks.campaign.signing import signature
from tests.wire.twilio_signature import Signer
from vantum.phone.numbers import e164


def test_every_kind_comes_as_often_as_it_should() -> None:
    counts = Counter(kind_of(number_of(place)) for place in range(len(SHARES)))
    assert counts == Counter(SHARES)
    assert set(SHARES) == set(Kind) - {Kind.RINGS} == set(DIALS) - {Kind.RINGS}
    assert set(OUTCOMES) == set(Kind)
    assert kind_of(number_of(RINGING_PLACE)) is Kind.RINGS


@pytest.mark.parametrize("place", [0, 1, 499, 10_035, RINGING_PLACE + 11])
def test_a_number_can_be_called_and_tells_its_place(place: int) -> None:
    assert e164(number_of(place)) == number_of(place)
    assert place_of(number_of(place)) == place


def test_it_signs_as_the_other_stand_in_does() -> None:
    url, form = "https://benchmark.example.test/twilio/status/1", {"CallSid": "CA1", "CallStatus": "busy"}
    theirs = Signer("token").headers(url, form)["X-Twilio-Signature"]
    assert signature("token", url, form) == theirs


@pytest.mark.parametrize(
    ("times", "most"),
    [([], 0), ([1.0], 1), ([0.0, 0.9, 1.0], 2), ([0.0, 0.5, 0.999, 1.4], 3), ([3.0, 1.0, 2.0], 1)],
)
def test_the_busiest_second_begins_anywhere(times: list[float], most: int) -> None:
    assert busiest_second(times) == most


def test_the_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.add(Seen.DIALED, "+1", "a", "CA1")
    journal.add(Seen.DIALED, "+2", "b", "CA2")
    journal.add(Seen.OVER, "+1", "a", "CA1", "busy")
    journal.close()
    entries = list(read(tmp_path / "journal.jsonl"))
    assert [(e.seen, e.to, e.call, e.sid, e.word) for e in entries] == [
        (Seen.DIALED, "+1", "a", "CA1", ""),
        (Seen.DIALED, "+2", "b", "CA2", ""),
        (Seen.OVER, "+1", "a", "CA1", "busy"),
    ]
    assert busiest_moment(Evidence(entries, [], {})) == 2
    later = [*entries, Entry(entries[-1].at + 1.0, Seen.DIALED, "+3", "c", "CA3")]
    assert busiest_moment(Evidence(later, [], {})) == 2
    assert list(read(tmp_path / "none.jsonl")) == []
