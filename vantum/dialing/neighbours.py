"""Whether another process of this machine is still there. Only who shares a file can ask that of it."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Final

HOST_LENGTH: Final = 253


def this_host() -> str:
    """The name of this machine."""
    return socket.gethostname()[:HOST_LENGTH]


def gone(processes: Mapping[str, int]) -> list[str]:
    """Of names with the numbers of their processes, those that are gone; one with our own number was before us."""
    return [name for name, pid in processes.items() if pid == os.getpid() or not _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
