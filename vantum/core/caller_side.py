"""The caller's side of the conversation: what is heard of them, and what it means for the bot.

While the bot has the floor a sound holds it, and the words decide (``core/barge_in.py``); while nobody has it the
words make a turn (``core/turn.py``), and an answer may be begun in advance (``core/draft.py``). Times are seconds
on any steady clock.
"""

from __future__ import annotations

from typing import Protocol

from vantum.core.acts import Acts, CallerBegan, CallerFinished, LetCallerGo
from vantum.core.barge_in import LATE_WORDS_SECONDS, Doubt, Verdict
from vantum.core.barge_in import Signal as Sound
from vantum.core.bot_side import BotSide
from vantum.core.completeness import Ending, ends
from vantum.core.deafness import Deafness
from vantum.core.draft import Drafts
from vantum.core.events import BargeIn, BargeInDecided, Sign
from vantum.core.floor import Floor
from vantum.core.overheard import Overheard
from vantum.core.silence import Silence
from vantum.core.turn import ClosedEmpty, Committed, Rule, Signal, State, Turn

DRAFTING_STATES = frozenset({State.PAUSED, State.SETTLING})
WORTHLESS = frozenset({Sound.BACKCHANNEL, Sound.NOD, Sound.ECHO})


class Outcomes(Protocol):
    """Who is told what became of the caller's sounds."""

    def committed(self, turn: Committed, now: float) -> None:
        """The turn is over and waits for an answer."""

    def wordless(self, now: float) -> None:
        """The turn is over and had no words."""

    def interrupted(self, now: float) -> None:
        """The caller takes the floor from the bot."""


