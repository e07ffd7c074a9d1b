"""The warm-up is a real streamed request that goes nowhere."""

from __future__ import annotations

import pytest

from processors.llm.openai_warmup import warm_up


@pytest.mark.real_time
async def test_the_client_streams_an_answer_without_a_network() -> None:
    assert await warm_up() == "ok"
