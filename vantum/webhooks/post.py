"""One attempt to deliver a message: a signed POST, and what came back, within ten seconds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import httpx

from vantum.core.faults import retry_after
from vantum.core.outreach.cells import clean
from vantum.core.outreach.signature import HEADER, signed
from vantum.store.deliveries import Claimed
from vantum.webhooks.guarded_client import ATTEMPT_SECONDS

MOST_BYTES: Final = 1_024
"""What is read of an answer's body; the rest is not waited for."""
EVENT_HEADER: Final = "Vantum-Event"
DELIVERY_HEADER: Final = "Vantum-Delivery"
ATTEMPT_HEADER: Final = "Vantum-Attempt"


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is None where nobody answered, and ``text`` says why, or is the answer's first kilobyte."""

    status: int | None
    text: str
    retry_after: float | None = None


async def post(http: httpx.AsyncClient, message: Claimed, now: float) -> Answer:
    """Send a message once; ``now`` is in seconds since 1970. Nothing that the other side does raises."""
    headers = {
        "Content-Type": "application/json",
        HEADER: signed(message.body, message.secrets, int(now)),
        EVENT_HEADER: message.event,
        DELIVERY_HEADER: message.id,
        ATTEMPT_HEADER: str(message.delivery.attempts + 1),
    }
    answer = Answer(None, "There was no answer in time.")
    try:
        async with (
            asyncio.timeout(ATTEMPT_SECONDS),
            http.stream("POST", message.url, content=message.body, headers=headers) as response,
        ):
            # The status counts, also when the rest of the answer never comes.
            answer = Answer(response.status_code, "", retry_after(response.headers))
            return Answer(answer.status, await _start_of(response), answer.retry_after)
    except TimeoutError:
        return answer
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return answer if answer.status is not None else Answer(None, _words(error))


async def _start_of(response: httpx.Response) -> str:
    found = b""
    async for piece in response.aiter_raw():
        found += piece[: MOST_BYTES - len(found)]
        if len(found) >= MOST_BYTES:
            break
    return clean(found.decode("utf-8", "replace"))


def _words(error: Exception) -> str:
    return clean(f"{type(error).__name__}: {error}"[:MOST_BYTES])
