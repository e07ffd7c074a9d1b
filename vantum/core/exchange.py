"""Caller and bot, and who has the floor: what happens goes in, what is to be done comes out.

The shell (``processors/context_aggregator.py``) calls one method for each thing that happens, with the time, does
the ``acts`` that are then waiting, and calls ``tick`` at ``due``. Times are seconds on any steady clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from weakref import proxy

from vantum.core.acts import Acts, CallerFinished, EndCall
from vantum.core.bot_side import UNDECIDED, BotSide
from vantum.core.caller_side import CallerSide
from vantum.core.conversation import Conversation, ToolCall
from vantum.core.deafness import Deafness
from vantum.core.events import (
    CallerPrompted,
    ConversationState,
    StateChanged,
    ToolReturned,
    TurnCommitted,
    TurnEnd,
)
from vantum.core.floor import Floor, FollowUp, Kind
from vantum.core.manners import Manners
from vantum.core.silence import Silence
from vantum.core.turn import Committed

CUT_ALREADY = frozenset({Floor.SILENT, Floor.CUTTING})


class Exchange:
    """The conversation of one call. What is heard of the caller is told to ``caller``."""

    def __init__(self, conversation: Conversation, manners: Manners) -> None:
        self.acts = Acts()
        self._bot = BotSide(conversation, manners, self.acts)
        self._silence = Silence()
        self._deafness = Deafness()
        self.caller = CallerSide(self._bot, self._silence, self._deafness, self.acts, proxy(self))
        self._state = ConversationState.INITIALIZING
        self._turns = 0
        self._turn_text = ""
        self._answer_heard = True
        self._closing = False

    @property
    def manners(self) -> Manners:
        """How the bot behaves."""
        return self._bot.manners

    @manners.setter
    def manners(self, manners: Manners) -> None:
        self._bot.manners = manners
        self.caller.speak(manners.language)

    def speak(self, language: str) -> None:
        """The conversation goes on in another language."""
        self.manners = replace(self.manners, language=language)

    # --- the call -----------------------------------------------------------------------------------

    def opened(self, now: float, lines: Sequence[tuple[str, Kind]]) -> None:
        """The session became active: the bot opens the call with ``lines``, if it has any."""
        if self._deafness.lasts:
            self._deafness.begin(now)
        for text, kind in lines:
            self._bot.say(text, kind)
        if not lines:
            self._rest(now)

    def say(self, now: float, text: str) -> None:
        """Say ``text``, which comes from elsewhere, behind what is on its way; nobody hears a draft before it."""
        if self._bot.lines.state is Floor.DRAFTING:
            self._bot.cut(now)
        self._bot.add(text)

    def close(self, now: float, text: str, reason: str) -> None:
        """Say ``text`` instead of all else and end the call; whatever is said from here on changes nothing."""
        self._hush(now)
        self.over()
        self._bot.say(text)
        self.acts.add(EndCall(reason))

    def over(self) -> None:
        """The call comes to its end: what is on its way is said, and nothing is answered any more."""
        self._closing = True
        self.caller.over()
        self._bot.over()

    def caller_left(self, now: float) -> None:
        """The caller is gone: no word is heard any more, and theirs are still taken for the record."""
        self._hush(now)
        self.over()
        self.caller.left()

    def _hush(self, now: float) -> None:
        if self._bot.lines.state not in CUT_ALREADY:
            self._bot.cut(now)

    def hearing_lost(self, now: float) -> None:
        """Nobody hears the caller."""
        if self._deafness.lasts:
            return
        self._deafness.begin(now)
        if self.caller.speaking:
            self._deafness.voice(now)
        elif self.caller.turn_open or self._silence.puzzled:
            self._deafness.silence(now)

    def hearing_back(self, now: float) -> None:
        """The caller is heard again, and with that all that was said meanwhile."""
        self._deafness.end()
        self._silence.begin_anew(now)

    def pressed(self, now: float, text: str) -> None:
        """The caller pressed keys, which are a turn of their own."""
        self.committed(Committed(text, TurnEnd.KEYS, 0.0), now)

    # --- what is known of the bot -------------------------------------------------------------------

    def bot_started(self) -> None:
        """A line is heard."""
        self._bot.started()
        self._answer_heard = True
        if self._bot.lines.state is not Floor.CUTTING:
            self._move(ConversationState.RESPONDING)

    def bot_spoke(self, now: float, text: str) -> None:
        """The bot's words ``text`` begin to be heard."""
        self.caller.bot_spoke(now, text)

    def bot_heard(self, now: float, text: str, *, interrupted: bool) -> None:
        """A line was heard to its end, or all were cut and ``text`` was heard of the first."""
        line = self._bot.heard(text, interrupted=interrupted)
        if text and not interrupted:
            self.caller.bot_was_heard()
        if self._closing or self._bot.lines.state in UNDECIDED:
            return
        if self._bot.lines.under_way:
            if line is not None and line.kind is Kind.DISCLOSURE:
                self._disclosed(now)
            return
        self.caller.bot_is_through(now)
        self._go_on(now)

    def first_token(self) -> None:
        """The language model has begun to answer."""
        self._bot.first_token()

    def answer_failed(self) -> None:
        """The language model reported an error."""
        self._bot.failed()

    def tools_called(self, now: float, calls: Sequence[ToolCall]) -> None:
        """The language model called tools."""
        self._bot.called(calls, now)

    def tool_returned(self, now: float, returned: ToolReturned, follow_up: FollowUp) -> None:
        """A tool came to its end."""
        self._bot.returned(returned, follow_up)
        if self._closing or not self.caller.silent:
            return
        if not self._bot.follow_up(now):
            self._rest(now)
        elif self._bot.lines.state is Floor.THINKING:
            self._move(ConversationState.THINKING)

    # --- time ---------------------------------------------------------------------------------------

    def due(self) -> float | None:
        """When ``tick`` is to be called, if nothing happens before."""
        if self._closing:
            return None
        times = (self._bot.due(), self.caller.due(), self._silence_due(), self._deafness_due())
        return min((at for at in times if at is not None), default=None)

    def tick(self, now: float) -> None:
        """Do what is due at ``now``."""
        if self._closing:
            return
        if self._bot.tick(now, caller_speaks=self.caller.speaking):
            self.bot_heard(now, "", interrupted=True)
        elif self._bot.lines.state is Floor.CUTTING:
            self.caller.bot_is_through(now)
        silent = self._silence_due()
        if silent is not None and silent <= now:
            self._break_silence(now)
        deaf = self._deafness_due()
        if deaf is not None and deaf <= now:
            self._bear_deafness(now)
        self.caller.tick(now)

    # --- the caller's turn --------------------------------------------------------------------------

    def committed(self, turn: Committed, now: float) -> None:
        """The turn is over and waits for an answer."""
        if self._closing:
            return
        if turn.amends and not self._answer_heard:
            self._turn_text = f"{self._turn_text} {turn.text}"
        else:
            self._turns, self._turn_text = self._turns + 1, turn.text
        self._answer_heard = False
        self._silence.words_heard()
        times = (turn.silent_seconds, turn.spoken_seconds)
        self.acts.tell(TurnCommitted(self._turns, self._turn_text, turn.ended_by, *times))
        self.acts.add(CallerFinished())
        fits = self.caller.turn_taken(turn.text)
        self._bot.owe(turn.text)
        if fits:
            self._bot.commit_draft(now)
            self._move(ConversationState.THINKING)
        elif self._bot.lines.state is Floor.SILENT:
            self._go_on(now)
        elif self._bot.lines.interruptible or self._bot.lines.state is Floor.DRAFTING:
            self.interrupted(now)

    def wordless(self, now: float) -> None:
        """The turn is over and had no words."""
        self.acts.add(CallerFinished())
        if self._bot.lines.state is not Floor.SILENT:
            return
        if not self._deafness.lasts and self._silence.unheard() and not self._bot.owes:
            self._prompt("unheard", self.manners.phrases.unheard)
        else:
            self._go_on(now)

    def interrupted(self, now: float) -> None:
        """The caller takes the floor from the bot."""
        was_heard = self._bot.lines.state is Floor.SPEAKING
        self._bot.cut(now)
        self.caller.bot_is_through(now)
        self._move(ConversationState.INTERRUPTED if was_heard else ConversationState.LISTENING)

    def _disclosed(self, now: float) -> None:
        """What had to be heard has been; what the caller said meanwhile counts now."""
        if self._bot.owes:
            self.interrupted(now)
        elif self.caller.speaking:
            self.caller.voice_over(now)

    # --- whose turn it is ---------------------------------------------------------------------------

    def _go_on(self, now: float) -> None:
        """Nothing is on its way to the ear: what comes next?"""
        if self._bot.owes and not self.caller.has_words:
            self._bot.answer(now)
            self._move(ConversationState.THINKING)
            if self.caller.speaking:
                self.caller.voice_over(now)
        elif not self.caller.turn_open and self._bot.follow_up(now):
            self._move(ConversationState.THINKING)
        elif self.caller.turn_open or not self._bot.make_up():
            self.caller.has_the_floor()
            self._rest(now)

    def _rest(self, now: float) -> None:
        """The caller has the floor."""
        if self._bot.busy:
            return
        self._move(ConversationState.LISTENING)
        if not self.caller.turn_open:
            self._silence.begin(now)

    def _silence_due(self) -> float | None:
        quiet = not self._bot.busy and not self._deafness.lasts
        return self._silence.due(self.manners.silence_seconds) if quiet else None

    def _break_silence(self, now: float) -> None:
        text, last = self._silence.broken(self.manners.phrases)
        if not last:
            self._prompt("silence", text)
            return
        self.acts.tell(CallerPrompted("silence", text))
        self.close(now, text, "the caller said nothing")

    def _deafness_due(self) -> float | None:
        if self._state is ConversationState.INITIALIZING:
            return None
        times = (self._deafness.excuse_at(), self._deafness.over_at())
        return min((at for at in times if at is not None), default=None)

    def _bear_deafness(self, now: float) -> None:
        over_at, phrases = self._deafness.over_at(), self.manners.phrases
        if over_at is not None and over_at <= now:
            self.acts.tell(CallerPrompted("failure", phrases.call_back))
            self.close(now, phrases.call_back, "nobody heard the caller")
        elif self.caller.has_words or self._bot.owes or (self._deafness.excused and self._bot.busy):
            # What they said before is answered, or they are being told: that is enough.
            self._deafness.spare()
        else:
            self._deafness.excuse()
            self.acts.tell(CallerPrompted("failure", phrases.cannot_hear))
            self.say(now, phrases.cannot_hear)

    def _prompt(self, reason: str, text: str) -> None:
        self.acts.tell(CallerPrompted(reason, text))
        self._bot.say(text)

    def _move(self, state: ConversationState) -> None:
        if state is not self._state:
            previous, self._state = self._state, state
            self.acts.tell(StateChanged(previous, state))
