"""The Gemini processor and Google's own client against a local server that speaks the protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import (
    FunctionCallInProgressFrame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
)
from pipecat.services.settings import LLMSettings

from processors.llm.call_under_way import CallUnderWay
from processors.llm.whole_tool_calls import MOST_CHARACTERS
from processors.tools.tool_arguments import TOO_LONG
from tests.wire.asking import HISTORY, LONG, ended, faults_told, question, spoken
from tests.wire.conftest import until
from tests.wire.gemini_server import Answer, GeminiServer
from tests.wire.hired import KEY, brief, hired, process
from vantum.core.choice import Kind
from vantum.core.faults import Fault

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytestmark = pytest.mark.real_time

Ask = Callable[[GeminiServer], AbstractAsyncContextManager["Line"]]


@pytest.fixture
def ask(run: Run) -> Ask:
    @asynccontextmanager
    async def running(server: GeminiServer) -> AsyncIterator[Line]:
        async with process() as shared:
            told = brief(Kind.LLM, "google", shared, GOOGLE_URL=server.origin, GOOGLE_MODEL="gemini-x")
            async with run(hired(told)) as line:
                yield line

    return running


async def test_the_request_says_what_it_should(ask: Ask) -> None:
    async with GeminiServer(key=KEY) as server, ask(server) as line:
        await line.push(LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction="Be brief.")))
        await line.push(question(HISTORY))
        await ended(line)
        assert not line.errors()
    (request,) = server.asked
    assert request.path == "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    assert request.headers["x-goog-api-key"] == KEY
    body = request.body
    config = body["generationConfig"]
    assert isinstance(config, dict)
    assert (config["temperature"], config["maxOutputTokens"]) == (0.7, 500)
    assert "Be brief." in str(body["systemInstruction"])
    assert "'name': 'fly'" in str(body["tools"])
    contents = body["contents"]
    assert isinstance(contents, list)
    assert [content["role"] for content in contents] == ["user", "model", "user"]
    assert contents[1]["parts"][0]["functionCall"]["args"] == {"height": 3}
    assert contents[2]["parts"][0]["functionResponse"]["name"] == "fly"


async def test_the_answer_comes_word_by_word(ask: Ask) -> None:
    async with GeminiServer([Answer(LONG, hold=3)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: spoken(line) == "One two three")
        server.release()
        await ended(line)
        assert spoken(line) == LONG


@pytest.mark.parametrize("hold", [0, 3])
async def test_an_interruption_closes_the_stream_at_once(ask: Ask, hold: int) -> None:
    answers = [Answer(LONG, hold=hold), Answer("Yes?")]
    async with GeminiServer(answers, key=KEY) as server, ask(server) as line:
        await line.push(question())
        await until(lambda: server.asked and len(line.down(LLMTextFrame)) == hold)
        await line.push(InterruptionFrame())
        await until(lambda: server.dropped, seconds=1.0)
        await line.push(question())
        await until(lambda: spoken(line).endswith("Yes?"))
        assert not line.errors()


async def test_all_calls_are_announced_and_none_is_run(ask: Ask) -> None:
    answer = Answer("Let me see.", tools=(("fly", {"height": 1}), ("wave", {})))
    async with GeminiServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [(call.function_name, call.arguments) for call in announced.function_calls] == [
            ("fly", {"height": 1}),
            ("wave", {}),
        ]
        first, second = (call.tool_call_id for call in announced.function_calls)
        assert first != second
        assert spoken(line) == "Let me see."
        assert not line.down(FunctionCallInProgressFrame)


async def test_a_call_with_too_much_in_it_is_announced_without(ask: Ask) -> None:
    answer = Answer("", tools=(("fly", {"height": "9" * MOST_CHARACTERS}), ("wave", {})))
    async with GeminiServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [call.arguments for call in announced.function_calls] == [{TOO_LONG: MOST_CHARACTERS}, {}]


async def test_a_stream_that_breaks_off_is_an_error_and_its_calls_are_dropped(ask: Ask) -> None:
    answer = Answer("Let me see.", tools=(("fly", {"height": 1}),), finish="")
    async with GeminiServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert spoken(line) == "Let me see."
        assert len(line.down(CallUnderWay)) == 1
        assert not line.down(FunctionCallsStartedFrame)
        assert faults_told(line, "google") == [Fault.NETWORK]


async def test_a_call_that_makes_no_sense_behind_words_was_begun_and_is_an_error(ask: Ask) -> None:
    answer = Answer("Let me see.", finish="MALFORMED_FUNCTION_CALL")
    async with GeminiServer([answer], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert (spoken(line), len(line.down(CallUnderWay))) == ("Let me see.", 1)
        assert ["MALFORMED_FUNCTION_CALL" in error for error in line.errors()] == [True]


async def test_a_question_that_is_blocked_is_an_error_that_says_so(ask: Ask) -> None:
    async with GeminiServer([Answer(blocked="SAFETY")], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert ["SAFETY" in error for error in line.errors()] == [True]


@pytest.mark.parametrize("finish", ["MALFORMED_FUNCTION_CALL", "SAFETY"])
async def test_an_answer_that_is_none_is_an_error(ask: Ask, finish: str) -> None:
    async with GeminiServer([Answer("", finish=finish)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert [finish in error for error in line.errors()] == [True]


async def test_an_answer_that_is_cut_short_is_an_answer(ask: Ask) -> None:
    async with GeminiServer([Answer(LONG, finish="MAX_TOKENS")], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert (spoken(line), line.errors()) == (LONG, [])


@pytest.mark.parametrize(
    ("status", "fault"),
    [(400, Fault.FATAL), (404, Fault.FATAL), (429, Fault.RATE_LIMIT), (503, Fault.NETWORK)],
)
async def test_an_error_is_told_and_not_retried(ask: Ask, status: int, fault: Fault) -> None:
    async with GeminiServer([Answer("No.", status=status)], key=KEY) as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert faults_told(line, "google") == [fault]
    assert len(server.asked) == 1


async def test_a_refused_key_is_told_without_the_key(ask: Ask) -> None:
    async with GeminiServer(key="another") as server, ask(server) as line:
        await line.push(question())
        await ended(line)
        assert faults_told(line, "google") == [Fault.AUTH]
        assert KEY not in line.errors()[0]


async def test_calls_share_a_connection(run: Run) -> None:
    async with GeminiServer(key=KEY) as server, process() as shared:
        for _ in range(2):
            async with run(hired(brief(Kind.LLM, "google", shared, GOOGLE_URL=server.origin))) as line:
                await line.push(question())
                await ended(line)
    assert [request.connection for request in server.asked] == [1, 1]
