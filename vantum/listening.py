"""The socket that the server listens on, and the address at which it is found."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from vantum.core.errors import PortTakenError, SettingsError

BACKLOG = 512


@contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens on ``host`` and ``port``; PortTakenError when somebody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(BACKLOG)
        except OSError as error:
            raise _unusable(host, port, error) from error
        yield listening


def _unusable(host: str, port: int, error: OSError) -> PortTakenError | SettingsError:
    if error.errno == errno.EADDRINUSE:
        return PortTakenError(f"Port {port} on {host} is taken.", "Stop the other program or choose --port.")
    if error.errno == errno.EACCES:
        return PortTakenError(f"Port {port} may not be opened by this user.", "Choose --port above 1023.")
    problem = f"VANTUM_HOST is {host!r}, which this machine cannot listen on ({error.strerror})."
    return SettingsError(problem, "Set it to an address of this machine, such as 127.0.0.1.")


def address(listening: socket.socket) -> str:
    """The URL at which a browser finds ``listening``."""
    return url_of(*listening.getsockname()[:2])


def url_of(host: str, port: int) -> str:
    """The URL of a server that listens on ``host`` and ``port``."""
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
