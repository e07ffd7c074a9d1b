"""Where a server of this process listens."""

from __future__ import annotations

import socket
from collections.abc import Iterable


def address_of(sockets: Iterable[socket.socket]) -> str:
    """Host and port of the first of its sockets."""
    host, port = next(iter(sockets)).getsockname()[:2]
    return f"{host}:{port}"
