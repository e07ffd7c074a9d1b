"""What Deepgram lets know beside words: that it hears speech, that it heard none, that the caller has finished."""

from __future__ import annotations

from vantum.core.events import Sign


class Hearing:
    """What was heard since the last words. Times are seconds on the stream."""

    def __init__(self) -> None:
        self._speech_at: float | None = None
        self._voiced = False
        self._worded = False

    def voice_began(self) -> None:
        """The voice activity detector hears the caller."""
        self._voiced = True

    def speech_started(self, at: float) -> Sign:
        """Deepgram hears speech from ``at`` on."""
        self._speech_at = at
        return Sign.SPEECH

    def words(self, *, speech_final: bool) -> Sign | None:
        """A final result with words."""
        self._speech_at, self._voiced = None, False
        self._worded = True
        return self._endpoint() if speech_final else None

    def no_words(self, end: float, *, asked: bool, speech_final: bool) -> Sign | None:
        """A final result without words for the audio up to ``end``; ``asked`` when it is the answer to Finalize."""
        covers_speech = self._speech_at is not None and self._speech_at < end
        # The detector's time is not the stream's: only what was asked for after it covers what it heard.
        if covers_speech or (asked and self._voiced):
            self._speech_at, self._voiced = None, False
            return Sign.NOTHING
        return self._endpoint() if speech_final and self._worded else None

    def utterance_ended(self) -> Sign:
        """Deepgram heard no word for a while."""
        return self._endpoint()

    def _endpoint(self) -> Sign:
        self._worded = False
        return Sign.ENDPOINT
