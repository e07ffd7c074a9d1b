from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from openai import APIStatusError, AsyncOpenAI, BadRequestError, NotFoundError
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pipecat.frames.frames import LLMContextFrame, LLMFullResponseEndFrame, LLMTextFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from processors.llm.local_llm import phrase_matcher, scripted_client
from processors.llm.openai_llm import OpenAILLM
from processors.script_file import load_script
from vantum.core.errors import SettingsError
from vantum.testing import run_processor

SCRIPT = load_script(Path(__file__).parents[3] / "pipelines" / "outreach_script.yaml")
END_CALL: ChatCompletionToolParam = {"type": "function", "function": {"name": "end_call"}}


@pytest.fixture
async def client() -> AsyncIterator[AsyncOpenAI]:
    async with scripted_client(SCRIPT) as client:
        yield client


def said(text: str) -> list[ChatCompletionMessageParam]:
    return [
        {"role": "system", "content": "You are Ada."},
        {"role": "assistant", "content": SCRIPT.greeting},
        {"role": "user", "content": [{"type": "text", "text": text}]},
    ]


async def test_an_answer_in_one_piece(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="m", messages=said("are you a robot"))
    assert answer.model == "m"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].message.content == (
        "Yes, I am an AI, a scripted demo voice and not a person. ||BREAK|| May I ask you two short questions?"
    )
    assert answer.choices[0].message.tool_calls is None
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


async def test_an_answer_word_by_word(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="m", messages=said("yes please"), stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert {chunk.id for chunk in chunks} == {"scripted-1"}
    assert chunks[0].choices[0].delta.role == "assistant"
    words = [chunk.choices[0].delta.content or "" for chunk in chunks[:-1]]
    assert words[1:4] == ["Thank", " you.", " ||BREAK||"]
    assert "".join(words) == "Thank you. ||BREAK|| Do customers sometimes miss their appointment with you?"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 11


async def test_the_end_of_the_call_is_a_tool_call(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="m", messages=said("take me off your list"), stream=True, tools=[END_CALL]
    )
    calls = [call async for chunk in stream for call in chunk.choices[0].delta.tool_calls or ()]
    assert len(calls) == 1
    assert calls[0].function is not None
    assert calls[0].function.name == "end_call"
    assert calls[0].function.arguments == '{"disposition": "do_not_call"}'


async def test_bad_requests_are_answered_in_the_formats_own_errors(client: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError, match="'messages' must be a list") as caught:
        await client.chat.completions.create(model="m", messages=[])
    assert (caught.value.param, caught.value.type) == ("messages", "invalid_request_error")
    with pytest.raises(NotFoundError, match="nothing at /v1/models; ask /v1/chat/completions"):
        await client.models.list()
    with pytest.raises(APIStatusError, match="GET is not possible; use POST") as status:
        await client.get("/chat/completions", cast_to=object)
    assert status.value.status_code == 405


async def test_each_chunk_waits_its_delay() -> None:
    clock = asyncio.get_running_loop()
    async with scripted_client(SCRIPT, delay=0.25) as client:
        stream = await client.chat.completions.create(model="m", messages=said("no"), stream=True)
        times = [round(clock.time(), 6) async for _ in stream]
        assert {round(later - sooner, 6) for sooner, later in pairwise(times)} == {0.25}
        before = clock.time()
        await client.chat.completions.create(model="m", messages=said("no"))
        assert clock.time() - before == pytest.approx(0.25)


async def test_a_stream_ends_where_its_reader_stops() -> None:
    async with scripted_client(SCRIPT, delay=0.25) as client:
        stream = await client.chat.completions.create(model="m", messages=said("no"), stream=True)
        await anext(stream)
        await stream.close()
        assert [chunk async for chunk in stream] == []


async def test_a_reader_can_be_cancelled_in_the_middle() -> None:
    async with scripted_client(SCRIPT, delay=0.25) as client:
        stream = await client.chat.completions.create(model="m", messages=said("no"), stream=True)
        assert [(await anext(stream)).choices[0].delta.content for _ in range(3)] == ["", "That", " is"]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream), 0.1)
        assert [chunk async for chunk in stream] == []
        again = await client.chat.completions.create(model="m", messages=said("no"))
        assert again.id == "scripted-2"


async def test_conversations_do_not_know_of_each_other(client: AsyncOpenAI) -> None:
    async def answer(text: str) -> str | None:
        completion = await client.chat.completions.create(model="m", messages=said(text))
        return completion.choices[0].message.content

    texts = ["yes", "no", "who is this", "goodbye"] * 5
    answers = await asyncio.gather(*(answer(text) for text in texts))
    assert answers[:4] * 5 == answers
    assert len(set(answers)) == 4


async def test_the_llm_processor_of_the_cloud_speaks_the_script(client: AsyncOpenAI) -> None:
    question = LLMContextFrame(LLMContext([{"role": "user", "content": "who are you"}]))
    run = await run_processor(OpenAILLM(client, "scripted"), [question], until=LLMFullResponseEndFrame)
    assert "".join(run.texts()).startswith("I am Ada, an AI assistant of Larkfield, calling about")
    assert "".join(run.texts()).endswith("||BREAK|| May I ask you two short questions?")
    assert [frame.text for frame in run.of(LLMTextFrame)][:2] == ["I", " am"]


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    with pytest.raises(SettingsError, match=r"needs the extra 'local'. Install it with: pip install"):
        scripted_client(SCRIPT)


@pytest.mark.parametrize(
    ("words", "phrase", "alike"),
    [
        ("by phone", "by phone", True),
        ("well i guess we do that by hand mostly", "we do it by hand", True),
        ("we already have a system like that", "we already have something like that", True),
        ("hello my name is john", "now and then", False),
        ("what is the weather in paris", "who is this", False),
        ("", "by phone", False),
    ],
)
def test_a_phrase_is_found_inside_a_longer_sentence(words: str, phrase: str, alike: bool) -> None:
    assert (phrase_matcher()(words, phrase) >= 0.75) is alike
