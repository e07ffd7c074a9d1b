"""What a stream to Deepgram was given and has no words for yet: it is sent once more on the next one."""

from __future__ import annotations

from collections import deque


class Tape:
    """The audio that no final result has covered yet, and the requests among it, in order.

    What was sent is kept for a next stream; of the audio, sent or not, only the newest ``audio_bytes``.
    """

    def __init__(self, audio_bytes: int) -> None:
        self._room = self._free = audio_bytes
        self._sent: deque[str | bytes] = deque()
        self._waiting: deque[str | bytes] = deque()
        self._begins = 0
        """Where on the stream the first audio in ``_sent`` begins, in bytes."""

    @property
    def waits(self) -> bool:
        """Whether something is to be sent."""
        return bool(self._waiting)

    @property
    def uncovered(self) -> int:
        """Bytes of audio that are kept."""
        return self._room - self._free

    @property
    def asked(self) -> int:
        """Bytes of audio that were sent before the newest request without an answer, and are not covered."""
        before = audio = 0
        for item in self._sent:
            if isinstance(item, str):
                before = audio
            else:
                audio += len(item)
        return before

    def add(self, item: str | bytes) -> None:
        """Audio, or a request."""
        self._waiting.append(item)
        if isinstance(item, bytes):
            self._free -= len(item)
        while self._free < 0:
            self._drop_oldest_audio()

    def take(self) -> str | bytes:
        """The next item to send."""
        item = self._waiting.popleft()
        self._sent.append(item)
        return item

    def covered(self, position: int) -> None:
        """The words in the first ``position`` bytes of this stream are known."""
        while self._begins < position and (oldest := _first_audio(self._sent)) is not None:
            index, audio = oldest
            known = min(len(audio), position - self._begins)
            self._begins += known
            self._free += known
            if known < len(audio):
                self._sent[index] = audio[known:]
            else:
                del self._sent[index]

    def answered(self) -> None:
        """The oldest request has its answer, and with it all audio before the request."""
        while any(isinstance(item, str) for item in self._sent):
            item = self._sent.popleft()
            if isinstance(item, str):
                return
            self._begins += len(item)
            self._free += len(item)

    def rewind(self) -> None:
        """A new stream begins: all that is kept is to be sent."""
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self._begins = 0

    def _drop_oldest_audio(self) -> None:
        for items in (self._sent, self._waiting):
            oldest = _first_audio(items)
            if oldest is not None:
                index, audio = oldest
                del items[index]
                self._free += len(audio)
                self._begins += len(audio) if items is self._sent else 0
                return


def _first_audio(items: deque[str | bytes]) -> tuple[int, bytes] | None:
    return next(((index, item) for index, item in enumerate(items) if isinstance(item, bytes)), None)
