"""The calls in an OpenAI stream come whole, one after the other, whatever the server made of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import cast

import pytest
from openai import AsyncStream
from openai.types.chat import ChatCompletionChunk

from processors.llm.whole_tool_calls import (
    MOST_CHARACTERS,
    MOST_OF_NAME,
    NAMELESS,
    WrittenArguments,
    readable,
    with_whole_calls,
)
from processors.tools.tool_arguments import MALFORMED, TOO_LONG

Part = dict[str, object]


class Stream:
    """What the SDK gives, as far as it is used."""

    def __init__(self, *deltas: dict[str, object] | None, finish: str | None = "stop") -> None:
        self.deltas = deltas
        self.finish = finish
        self.closed = 0

    async def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        for delta in self.deltas:
            choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": self.finish}]
            yield ChatCompletionChunk.model_validate(
                {
                    "id": "chatcmpl-1",
                    "created": 1,
                    "model": "gpt",
                    "object": "chat.completion.chunk",
                    "choices": choices,
                }
            )

    async def close(self) -> None:
        self.closed += 1


def part(index: int, call_id: str | None = None, name: str | None = None, arguments: str = "") -> Part:
    return {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}


def calls(*parts: Part) -> dict[str, object]:
    return {"tool_calls": list(parts)}


def reading(stream: Stream, parts: list[None] | None = None) -> AsyncIterator[ChatCompletionChunk]:
    """What ``with_whole_calls`` makes of the stream; ``parts`` counts the parts of calls."""

    async def under_way() -> None:
        if parts is not None:
            parts.append(None)

    return with_whole_calls(cast(AsyncStream[ChatCompletionChunk], stream), under_way)


async def passed(
    *deltas: dict[str, object] | None,
) -> tuple[list[str | None], list[tuple[int, str, str, str]]]:
    """The texts that came, and the calls, each from a chunk of its own."""
    stream = Stream(*deltas)
    texts: list[str | None] = []
    whole: list[tuple[int, str, str, str]] = []
    async for chunk in reading(stream):
        for choice in chunk.choices:
            if not choice.delta.tool_calls:
                texts.append(choice.delta.content)
                continue
            [call] = choice.delta.tool_calls
            assert call.function is not None
            whole.append((call.index, call.id or "", call.function.name or "", call.function.arguments or ""))
    assert stream.closed == 1
    return texts, whole


A, B = ("a", "look", '{"n": 1}'), ("b", "book", '{"n": 2}')


@pytest.mark.parametrize(
    "deltas",
    [
        [
            calls(part(0, "a", "look")),
            calls(part(0, arguments='{"n":')),
            calls(part(0, arguments=" 1}")),
            calls(part(1, "b", "book", '{"n": 2}')),
        ],
        [calls(part(0, *A), part(1, *B))],
        [calls(part(0, *A)), calls(part(0, *B))],
        [
            calls(part(0, "a", "look"), part(1, "b", "book")),
            calls(part(1, arguments='{"n": 2}')),
            calls(part(0, arguments='{"n": 1}')),
        ],
        [calls(part(3, *A)), calls(part(7, *B)), None],
        [calls(part(0, *A)), calls(part(0, "a")), calls(part(1, *B))],
    ],
    ids=["as OpenAI", "in one chunk", "all number 0", "interleaved", "other numbers", "an id again"],
)
async def test_two_calls_come_whole_and_in_order(deltas: list[dict[str, object] | None]) -> None:
    _, whole = await passed(*deltas)
    assert whole == [(0, *A), (1, *B)]


async def test_text_passes_at_once_even_beside_a_call() -> None:
    texts, whole = await passed({"content": "One"}, {"content": " moment.", **calls(part(0, *A))}, {}, None)
    assert texts == ["One", " moment.", None]
    assert whole == [(0, *A)]


async def test_an_answer_without_calls_stays_as_it_is() -> None:
    assert await passed({"content": "Hi."}, None) == (["Hi."], [])


async def test_a_call_without_an_id_or_a_name_gets_one() -> None:
    _, [(_, call_id, name, arguments)] = await passed(calls(part(0)))
    assert call_id.startswith("call_")
    assert (name, arguments) == (NAMELESS, "")
    _, [(_, another, *_)] = await passed(calls({"index": 0}))
    assert another != call_id


@pytest.mark.parametrize("arguments", ["", "{}", '{"n": 1}', ' {"n": {"m": []}}'])
def test_an_object_stays_as_it_is(arguments: str) -> None:
    assert readable(arguments) == arguments


@pytest.mark.parametrize("arguments", ['{"n": ', "[1]", '"n"', "null", "42", "n=1", "{} {}", "[" * 100_000])
def test_what_is_no_object_is_told_as_it_is(arguments: str) -> None:
    assert json.loads(readable(arguments)) == {MALFORMED: arguments}


@pytest.mark.parametrize("parts", [1, 4, 64])
@pytest.mark.parametrize("over", [False, True])
async def test_arguments_have_a_length_and_the_other_calls_are_whole(parts: int, over: bool) -> None:
    text = json.dumps({"n": "x" * (MOST_CHARACTERS - len('{"n": ""}') + over)})
    size = -(-len(text) // parts)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    deltas: list[dict[str, object] | None] = [calls(part(0, "a", "look"))]
    deltas += [calls(part(0, arguments=piece)) for piece in pieces]
    _, whole = await passed(*deltas, calls(part(1, *B)), None)
    kept = json.dumps({TOO_LONG: MOST_CHARACTERS}) if over else text
    assert whole == [(0, "a", "look", kept), (1, *B)]


def test_arguments_without_end_are_not_kept() -> None:
    written = WrittenArguments()
    for _ in range(1_000):
        written.add("x" * 1_000)
    assert sum(map(len, written._parts)) == 0
    written.add("{}")
    assert json.loads(written.whole()) == {TOO_LONG: MOST_CHARACTERS}


async def test_a_name_without_end_is_no_name() -> None:
    named = [calls(part(0, "a" if number == 0 else None, "n" * 200)) for number in range(3)]
    _, [(*_, name, _)] = await passed(*named, None)
    assert name == "n" * MOST_OF_NAME


async def test_an_answer_that_nobody_reads_to_its_end_is_closed() -> None:
    stream = Stream({"content": "Hi."}, calls(part(0, *A)))
    chunks = reading(stream)
    assert (await anext(chunks)).choices[0].delta.content == "Hi."
    await chunks.aclose()  # type: ignore[attr-defined]
    assert stream.closed == 1


async def test_each_chunk_with_parts_of_calls_is_a_sign_of_life() -> None:
    parts: list[None] = []
    stream = Stream(
        {"content": "Hi."}, calls(part(0, "a", "look")), calls(part(0, arguments="{}"), part(1, *B))
    )
    assert len([chunk async for chunk in reading(stream, parts)]) == 5
    assert len(parts) == 2


@pytest.mark.parametrize("deltas", [[], [{"content": "Hi."}], [calls(part(0, *A))]])
async def test_a_stream_that_ends_before_the_answer_does_is_an_error_and_makes_no_call(
    deltas: list[dict[str, object]],
) -> None:
    stream = Stream(*deltas, finish=None)
    chunks = reading(stream)
    for _ in deltas:
        assert not (await anext(chunks)).choices[0].delta.tool_calls
    with pytest.raises(ConnectionError, match="ended before the answer did"):
        await anext(chunks)
    assert stream.closed == 1
