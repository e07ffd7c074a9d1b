"""When is the caller's turn over? A table: (state, signal) -> (state, rule), and one question: is it settled?

A turn is opened by speech (or by words, when the voice activity detector is deaf) and committed once, with all
its words. Three may end it, and the first of them does: silence, as long as words and voice ask for
(``core/patience.py``); the recogniser's own endpoint; the caller's hand. No turn commits while the caller speaks,
except by hand; a turn without words is closed and never answered. Times are seconds on any steady clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vantum.core.completeness import ends
from vantum.core.events import TurnEnd
from vantum.core.patience import AT_ONCE, PATIENT, silence_needed
from vantum.core.turn_words import TurnWords

WORDS_SECONDS = 4.0
"""How long the recogniser may stay silent after the caller's speech before the turn closes with what there is."""
HAND_SECONDS = 1.0
"""How long the last words may take when the caller has ended the turn by hand and some words are there."""
INTERIM_SECONDS = 0.6
"""How long after an interim its final may take, however long the silence has been."""
BREATH_SECONDS = 0.2
"""What is heard for less than this between two pauses is a breath."""
UNHEARD_SECONDS = 2.0
"""How long after an interim its final may take when only the recogniser hears the caller."""
DOUBT_SECONDS = 1.0
"""Without a word for so long after the recogniser's endpoint, what the detector still hears is no speech."""


class State(StrEnum):
    """Where the caller's turn stands."""

    QUIET = "quiet"  # no turn is open
    SPEAKING = "speaking"  # the caller is heard
    PAUSED = "paused"  # a silence too short to tell
    SETTLING = "settling"  # silence: is it over, and are all words there?


class Voice(StrEnum):
    """Whether the detector heard the caller in this turn, or the recogniser alone did."""

    HEARD = "heard"
    UNHEARD = "unheard"


class Signal(StrEnum):
    """What the detectors say."""

    SPEECH_STARTED = "speech_started"
    SPEECH_PAUSED = "speech_paused"
    SPEECH_RESUMED = "speech_resumed"
    SPEECH_STOPPED = "speech_stopped"
    INTERIM = "interim"
    FINAL = "final"
    WORDS_COMPLETE = "words_complete"  # the recogniser has nothing more to say
    ENDPOINT = "endpoint"  # the recogniser holds that the caller has finished
    HAND = "hand"


class Rule(StrEnum):
    """What a move does."""

    NOTHING = "nothing"
    OPEN = "open"  # the caller has begun
    DRAFT = "draft"  # an answer may be made in advance
    SETTLE = "settle"  # see whether the turn is over
    DOUBT = "doubt"  # the detector may hear noise: see whether words still come


MOVES: dict[tuple[State, Signal], tuple[State, Rule]] = {
    (State.QUIET, Signal.SPEECH_STARTED): (State.SPEAKING, Rule.OPEN),
    (State.QUIET, Signal.INTERIM): (State.SETTLING, Rule.SETTLE),
    (State.QUIET, Signal.FINAL): (State.SETTLING, Rule.SETTLE),
    (State.QUIET, Signal.HAND): (State.SETTLING, Rule.SETTLE),
    (State.SPEAKING, Signal.SPEECH_PAUSED): (State.PAUSED, Rule.DRAFT),
    (State.SPEAKING, Signal.SPEECH_STOPPED): (State.SETTLING, Rule.SETTLE),
    (State.SPEAKING, Signal.ENDPOINT): (State.SPEAKING, Rule.DOUBT),
    (State.SPEAKING, Signal.HAND): (State.SETTLING, Rule.SETTLE),
    (State.PAUSED, Signal.SPEECH_RESUMED): (State.SPEAKING, Rule.NOTHING),
    (State.PAUSED, Signal.INTERIM): (State.PAUSED, Rule.DRAFT),
    (State.PAUSED, Signal.FINAL): (State.PAUSED, Rule.DRAFT),
    (State.PAUSED, Signal.SPEECH_STOPPED): (State.SETTLING, Rule.SETTLE),
    (State.PAUSED, Signal.HAND): (State.SETTLING, Rule.SETTLE),
    (State.SETTLING, Signal.SPEECH_STARTED): (State.SPEAKING, Rule.NOTHING),
    (State.SETTLING, Signal.INTERIM): (State.SETTLING, Rule.SETTLE),
    (State.SETTLING, Signal.FINAL): (State.SETTLING, Rule.SETTLE),
    (State.SETTLING, Signal.WORDS_COMPLETE): (State.SETTLING, Rule.SETTLE),
    (State.SETTLING, Signal.ENDPOINT): (State.SETTLING, Rule.SETTLE),
    (State.SETTLING, Signal.HAND): (State.SETTLING, Rule.SETTLE),
}
"""A pair that is not here changes nothing but the words."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The turn is over: answer ``text``. ``silent_seconds`` ago the caller's last sound ended.

    ``spoken_seconds`` ago their first one began, None where only the recogniser heard them. ``amends`` is True when
    nothing was spoken since the last turn: these are words of it that came late.
    """

    text: str
    ended_by: TurnEnd
    silent_seconds: float
    amends: bool = False
    spoken_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ClosedEmpty:
    """The turn is over and had no words."""


