"""What went wrong at a provider, by what its wire says."""

from __future__ import annotations

import pytest

from vantum.core.errors import ProviderError
from vantum.core.faults import (
    Fault,
    fault_of_close,
    fault_of_status,
    fault_of_words,
    is_too_long,
    retry_after,
)

LONG = (
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130012 tokens."
)


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (400, Fault.FATAL),
        (401, Fault.AUTH),
        (402, Fault.AUTH),
        (403, Fault.AUTH),
        (404, Fault.FATAL),
        (408, Fault.NETWORK),
        (413, Fault.FATAL),
        (422, Fault.FATAL),
        (429, Fault.RATE_LIMIT),
        (500, Fault.NETWORK),
        (503, Fault.NETWORK),
        (529, Fault.NETWORK),
        (302, Fault.NETWORK),
    ],
)
def test_a_status_has_a_class(status: int, fault: Fault) -> None:
    assert fault_of_status(status) is fault


@pytest.mark.parametrize(
    ("status", "message", "fault"),
    [
        (429, "You exceeded your current quota, please check your plan and billing details.", Fault.AUTH),
        (429, "Rate limit reached for gpt-4.1", Fault.RATE_LIMIT),
        (400, "Your API key is invalid", Fault.FATAL),
        (418, "invalid api key", Fault.AUTH),
        (418, "tea", Fault.FATAL),
    ],
)
def test_a_message_may_say_more_than_a_status(status: int, message: str, fault: Fault) -> None:
    assert fault_of_status(status, message) is fault


@pytest.mark.parametrize(
    ("code", "reason", "fault"),
    [
        (1000, "", Fault.NETWORK),
        (1006, "", Fault.NETWORK),
        (1008, "DATA-0000", Fault.FATAL),
        (1008, "invalid_api_key", Fault.AUTH),
        (1008, "quota_exceeded", Fault.AUTH),
        (1011, "NET-0001", Fault.NETWORK),
        (1013, "", Fault.RATE_LIMIT),
        (4401, "", Fault.AUTH),
        (4429, "", Fault.RATE_LIMIT),
        (4999, "", Fault.NETWORK),
    ],
)
def test_a_close_has_a_class(code: int, reason: str, fault: Fault) -> None:
    assert fault_of_close(code, reason) is fault


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Incorrect API key provided: sk-***", Fault.AUTH),
        ("The api key is not valid", Fault.AUTH),
        ("insufficient_quota", Fault.AUTH),
        ("Unauthorized", Fault.AUTH),
        ("PERMISSION_DENIED: speech.googleapis.com", Fault.AUTH),
        ("too many concurrent requests", Fault.RATE_LIMIT),
        ("TooManyRequests", None),
        ("RESOURCE_EXHAUSTED", Fault.RATE_LIMIT),
        ("Concurrency limit reached", Fault.RATE_LIMIT),
        ("model_not_found", Fault.FATAL),
        ("The model `gpt-9` does not exist", Fault.FATAL),
        ("voice abc not found", Fault.FATAL),
        (LONG, Fault.FATAL),
        ("context_length_exceeded", Fault.FATAL),
        ("the sun is out", None),
    ],
)
def test_words_have_a_class_or_none(words: str, fault: Fault | None) -> None:
    assert fault_of_words(words) is fault


def test_a_conversation_that_is_too_long_is_known_by_the_words_for_it() -> None:
    said = [
        LONG,
        "prompt is too long: 210000 tokens",
        "context_length_exceeded",
        "input token count (9) exceeds",
    ]
    assert all(is_too_long(words) for words in said)
    assert not is_too_long("unknown model")
    assert ProviderError("llm", "OpenAI", LONG, Fault.FATAL).too_long
    assert not ProviderError("llm", "OpenAI", LONG, Fault.NETWORK).too_long
    assert not ProviderError("llm", "OpenAI", "boom", Fault.FATAL).too_long


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2"}, 2.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "-1"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_a_server_asks_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
