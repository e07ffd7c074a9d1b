"""What Twilio is told to do with a call, as TwiML.

The library quotes what it is given; the characters that XML cannot hold at all are left out here, because Twilio
ends a call whose TwiML it cannot parse (error 12100). Source: twilio.com/docs/voice/twiml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but the characters of XML 1.0 (production 2): control characters and halves of surrogate pairs."""


def connect_stream(url: str, action: str, status_callback: str, parameters: Mapping[str, str]) -> str:
    """Join the call to the media stream at ``url``; ``action`` says what is next when our side closes it.

    ``ValueError`` for a ``url`` that is no WebSocket's or has a query, which Twilio does not take: pass facts as
    ``parameters`` or in the path.
    """
    if not url.startswith(("ws://", "wss://")) or "?" in url or "#" in url:
        raise ValueError("The stream's URL must be ws:// or wss://, without a query.")
    response = VoiceResponse()
    connect = response.connect(action=_clean(action), method="POST")
    stream = connect.stream(url=_clean(url), status_callback=_clean(status_callback))
    for name, value in parameters.items():
        stream.parameter(name=_clean(name), value=_clean(value))
    return str(response)


def hang_up(words: str = "") -> str:
    """Say ``words``, if there are any, and hang up."""
    response = VoiceResponse()
    said = _clean(words).strip()
    if said:
        response.say(said)
    response.hangup()
    return str(response)


def transfer(number: str, caller_id: str, action: str, ring_seconds: int) -> str:
    """Ring ``number`` for ``ring_seconds`` and join it to the call; ``action`` is told how that went."""
    response = VoiceResponse()
    dial = response.dial(
        action=_clean(action), timeout=ring_seconds, caller_id=_clean(caller_id), answer_on_bridge=True
    )
    dial.number(_clean(number))
    return str(response)


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)
