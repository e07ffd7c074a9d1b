"""Language models that fail before they begin, on virtual time: who is asked, when, and what comes of it."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    InputTransportMessageFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContextMessage
from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from tests.processors.failing import (
    CUT,
    HANG,
    QUESTION,
    TOO_LONG,
    Team,
    at,
    candidate,
    closed,
    question,
    status,
    switches,
    text,
)
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.events import ContextTooLong
from vantum.core.faults import Fault
from vantum.testing import Fails, ScriptedLLM, run_processor
from vantum.testing.scripted_llm import Scripted

# --- before the first token ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "first", "attempts"),
    [
        ([Fails(CUT), "Yes."], 1.2, 2),
        ([Fails(CUT), Fails(CUT), "Yes."], 1.4, 3),
        ([Fails(status(503)), Fails(status(500)), Fails(CUT), "Yes."], 2.0, 4),
        ([Fails(status(429)), "Yes."], 2.2, 2),
        ([Fails(status(429, retry_after="2")), "Yes."], 3.2, 2),
        ([Fails(status(429, retry_after_ms="500", retry_after="9")), "Yes."], 1.7, 2),
    ],
)
async def test_the_only_model_is_asked_again(answers: list[Scripted], first: float, attempts: int) -> None:
    team = Team(answers)
    run = await team.answer()
    assert run.times(LLMTextFrame) == [first]
    assert closed(run) == [(1.0, LLMFullResponseStartFrame), (first, LLMFullResponseEndFrame)]
    assert team.asked("one") == [QUESTION] * attempts
    assert run.of(ErrorFrame) == []
    assert len(team.models["one"]) == 1


@pytest.mark.parametrize(
    ("answers", "seconds", "attempts", "fault"),
    [
        ([Fails(CUT)] * 9, 1.0, 4, Fault.NETWORK),
        ([HANG], 3.9, 1, Fault.NETWORK),
        ([Fails(CUT), HANG], 3.9, 2, Fault.NETWORK),
        ([Fails(status(401))], 0.1, 1, Fault.AUTH),
        ([Fails(status(429, "insufficient_quota"))], 0.1, 1, Fault.AUTH),
        ([Fails(status(404))], 0.1, 1, Fault.FATAL),
        ([Fails(status(429))] * 2, 1.2, 2, Fault.RATE_LIMIT),
        ([Fails(status(429, retry_after="3"))] * 2, 3.2, 2, Fault.RATE_LIMIT),
        ([Fails(status(429, retry_after="3.1"))], 0.1, 1, Fault.RATE_LIMIT),
    ],
)
async def test_nobody_answers_and_the_conversation_is_told_in_time(
    answers: list[Scripted], seconds: float, attempts: int, fault: Fault
) -> None:
    team = Team(answers)
    run = await team.answer()
    assert closed(run) == [
        (1.0, LLMFullResponseStartFrame),
        (at(1.0 + seconds), LLMFullResponseEndFrame),
    ]
    (error,) = run.of(ErrorFrame)
    assert run.times(ErrorFrame) == [pytest.approx(1.0 + seconds)]
    assert isinstance(error.exception, ProviderError)
    assert (error.exception.kind, error.exception.fault) == ("llm", fault)
    assert len(team.asked("one")) == attempts
    assert team.faults() == {"one": fault}


@pytest.mark.parametrize(
    ("answers", "first", "fault"),
    [
        ([HANG], 3.6, Fault.NETWORK),
        ([Fails(CUT)] * 4, 2.1, Fault.NETWORK),
        ([Fails(status(401))], 1.2, Fault.AUTH),
        ([Fails(status(400))], 1.2, Fault.FATAL),
        ([Fails(status(429, retry_after="2"))], 1.2, Fault.RATE_LIMIT),
        ([Fails(status(429, retry_after="1")), Fails(status(429))], 2.3, Fault.RATE_LIMIT),
    ],
)
async def test_the_next_model_answers(answers: list[Scripted], first: float, fault: Fault) -> None:
    team = Team(answers, ["Hello there."])
    run = await team.answer()
    assert run.times(LLMTextFrame) == [pytest.approx(first), pytest.approx(first + 0.02)]
    assert switches(run) == [(at(first - 0.1), "one", "two", fault)]
    assert run.of(ErrorFrame) == []
    assert team.asked("two") == [QUESTION]
    assert team.faults() == {"one": fault, "two": None}


@pytest.mark.parametrize(
    ("count", "seconds", "asked_at"),
    [(1, 4.0, [1.0]), (2, 4.0, [1.0, 3.5]), (3, 4.0, [1.0, 3.5, 4.4]), (2, 1.0, [1.0, 1.45])],
)
async def test_all_who_never_answer_share_the_time(count: int, seconds: float, asked_at: list[float]) -> None:
    team = Team(*[[HANG]] * count, seconds=seconds)
    run = await team.answer()
    assert run.times(ErrorFrame) == [pytest.approx(1.0 + seconds - 0.1)]
    assert [1.0, *(time for time, *_ in switches(run))] == pytest.approx(asked_at)
    assert [model.stopped for models in team.models.values() for model in models] == [1] * count


async def test_a_model_that_cannot_be_made_is_passed_over() -> None:
    def make() -> FrameProcessor:
        raise ValueError("api_key is missing: invalid api key")

    other = ScriptedLLM(["Yes."])
    desk = Desk(Kind.LLM, [Candidate("one", make), candidate("two", other)])
    run = await run_processor(FailoverLLM(desk), [(1.0, question())], settle=5.0)
    assert text(run) == "Yes."
    assert switches(run) == [(1.0, "one", "two", Fault.AUTH)]


async def test_a_model_whose_set_up_fails_is_passed_over() -> None:
    class Unable(ScriptedLLM):
        async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
            raise status(401)

    other = ScriptedLLM(["Yes."])
    candidates = [
        candidate("one", Unable([])),
        candidate("two", other),
    ]
    run = await run_processor(FailoverLLM(Desk(Kind.LLM, candidates)), [(1.0, question())], settle=5.0)
    assert text(run) == "Yes."
    assert switches(run) == [(1.0, "one", "two", Fault.AUTH)]


async def test_one_that_does_not_stop_is_left_and_another_of_its_kind_is_made() -> None:
    team = Team([Fails(stubborn=True), "Yes."], seconds=1.0)
    run = await team.answer((2.0, question()))
    assert run.times(ErrorFrame) == [pytest.approx(1.9)]
    assert text(run) == "Yes."
    assert run.times(LLMTextFrame) == [pytest.approx(2.3)]
    assert len(team.models["one"]) == 2


# --- a conversation that is too long ------------------------------------------------------------------------

TALK: list[LLMContextMessage] = [
    {"role": "user", "content": f"{number}"}
    if number % 2 == 0
    else {"role": "assistant", "content": f"{number}"}
    for number in range(7)
]


async def test_a_conversation_that_is_too_long_is_halved_once_and_the_aggregator_is_told() -> None:
    team = Team([Fails(TOO_LONG), "Yes."])
    run = await run_processor(team.box, [(1.0, question(TALK))], settle=3.0)
    assert run.times(LLMTextFrame) == [1.2]
    assert team.asked("one") == [TALK, TALK[3:]]
    [(time, told)] = run.up
    assert isinstance(told, InputTransportMessageFrame)
    assert (time, told.message) == (1.1, ContextTooLong())
    assert team.faults() == {"one": None}


async def test_one_that_is_still_too_long_goes_to_the_next_as_it_is() -> None:
    team = Team([Fails(TOO_LONG), Fails(TOO_LONG)], ["Yes."])
    run = await run_processor(team.box, [(1.0, question(TALK))], settle=3.0)
    assert team.asked("two") == [TALK[3:]]
    assert text(run) == "Yes."
    assert team.faults() == {"one": Fault.FATAL, "two": None}


async def test_a_single_message_that_is_too_long_cannot_be_halved() -> None:
    run = await Team([Fails(TOO_LONG)]).answer()
    assert run.times(ErrorFrame) == [1.1]
