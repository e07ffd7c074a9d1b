"""Language models that fail, on real sockets: OpenAI's own client against servers that refuse, stall and break."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import pairwise

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallsStartedFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameProcessor

from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from processors.llm.openai_llm import OpenAILLM, openai_client
from tests.wire.conftest import Line, Run, until
from tests.wire.openai_breaks import Break
from tests.wire.openai_server import Answer, Json, OpenAIServer
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.events import ContextTooLong, ProviderSwitched
from vantum.core.faults import Fault

pytestmark = pytest.mark.real_time

KEY = "sk-secret-0123456789abcdef"
SENTENCE = "I am very well today, thank you for asking me."
GOOD = "It is five o'clock."
CALL: tuple[tuple[str, Json | str], ...] = (("order_status", {"order": 42}),)

Ask = Callable[..., AbstractAsyncContextManager[Line]]


def question(count: int = 1) -> LLMContextFrame:
    return LLMContextFrame(LLMContext([{"role": "user", "content": f"Question {n}?"} for n in range(count)]))


def spoken(line: Line) -> str:
    return "".join(frame.text for frame in line.down(LLMTextFrame))


def faults(line: Line) -> list[Fault | None]:
    """Of those who were left for another."""
    messages = [frame.message for frame in line.down(OutputTransportMessageUrgentFrame)]
    return [Fault(str(event.fault)) for event in messages if isinstance(event, ProviderSwitched)]


def errors(line: Line) -> list[ProviderError]:
    frames = [frame for _, frame in line.before.seen if isinstance(frame, ErrorFrame)]
    return [frame.exception for frame in frames if isinstance(frame.exception, ProviderError)]


async def answered(line: Line, count: int = 1) -> None:
    await until(lambda: len(line.down(LLMFullResponseEndFrame)) == count)
    assert len(line.down(LLMFullResponseStartFrame)) == count


@pytest.fixture
def ask(run: Run) -> Ask:
    """Run a ``FailoverLLM`` over the servers at these URLs, in order, and ask it one question."""

    @asynccontextmanager
    async def asking(*urls: str, seconds: float = 4.0, messages: int = 1) -> AsyncIterator[Line]:
        async with AsyncExitStack() as clients:
            candidates = [
                Candidate(name, partial(_service, await clients.enter_async_context(openai_client(KEY, url))))
                for name, url in zip(("one", "two", "three"), urls, strict=False)
            ]
            async with run(FailoverLLM(Desk(Kind.LLM, candidates), seconds)) as line:
                await line.push(question(messages))
                yield line

    return asking


def _service(client: object) -> FrameProcessor:
    return OpenAILLM(client, "gpt-4.1")  # type: ignore[arg-type]


# --- before the first token -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "least"),
    [
        ([Answer("Busy.", status=503)], 0.0),
        ([Answer("Broken.", status=500), Answer("Broken.", status=500)], 0.09),
        ([Answer("Slow down.", status=429, retry_after_ms=200)], 0.18),
        ([Answer("Slow down.", status=429, retry_after=0.2)], 0.18),
        ([Answer(GOOD, breaks=(0, Break.CUT))], 0.0),
        ([Answer(GOOD, breaks=(0, Break.GARBAGE))], 0.0),
        ([Answer(GOOD, breaks=(0, Break.ERROR))], 0.0),
        ([Answer(GOOD, breaks=(0, Break.END))], 0.0),
        ([Answer("", tools=CALL, breaks=(2, Break.CUT))], 0.0),
        ([Answer("", tools=CALL, breaks=(2, Break.END))], 0.0),
    ],
)
async def test_one_server_is_asked_again(ask: Ask, answers: list[Answer], least: float) -> None:
    async with OpenAIServer([*answers, Answer(GOOD)], key=KEY) as server, ask(server.url) as line:
        await answered(line)
        assert spoken(line) == GOOD
        assert line.errors() == []
        assert line.down(FunctionCallsStartedFrame) == []
        times = [request.at for request in server.asked()]
    assert len(times) == len(answers) + 1
    assert max(later - sooner for sooner, later in pairwise(times)) >= least


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer("Unknown model.", status=404), Fault.FATAL),
        (Answer("No.", status=400), Fault.FATAL),
        (Answer("Pay first.", status=429, code="insufficient_quota"), Fault.AUTH),
        (Answer("Slow down.", status=429, retry_after=20), Fault.RATE_LIMIT),
        (Answer("Forbidden.", status=403), Fault.AUTH),
    ],
)
async def test_the_next_server_answers_at_once_where_no_retry_helps(
    ask: Ask, answer: Answer, fault: Fault
) -> None:
    async with OpenAIServer([answer], key=KEY) as one, OpenAIServer([Answer(GOOD)], key=KEY) as two:
        async with ask(one.url, two.url) as line:
            await answered(line)
            assert (spoken(line), faults(line), line.errors()) == (GOOD, [fault], [])
        assert (len(one.asked()), len(two.asked())) == (1, 1)


async def test_a_refused_key_is_told_without_the_key(ask: Ask) -> None:
    async with OpenAIServer(key="another") as server, ask(server.url) as line:
        await answered(line)
        (error,) = errors(line)
        assert (error.fault, KEY in str(error), len(server.asked())) == (Fault.AUTH, False, 1)


async def test_a_server_that_is_down_is_left_for_the_next(ask: Ask) -> None:
    async with OpenAIServer() as gone:
        url = gone.url
    async with OpenAIServer([Answer(GOOD)], key=KEY) as two, ask(url, two.url) as line:
        await answered(line)
        assert (spoken(line), faults(line)) == (GOOD, [Fault.NETWORK])
        assert line.when(LLMTextFrame) < 2.5


async def test_one_that_accepts_and_never_answers_is_left_in_time_and_its_stream_closed(ask: Ask) -> None:
    one, two = OpenAIServer([Answer(hold=0)], key=KEY), OpenAIServer([Answer(GOOD)], key=KEY)
    async with one, two, ask(one.url, two.url) as line:
        await answered(line)
        assert (spoken(line), faults(line)) == (GOOD, [Fault.NETWORK])
        assert 2.4 <= line.when(LLMTextFrame) < 3.9
        await until(one.dropped)


async def test_nobody_answers_and_that_is_told_in_time(ask: Ask) -> None:
    silent = [OpenAIServer([Answer(hold=0)], key=KEY) for _ in range(2)]
    async with silent[0], silent[1], ask(silent[0].url, silent[1].url, seconds=1.0) as line:
        began = time.monotonic()
        await answered(line)
        assert 0.8 <= time.monotonic() - began < 3.0
        assert [error.provider for error in errors(line)] == ["two"]
        await until(lambda: all(server.dropped() for server in silent))


async def test_a_slow_first_token_is_waited_for(ask: Ask) -> None:
    async with OpenAIServer([Answer(GOOD, first_token_seconds=0.5)], key=KEY) as one, ask(one.url) as line:
        await answered(line)
        assert (spoken(line), len(one.asked())) == (GOOD, 1)


async def test_a_conversation_that_is_too_long_is_halved_once(ask: Ask) -> None:
    long = Answer("maximum context length is 8 tokens", status=400, code="context_length_exceeded")
    async with OpenAIServer([long, Answer(GOOD)], key=KEY) as server, ask(server.url, messages=6) as line:
        await answered(line)
        assert spoken(line) == GOOD
        contents = [[message["content"] for message in _messages(request.body)] for request in server.asked()]
        assert contents[1] == contents[0][3:]
        told = [
            frame.message for _, frame in line.before.seen if isinstance(frame, InputTransportMessageFrame)
        ]
        assert told == [ContextTooLong()]


def _messages(body: dict[str, object]) -> list[dict[str, str]]:
    messages = body["messages"]
    assert isinstance(messages, list)
    return messages


# --- after the first token --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Break.CUT, Break.GARBAGE, Break.ERROR, Break.END, Break.STALL])
async def test_the_next_server_goes_on_where_the_answer_broke_off(ask: Ask, kind: Break) -> None:
    answers = [Answer("It is five past ten.", breaks=(3, kind))]
    async with OpenAIServer(answers, key=KEY) as one, OpenAIServer([Answer("o'clock.")], key=KEY) as two:
        async with ask(one.url, two.url) as line:
            await answered(line)
            assert (spoken(line), faults(line), line.errors()) == ("It is five o'clock.", [Fault.NETWORK], [])
        (request,) = two.asked()
        assert [message["role"] for message in _messages(request.body)] == ["user", "assistant", "user"]
        assert _messages(request.body)[1]["content"] == "It is five"


@pytest.mark.parametrize("kind", [Break.CUT, Break.STALL])
async def test_an_answer_that_broke_off_behind_a_sentence_ends_there(ask: Ask, kind: Break) -> None:
    answer = Answer(f"{SENTENCE} And you?", breaks=(len(SENTENCE.split()), kind))
    async with OpenAIServer([answer], key=KEY) as server, ask(server.url) as line:
        await answered(line)
        assert (spoken(line), line.errors(), len(server.asked())) == (SENTENCE, [], 1)


@pytest.mark.parametrize("kind", [Break.CUT, Break.END, Break.STALL])
async def test_half_a_call_is_dropped_and_asked_for_again(ask: Ask, kind: Break) -> None:
    text = "Let me see."
    broken = Answer(text, tools=CALL, breaks=(5, kind))
    async with OpenAIServer([broken, Answer("", tools=CALL)], key=KEY) as server, ask(server.url) as line:
        await answered(line)
        assert (spoken(line), line.errors(), len(server.asked())) == (text, [], 2)
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [call.arguments for call in announced.function_calls] == [{"order": 42}]


async def test_a_call_that_is_written_slowly_is_not_broken_off(ask: Ask) -> None:
    answer = Answer("Let me see.", tools=(("note", {"text": "word " * 10}),), token_seconds=0.2)
    async with OpenAIServer([answer], key=KEY) as server, ask(server.url) as line:
        await answered(line)
        assert len(line.down(FunctionCallsStartedFrame)) == 1
        assert len(server.asked()) == 1


# --- interruptions and the end ------------------------------------------------------------------------------


@pytest.mark.parametrize("hold", [0, 3])
async def test_an_interruption_closes_the_stream_at_once(ask: Ask, hold: int) -> None:
    answers = [Answer("One two three four five.", hold=hold), Answer("Yes?")]
    async with OpenAIServer(answers, key=KEY) as server, ask(server.url) as line:
        await until(lambda: server.asked() and len(line.down(LLMTextFrame)) == hold)
        await line.push(InterruptionFrame())
        await until(server.dropped, seconds=1.0)
        assert server.dropped()[0].sent == hold
        await line.push(question())
        await answered(line, 2)
        assert spoken(line).endswith("Yes?")
        assert line.errors() == []


async def test_a_hang_up_closes_the_stream_and_lets_all_go(ask: Ask) -> None:
    async with OpenAIServer([Answer("One two three four.", hold=2)], key=KEY) as server:
        async with ask(server.url) as line:
            await until(lambda: len(line.down(LLMTextFrame)) == 2)
            assert await line.hang_up() < 1.0
        await until(server.dropped, seconds=1.0)
