"""The Anthropic processor and Anthropic's own client against a local server that speaks the protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import (
    FunctionCallInProgressFrame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
)
from pipecat.services.settings import LLMSettings

from processors.llm.call_under_way import CallUnderWay
from processors.tools.tool_arguments import MALFORMED
from tests.wire.anthropic_server import Answer, AnthropicServer
from tests.wire.asking import HISTORY, LONG, ended, faults_told, question, spoken
from tests.wire.conftest import until
from tests.wire.hired import KEY, brief, hired, process
from vantum.core.choice import Kind
from vantum.core.faults import Fault

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

Ask = Callable[[AnthropicServer], AbstractAsyncContextManager["Line"]]


def faults(line: Line) -> list[Fault]:
    return faults_told(line, "anthropic")


@pytest.fixture
def ask(run: Run) -> Ask:
    @asynccontextmanager
    async def running(server: AnthropicServer) -> AsyncIterator[Line]:
        async with process() as shared:
            told = brief(
                Kind.LLM, "anthropic", shared, ANTHROPIC_URL=server.origin, ANTHROPIC_MODEL="claude-x"
            )
            async with run(hired(told)) as line:
                yield line

    return running


async def test_the_request_says_what_it_should(ask: Ask) -> None:
    async with AnthropicServer(key=KEY) as server, ask(server) as line:
        await line.push(LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction="Be brief.")))
        await line.push(question(HISTORY))
        await ended(line)
        assert not line.errors()
    (request,) = server.asked
    assert request.headers["x-api-key"] == KEY
    assert request.headers["anthropic-version"] == "2023-06-01"
    body = request.body
    assert (body["model"], body["max_tokens"], body["stream"]) == ("claude-x", 500, True)
    assert "Be brief." in str(body["system"])
    assert [(tool["name"], tool["input_schema"]["required"]) for tool in body["tools"]] == [  # type: ignore[attr-defined]
        ("fly", ["height"])
    ]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]  # type: ignore[attr-defined]
    use, result = (str(message["content"]) for message in body["messages"][1:])  # type: ignore[index]
    assert "'tool_use'" in use
    assert "'height': 3" in use
    assert "'tool_result'" in result
    assert "'tool_use_id': 'c1'" in result


async def test_the_answer_comes_word_by_word(ask: Ask) -> None:
    async with AnthropicServer([Answer(LONG, hold=6)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: spoken(line) == "One two three")
        assert not line.down(LLMFullResponseEndFrame)
        server.release()
        await ended(line)
        assert spoken(line) == LONG


@pytest.mark.parametrize("hold", [0, 6])
async def test_an_interruption_closes_the_stream_at_once(ask: Ask, hold: int) -> None:
    async with (
        AnthropicServer([Answer(LONG, hold=hold), Answer("Yes?")], key=KEY) as server,
        ask(server) as line,
    ):
        await line.push(question())
        await until(lambda: server.asked and len(line.down(LLMTextFrame)) == max(0, hold - 3))
        await line.push(InterruptionFrame())
        await until(lambda: server.dropped, seconds=1.0)
        await line.push(question())
        await until(lambda: spoken(line).endswith("Yes?"))
        assert not line.errors()


async def test_all_calls_are_announced_and_none_is_run(ask: Ask) -> None:
    answer = Answer("Let me see.", tools=(("fly", {"height": 1}), ("fly", {"height": 2}), ("wave", {})))
    async with AnthropicServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [(c.tool_call_id, c.function_name, c.arguments) for c in announced.function_calls] == [
            ("toolu_0", "fly", {"height": 1}),
            ("toolu_1", "fly", {"height": 2}),
            ("toolu_2", "wave", {}),
        ]
        upstream = [f for _, f in line.before.seen if isinstance(f, FunctionCallsStartedFrame)]
        assert len(upstream) == 1
        assert spoken(line) == "Let me see."
        assert not line.down(FunctionCallInProgressFrame)
        assert not line.errors()


@pytest.mark.parametrize(
    ("arguments", "stop"), [('{"height": 4', "tool_use"), ("[4]", "tool_use"), ('{"hei', "max_tokens")]
)
async def test_a_call_that_makes_no_sense_is_announced_as_such(ask: Ask, arguments: str, stop: str) -> None:
    answer = Answer("", tools=(("fly", arguments), ("fly", {"height": 1})), stop=stop)
    async with AnthropicServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [call.arguments for call in announced.function_calls] == [
            {MALFORMED: arguments},
            {"height": 1},
        ]
        assert not line.errors()


async def test_a_call_in_a_stream_that_breaks_off_is_dropped(ask: Ask) -> None:
    answer = Answer("Let me see.", tools=(("fly", {"height": 1}),), breaks=True)
    async with AnthropicServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert spoken(line) == "Let me see."
        assert not line.down(FunctionCallsStartedFrame)
        # The call's beginning, an empty part, and three of five letters.
        assert len(line.down(CallUnderWay)) == 5
        assert faults(line) == [Fault.NETWORK]


async def test_an_answer_that_breaks_off_is_an_error(ask: Ask) -> None:
    async with AnthropicServer([Answer("Let me see.", breaks=True)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert spoken(line) == "Let me see."
        assert faults(line) == [Fault.NETWORK]
        assert not line.down(CallUnderWay)


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (400, Fault.FATAL),
        (403, Fault.AUTH),
        (429, Fault.RATE_LIMIT),
        (500, Fault.NETWORK),
        (529, Fault.NETWORK),
    ],
)
async def test_an_error_is_told_and_not_retried(ask: Ask, status: int, fault: Fault) -> None:
    async with AnthropicServer([Answer("No.", status=status)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert faults(line) == [fault]
    assert len(server.asked) == 1


async def test_a_refused_key_is_told_without_the_key(ask: Ask) -> None:
    async with AnthropicServer(key="another") as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert faults(line) == [Fault.AUTH]
        assert KEY not in line.errors()[0]


async def test_calls_share_a_connection(run: Run) -> None:
    async with AnthropicServer(key=KEY) as server, process() as shared:
        for _ in range(2):
            async with run(hired(brief(Kind.LLM, "anthropic", shared, ANTHROPIC_URL=server.origin))) as line:
                await line.push(question())
                await ended(line)
    assert [request.connection for request in server.asked] == [1, 1]
