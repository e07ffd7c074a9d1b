"""What goes wrong with Deepgram, as our own error: refusals, closed links, and errors told inside a stream.

Refusals have an HTTP status and a JSON body with ``err_code`` and ``err_msg`` (errors of the API, 2026). Links are
closed with 1008 for audio that is none (DATA-0000), and with 1011 when no audio came (NET-0001) or Deepgram itself
failed (NET-0000).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from deepgram.core.api_error import ApiError
from websockets.exceptions import InvalidStatus

from processors.faults import provider_error
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault, fault_of_words

NAME = "deepgram"


def deepgram_error(problem: Exception) -> ProviderError:
    """What a problem of the link, of Deepgram's SDK or of what lies below them means."""
    return provider_error(Kind.STT, NAME, problem)


def refusal(status: InvalidStatus) -> ApiError:
    """A refused handshake as the SDK tells it, which pipecat does not try again when the request was at fault."""
    response = status.response
    return ApiError(
        headers=dict(response.headers.raw_items()),
        status_code=response.status_code,
        body=_body(response.body),
    )


def told_error(message: Mapping[str, object]) -> ProviderError:
    """What a message of the type ``Error`` inside a stream means: ``description`` and ``variant`` or ``message``."""
    said = [str(message[key]) for key in ("description", "message", "variant") if message.get(key)]
    words = ": ".join(dict.fromkeys(said)) or "an error without words"
    return failed(words, fault_of_words(words) or Fault.NETWORK)


def failed(words: str, fault: Fault = Fault.NETWORK) -> ProviderError:
    """Deepgram failed, in our own words."""
    return ProviderError(Kind.STT, NAME, words, fault)


def _body(body: bytes | bytearray | None) -> object:
    """The body of a refusal in the shape that all providers' errors are read in."""
    text = (body or b"").decode(errors="replace")
    try:
        told = json.loads(text)
    except ValueError:
        return text
    match told:
        case {"err_msg": message, "err_code": code}:
            return {"message": message, "err_code": code}
        case _:
            return told
