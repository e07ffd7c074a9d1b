"""Takes the OpenAI client's first request, which loads a quarter of a second of code, before the first caller's."""

from __future__ import annotations

import httpx2
from openai import AsyncOpenAI

ANSWER = (
    b'data: {"id":"warm","object":"chat.completion.chunk","created":0,"model":"warm",'
    b'"choices":[{"index":0,"delta":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)


async def warm_up() -> str:
    """Stream one answer that never leaves the process; returns its text."""
    async with AsyncOpenAI(
        api_key="none",
        base_url="http://warm.invalid/v1",
        http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(_answer)),
    ) as client:
        stream = await client.chat.completions.create(
            model="warm", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
    return "".join(pieces)


def _answer(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=ANSWER)
