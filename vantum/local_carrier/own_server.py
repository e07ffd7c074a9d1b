"""This process's own server, called as the carrier would call it: signed, and nothing else is ever called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiohttp
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake

from vantum.core.errors import VantumError

ANSWER_SECONDS: Final = 15.0
CONNECT_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 1.0
MOST_BYTES: Final = 1 << 20
"""Of one message or one answer."""
AGENT: Final = "Vantum local carrier"


class ServerError(VantumError):
    """The server did not do what it was asked; ``code`` is the carrier's error for that."""

    def __init__(self, code: int, problem: str) -> None:
        super().__init__(f"{code}: {problem}")
        self.code = code


class ServerGoneError(ServerError):
    """Nobody listens any more: the server is shutting down."""


class OwnServer:
    """The server at ``url``; ``token`` is what it checks signatures with. Made and closed on one loop."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._sockets_url = "ws" + self._url.removeprefix("http")
        self._signer = RequestValidator(token)
        # A connection for each request: of several workers each request is for another one.
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            timeout=aiohttp.ClientTimeout(ANSWER_SECONDS),
            headers={"User-Agent": AGENT},
        )

    async def post(self, url: str, form: Mapping[str, str]) -> str:
        """The answer to a signed form; raises ``ServerError`` for any but a good one."""
        if not url.startswith(f"{self._url}/"):
            raise ServerError(11200, "the address is not the server's own.")
        headers = self._signature(url, form)
        try:
            async with self._http.post(
                url, data=dict(form), headers=headers, allow_redirects=False
            ) as answer:
                body = await answer.content.read(MOST_BYTES)
        except aiohttp.ClientConnectorError as error:
            raise ServerGoneError(11200, "there is no connection.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ServerError(11200, f"no answer ({type(error).__name__}).") from error
        if not 200 <= answer.status < 300:
            raise ServerError(11200, f"the answer was {answer.status}.")
        return body.decode("utf-8", "replace")

    async def connect(self, url: str) -> ClientConnection:
        """A media stream to ``url``; raises ``ServerError``."""
        if not url.startswith(f"{self._sockets_url}/") or "?" in url:
            raise ServerError(31920, "the stream's address is not the server's own.")
        try:
            return await connect(
                url,
                additional_headers=self._signature(url, {}),
                user_agent_header=AGENT,
                compression=None,
                proxy=None,
                ping_interval=None,
                open_timeout=CONNECT_SECONDS,
                close_timeout=CLOSE_SECONDS,
                max_size=MOST_BYTES,
            )
        except InvalidHandshake as error:
            raise ServerError(31920, f"the stream was refused ({type(error).__name__}).") from error
        except TimeoutError as error:
            raise ServerError(31901, "the stream was not opened in time.") from error
        except (OSError, EOFError) as error:
            raise ServerError(31902, f"there is no connection ({type(error).__name__}).") from error

    async def close(self) -> None:
        """Close what is open."""
        await self._http.close()

    def _signature(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        return {SIGNATURE_HEADER: str(self._signer.compute_signature(url, form))}
