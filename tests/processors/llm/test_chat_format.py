from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.llm.chat_format import BadRequestError, ChatRequest, Completion, read_request
from vantum.core.conversation import Message, Role

END_CALL = {"type": "function", "function": {"name": "end_call", "parameters": {}}}
OTHER = {"type": "function", "function": {"name": "look_up"}}
HELLO = {"role": "user", "content": "hello there"}


def read(**fields: object) -> ChatRequest:
    return read_request(json.dumps(fields).encode())


def completion(text: str, disposition: str | None = None, **fields: object) -> Completion:
    return Completion("scripted-1", 7, read(messages=[HELLO], **fields), text, disposition)


def test_a_request_is_read() -> None:
    request = read(
        model="gpt-4.1",
        stream=True,
        stream_options={"include_usage": True},
        tools=[OTHER, END_CALL],
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "assistant", "content": "Hello."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "who"}, {"type": "text", "text": "is this"}],
            },
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "tool", "content": "done", "tool_call_id": "1"},
            {"role": "developer"},
        ],
    )
    assert request == ChatRequest(
        "gpt-4.1",
        (Message(Role.ASSISTANT, "Hello."), Message(Role.USER, "who is this"), Message(Role.ASSISTANT, "")),
        stream=True,
        usage_wanted=True,
        may_end_call=True,
        words=7,
    )


def test_what_is_not_asked_for_is_off() -> None:
    request = read(messages=[HELLO])
    assert (request.model, request.stream, request.usage_wanted, request.may_end_call) == (
        "scripted",
        False,
        False,
        False,
    )


@pytest.mark.parametrize(
    "fields",
    [{"tools": [OTHER]}, {"tools": "end_call"}, {"tools": [END_CALL], "tool_choice": "none"}, {"tools": [3]}],
)
def test_the_call_may_be_ended_only_by_a_tool_on_offer(fields: dict[str, object]) -> None:
    assert not read(messages=[HELLO], **fields).may_end_call


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (b"{", "not JSON", None),
        (b"\xff\xfe", "not JSON", None),
        (b"[]", "must be a JSON object", None),
        (b"{}", "'messages' must be a list", "messages"),
        (b'{"messages": []}', "'messages' must be a list", "messages"),
        (b'{"messages": ["hi"]}', r"messages\[0\] must be an object with a 'role'", "messages[0]"),
        (b'{"messages": [{"content": "hi"}]}', "with a 'role'", "messages[0]"),
        (b'{"messages": [{"role": "user", "content": 3}]}', r"messages\[0\]\.content must be", "messages[0]"),
        (
            b'{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}',
            "a script reads only text",
            "messages[0].content[0]",
        ),
    ],
)
def test_a_bad_request_is_named(body: bytes, message: str, param: str | None) -> None:
    with pytest.raises(BadRequestError, match=message) as caught:
        read_request(body)
    assert caught.value.body == {
        "error": {"message": str(caught.value), "type": "invalid_request_error", "param": param, "code": None}
    }


@given(
    st.binary(max_size=40)
    | st.builds(
        lambda value: json.dumps(value).encode(),
        st.recursive(
            st.none() | st.booleans() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["messages", "role", "content", "type", "text", "tools", "function", "name"]
                    ),
                    inner,
                    max_size=3,
                )
            ),
        ),
    )
)
def test_no_body_breaks_the_reader(body: bytes) -> None:
    with suppress(BadRequestError):
        assert read_request(body).messages is not None


def test_words_are_streamed_with_their_spaces() -> None:
    chunks = list(completion("Hello. ||BREAK|| How are you?").chunks())
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]  # type: ignore[index]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert [delta["content"] for delta in deltas[1:-1]] == ["Hello.", " ||BREAK||", " How", " are", " you?"]
    assert chunks[-1]["choices"] == [{"index": 0, "delta": {}, "finish_reason": "stop", "logprobs": None}]


@given(st.text(alphabet="ab. |", max_size=40).map(str.strip))
def test_the_deltas_are_the_text(text: str) -> None:
    chunks = list(completion(text).chunks())
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == text  # type: ignore[index]


def test_usage_comes_last_and_only_when_asked_for() -> None:
    *_, last = completion("Goodbye now.", stream_options={"include_usage": True}).chunks()
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}
    assert all("usage" not in chunk for chunk in completion("Goodbye now.").chunks())


def test_an_end_is_told_by_the_tool_where_there_is_one() -> None:
    call = {
        "id": "call_scripted-1",
        "type": "function",
        "function": {"name": "end_call", "arguments": '{"disposition": "callback"}'},
    }
    *_, before_last, last = completion("Bye.", "callback", tools=[END_CALL]).chunks()
    assert before_last["choices"][0]["delta"] == {"tool_calls": [{"index": 0, **call}]}  # type: ignore[index]
    assert last["choices"][0]["finish_reason"] == "stop"  # type: ignore[index]
    assert "tool_calls" not in str(list(completion("Bye.", "callback").chunks()))
    assert "tool_calls" not in str(list(completion("Go on.", tools=[END_CALL]).chunks()))
    whole = completion("Bye.", "callback", tools=[END_CALL]).whole()
    assert whole["choices"][0]["message"]["tool_calls"] == [call]  # type: ignore[index]