Outcome = Committed | ClosedEmpty


class Turn:
    """The caller's turn under way: its state, its words, and how long it has been silent."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._state = State.QUIET
        self._words = TurnWords()
        self._owed = False
        self._owed_at_pause = False
        self._judged: float | None = None
        self._expected = False
        self._ended_by = TurnEnd.SILENCE
        self._silent_since = 0.0
        self._spoken_since: float | None = None
        self._resumed_at: float | None = None
        self._doubted_at: float | None = None
        self._dismissed_at: float | None = None
        self._spoke_since = True
        self._voice = Voice.UNHEARD
        self._last_voice = Voice.UNHEARD

    @property
    def state(self) -> State:
        """Where the turn stands."""
        return self._state

    @property
    def words(self) -> str:
        """All words so far; a trailing interim counts."""
        return self._words.text

    @property
    def whole(self) -> bool:
        """Whether the words are all that was said, as far as anybody can tell: none was spoken after them."""
        interim_at = self._words.interim_at
        return not self._owed if interim_at is None else interim_at >= self._silent_since

    @property
    def words_due(self) -> bool:
        """Whether the recogniser still owes words, or has given some that it may change."""
        return self.open and (self._owed or self._words.interim_at is not None)

    @property
    def open(self) -> bool:
        """Whether the caller has begun and not finished."""
        return self._state is not State.QUIET

    @property
    def speaking(self) -> bool:
        """Whether the caller is heard now."""
        return self._state is State.SPEAKING

    # --- what the detectors say ---------------------------------------------------------------------

    def take(self, signal: Signal, now: float, text: str = "") -> Rule:
        """Move on one signal at ``now``; INTERIM and FINAL come with ``text``. Returns what the move asks for.

        SPEECH_STARTED is given the time at which the caller's sound began; SPEECH_PAUSED and SPEECH_STOPPED that at
        which it ended.
        """
        self._note(signal, now, text)
        self._state, rule = MOVES.get((self._state, signal), (self._state, Rule.NOTHING))
        return rule

    def knows(self, signal: Signal, text: str) -> bool:
        """Whether the recogniser only says again what it said: such words are not to be taken."""
        final = signal is Signal.FINAL
        said_late = final and self._late(text) == ""
        if said_late or (not self._spoke_since and self._words.answers(text, final=final)):
            if final:
                self._words.final_came()
            return True
        return self._words.knows(text, final=final)

    def was_dismissed(self, now: float, seconds: float) -> bool:
        """Whether words that come at ``now`` may be of a turn dismissed within ``seconds``: none spoke since."""
        return self._dismissed_at is not None and now - self._dismissed_at <= seconds

    def answered(self) -> None:
        """The bot has spoken since: of a caller whom only the recogniser hears, the same words are said anew."""
        if self._last_voice is Voice.UNHEARD:
            self._words.forget_answered()

    def judge(self, complete: float | None) -> None:
        """How finished the caller sounds at this pause, 0..1; None when nobody could tell."""
        self._judged = complete

    def revising(self) -> None:
        """The recogniser takes back what is not final; its final words are owed."""
        self._words.drop_interim()

    def expected(self) -> None:
        """The last words are a sentence that was expected, to the end: however the voice sounds, it is whole."""
        self._expected = not self._owed

    def dismiss(self, now: float) -> None:
        """Forget the turn: what was heard was none. Words that come late for it start another."""
        self._dismissed_at = now
        spoke, voice = self._state in (State.SPEAKING, State.PAUSED), self._voice
        self._words.forget()
        self._close()
        self._voice, self._spoken_since = voice, now if spoke else None
        # The detector will not say again that the caller, who is still heard, has started.
        self._state = State.SPEAKING if spoke else State.QUIET

    # --- is it over? --------------------------------------------------------------------------------

    def settle(self, now: float) -> Outcome | None:
        """What became of the turn by ``now``; None while it goes on."""
        due = self.due()
        if due is None or now < due:
            return None
        silent = max(0.0, now - self._silent_since)
        spoken = None if self._spoken_since is None else now - self._spoken_since
        ended_by = self._ended_by if self._doubted_at is None else TurnEnd.STT
        amends = not self._spoke_since
        self._last_voice = self._last_voice if amends else self._voice
        text = self._words.turn_over(amended=amends)
        self._close()
        if not text:
            return ClosedEmpty()
        self._spoke_since = False
        return Committed(text, ended_by, silent, amends, spoken)

    def due(self) -> float | None:
        """When ``settle`` is to be asked next, if no signal comes before; None while nothing can end the turn."""
        if self._state is State.SPEAKING:
            return None if self._doubted_at is None else self._doubted_at + DOUBT_SECONDS
        if self._state is not State.SETTLING:
            return None
        interim_at = self._words.interim_at
        if self._ended_by is TurnEnd.HAND:
            return self._silent_since + self._hand_seconds()
        if interim_at is not None and self._voice is Voice.UNHEARD:
            return interim_at + UNHEARD_SECONDS
        if interim_at is not None:
            return max(self._silent_since + PATIENT, interim_at + INTERIM_SECONDS)
        if self._owed:
            return self._silent_since + WORDS_SECONDS
        if self._ended_by is TurnEnd.STT:
            return self._silent_since
        if self._expected:
            return self._silent_since + AT_ONCE
        return self._silent_since + silence_needed(ends(self.words, self.language), self._judged)

    def _hand_seconds(self) -> float:
        """How long the last words may take after the caller's hand."""
        if not self._owed and self._words.interim_at is None:
            return 0.0
        return HAND_SECONDS if self.words else WORDS_SECONDS

    # --- noting -------------------------------------------------------------------------------------

    def _note(self, signal: Signal, now: float, text: str) -> None:
        match signal:
            case Signal.INTERIM:
                self._words.add_interim(self._new(text), now)
                self._doubted_at = None
                if self._state is State.QUIET or self._ended_by is TurnEnd.STT:
                    self._ended_by, self._silent_since = TurnEnd.STT, now
            case Signal.FINAL:
                self._note_final(now, text)
            case Signal.WORDS_COMPLETE:
                self._owed = False
            case Signal.ENDPOINT:
                self._note_endpoint(now)
            case Signal.HAND:
                self._owed = self._owed or self._state is not State.SETTLING
                self._ended_by, self._silent_since = TurnEnd.HAND, now
            case Signal.SPEECH_STARTED:
                self._spoken_since = now if self._spoken_since is None else self._spoken_since
                self._note_speech()
            case Signal.SPEECH_RESUMED:
                self._owed_at_pause, self._resumed_at = self._owed, now
                self._note_speech()
            case _:
                self._note_silence(now)

    def _note_final(self, now: float, text: str) -> None:
        late = self._late(text)
        if late:
            # The words that are spoken now are still owed; these are put in front of them.
            self._words.add_final(late)
            return
        if self._state is State.QUIET or self._ended_by is TurnEnd.STT:
            # Nobody is heard to speak: the recogniser alone knows when it is over, and it is not asked to wait.
            self._ended_by, self._silent_since = TurnEnd.STT, now
        self._words.add_final(self._new(text))
        self._owed, self._doubted_at, self._expected = False, None, False

    def _new(self, text: str) -> str:
        """What of ``text`` was not answered: when nobody spoke since, it may be of the last turn."""
        return text if self._spoke_since else self._words.unanswered(text)

    def _late(self, text: str) -> str | None:
        """If ``text`` is of the last turn, though the caller speaks again: what of it is new. Else None."""
        return self._words.overdue(text) if self._spoke_since and self.open else None

    def _note_endpoint(self, now: float) -> None:
        if self._state is State.SPEAKING and self.words:
            self._doubted_at = self._silent_since = now
        elif self._state is State.SETTLING and not self._owed:
            self._words.settle_interim()

    def _note_speech(self) -> None:
        self._words.new_stretch()
        self._owed, self._spoke_since, self._voice, self._expected = True, True, Voice.HEARD, False
        self._judged, self._doubted_at, self._dismissed_at = None, None, None
        self._ended_by = TurnEnd.SILENCE

    def _note_silence(self, now: float) -> None:
        if self._resumed_at is not None and now - self._resumed_at < BREATH_SECONDS:
            # No word is that short: the recogniser owes none for it.
            self._owed = self._owed and self._owed_at_pause
        self._resumed_at, self._silent_since = None, now

    def _close(self) -> None:
        self._state, self._ended_by, self._voice = State.QUIET, TurnEnd.SILENCE, Voice.UNHEARD
        self._owed, self._judged, self._doubted_at, self._resumed_at = False, None, None, None
        self._expected, self._spoken_since = False, None
