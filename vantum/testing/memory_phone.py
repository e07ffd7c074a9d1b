"""A telephone in memory: it plays the caller's part on a Twilio Media Stream without any socket.

The transport reads and writes it as its ``Socket``; a test uses the verbs of a telephone, and looks at what was
sent to it, when it was heard, and which marks went back. Audio that is sent ahead waits in a play-out buffer,
as it does at Twilio: a mark goes back when the audio before it was played, and a clear empties the buffer.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from transports.socket import Gone
from vantum.core import mulaw
from vantum.core.audio import PHONE_RATE
from vantum.testing.ear import Sound
from vantum.testing.memory_socket import NORMAL, VANISHED, MemorySocket, Received

ACCOUNT_SID = "AC" + "a" * 32
CALL_SID = "CA" + "c" * 32
STREAM_SID = "MZ" + "d" * 32


class Heard(NamedTuple):
    """Mu-law that was heard without a hole from ``time`` on; a byte lasts 1/8000 s."""

    time: float
    mulaw: bytes

    @property
    def end(self) -> float:
        """When its last sample was heard."""
        return round(self.time + len(self.mulaw) / PHONE_RATE, 9)


class Returned(NamedTuple):
    """A mark that came back: when the transport could read it, and whether its audio was cleared unheard."""

    time: float
    name: str
    cleared: bool


class Cleared(NamedTuple):
    """The buffer was emptied: when, and the marks of what was never heard."""

    time: float
    marks: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Mark:
    """A mark on its way: when the audio before it is played, unless that was cleared."""

    name: str
    played_at: float
    cleared: bool = False
    timer: asyncio.TimerHandle | None = None


class MemoryPhone(MemorySocket):
    """A telephone whose times are seconds since it was made.

    Audio that finds the buffer empty begins ``play_delay`` seconds after it came; a mark takes ``mark_delay``
    seconds on its way back, and with None no mark ever comes back.
    """

    def __init__(
        self,
        *,
        play_delay: float = 0.0,
        mark_delay: float | None = 0.0,
        call_sid: str = CALL_SID,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.call_sid = call_sid
        self.stream_sid = STREAM_SID
        self.marks: list[Returned] = []
        self.cleared: list[Cleared] = []
        self.max_ahead_seconds = 0.0
        self._play_delay = play_delay
        self._mark_delay = mark_delay
        self._parameters = dict(parameters or {})
        self._heard: list[Heard] = []
        self._on_its_way: list[_Mark] = []
        self._sequence = 0
        self._spoken = 0
        self._chunks = 0

    @property
    def heard(self) -> tuple[Heard, ...]:
        """What was, or will be, heard, in stretches without a hole."""
        return tuple(self._heard)

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """When the bot was audible; a telephone does not tell its utterances apart."""
        return tuple(Sound(heard.time, heard.end, "") for heard in self._heard)

    # --- what a telephone does ----------------------------------------------------------------------

    def answer(self) -> None:
        """The call is answered: the stream begins."""
        self.transmit(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        self._tell(
            "start",
            accountSid=ACCOUNT_SID,
            streamSid=self.stream_sid,
            callSid=self.call_sid,
            tracks=["inbound"],
            mediaFormat={"encoding": "audio/x-mulaw", "sampleRate": PHONE_RATE, "channels": 1},
            customParameters=self._parameters,
        )

    def speak(self, pcm: bytes) -> None:
        """Send a chunk of the caller's audio, PCM16 at 8000 Hz; Twilio's are 20 ms."""
        payload = mulaw.encoded(pcm)
        sent_ms = self._spoken * 1000 // PHONE_RATE
        self._spoken += len(payload)
        self._chunks += 1
        audio = base64.b64encode(payload).decode()
        self._tell("media", track="inbound", chunk=str(self._chunks), timestamp=str(sent_ms), payload=audio)

    def press(self, key: str) -> None:
        """Press a key."""
        self._tell("dtmf", track="inbound_track", digit=key)

    def hang_up(self, code: int = NORMAL) -> None:
        """Hang up: nothing more is heard, or can be sent here. Who vanishes (1006) does not say so."""
        if code != VANISHED:
            self._tell("stop", accountSid=ACCOUNT_SID, callSid=self.call_sid)
        self.leave(code)

    # --- what the transport does: the Socket --------------------------------------------------------

    async def send(self, message: bytes | str) -> None:
        """Take one message; raises ``Gone`` when the stream is over, ``ValueError`` for what Twilio refuses."""
        if not self.connected:
            raise Gone(VANISHED)
        told = _object(message)
        match told:
            case {"event": "media", "streamSid": self.stream_sid, "media": {"payload": str(audio)}}:
                self._play(base64.b64decode(audio, validate=True))
            case {"event": "mark", "streamSid": self.stream_sid, "mark": {"name": str(name)}}:
                self._mark(name)
            case {"event": "clear", "streamSid": self.stream_sid}:
                self._clear()
            case _:
                raise ValueError(f"Twilio ends a stream that is sent this (error 31924): {message!r}.")
        self.received.append(Received(self.now, str(told["event"]), told))

    # --- the play-out buffer ------------------------------------------------------------------------

    def _play(self, audio: bytes) -> None:
        now = self.now
        if not self._heard or self._heard[-1].end < now:
            self._heard.append(Heard(round(now + self._play_delay, 9), b""))
        last = self._heard[-1]
        self._heard[-1] = last._replace(mulaw=last.mulaw + audio)
        ahead = self._heard[-1].end - max(now, last.time)
        self.max_ahead_seconds = max(self.max_ahead_seconds, round(ahead, 9))

    def _mark(self, name: str) -> None:
        played_at = max(self.now, self._heard[-1].end if self._heard else 0.0)
        self._send_back(_Mark(name, played_at))

    def _clear(self) -> None:
        """What is not played is never heard; its marks leave at once."""
        now = self.now
        unheard = [mark for mark in self._on_its_way if mark.played_at > now]
        self.cleared.append(Cleared(now, tuple(mark.name for mark in unheard)))
        self._stop(now)
        for mark in unheard:
            self._forget(mark)
            self._send_back(_Mark(mark.name, now, cleared=True))

    def _send_back(self, mark: _Mark) -> None:
        if self._mark_delay is not None:
            at = self._zero + mark.played_at + self._mark_delay
            mark.timer = asyncio.get_running_loop().call_at(at, self._arrive)
        self._on_its_way.append(mark)

    def _arrive(self) -> None:
        """The first mark is back. Timers of one moment fire in any order, and marks never overtake each other."""
        mark = self._on_its_way.pop(0)
        self.marks.append(Returned(self.now, mark.name, mark.cleared))
        self._tell("mark", name=mark.name)

    def _forget(self, mark: _Mark) -> None:
        self._on_its_way.remove(mark)
        if mark.timer is not None:
            mark.timer.cancel()

    def _stop(self, now: float) -> None:
        """Nothing is audible from ``now`` on."""
        while self._heard and self._heard[-1].end > now:
            last = self._heard.pop()
            audible = last.mulaw[: max(0, round((now - last.time) * PHONE_RATE))]
            if audible:
                self._heard.append(last._replace(mulaw=audible))
                return

    # --- the stream ---------------------------------------------------------------------------------

    def _tell(self, event: str, **facts: object) -> None:
        """Send an event as Twilio does, numbered and with its facts under its own name."""
        self._sequence += 1
        envelope = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": self.stream_sid}
        self.transmit(json.dumps({**envelope, event: facts}))

    def fall_silent(self) -> None:
        """What still plays is heard no longer, and no mark comes back."""
        self._stop(self.now)
        for mark in list(self._on_its_way):
            self._forget(mark)


def _object(message: bytes | str) -> dict[str, object]:
    found: object = json.loads(message) if isinstance(message, str) else None
    return found if isinstance(found, dict) else {}
