"""A line: what is said on it, and a verdict that waits for the stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from tests.vantum.phone.calls_kit import GERMANY, new_call
from vantum.calls import Calls, Seat
from vantum.core.events import (
    DispositionRecorded,
    Event,
    MachineDetected,
    SessionStarted,
    Transcript,
    TransferRequested,
)
from vantum.core.machine import AnsweredBy
from vantum.live_call import LiveCall
from vantum.phone.book import CallBook
from vantum.phone.line import MACHINE, VOICEMAIL, Line
from vantum.testing import at_rest

MESSAGE = "Please call back."


@dataclass(slots=True)
class FakeLive:
    """A live call that remembers how it was to end."""

    voicemail: str = MESSAGE
    published: list[Event] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    def publish(self, event: Event) -> None:
        self.published.append(event)

    def end_with(self, words: str, reason: str) -> None:
        self.ended.append((words, reason))

    def hang_up(self, reason: str) -> None:
        self.ended.append(("", reason))

    @property
    def call(self) -> LiveCall:
        """As a line wants it."""
        return cast(LiveCall, self)


@dataclass(frozen=True, slots=True)
class Told:
    """A line, and the call that it writes to."""

    line: Line
    book: CallBook
    call_id: str

    @property
    def machine(self) -> bool:
        """Whether the book knows that a machine was reached."""
        call = self.book.live(self.call_id)
        assert call is not None
        return call.progress.machine


@pytest.fixture
async def told(tmp_path: Path) -> AsyncGenerator[Told, None]:
    book = CallBook(tmp_path)
    call = await book.create(new_call())
    line = Line(Seat(cast(Calls, None)), lambda change: book.change(call.id, change))
    yield Told(line, book, call.id)
    await at_rest()
    book.close()


VERDICTS = [
    (AnsweredBy.HUMAN, MESSAGE, []),
    (AnsweredBy.UNKNOWN, MESSAGE, []),
    (AnsweredBy.MACHINE_START, MESSAGE, []),
    (AnsweredBy.MACHINE_END_BEEP, MESSAGE, [(MESSAGE, VOICEMAIL)]),
    (AnsweredBy.MACHINE_END_SILENCE, MESSAGE, [(MESSAGE, VOICEMAIL)]),
    (AnsweredBy.MACHINE_END_OTHER, MESSAGE, [(MESSAGE, VOICEMAIL)]),
    (AnsweredBy.MACHINE_END_BEEP, "", [("", MACHINE)]),
    (AnsweredBy.MACHINE_START, "", [("", MACHINE)]),
    (AnsweredBy.FAX, MESSAGE, [("", MACHINE)]),
]


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(("verdict", "message", "ended"), VERDICTS)
async def test_a_verdict_has_its_effect_once_the_stream_is_up(
    told: Told, verdict: AnsweredBy, message: str, ended: list[tuple[str, str]], early: bool
) -> None:
    live = FakeLive(message)
    if early:
        told.line.judge(verdict)
        assert not told.machine
        told.line.connect(live.call)
    else:
        told.line.connect(live.call)
        assert live.published == []
        told.line.judge(verdict)
    assert live.ended == ended
    assert told.machine == bool(ended)
    [event] = live.published
    assert isinstance(event, MachineDetected)
    assert event.answered_by == verdict


@pytest.mark.parametrize(
    ("heard", "human"),
    [
        ([Transcript("Hello, who is this?", final=True)], True),
        ([Transcript("Hello, who is this?", final=False)], False),
        ([Transcript("  ", final=True)], False),
        (
            [Transcript("Hello.", final=True), Transcript("Leave a message after the tone.", final=True)],
            False,
        ),
        ([Transcript("Leave a message after the tone.", final=True), Transcript("Hello?", final=True)], True),
        ([SessionStarted()], False),
        ([], False),
    ],
)
async def test_only_a_human_s_final_words_count(told: Told, heard: list[Event], human: bool) -> None:
    live = FakeLive()
    told.line.connect(live.call)
    for event in heard:
        told.line.watch(event)
    told.line.judge(AnsweredBy.MACHINE_END_BEEP)
    assert live.ended == ([] if human else [(MESSAGE, VOICEMAIL)])
    assert told.machine != human


async def test_the_book_keeps_what_the_bot_notes(told: Told) -> None:
    told.line.watch(DispositionRecorded("interested", "on Monday"))
    told.line.watch(DispositionRecorded("sold"))
    told.line.watch(TransferRequested(GERMANY))
    call = told.book.live(told.call_id)
    assert call is not None
    expected = replace(call, disposition="sold", notes="on Monday", transferred_to=GERMANY)
    assert call == expected


async def test_of_a_call_that_is_over_nothing_more_is_written(told: Told) -> None:
    line = Line(Seat(cast(Calls, None)), lambda change: told.book.change("over", change))
    live = FakeLive()
    line.connect(live.call)
    line.judge(AnsweredBy.FAX)
    assert live.ended == [("", MACHINE)]
