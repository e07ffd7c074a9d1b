"""Media Streams as the carrier speaks them: what it sends as text, and what it may be sent.

The other side of this is ``transports/twilio/codec.py``. Source: twilio.com/docs/voice/media-streams.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vantum.core.audio import PHONE_RATE
from vantum.core.errors import ProtocolError

FRAME_MS: Final = 20
CONNECTED: Final = '{"event":"connected","protocol":"Call","version":"1.0.0"}'


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio to play, so many samples of it."""

    samples: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark behind the audio that was sent before it."""

    name: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was not played is not to be played any more."""


Wanted = Sound | Marked | Cleared


class Scribe:
    """Writes the messages of one stream, and numbers them as the carrier does."""

    def __init__(self, stream_sid: str, call_sid: str, account_sid: str) -> None:
        self._stream_sid = stream_sid
        self._call = {"accountSid": account_sid, "callSid": call_sid}
        self._sequence = 0
        self._chunk = 0

    def start(self, parameters: Mapping[str, str]) -> str:
        """The stream begins."""
        form = {"encoding": "audio/x-mulaw", "sampleRate": PHONE_RATE, "channels": 1}
        facts = {"streamSid": self._stream_sid, "tracks": ["inbound"], "mediaFormat": form}
        return self._event("start", {**self._call, **facts, "customParameters": dict(parameters)})

    def media(self, mulaw: bytes) -> str:
        """The next 20 ms of the one who was called."""
        # Fifty a second for each call: no dictionaries.
        self._sequence += 1
        self._chunk += 1
        payload = base64.b64encode(mulaw).decode("ascii")
        return (
            f'{{"event":"media","sequenceNumber":"{self._sequence}","streamSid":"{self._stream_sid}",'
            f'"media":{{"track":"inbound","chunk":"{self._chunk}","timestamp":"{self._chunk * FRAME_MS}",'
            f'"payload":"{payload}"}}}}'
        )

    def digit(self, key: str) -> str:
        """A key was pressed."""
        return self._event("dtmf", {"track": "inbound_track", "digit": key})

    def mark(self, name: str) -> str:
        """What was sent before a mark was played, or cleared."""
        return self._event("mark", {"name": name})

    def stop(self) -> str:
        """The stream is over."""
        return self._event("stop", self._call)

    def _event(self, event: str, facts: Mapping[str, object]) -> str:
        self._sequence += 1
        number = str(self._sequence)
        return json.dumps(
            {"event": event, "sequenceNumber": number, "streamSid": self._stream_sid, event: facts}
        )


def wanted(message: str | bytes, stream_sid: str) -> Wanted:
    """What our server wants of the stream; ``ProtocolError`` for what the carrier would not take (31924)."""
    try:
        event = json.loads(message)
        if event["streamSid"] != stream_sid:
            raise ProtocolError("31924: the streamSid is another one's.")
        match event["event"]:
            case "media":
                return Sound(len(base64.b64decode(event["media"]["payload"], validate=True)))
            case "mark":
                return Marked(str(event["mark"]["name"]))
            case "clear":
                return Cleared()
            case other:
                raise ProtocolError(f"31924: there is no event {str(other)[:40]!r}.")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProtocolError(f"31924: the message cannot be read ({type(error).__name__}).") from error