class CallerSide:
    """What the caller is doing."""

    def __init__(
        self, bot: BotSide, silence: Silence, deafness: Deafness, acts: Acts, outcomes: Outcomes
    ) -> None:
        self._bot = bot
        self._silence = silence
        self._deafness = deafness
        self._acts = acts
        self._outcomes = outcomes
        self._turn = Turn(bot.manners.language)
        self._doubt = Doubt()
        self._drafts = Drafts()
        self._overheard = Overheard()
        self._echoing = False
        self._closing = False
        self._leaving = False

    @property
    def silent(self) -> bool:
        """Whether nothing is heard of the caller, and nothing is expected."""
        return not self._turn.open and not self._doubt.open

    @property
    def turn_open(self) -> bool:
        """Whether the caller has begun and not finished."""
        return self._turn.open

    @property
    def has_words(self) -> bool:
        """Whether the caller has begun, and words are there: a turn that will want an answer."""
        return self._turn.open and bool(self._turn.words)

    @property
    def speaking(self) -> bool:
        """Whether the caller is heard now."""
        return self._turn.speaking

    # --- what is heard ------------------------------------------------------------------------------

    def speech_started(self, now: float, heard_seconds: float = 0.0) -> None:
        """The detector hears the caller, whose first sound began ``heard_seconds`` ago."""
        self._silence.end()
        self._deafness.voice(now)
        opened = self._turn.take(Signal.SPEECH_STARTED, now - heard_seconds) is Rule.OPEN
        self._withdraw(now)
        self.voice_over(now)
        if opened:
            self._acts.add(CallerBegan())

    def speech_paused(self, now: float, silent_seconds: float) -> None:
        """The caller has been silent for a moment."""
        if self._turn.take(Signal.SPEECH_PAUSED, now - silent_seconds) is Rule.DRAFT:
            self._draft()

    def speech_resumed(self, now: float) -> None:
        """It was no more than a pause."""
        self._turn.take(Signal.SPEECH_RESUMED, now)
        self._withdraw(now)

    def speech_stopped(self, now: float, silent_seconds: float) -> None:
        """The caller's last sound ended ``silent_seconds`` ago."""
        self._turn.take(Signal.SPEECH_STOPPED, now - silent_seconds)
        self._deafness.silence(now)
        self._decide(Sound.SILENCE, now - silent_seconds, now)
        self._settle(now)

    def judged(self, now: float, complete: float | None) -> None:
        """How finished the caller sounds at this pause, 0..1."""
        self._turn.judge(complete)
        self._settle(now)

    def words(self, now: float, signal: Signal, text: str) -> None:
        """The recogniser gives words: INTERIM or FINAL."""
        text = " ".join(text.split())
        if signal is Signal.FINAL:
            self._let_go()
        if not text:
            if signal is Signal.FINAL:
                self._nothing_heard(now)
            return
        if self._turn.knows(signal, text) or self._is_late_nod(text, now):
            return
        self._silence.end()
        sound = self._meaning(signal, text, now)
        if signal is Signal.FINAL:
            self._deafness.words()
        rule = self._turn.take(signal, now, text)
        if sound is not None:
            self._decide(sound, now, now)
        self._check_draft(now)
        self._settle(now)
        if rule is Rule.DRAFT:
            self._draft()

    def _meaning(self, signal: Signal, text: str, now: float) -> Sound | None:
        """What words over the bot mean; None for those that are not over it."""
        lines, language = self._bot.lines, self._bot.manners.language
        if not lines.under_way or self._closing:
            return None
        if lines.interruptible and self._deafness.excused:
            # They were said before the bot spoke, to nobody: a nod is none.
            return Sound.CONTENT
        if lines.interruptible:
            return self._overheard.meaning(signal, text, now, language)
        sound = self._overheard.meaning(signal, f"{self._turn.words} {text}", now, language)
        return sound if sound in WORTHLESS else None

    def _is_late_nod(self, text: str, now: float) -> bool:
        """Whether the recogniser comes late with what was said over the bot, and dismissed."""
        late = self._turn.was_dismissed(now, LATE_WORDS_SECONDS) and not self._bot.lines.under_way
        return late and not self._deafness.excused and self._is_worthless(text, now)

    def _is_worthless(self, words: str, now: float) -> bool:
        """Whether words are no more than a nod or an echo."""
        return self._overheard.meaning(Signal.FINAL, words, now, self._bot.manners.language) in WORTHLESS

    def sign(self, now: float, sign: Sign) -> None:
        """The recogniser lets know something beside words."""
        match sign:
            case Sign.SPEECH:
                self._doubt.speech_is_heard(now)
            case Sign.NOTHING:
                self._let_go()
                self._nothing_heard(now)
            case Sign.REVISING:
                self._turn.revising()
                self._check_draft(now)
            case Sign.WHOLE:
                self._turn.expected()
                self._settle(now)
            case _:
                self._let_go()
                self._turn.take(Signal.ENDPOINT, now)
                self._settle(now)

    def _nothing_heard(self, now: float) -> None:
        """The recogniser is through, and found no word more."""
        self._turn.take(Signal.WORDS_COMPLETE, now)
        self._decide(Sound.NOTHING, now, now)
        self._settle(now)

    def ended_by_hand(self, now: float) -> None:
        """The caller says that the turn is over."""
        self._turn.take(Signal.HAND, now)
        self._settle(now)

    def left(self) -> None:
        """The caller is gone: no word of theirs is answered, and those that are outstanding are waited for."""
        self._leaving = True
        if not self._turn.words_due:
            self._let_go()

    def over(self) -> None:
        """The call comes to its end: what is heard from here on changes nothing."""
        self._closing = True

    def speak(self, language: str) -> None:
        """The conversation goes on in another language."""
        self._turn.language = language

    # --- what is known of the bot -------------------------------------------------------------------

    def bot_spoke(self, now: float, text: str) -> None:
        """The bot's words ``text`` begin to be heard."""
        self._overheard.bot_said(now, text)

    def bot_was_heard(self) -> None:
        """The caller has heard something of the bot since the turn."""
        self._turn.answered()

    def bot_is_through(self, now: float) -> None:
        """Nothing of the bot is on its way any more that a sound could stop."""
        if self._doubt.open and self._is_worthless(self._turn.words, now):
            self._dismiss(BargeIn.BACKCHANNEL, now)
        self._doubt.forget()
        self._bot.release()

    def has_the_floor(self) -> None:
        """The bot waits for the caller, whose words may be whole already."""
        self._draft()

    def turn_taken(self, text: str) -> bool:
        """The turn ``text`` is committed; whether the draft under way answers it."""
        fits = self._bot.lines.state is Floor.DRAFTING and self._drafts.fits(text)
        self._drafts.turn_over()
        return fits

    def voice_over(self, now: float) -> None:
        """The caller's voice over the bot's: silence first."""
        if self._bot.lines.interruptible and not self._echoing and not self._closing:
            self._decide(Sound.VOICE, now, now)

    # --- time ---------------------------------------------------------------------------------------

    def due(self) -> float | None:
        """When ``tick`` is to be called next."""
        return self._doubt.due() if self._doubt.open else self._turn.due()

    def tick(self, now: float) -> None:
        """Do what is due."""
        doubted = self._doubt.due()
        if doubted is not None and doubted <= now:
            self._decide(Sound.TIMEOUT, now, now)
        self._settle(now)

    def _settle(self, now: float) -> None:
        if self._doubt.open or self._closing:
            return
        match self._turn.settle(now):
            case Committed() as committed:
                self._outcomes.committed(committed, now)
            case ClosedEmpty():
                self._drafts.turn_over()
                self._withdraw(now)
                self._outcomes.wordless(now)
            case _:
                pass

    def _let_go(self) -> None:
        if self._leaving:
            self._leaving = False
            self._acts.add(LetCallerGo())

    # --- drafts -------------------------------------------------------------------------------------

    def _draft(self) -> None:
        """Begin an answer before the turn is over, where that is worth it."""
        words = self._turn.words
        may = self._bot.manners.speculate and not self._closing and self._bot.lines.state is Floor.SILENT
        if not may or self._turn.state not in DRAFTING_STATES or not self._drafts.worth(words):
            return
        if self._turn.whole and ends(words, self._bot.manners.language) is not Ending.OPEN:
            self._bot.draft(words, self._drafts.begin(words))

    def _check_draft(self, now: float) -> None:
        if not self._drafts.fits(self._turn.words):
            self._withdraw(now)

    def _withdraw(self, now: float) -> None:
        """Nobody will hear the draft."""
        if self._bot.lines.state is Floor.DRAFTING:
            self._bot.cut(now)

    # --- barge-in -----------------------------------------------------------------------------------

    def _decide(self, sound: Sound, at: float, now: float) -> None:
        """Hold, interrupt or go on, by a ``sound`` that was made ``at`` a time."""
        decision = self._doubt.take(sound, at)
        match decision.verdict:
            case Verdict.HOLD:
                self._bot.hold()
            case Verdict.INTERRUPT:
                self._acts.tell(BargeInDecided(BargeIn.INTERRUPTION, self._turn.words))
                self._outcomes.interrupted(now)
            case Verdict.RESUME | Verdict.DISMISS:
                self._echoing = self._echoing or decision.kind is BargeIn.ECHO
                self._dismiss(decision.kind or BargeIn.NOISE, now)
                self._bot.release()
            case _:
                pass

    def _dismiss(self, kind: BargeIn, now: float) -> None:
        """What was heard counts for nothing."""
        self._acts.tell(BargeInDecided(kind, self._turn.words))
        was_open = self._turn.open
        self._turn.dismiss(now)
        if was_open and not self._turn.open:
            self._acts.add(CallerFinished())
