"""Groq's answers against a local server that speaks OpenAI's protocol at Groq's address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import FunctionCallsStartedFrame

from tests.wire.asking import HISTORY, LONG, ended, faults_told, question, spoken
from tests.wire.hired import KEY, brief, hired, process
from tests.wire.openai_likes import GROQ, GroqServer
from tests.wire.openai_server import Answer
from vantum.core.choice import Kind
from vantum.core.faults import Fault

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

Ask = Callable[..., AbstractAsyncContextManager["Line"]]


@pytest.fixture
def ask(run: Run) -> Ask:
    @asynccontextmanager
    async def running(server: GroqServer, model: str = "openai/gpt-oss-120b") -> AsyncIterator[Line]:
        async with process() as shared:
            told = brief(Kind.LLM, "groq", shared, GROQ_URL=server.url, GROQ_MODEL=model)
            async with run(hired(told)) as line:
                yield line

    return running


@pytest.mark.parametrize(
    ("model", "effort"), [("openai/gpt-oss-120b", "low"), ("llama-3.3-70b-versatile", None)]
)
async def test_the_request_says_what_it_should(ask: Ask, model: str, effort: str | None) -> None:
    async with GroqServer(key=KEY) as server, ask(server, model) as line:
        await line.push(question(HISTORY))
        await ended(line)
        assert not line.errors()
        (request,) = server.asked()
    assert request.path == GROQ
    assert request.headers["authorization"] == f"Bearer {KEY}"
    body = request.body
    assert (body["model"], body["stream"], body["temperature"], body["max_tokens"]) == (model, True, 0.7, 500)
    assert body.get("reasoning_effort") == effort
    assert body["messages"] == HISTORY


async def test_the_answer_and_its_calls_come_whole(ask: Ask) -> None:
    answer = Answer(LONG, tools=(("fly", {"height": 1}), ("fly", {"height": 2})))
    async with GroqServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert spoken(line) == LONG
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [call.arguments for call in announced.function_calls] == [{"height": 1}, {"height": 2}]


async def test_a_refused_key_is_told_without_the_key(ask: Ask) -> None:
    async with GroqServer(key="another") as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert faults_told(line, "groq") == [Fault.AUTH]
        assert KEY not in line.errors()[0]
        assert len(server.asked()) == 1
