"""Answers that break off, on virtual time: they end where they may, or another model goes on."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.settings import TTSSettings

from processors.failover import Desk
from processors.llm.call_under_way import CallUnderWay
from processors.llm.failover import FailoverLLM
from tests.processors.failing import (
    CLOSED,
    CUT,
    HANG,
    LONG,
    PART,
    QUESTION,
    Team,
    at,
    candidate,
    closed,
    question,
    status,
    switches,
    text,
)
from vantum.core.break_splitter import MARKER
from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.core.going_on import GO_ON
from vantum.testing import Calls, Fails, ScriptedLLM, run_processor

# --- after the first token --------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", [Fails(CUT, LONG), Fails(text=LONG)])
async def test_an_answer_that_broke_off_behind_a_sentence_ends_there(fails: Fails) -> None:
    team = Team([fails], ["No."])
    run = await team.answer()
    assert text(run) == LONG
    assert run.of(ErrorFrame) == []
    said_at = 1.1 + 9 * 0.02
    end = said_at + (0.02 if fails.error else 2.0)
    assert closed(run)[1:] == [(at(end), LLMFullResponseEndFrame)]
    assert team.asked("two") == []
    assert team.faults() == {"one": Fault.NETWORK, "two": None}


@pytest.mark.parametrize(
    ("said", "going_on", "whole"),
    [
        (PART, " Wednesday.", f"{PART} Wednesday."),
        (PART, "Wednesday.", f"{PART} Wednesday."),
        (PART, "Tuesday or on Wednesday.", f"{PART} Wednesday."),
        (PART, f"{PART} Wednesday.", f"{PART} Wednesday."),
        ("No.", "It is late.", "No. It is late."),
        (f"Yes. {MARKER[:4]}", "It is.", f"Yes. {MARKER} It is."),
    ],
)
async def test_the_next_model_goes_on_in_the_same_response(said: str, going_on: str, whole: str) -> None:
    team = Team([Fails(CUT, said)], [going_on])
    run = await team.answer()
    assert text(run) == whole
    assert [kind for _, kind in closed(run)] == list(CLOSED)
    assert run.of(ErrorFrame) == []
    ended = 1.1 + 0.02 * len(said.split())
    assert switches(run) == [(at(ended), "one", "two", Fault.NETWORK)]
    (asked,) = team.asked("two")
    rest = MARKER[4:] if said.endswith(MARKER[:4]) else ""
    assert asked == [
        *QUESTION,
        {"role": "assistant", "content": said + rest},
        {"role": "user", "content": GO_ON},
    ]


async def test_the_only_model_goes_on_itself_after_a_stall() -> None:
    team = Team([Fails(text="It is"), "five."])
    run = await team.answer()
    assert text(run) == "It is five."
    assert run.times(LLMTextFrame) == [1.1, 1.12, 3.22]
    assert switches(run) == []


@pytest.mark.parametrize(
    ("second", "seconds"),
    [
        (HANG, 2.0),
        (Fails(CUT), 0.1),
        (Fails(CUT, "and"), 0.12),
        (Fails(text="and"), 2.1),
        (Fails(status(401)), 0.1),
    ],
)
async def test_who_cannot_go_on_either_ends_the_answer_with_an_error(second: Fails, seconds: float) -> None:
    team = Team([Fails(CUT, "It is")], [second])
    run = await team.answer()
    assert text(run) == " ".join(("It is", second.text)).strip()
    end = at(1.14 + seconds)
    assert [at(time) for time in run.times(ErrorFrame)] == [end]
    assert closed(run)[1:] == [(end, LLMFullResponseEndFrame)]


@pytest.mark.parametrize(
    ("said", "after", "ends"),
    [
        ("It is", 0.1, 3.9),  # a stall of two seconds, and what is left of the time
        ("It is", 2.0, 3.9),  # a shorter stall, so that somebody can still go on
        ("It is", 3.0, 4.52),  # a second's stall, and half a second for another
        ("It is in the old town, behind", 3.0, 7.12),  # the caller hears words: two seconds each
    ],
)
async def test_the_caller_is_not_left_in_silence_by_an_answer_that_begins_and_goes_no_further(
    said: str, after: float, ends: float
) -> None:
    slow = ScriptedLLM([Fails(text=said), HANG], first_token=after)
    desk = Desk(Kind.LLM, [candidate("one", slow)])
    run = await run_processor(FailoverLLM(desk), [(1.0, question())], settle=9.0)
    assert [at(time) for time in run.times(ErrorFrame)] == [at(1.0 + ends)]


async def test_who_goes_on_may_break_off_behind_a_sentence() -> None:
    team = Team([Fails(CUT, "Well,")], [Fails(CUT, LONG)])
    run = await team.answer()
    assert text(run) == f"Well, {LONG}"
    assert run.of(ErrorFrame) == []


@pytest.mark.parametrize(("language", "ends"), [("en", True), ("de-AT", False)])
async def test_a_sentence_ends_by_the_rules_of_the_language(language: str, ends: bool) -> None:
    said = "Wir sehen uns dann hoffentlich wieder am 3."
    team = Team([Fails(CUT, said)], ["Oktober."])
    follows = TTSUpdateSettingsFrame(delta=TTSSettings(language=language))
    run = await run_processor(team.box, [follows, (1.0, question())], settle=3.0)
    assert text(run) == (said if ends else f"{said} Oktober.")


# --- calls ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["", "Let me see.", LONG])
@pytest.mark.parametrize("error", [CUT, None])
async def test_a_call_that_broke_off_is_asked_for_again(said: str, error: Exception | None) -> None:
    team = Team([Fails(error, said, calling=True)], [Calls("", [("order_status", {"order": 1})])])
    run = await team.answer()
    assert text(run) == said
    assert len(run.of(FunctionCallsStartedFrame)) == 2
    assert run.of(ErrorFrame) == []
    (asked,) = team.asked("two")
    assert len(asked) == (3 if said else 1)


async def test_a_call_in_the_making_is_no_silence() -> None:
    class Slow(ScriptedLLM):
        async def _announce(self, calls: object, context: LLMContext) -> None:
            for _ in range(4):
                await asyncio.sleep(1.9)
                await self.push_frame(CallUnderWay())
            await super()._announce(calls, context)  # type: ignore[arg-type]

    slow = Slow([Calls("Let me see.", [("order_status", {})])])
    desk = Desk(Kind.LLM, [candidate("one", slow)])
    run = await run_processor(FailoverLLM(desk), [(1.0, question())], settle=12.0)
    assert run.times(FunctionCallsStartedFrame) == [pytest.approx(8.74)] * 2
    assert run.of(CallUnderWay) == []


async def test_what_fails_behind_its_calls_has_answered() -> None:
    class Late(ScriptedLLM):
        async def _announce(self, calls: object, context: LLMContext) -> None:
            await super()._announce(calls, context)  # type: ignore[arg-type]
            await self.broadcast_frame(
                FunctionCallResultFrame, function_name="x", tool_call_id="1", arguments={}, result=""
            )
            await self.push_error("Too late.", CUT)

    late = Late([Calls("", [("order_status", {})])])
    desk = Desk(Kind.LLM, [candidate("one", late)])
    run = await run_processor(FailoverLLM(desk), [(1.0, question())], settle=3.0)
    assert len(run.of(FunctionCallsStartedFrame)) == 2
    assert (run.of(ErrorFrame), run.of(FunctionCallResultFrame)) == ([], [])
