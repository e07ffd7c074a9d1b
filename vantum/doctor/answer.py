"""One question over HTTP, and its answer as a value: a status, perhaps JSON, or the problem that there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

NETWORK_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: its status and its JSON (None for none), or the ``problem`` that there is no answer."""

    status: int | None
    body: object = None
    problem: str = ""

    @property
    def of_vantum(self) -> bool:
        """Whether this is what a Vantum says of its health."""
        return self.status == 200 and isinstance(self.body, dict) and {"calls", "providers"} <= set(self.body)


async def ask(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request; what goes wrong is told without what was sent, which holds the key."""
    try:
        async with asyncio.timeout(NETWORK_SECONDS):
            response = await http.request(method, url, headers=headers, data=form)
    except (TimeoutError, httpx.TimeoutException):
        return Answer(None, problem=f"no answer within {NETWORK_SECONDS:g} seconds")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(None, problem=f"no connection ({type(error).__name__})")
    try:
        return Answer(response.status_code, response.json())
    except ValueError:
        return Answer(response.status_code)
