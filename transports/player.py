"""Plays the bot's turns one after the other, paced to the ear, and knows to the sample what was heard.

While it is held nothing of a turn leaves. What was being heard then stops where it is, and goes on later from the
word in which it stopped. It is held for the conversation, and while the client is away.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from enum import Enum, auto
from typing import Protocol

import uuid_utils
from pipecat.frames.frames import BotStartedSpeakingFrame, BotStoppedSpeakingFrame

from transports.hooks import Hooks
from transports.keys import Keys
from transports.reports import Reports
from transports.utterance import Framing, Phase, Utterance
from vantum.core.audio import SAMPLE_BYTES
from vantum.core.dtmf import tones
from vantum.core.events import (
    DigitsSent,
    Stage,
    StageReached,
    UtteranceEnded,
    UtterancePaused,
    UtteranceResumed,
    UtteranceStarted,
    WordsSpoken,
)
from vantum.core.pulse import Pulse


class Wire(Protocol):
    """What the output needs of a carrier."""

    def play(self, utterance_id: str, pcm: bytes, rate: int) -> None:
        """Send one chunk of an utterance; never waits."""


class _Hold(Enum):
    """What a turn is held for."""

    CONVERSATION = auto()
    CLIENT = auto()  # nobody is there


class Player:
    """Sends what is queued over ``wire``, publishes what is heard, and tells it to ``reports``.

    ``silent`` is set while there is nothing to play.
    """

    def __init__(self, wire: Wire, framing: Framing, hooks: Hooks, reports: Reports) -> None:
        self.silent = asyncio.Event()
        self.silent.set()
        self._wire = wire
        self._framing = framing
        self._hooks = hooks
        self._reports = reports
        self._queue: deque[Utterance] = deque()
        self._keys = Keys()
        self._tones: Utterance | None = None
        self._holds: set[_Hold] = set()
        self._not_before = 0.0
        self._pulse = Pulse(time.monotonic())
        self._in_doubt = False
        self._last_pts_ns = 0

    # --- filling ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new turn begins, whether or not it will have audio; the one before it is complete."""
        if self._queue:
            self._queue[-1].complete = True
        self._append()
        self._advance()

    def complete(self) -> None:
        """No more audio follows in the turn that is being filled; if there is none, it was an empty one."""
        self._open().complete = True
        self._advance()

    def finish(self) -> None:
        """Nothing more will come: what there is plays to its end."""
        if self._queue:
            self._queue[-1].complete = True
        self.release()

    def queue_audio(self, pcm: bytes, context: str | None, clock_ns: int) -> None:
        """Audio of the turn that is being filled."""
        utterance = self._open()
        if not utterance.queued:
            self._hooks.publish(StageReached(Stage.FIRST_AUDIO))
        utterance.queue_audio(pcm, context, self._word_clock(clock_ns))
        self._advance()

    def queue_text(self, text: str, context: str | None, pts_ns: int | None, clock_ns: int) -> None:
        """Words of the turn that is being filled."""
        self._open().queue_text(text, context, pts_ns, self._word_clock(clock_ns))
        self._last_pts_ns = max(self._last_pts_ns, pts_ns or 0)
        self._advance()

    def press(self, digits: str) -> None:
        """Press keys when what was queued before them has been heard."""
        self._keys.add(digits, self._queue[-1] if self._queue else None)
        self._advance()

    def _word_clock(self, clock_ns: int) -> int:
        """When a context that begins now begins for its words: pipecat never times one before its last word."""
        return max(self._last_pts_ns, clock_ns)

    def _open(self) -> Utterance:
        if not self._queue or self._queue[-1].complete:
            self._append()
        return self._queue[-1]

    def _append(self) -> None:
        self._queue.append(Utterance(str(uuid_utils.uuid7()), self._framing))

    # --- holding and cutting ------------------------------------------------------------------------

    def hold(self) -> None:
        """Nothing of a turn leaves from here on, and nothing is lost. Keys that sound already sound on."""
        if self._holds:
            self._holds.add(_Hold.CONVERSATION)
            return
        self._holds.add(_Hold.CONVERSATION)
        now = time.monotonic()
        head = self._queue[0] if self._queue else None
        if head is not None:
            self._tell_heard(head, now)
            if head.audible(now):
                self._pause(head, now)
        self._advance()

    def release(self) -> None:
        """Go on, if the client is there: with the word in which the turn stopped, or with what waits."""
        self._go_on(_Hold.CONVERSATION)

    def detach(self) -> None:
        """The client is gone: the ear stopped where it was at its last sign of life, whatever was sent since."""
        self._holds.add(_Hold.CLIENT)
        at = self._pulse.heard_until(time.monotonic())
        head = self._queue[0] if self._queue else None
        if head is not None:
            self._tell_heard(head, at)
            # Also where the voice is behind: whoever returns must be told of the turn anew.
            if head.audible(at) or (head.phase is Phase.PLAYING and not head.complete):
                self._pause(head, at)
        self._advance()

    def attach(self) -> None:
        """The client is back: go on, unless the conversation holds the turn."""
        self._pulse = Pulse(time.monotonic())
        self._go_on(_Hold.CLIENT)

    def client_sent(self, sound_seconds: float) -> None:
        """The client sent so much sound: it is there."""
        self._pulse.beat(time.monotonic(), sound_seconds)
        if self._in_doubt:
            self._advance()

    def _pause(self, head: Utterance, at: float) -> None:
        head.pause(at)
        self._silence(at)
        self._hooks.publish(UtterancePaused(head.id))

    def _go_on(self, hold: _Hold) -> None:
        self._holds.discard(hold)
        if self._queue and not self._holds:
            self._queue[0].resume()
        self._advance()

    def cut(self) -> None:
        """The caller has the floor: nothing more of what is queued is heard. Keys are not cut."""
        self._holds.discard(_Hold.CONVERSATION)
        self._last_pts_ns = 0
        if self._queue:
            self._drop(time.monotonic())
        else:
            self._reports.tell(UtteranceEnded("", "", interrupted=True))
        self._advance()

    def stop(self) -> None:
        """The call is over: silence, at once."""
        self._tones = None
        self._keys.forget()
        if self._queue:
            self._drop(time.monotonic())
        self._advance()

    def _drop(self, now: float) -> None:
        """End the first turn where the ear is, and the others without a trace."""
        head = self._queue[0]
        self._queue.clear()
        if head.phase is Phase.PLAYING:
            self._silence(now)
        self._end(head, head.playback.heard_text(now), interrupted=True)

    def _silence(self, at: float) -> None:
        self._not_before = time.monotonic() + self._framing.cut_pause_seconds
        self._hooks.tap.bot_cut(at)

    # --- playing ------------------------------------------------------------------------------------

    def step(self, now: float) -> float | None:
        """Send what is due and tell what is heard. Returns when the next work is due."""
        due = self._step(now)
        if self._queue or self._tones is not None:
            self.silent.clear()
        else:
            self.silent.set()
        self._reports.push()
        return due

    def confirm(self, utterance_id: str, tally: int) -> None:
        """The carrier has played the first ``tally`` samples that it was sent of an utterance."""
        for playing in (self._tones, *self._queue):
            if playing is not None and playing.id == utterance_id:
                playing.playback.confirm(tally, time.monotonic())
                self._advance()

    def _advance(self) -> None:
        self._hooks.pacer.schedule(self, self.step(time.monotonic()))

    def _step(self, now: float) -> float | None:
        while True:
            self._press_keys()
            if self._tones is not None:
                self._send(self._tones, now)
                if not self._tones.over(now):
                    return _first(self._tones.chunk_due(), self._tones.word_due())
                self._tones = None
            elif self._queue:
                head = self._queue[0]
                if not self._holds and now >= self._not_before:
                    self._send(head, now)
                elif self._holds and head.phase is Phase.QUEUED:
                    return None
                self._tell_heard(head, now)
                if not head.over(now):
                    return self._due(head)
                if (doubtful := self._pulse.doubtful_until(now)) is not None:
                    # Ends that a client may not have heard are told when that is known.
                    self._in_doubt = True
                    return doubtful
                self._in_doubt = False
                self._queue.popleft()
                if head.queued:
                    self._tell_words(head, head.playback.tell_rest())
                self._end(head, head.text(), interrupted=False)
            else:
                return None

    def _due(self, head: Utterance) -> float | None:
        chunk = None if self._holds else head.chunk_due()
        return _first(head.word_due(), None if chunk is None else max(chunk, self._not_before))

    def _press_keys(self) -> None:
        """Keys are pressed between two turns, and are never cut: half a number is a wrong number."""
        if self._holds or self._tones is not None:
            return
        digits = self._keys.take(self._queue)
        if digits:
            self._hooks.publish(DigitsSent(digits))
            self._tones = Utterance(str(uuid_utils.uuid7()), self._framing)
            self._tones.queue_audio(tones(digits, self._framing.rate), None, 0)
            self._tones.complete = True

    def _send(self, utterance: Utterance, now: float) -> None:
        while (chunk := utterance.next_chunk(now)) is not None:
            phase, utterance.phase = utterance.phase, Phase.PLAYING
            told = utterance is not self._tones
            if told and phase is not Phase.PLAYING:
                started = UtteranceStarted if phase is Phase.QUEUED else UtteranceResumed
                self._hooks.publish(started(utterance.id))
            starts_at = utterance.playback.send(len(chunk) // SAMPLE_BYTES, now)
            self._wire.play(utterance.id, chunk, self._framing.rate)
            self._hooks.tap.bot_audio(chunk, self._framing.rate, starts_at)
            if told and phase is Phase.QUEUED:
                self._hooks.publish(StageReached(Stage.FIRST_BYTE))
                self._reports.tell(BotStartedSpeakingFrame, UtteranceStarted(utterance.id))

    def _tell_heard(self, head: Utterance, now: float) -> None:
        if head.reaches_ear(now):
            self._hooks.publish(StageReached(Stage.HEARD))
        self._tell_words(head, head.playback.tell(now))

    def _tell_words(self, head: Utterance, words: str) -> None:
        if words:
            spoken = WordsSpoken(head.id, words)
            self._hooks.publish(spoken)
            self._reports.tell(spoken)

    def _end(self, utterance: Utterance, text: str, *, interrupted: bool) -> None:
        ended = UtteranceEnded(utterance.id if utterance.queued else "", text, interrupted)
        if utterance.phase is not Phase.QUEUED:
            self._hooks.publish(ended)
            self._reports.tell(BotStoppedSpeakingFrame)
        self._reports.tell(ended)


def _first(*times: float | None) -> float | None:
    return min((at for at in times if at is not None), default=None)
