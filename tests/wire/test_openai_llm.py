"""The LLM processor and OpenAI's own client against a local server that speaks the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import pytest
from loguru import logger
from openai import AsyncOpenAI
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    Frame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.llm.openai_llm import OpenAILLM, openai_client
from processors.tools.tool import Tool, tool
from processors.tools.toolbox import Returned, Toolbox
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


# --- tools ------------------------------------------------------------------------------------------------


@tool
async def order_status(order: Annotated[int, "Its number."]) -> dict[str, object]:
    """Look up an order."""
    await asyncio.sleep(0.01 * order)
    return {"order": order, "status": "sent"}


class Working(FrameProcessor):
    """Has the calls that the language model announces carried out."""

    def __init__(self, *tools: Tool) -> None:
        super().__init__(enable_direct_mode=True)
        self.returned: list[Returned] = []
        self.results: list[FunctionCallResultFrame] = []
        self.toolbox = Toolbox(self, tools, self._returned)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, FunctionCallsStartedFrame) and self.next is not None:
            self.toolbox.begin(frame.function_calls, self.next)
        if isinstance(frame, FunctionCallResultFrame):
            self.results.append(frame)
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await self.toolbox.cleanup()
        await super().cleanup()

    async def _returned(self, returned: Returned) -> None:
        self.returned.append(returned)

    def question(self) -> LLMContextFrame:
        tools = ToolsSchema(standard_tools=list(self.toolbox.schemas))
        return LLMContextFrame(LLMContext([{"role": "user", "content": "Where is it?"}], tools))


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What is logged from WARNING up."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING", format="{message}")
    yield lines
    logger.remove(sink)


Asked = tuple["Line", Working, OpenAIServer]


@pytest.fixture
def ask_with_tools(run: Run) -> Callable[[Answer], AbstractAsyncContextManager[Asked]]:
    """Ask a language model that has a tool, and wait for its answer."""

    @asynccontextmanager
    async def asking(answer: Answer) -> AsyncIterator[Asked]:
        working = Working(order_status)
        async with OpenAIServer([answer], key=KEY) as server, openai_client(KEY, server.url) as client:
            pipeline = Pipeline([working, OpenAILLM(client, "gpt-4.1")])
            async with run(pipeline) as line:
                await line.push(working.question())
                await until(lambda: line.down(LLMFullResponseEndFrame))
                yield line, working, server

    return asking


AskWithTools = Callable[[Answer], AbstractAsyncContextManager[Asked]]


async def test_the_model_is_offered_the_tool(ask_with_tools: AskWithTools) -> None:
    async with ask_with_tools(Answer("Hello.")) as (_, working, server):
        (request,) = server.asked()
        assert working.returned == []
    schema = {
        "type": "object",
        "properties": {"order": {"type": "integer", "description": "Its number."}},
        "required": ["order"],
    }
    function = {"name": "order_status", "description": "Look up an order.", "parameters": schema}
    assert request.body["tools"] == [{"type": "function", "function": function}]
    # pipecat adds instructions of its own for tools that outlive an interruption: not here.
    assert request.body["messages"] == [{"role": "user", "content": "Where is it?"}]


async def test_calls_of_one_answer_are_announced_behind_its_words_and_carried_out_once(
    ask_with_tools: AskWithTools, complaints: list[str]
) -> None:
    answer = Answer("Let me see.", tools=(("order_status", {"order": 2}), ("order_status", {"order": 1})))
    async with ask_with_tools(answer) as (line, working, _):
        await until(lambda: len(working.returned) == 2)
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [(call.tool_call_id, call.arguments) for call in announced.function_calls] == [
            ("call_1_0", {"order": 2}),
            ("call_1_1", {"order": 1}),
        ]
        assert [returned.result_json for returned in working.returned] == [
            '{"order":1,"status":"sent"}',
            '{"order":2,"status":"sent"}',
        ]
        assert spoken(line) == "Let me see."
        assert working.results == []
        assert not line.errors()
    assert complaints == []


@pytest.mark.parametrize("arguments", ['{"order": 4', "[4]", "none"])
async def test_arguments_that_make_no_sense_come_back_as_a_failed_call(
    ask_with_tools: AskWithTools, complaints: list[str], arguments: str
) -> None:
    answer = Answer("", tools=(("order_status", arguments), ("order_status", {"order": 1})))
    async with ask_with_tools(answer) as (_, working, _):
        await until(lambda: len(working.returned) == 2)
        failed, done = working.returned
        assert (failed.call_id, failed.failed, done.call_id, done.failed) == (
            "call_1_0",
            True,
            "call_1_1",
            False,
        )
        assert "no JSON object" in failed.result_json
    assert complaints == []


async def test_a_tool_that_is_not_there_fails_and_pipecat_s_own_answer_does_no_harm(
    ask_with_tools: AskWithTools, complaints: list[str]
) -> None:
    async with ask_with_tools(Answer("", tools=(("fly", {}),))) as (line, working, _):
        await until(lambda: working.returned and working.results)
        (returned,) = working.returned
        assert returned.failed
        assert "There is no tool 'fly'. There are: order_status." in returned.result_json
        assert not line.errors()
    assert ["is not in the currently advertised tool set" in line for line in complaints] == [True]


async def test_an_interruption_leaves_the_tool_at_work(ask_with_tools: AskWithTools) -> None:
    async with ask_with_tools(Answer("", tools=(("order_status", {"order": 20}),))) as (line, working, _):
        await line.push(InterruptionFrame())
        await until(lambda: working.returned)
        assert working.returned[0].result_json == '{"order":20,"status":"sent"}'
        assert working.returned[0].seconds >= 0.19
