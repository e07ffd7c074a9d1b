"""What a call tells our server beside its course: posted one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from loguru import logger

from vantum.local_carrier.own_server import OwnServer, ServerError, ServerGoneError

MOST_WAITING: Final = 128
DRAIN_SECONDS: Final = 5.0

Told = tuple[str, Mapping[str, str]]


class Callbacks:
    """Posts while the block lasts, and then what waits, within bounds; what is not taken is told no more."""

    def __init__(self, server: OwnServer) -> None:
        self._server = server
        self._waiting: asyncio.Queue[Told | None] = asyncio.Queue()
        self._posting: asyncio.Task[None] | None = None

    def tell(self, url: str, form: Mapping[str, str]) -> None:
        """Post a form soon."""
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put_nowait((url, form))
        else:
            logger.warning("The local carrier has too much to tell at once.")

    async def __aenter__(self) -> Self:
        self._posting = asyncio.create_task(self._post(), name="callbacks")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        posting, self._posting = self._posting, None
        if posting is None:
            return
        try:
            if kind is None:
                self._waiting.put_nowait(None)
                await asyncio.wait((posting,), timeout=DRAIN_SECONDS)
        finally:
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)

    async def _post(self) -> None:
        while (told := await self._waiting.get()) is not None:
            try:
                await self._server.post(*told)
            except ServerGoneError:
                return
            except ServerError as error:
                logger.warning("The local carrier was not heard.", problem=str(error))
