"""What Cartesia's refusals, errors and closed links mean: whose fault they are, and so what helps."""

from __future__ import annotations

import re
from collections.abc import Mapping

from websockets.exceptions import InvalidStatus

from processors.faults import provider_error
from vantum.core.errors import ProviderError
from vantum.core.faults import fault_of_status

NAME = "cartesia"
TTS = "tts"
KEY = re.compile(r"\bsk_car_\w+")
"""What a key of Cartesia's looks like."""


def link_error(problem: Exception) -> ProviderError:
    """Why a link could not be opened, or was lost: a refused handshake, a close code, a network that is down."""
    error = provider_error(TTS, NAME, problem)
    if not isinstance(problem, InvalidStatus):
        return error
    # The operator knows the numbers; the words may be a whole page.
    answer = bytes(problem.response.body or b"").decode(errors="replace")
    told = _told(f"HTTP {problem.response.status_code} {answer}")
    return ProviderError(TTS, NAME, told.message, error.fault, error.retry_after)


def told_error(message: Mapping[str, object]) -> ProviderError:
    """What an ``error`` message says: ``status_code`` where it has one, and ``error``, ``message`` or ``title``."""
    told = (message.get(name) for name in ("error", "message", "title"))
    words = next((text for text in told if isinstance(text, str) and text), "an error without words")
    error = _told(words)
    match message:
        case {"status_code": int(status)} if status >= 400:
            error.fault = fault_of_status(status, words)
    return error


def _told(words: str) -> ProviderError:
    return provider_error(TTS, NAME, RuntimeError(KEY.sub("[key]", words)))
