"""What the caller said that no final transcript has the words of yet: whoever hears the caller next is given it.

No word is lost, because nothing is dropped that may hold one without a transcript; and none is doubled, because what
a transcript covers is dropped at once, wherever that can be known:

- A recogniser may say how much of the audio a final covers (``COVERED_SECONDS``): all up to there is dropped.
- Else a final covers what was said before the detector last heard the caller stop. It may come so late that the
  caller speaks again; what they have said since stays.
- A final in the middle of speech may cover any part of it: all of it stays, and its words are not said again by
  those who know them (``processors/stt/said_twice.py``).

Behind the stop of speech the audio begins with silence, so that no minimum has to be kept for the sake of a word that
was cut. While the caller is silent the last two seconds are kept: the detector may yet find the beginning of a word
in them. Audio is counted in samples.
"""

from __future__ import annotations

from collections import deque

from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

KEPT_SECONDS = 10
QUIET_SECONDS = 2
COVERED_SECONDS = "covered_seconds"
"""In the metadata of a final transcript: seconds of the audio that the recogniser was given, from the first."""


class HeardTape:
    """One call's tape. What was sent is kept for the next recogniser; of the audio, only the newest."""

    def __init__(self) -> None:
        self._sent: deque[Frame] = deque()
        self._waiting: deque[Frame] = deque()
        self._begins = self._ends = 0
        """In samples since the beginning of the call."""
        self._stream: int | None = None
        """Where the audio of the present recogniser began."""
        self._rate = 0
        self._stops: deque[int] = deque()
        self._speaking = False
        self._before: VADUserStartedSpeakingFrame | None = None

    @property
    def waits(self) -> bool:
        """Whether something is to be sent."""
        return bool(self._waiting)

    @property
    def begins(self) -> int:
        """Where the tape begins, in samples since the beginning of the call."""
        return self._begins

    @property
    def ends(self) -> int:
        """Where the tape ends, in samples since the beginning of the call."""
        return self._ends

    @property
    def speaking(self) -> bool:
        """Whether the caller is heard now."""
        return self._speaking

    @property
    def idle(self) -> bool:
        """Whether the caller is silent, and no words of theirs are outstanding."""
        return not self._speaking and not self._stops

    def add(self, frame: Frame) -> None:
        """Audio, what the detector says of it, or a request for the words so far."""
        self._waiting.append(frame)
        match frame:
            case InputAudioRawFrame():
                self._rate = frame.sample_rate
                self._ends += frame.num_frames
            case VADUserStartedSpeakingFrame():
                self._speaking = True
            case VADUserStoppedSpeakingFrame():
                self._speaking = False
                self._stops.append(self._ends)
            case _:
                self._stops.append(self._ends)
        limit = (QUIET_SECONDS if self.idle else KEPT_SECONDS) * self._rate
        while self._ends - self._begins > limit:
            self._drop_oldest()

    def take(self) -> Frame:
        """The next frame to send."""
        frame = self._waiting.popleft()
        if self._stream is None:
            self._stream = self._begins
        self._sent.append(frame)
        return frame

    def rewind(self) -> None:
        """Another recogniser: all that is kept is to be sent."""
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self._stream = None
        if self._before is not None:
            # The tape begins in the middle of speech.
            self._waiting.appendleft(self._before)
            self._before = None

    def final(self, covered_seconds: float | None) -> bool:
        """A final transcript has come; whether all that it has words of is off the tape."""
        if covered_seconds is not None and self._stream is not None:
            self._cut(self._stream + round(covered_seconds * self._rate))
            return True
        if not self._stops:
            return False
        self._cut(self._stops[-1])
        return not self._speaking

    def _cut(self, position: int) -> None:
        """Drop what was sent before ``position``."""
        while self._sent and self._begins <= position:
            frame = self._sent[0]
            if isinstance(frame, InputAudioRawFrame) and self._begins + frame.num_frames > position:
                self._sent[0] = _behind(frame, position - self._begins)
                self._begins = position
                break
            self._drop_oldest()
        self._forget_stops()

    def _drop_oldest(self) -> None:
        frames = self._sent or self._waiting
        match frames.popleft():
            case InputAudioRawFrame(num_frames=samples):
                self._begins += samples
                self._forget_stops()
            case VADUserStartedSpeakingFrame() as began:
                self._before = began
            case VADUserStoppedSpeakingFrame():
                self._before = None
            case _:
                pass

    def _forget_stops(self) -> None:
        while self._stops and self._stops[0] <= self._begins:
            self._stops.popleft()


def _behind(frame: InputAudioRawFrame, samples: int) -> InputAudioRawFrame:
    """The audio behind the first ``samples``."""
    if not samples:
        return frame
    width = len(frame.audio) // max(1, frame.num_frames)
    return InputAudioRawFrame(frame.audio[samples * width :], frame.sample_rate, frame.num_channels)
