"""The LLM processor and OpenAI's own client against a local server that speaks the protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from openai import AsyncOpenAI
from pipecat.frames.frames import (
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext

from processors.openai_llm import OpenAILLM, openai_client
from tests.wire.conftest import until
from tests.wire.openai_server import Answer, OpenAIServer

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

KEY = "sk-secret-0123456789abcdef"
LONG = "One two three four five six seven eight."

Ask = Callable[[OpenAIServer], AbstractAsyncContextManager["Line"]]


def question(text: str = "Who is this?") -> LLMContextFrame:
    return LLMContextFrame(LLMContext([{"role": "user", "content": text}]))


def spoken(line: Line) -> str:
    return "".join(frame.text for frame in line.down(LLMTextFrame))


@pytest.fixture
def ask(run: Run) -> Ask:
    """Run an LLM processor with a client of its own, closed after it."""

    @asynccontextmanager
    async def running(server: OpenAIServer) -> AsyncIterator[Line]:
        async with openai_client(KEY, server.url) as client, run(OpenAILLM(client, "gpt-4.1")) as line:
            yield line

    return running


async def test_the_request_says_what_it_should(ask: Ask) -> None:
    async with OpenAIServer(key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: line.down(LLMFullResponseEndFrame))
        (request,) = server.asked()
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    expected = {
        "model": "gpt-4.1",
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.7,
        "max_tokens": 500,
        "messages": [{"role": "user", "content": "Who is this?"}],
    }
    assert {name: request.body.get(name) for name in expected} == expected


async def test_the_answer_comes_whole_between_its_start_and_its_end(ask: Ask) -> None:
    async with OpenAIServer([Answer(LONG)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: line.down(LLMFullResponseEndFrame))
        assert spoken(line) == LONG
        kinds = (LLMFullResponseStartFrame, LLMTextFrame, LLMFullResponseEndFrame)
        order = [type(frame) for _, frame in line.after.seen if isinstance(frame, kinds)]
    assert order == [LLMFullResponseStartFrame, *[LLMTextFrame] * 8, LLMFullResponseEndFrame]


async def test_tokens_come_before_the_answer_is_complete(ask: Ask) -> None:
    async with OpenAIServer([Answer(LONG, hold=3)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: spoken(line) == "One two three")
        assert not server.answered()
        server.release()
        await until(lambda: line.down(LLMFullResponseEndFrame))
        assert spoken(line) == LONG


@pytest.mark.parametrize("hold", [0, 3])
async def test_an_interruption_closes_the_stream_at_once(ask: Ask, hold: int) -> None:
    answers = [Answer(LONG, hold=hold), Answer("Yes?")]
    async with OpenAIServer(answers, key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: server.asked() and len(line.down(LLMTextFrame)) == hold)
        await line.push(InterruptionFrame())
        await until(server.dropped, seconds=1.0)
        assert server.dropped()[0].sent == hold
        assert not server.answered()
        await line.push(question("Hello?"))
        await until(lambda: spoken(line).endswith("Yes?"))
        assert not line.errors()


async def test_turns_and_calls_share_a_connection(run: Run) -> None:
    async with OpenAIServer(key=KEY) as server, openai_client(KEY, server.url) as client:
        for _ in range(2):
            async with run(OpenAILLM(client, "gpt-4.1")) as line:
                for turn in (1, 2):
                    await line.push(question())
                    await answers(line, turn)
        assert [request.connection for request in server.asked()] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer("Slow down.", status=429, retry_after=2), 429),
        (Answer("Something broke.", status=500), 500),
        (Answer("Unknown model.", status=400), 400),
    ],
)
async def test_an_error_is_told_and_not_retried(ask: Ask, answer: Answer, status: int) -> None:
    async with OpenAIServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: line.errors() and line.down(LLMFullResponseEndFrame))
        assert str(status) in line.errors()[0]
        assert answer.text in line.errors()[0]
        assert len(server.asked()) == 1


async def test_a_refused_key_is_told_without_the_key(ask: Ask) -> None:
    async with OpenAIServer(key="another") as server, ask(server) as line:
        await line.push(question())
        await until(line.errors)
        assert "401" in line.errors()[0]
        assert KEY not in line.errors()[0]


async def test_a_server_that_is_down_is_told(run: Run) -> None:
    async with OpenAIServer() as gone:
        url = gone.url
    async with openai_client(KEY, url) as client, run(OpenAILLM(client, "gpt-4.1")) as line:
        await line.push(question())
        await until(line.errors)


async def test_a_hang_up_in_the_middle_of_an_answer_closes_the_stream(ask: Ask) -> None:
    async with OpenAIServer([Answer(LONG, hold=3)], key=KEY) as server:
        async with ask(server) as line:
            await line.push(question())
            await until(lambda: len(line.down(LLMTextFrame)) == 3)
            assert await line.hang_up() < 1.0
        await until(server.dropped, seconds=1.0)


async def test_a_local_server_needs_no_key() -> None:
    async with OpenAIServer([Answer("Hi.")], key="none") as server, openai_client(None, server.url) as client:
        answer = await whole_answer(client)
        assert answer == "Hi."
        assert client.max_retries == 0


async def whole_answer(client: AsyncOpenAI) -> str | None:
    completion = await client.chat.completions.create(
        model="local", messages=[{"role": "user", "content": "Hello."}]
    )
    return completion.choices[0].message.content


async def answers(line: Line, count: int) -> None:
    await until(lambda: len(line.down(LLMFullResponseEndFrame)) == count)
