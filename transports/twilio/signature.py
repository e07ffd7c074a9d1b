"""Whether a webhook or a WebSocket upgrade comes from Twilio: the signature over the configured public URL.

The URL is never built from request headers, which the sender chooses. Whatever comes, the answer is yes or no.
Source: twilio.com/docs/usage/security.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from twilio.request_validator import (  # type: ignore[import-untyped]
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

ALGORITHMS: Final = frozenset({HMAC_SHA1, HMAC_SHA256})
WEBSOCKET_SCHEMES: Final[Mapping[str, str]] = {"http": "ws", "https": "wss"}


class Form(Protocol):
    """A form that may hold a name more than once, as Starlette's ``FormData``."""

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    # The name is positional: Starlette and Django call it differently.
    def getlist(self, name: str, /) -> Sequence[object]: ...


class Signatures:
    """Checks what is signed with ``auth_token`` for the server that the world knows as ``public_url``.

    ``public_url`` is http or https, with a host and no trailing slash; ``ValueError`` for any other.
    """

    def __init__(self, auth_token: str, public_url: str) -> None:
        scheme, separator, host = public_url.partition("://")
        if scheme not in WEBSOCKET_SCHEMES or not separator or not host or host.endswith("/"):
            raise ValueError("The public URL must be http:// or https:// with a host and no trailing slash.")
        self._validator = RequestValidator(auth_token)
        self._url = public_url
        self._websocket_url = f"{WEBSOCKET_SCHEMES[scheme]}://{host}"

    def url(self, path: str) -> str:
        """The public URL of ``path``, which begins with a slash and may have a query."""
        return self._url + _rooted(path)

    def websocket_url(self, path: str) -> str:
        """The public WebSocket URL of ``path``, which begins with a slash: wss where the public URL is https."""
        return self._websocket_url + _rooted(path)

    def of_post(self, path: str, form: Form, headers: Mapping[str, str]) -> bool:
        """Whether Twilio signed this form for ``path`` with its query; the headers' names are case-insensitive."""
        try:
            return self._signed(self.url(path), form, headers)
        except ValueError:
            return False

    def of_upgrade(self, path: str, headers: Mapping[str, str]) -> bool:
        """Whether Twilio signed the opening of the WebSocket at ``path``, which has no parameters."""
        try:
            return self._signed(self.websocket_url(path), None, headers)
        except ValueError:
            return False

    def _signed(self, url: str, form: Form | None, headers: Mapping[str, str]) -> bool:
        """May raise ``ValueError`` for a URL or a text that cannot be signed at all."""
        signature = headers.get(SIGNATURE_HEADER)
        algorithm = str(get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER))).upper()
        # Asked here, because the library would log what a stranger sent.
        if not signature or not signature.isascii() or algorithm not in ALGORITHMS:
            return False
        # A file in a multipart form is no text, and nothing that Twilio sends.
        if form is not None and not all(
            isinstance(value, str) for name in form for value in form.getlist(name)
        ):
            return False
        return bool(self._validator.validate(url, form, signature, algorithm))


def _rooted(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError("The path must begin with a slash.")
    return path
