"""What is heard in one call while it runs, so that what has to be done at once is done at once.

Law: a wish not to be called any more is found when the caller's turn is over; before that in words that nothing has
followed for a while, since a turn that talks over the bot ends late; and in words that belong to no turn when the
call ends. Each wish and each promise is told once; the times are those of the call's record.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from vantum.core.analysis.do_not_call import do_not_call, find_wish
from vantum.core.analysis.quote import Found
from vantum.core.analysis.turn import Turn
from vantum.core.events import (
    CallEnded,
    CallerPrompted,
    DispositionRecorded,
    Event,
    ToolCalled,
    Transcript,
    TurnCommitted,
    UtteranceEnded,
    UtteranceStarted,
)
from vantum.core.outreach.call_words import disposition_of, last_words, promise_words
from vantum.core.outreach.opt_out import OptOut
from vantum.core.outreach.outcome import Disposition
from vantum.core.outreach.settlement import Voice
from vantum.core.transcript import Speaker
from vantum.core.words import plain

MOST_TURNS: Final = 40
"""The last ones of a call: what is promised was said just before."""
HANGS_UP: Final = "end_call"
"""The tool that ends the call, and sees to it that a wish is confirmed (``processors/tools/end_call.py``)."""
SLOW: Final = "slow"
MOST_LOOSE: Final = 200
SURE_SECONDS: Final = 0.2
"""Words that are followed by none for so long are a wish by themselves. It counts from when all of them were first
heard, and that may be before the recogniser is certain of them."""


@dataclass(frozen=True, slots=True)
class Wished:
    """The caller does not want to be called any more; ``said`` is None where no words of theirs are known."""

    said: Found | None
    voice: Voice


@dataclass(frozen=True, slots=True)
class Promised:
    """The bot wrote down a callback; ``words`` are where its time may stand, the most certain first."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """The caller has not heard yet that they are not called any more: say so."""


@dataclass(frozen=True, slots=True)
class Maybe:
    """The caller seems to ask for no more calls, and may go on: ask again (``stands``) in so many ``seconds``.

    So many texts were ``heard`` until then, the last one ``at`` a moment.
    """

    heard: int
    at: float
    seconds: float


News = Wished | Promised | Confirm | Maybe


class Listening:
    """Listens to the events of one call. Times are seconds since the call began."""

    def __init__(self) -> None:
        self._turns: deque[Turn] = deque(maxlen=MOST_TURNS)
        self._opt_out = OptOut()
        self._wished = False
        self._leaving = False
        self._turn_begun: float | None = None
        self._loose: deque[str] = deque(maxlen=MOST_LOOSE)
        """Final words of the caller that no turn has taken yet."""
        self._heard = 0
        self._newest, self._newest_at = "", 0.0
        """The words that were heard last, and since when."""
        self._begun: dict[str, float] = {}

    def hear(self, event: Event, now: float) -> tuple[News, ...]:
        """What follows from an event."""
        match event:
            case Transcript(text, final):
                return self._hear_words(text, now, final=final)
            case TurnCommitted(text=text, silent_seconds=silent):
                return self._committed(text, now, now - silent)
            case CallEnded() if self._loose:
                return self._committed(" ".join(self._loose), now, now)
            case DispositionRecorded(word, notes):
                return self._recorded(disposition_of(word), notes, now)
            case ToolCalled(name=name) if name == HANGS_UP:
                self._leaving = True
                self._opt_out.hangs_up()
            case CallerPrompted(reason, text) if reason == SLOW:
                self._opt_out.fills(text)
            case UtteranceStarted(utterance_id):
                self._begun = {utterance_id: now}
                self._opt_out.began(utterance_id)
            case UtteranceEnded(utterance_id, text, interrupted):
                return self._bot_said(utterance_id, text, now, interrupted=interrupted)
        return ()

    def stands(self, maybe: Maybe) -> tuple[News, ...]:
        """What seemed to be a wish, some time ago: nothing, if other words or the end of the turn came since."""
        if self._wished or self._heard != maybe.heard or not self._loose:
            return ()
        begun = maybe.at if self._turn_begun is None else self._turn_begun
        # What the bot owes them for it is seen when it has taken the turn.
        self._wished = True
        return (Wished(find_wish((_turn(" ".join(self._loose), begun, maybe.at),)), Voice.CALLER),)

    def _hear_words(self, text: str, now: float, *, final: bool) -> tuple[News, ...]:
        if not text.strip():
            return ()
        self._heard += 1
        self._turn_begun = now if self._turn_begun is None else self._turn_begun
        if (words := plain(text)) != self._newest:
            self._newest, self._newest_at = words, now
        if not final:
            return ()
        self._loose.append(text.strip())
        wishes = not self._wished and do_not_call(" ".join(self._loose)) is not None
        left = max(0.0, SURE_SECONDS - (now - self._newest_at))
        return (Maybe(self._heard, now, left),) if wishes else ()

    def _committed(self, text: str, now: float, ended: float) -> tuple[News, ...]:
        """The caller's turn is over: ``text`` was said from its first sign on, up to ``ended``."""
        begun, self._turn_begun = self._turn_begun, None
        self._loose.clear()
        if not text.strip():
            return ()
        turn = _turn(text, now if begun is None else begun, ended)
        self._turns.append(turn)
        found = find_wish((turn,))
        return () if found is None else self._wish(found, Voice.CALLER)

    def _recorded(self, disposition: Disposition | None, notes: str, now: float) -> tuple[News, ...]:
        if disposition is Disposition.DO_NOT_CALL:
            return self._wish(last_words(self._turns_now, now), Voice.TOOL)
        if disposition is Disposition.CALLBACK:
            words = promise_words(self._turns_now, notes)
            return (Promised(words),) if words else ()
        return ()

    def _wish(self, said: Found | None, voice: Voice) -> tuple[News, ...]:
        self._opt_out.wished()
        if self._leaving:
            self._opt_out.hangs_up()
        news = () if self._wished else (Wished(said, voice),)
        self._wished = True
        return news

    def _bot_said(self, utterance_id: str, text: str, now: float, *, interrupted: bool) -> tuple[News, ...]:
        begun = self._begun.pop(utterance_id, now)
        if text.strip():
            self._turns.append(Turn(Speaker.BOT, text, _ms(begun), _ms(now), interrupted))
        due = self._opt_out.ended(utterance_id, text, interrupted=interrupted)
        return (Confirm(),) if due else ()

    @property
    def _turns_now(self) -> tuple[Turn, ...]:
        return tuple(self._turns)


def _turn(text: str, begun: float, ended: float) -> Turn:
    end = max(0.0, ended)
    return Turn(Speaker.CALLER, text, _ms(min(begun, end)), _ms(end))


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
