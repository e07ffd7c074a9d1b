"""OpenAI's models at Azure against a local server with Azure's addresses; Azure's speech by construction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pipecat.frames.frames import FunctionCallsStartedFrame

from tests.wire.asking import LONG, ended, faults_told, question, spoken
from tests.wire.hired import KEY, brief, hired, process
from tests.wire.openai_likes import DATED, NEWER, AzureServer
from tests.wire.openai_server import Answer
from vantum.core.choice import Kind
from vantum.core.faults import Fault

if TYPE_CHECKING:
    from tests.wire.conftest import Line, Run

pytest.importorskip("azure.cognitiveservices.speech", reason="the extra azure is not installed")
pytestmark = pytest.mark.real_time

Ask = Callable[..., AbstractAsyncContextManager["Line"]]


@pytest.fixture
def ask(run: Run) -> Ask:
    @asynccontextmanager
    async def running(url: str) -> AsyncIterator[Line]:
        async with process() as shared:
            told = brief(Kind.LLM, "azure", shared, AZURE_OPENAI_URL=url, AZURE_OPENAI_MODEL="mine")
            async with run(hired(told)) as line:
                yield line

    return running


@pytest.mark.parametrize(("surface", "path"), [("", DATED), ("/openai/v1", NEWER), ("/openai/v1/", NEWER)])
async def test_the_request_goes_to_the_surface_that_the_address_names(
    ask: Ask, surface: str, path: str
) -> None:
    answer = Answer(LONG, tools=(("fly", {"height": 1}), ("fly", {"height": 2})))
    async with AzureServer([answer], key=KEY) as server, ask(server.origin + surface) as line:
        await line.push(question())
        await ended(line)
        assert not line.errors()
        assert spoken(line) == LONG
        (announced,) = line.down(FunctionCallsStartedFrame)
        assert [call.arguments for call in announced.function_calls] == [{"height": 1}, {"height": 2}]
        (request,) = server.asked()
    assert request.path == path
    body = request.body
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("mine", 0.7, 500)


@pytest.mark.parametrize("surface", ["", "/openai/v1"])
async def test_a_refused_key_is_told_without_the_key_and_not_retried(ask: Ask, surface: str) -> None:
    async with AzureServer(key="another") as server, ask(server.origin + surface) as line:
        await line.push(question())
        await ended(line)
        assert faults_told(line, "azure") == [Fault.AUTH]
        assert KEY not in line.errors()[0]
        assert len(server.asked()) == 1
