"""A conversation whose language models fail, on virtual time: what the caller is owed, and what is asked next."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from tests.processors.conversing import PLAIN, final, heard, said, token
from vantum.core.choice import Kind
from vantum.core.phrases import phrases
from vantum.testing import CallScript, Fails, ScriptedCall, ScriptedLLM, run_processor
from vantum.testing.scripted_llm import Scripted

TOO_LONG = httpx.HTTPStatusError(
    "maximum context length exceeded",
    request=httpx.Request("POST", "https://api.test"),
    response=httpx.Response(400),
)


def talk(*answers: Scripted) -> tuple[ContextAggregator, ScriptedLLM, Pipeline]:
    aggregator = ContextAggregator(prompt="be kind", manners=PLAIN)
    llm = ScriptedLLM(answers)

    def make() -> FrameProcessor:
        return llm

    return aggregator, llm, Pipeline([aggregator, FailoverLLM(Desk(Kind.LLM, [Candidate("one", make)]))])


@pytest.mark.parametrize(
    ("fails", "words", "at"),
    [(Fails(), "", 3.95), (Fails(TOO_LONG), "", 0.15), (Fails(text="It is"), "It is", 3.95)],
)
async def test_the_bot_says_something_of_its_own_when_nobody_answers(
    fails: Fails, words: str, at: float
) -> None:
    _, _, pipeline = talk(fails, Fails())
    done = await run_processor(pipeline, [(0.0, final("hello")), token(0.1), heard(at, words)], settle=1.0)
    assert said(done) == [(at, phrases("en").say_again)]


async def test_all_is_told_before_the_conversation_stops_waiting() -> None:
    _, _, pipeline = talk(Fails())
    done = await run_processor(pipeline, [(0.0, final("hello")), heard(3.95, "")], settle=3.0)
    assert done.times(TTSSpeakFrame) == [3.95]


async def test_a_conversation_that_is_too_long_is_short_for_the_next_question() -> None:
    aggregator, llm, pipeline = talk(Fails(TOO_LONG), "Yes.", "Good.")
    for number in range(4):
        aggregator.conversation.heard_caller(f"{number}")
        aggregator.conversation.caller_heard(f"answer {number}", interrupted=False)
    done = await run_processor(
        pipeline, [(0.0, final("hello")), heard(1.0, "Yes."), (2.0, final("and now"))], settle=1.0
    )
    assert said(done) == []
    contents = [
        [str(message["content"]) for message in asked if isinstance(message, dict)] for asked in llm.asked
    ]
    assert len(contents[0]) == 9
    assert contents[1:] == [
        ["2", "answer 2", "3", "answer 3", "hello"],
        ["2", "answer 2", "3", "answer 3", "hello", "Yes.", "and now"],
    ]


# --- a whole call -----------------------------------------------------------------------------------------

CUT = ConnectionResetError("reset by peer")
PART = "I can offer you a place on Tuesday, or on"
SPOKEN_UNTIL = 2.5
PATIENCE_SECONDS = 5.0


def with_second(second: FrameProcessor) -> Callable[[ScriptedCall], list[FrameProcessor]]:
    """The ``build`` of a pipeline in which ``second`` is there when the call's own language model fails."""

    def build(call: ScriptedCall) -> list[FrameProcessor]:
        desk = Desk(Kind.LLM, [Candidate("one", call.llm), Candidate("two", lambda: second)])
        aggregator = ContextAggregator(prompt="", limit=call.context_messages)
        return [call.vad(), call.stt(), aggregator, FailoverLLM(desk), BreakSplitter(), call.tts()]

    return build


@pytest.mark.parametrize("first_token", [0.1, 1.0, 2.3])
@pytest.mark.parametrize("filler", ["0", "2.5"])
@pytest.mark.parametrize(
    "answers",
    [
        [Fails(), Fails()],
        [Fails(CUT), Fails()],
        [Fails(text="It is"), Fails()],
        [Fails(text="It is"), Fails(text="five")],
        [Fails(calling=True), Fails()],
        [Fails(TOO_LONG), Fails()],
    ],
)
async def test_the_caller_hears_something_in_time_whatever_fails(
    answers: list[Fails], filler: str, first_token: float
) -> None:
    one, two = (ScriptedLLM([answer, *[Fails()] * 9], first_token=first_token) for answer in answers)
    script = CallScript(llm=one)
    script.says(0.5, "Hello, how are you?", seconds=2.0)
    call = await script.run(with_second(two), settings={"VANTUM_FILLER_SECONDS": filler})
    began = call.audible[0][0]
    assert SPOKEN_UNTIL < began <= SPOKEN_UNTIL + PATIENCE_SECONDS


async def test_the_context_holds_the_whole_answer_once_and_no_instruction() -> None:
    script = CallScript(llm=ScriptedLLM([Fails(CUT, PART)]))
    script.says(0.5, "When can I come?", seconds=2.0)
    script.says(9.0, "Thank you.", seconds=1.0)
    call = await script.run(with_second(ScriptedLLM(["on Wednesday.", "You are welcome."])))
    assert call.context == (
        ("user", "When can I come?"),
        ("assistant", f"{PART} Wednesday."),
        ("user", "Thank you."),
        ("assistant", "You are welcome."),
    )
