"""What became of the people whom the demo's finished campaign has called: invented, like the people themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup


@dataclass(frozen=True, slots=True)
class Said:
    """Words of somebody, and the fields of an analysis that they prove."""

    words: str
    proves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation by the callee's lines, and what an analyst makes of it.

    ``interest`` is 0 to 100, ``sentiment`` -1 to 1, and ``summary`` has one sentence in each piece.
    """

    disposition: Disposition
    interest: int | None
    sentiment: float | None
    summary: Sequence[str]
    lines: Sequence[Said]
    objection: str = ""
    next_step: str = ""
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """One attempt; the line was open for ``seconds``, behind the last word where there was a conversation."""

    outcome: AttemptOutcome
    seconds: float = 0.0
    talk: Talk | None = None
    pickup: Pickup = Pickup.NOBODY

    @property
    def disposition(self) -> Disposition | None:
        """What the callee wants, as far as this attempt tells."""
        if self.talk is not None:
            return self.talk.disposition
        return _SILENT.get(self.outcome)


_D, _O = Disposition, AttemptOutcome
_SILENT: Final = {
    _O.VOICEMAIL_LEFT: _D.VOICEMAIL,
    _O.ANSWERED_MACHINE: _D.VOICEMAIL,
    _O.ANSWERED_HUMAN: _D.NO_CONVERSATION,
}

OPENING: Final = "Hello, this is Ava, an AI assistant calling for Demo Outreach. Do you have a minute?"
ANSWERS: Final = (
    "Thank you. We help small teams with their paperwork. How do you do yours today?",
    "I see. What would have to be better?",
    "Understood. How shall we go on?",
)
"""What the bot says behind each of the callee's lines but the last."""
GOODBYE: Final = "Thank you for your time. Goodbye."
NEVER_AGAIN: Final = "You will not be called again. Goodbye."

_FELT: Final = ("interest", "sentiment")
_SAID: Final = ("disposition", "summary[0]")
_SLOW: Final = Talk(
    _D.INTERESTED,
    78,
    0.6,
    ("Spends two days a month on invoices.", "Wants to read about it first."),
    (
        Said("Sure, go ahead."),
        Said("We spend two days a month on invoices, so that could help.", (*_FELT, *_SAID)),
        Said("Send me the details by mail.", ("next_step", "summary[1]")),
    ),
    next_step="Send the details by mail",
)
_PRICE: Final = Talk(
    _D.INTERESTED,
    70,
    0.3,
    ("Finds it expensive at first.", "Wants an offer if it saves time."),
    (
        Said("Who is this? All right, one minute."),
        Said("That sounds expensive to me.", ("objections[0]", "summary[0]")),
        Said("If it saves us time, I want to see it.", (*_FELT, "disposition")),
        Said("Send me an offer, please.", ("next_step", "summary[1]")),
    ),
    objection="too expensive",
    next_step="Send an offer",
)
_CHANGE: Final = Talk(
    _D.INTERESTED,
    85,
    0.7,
    ("The tool of today is too slow.", "Wants to talk to sales."),
    (
        Said("Good that you call.", ("sentiment",)),
        Said("Honestly, the tool that we have is too slow.", ("interest", "summary[0]")),
        Said("Have somebody from sales call me.", ("disposition", "next_step", "summary[1]")),
    ),
    next_step="A call from sales",
)
_MEETING: Final = Talk(
    _D.MEETING_BOOKED,
    94,
    0.8,
    ("Is looking for something like this now.", "A video call was agreed on."),
    (
        Said("Good timing, we are looking at exactly this.", (*_FELT, "summary[0]")),
        Said("There are four of us who would use it."),
        Said("Tuesday at ten works for me.", ("disposition", "next_step", "summary[1]")),
    ),
    next_step="A video call on Tuesday at ten",
)
_LATER: Final = Talk(
    _D.CALLBACK,
    55,
    0.1,
    ("Has no time now, and wants to be called on another day.",),
    (Said("I am in a meeting. Call me the day after tomorrow.", (*_FELT, *_SAID, "callback")),),
    callback="the day after tomorrow",
)
_HAVE: Final = Talk(
    _D.NOT_INTERESTED,
    15,
    -0.2,
    ("Somebody else does it already.",),
    (
        Said("We already have somebody for that.", ("objections[0]", "summary[0]")),
        Said("No, thank you. Goodbye.", (*_FELT, "disposition")),
    ),
    objection="has a supplier",
)
_COSTLY: Final = Talk(
    _D.NOT_INTERESTED,
    22,
    -0.3,
    ("There is no money for it this year.",),
    (
        Said("Yes, I listen."),
        Said("There is no budget for that this year.", ("objections[0]", "summary[0]")),
        Said("So we are not interested.", (*_FELT, "disposition")),
    ),
    objection="no budget",
)
_EXPENSIVE: Final = Talk(
    _D.NOT_INTERESTED,
    28,
    -0.1,
    ("Finds it too expensive.",),
    (
        Said("What does it cost?"),
        Said("That is too expensive for us.", ("objections[0]", "summary[0]")),
        Said("No, we leave it at that.", (*_FELT, "disposition")),
    ),
    objection="too expensive",
)
_BUSY: Final = Talk(
    _D.NOT_INTERESTED,
    8,
    -0.5,
    ("Did not want to talk.",),
    (
        Said("I have no time for this.", ("objections[0]", "sentiment")),
        Said("Not interested.", ("interest", *_SAID)),
    ),
    objection="no time",
)
_WRONG: Final = Talk(
    _D.WRONG_PERSON,
    None,
    None,
    ("The person has left the company.",),
    (Said("She left the company last year.", _SAID),),
)
_NEVER: Final = Talk(
    _D.DO_NOT_CALL,
    0,
    -0.8,
    ("Does not want to be called again.",),
    (Said("Take me off your list, please.", (*_FELT, *_SAID)),),
)


def _talked(talk: Talk, seconds: float, pickup: Pickup = Pickup.IN_TIME) -> Ring:
    return Ring(_O.ANSWERED_HUMAN, seconds, talk, pickup)


_NOBODY: Final = Ring(_O.NO_ANSWER)
_ENGAGED: Final = Ring(_O.BUSY)
_MESSAGE: Final = Ring(_O.VOICEMAIL_LEFT, 24.0)
_MACHINE: Final = Ring(_O.ANSWERED_MACHINE, 6.0)
_HUNG_UP: Final = Ring(_O.ANSWERED_HUMAN, 4.0, pickup=Pickup.IN_TIME)
_DROPPED: Final = Ring(_O.ABANDONED, 5.0, pickup=Pickup.DROPPED)
_NO_NUMBER: Final = Ring(_O.INVALID_NUMBER)

Story = Sequence[Ring]
ASKED: Final[Story] = (_talked(_NEVER, 6.0),)
"""Of those who are on the demo's list of people not to be called."""
STORIES: Final[Sequence[Story]] = (
    (_NOBODY, _NOBODY, _NOBODY),
    (_talked(_HAVE, 8.0),),
    (_NOBODY, _talked(_SLOW, 70.0)),
    (_MACHINE, _MESSAGE),
    (_talked(_BUSY, 2.0),),
    (_ENGAGED, _talked(_EXPENSIVE, 25.0)),
    (_NOBODY, _NOBODY, _MESSAGE),
    (_talked(_MEETING, 160.0),),
    (_HUNG_UP,),
    (_talked(_COSTLY, 20.0),),
    (_NOBODY, _ENGAGED, _NOBODY),
    (_talked(_PRICE, 95.0),),
    (_NOBODY, _talked(_HAVE, 5.0)),
    (_talked(_WRONG, 9.0),),
    (_MESSAGE,),
    (_NOBODY, _NOBODY, _talked(_BUSY, 1.0)),
    (_talked(_EXPENSIVE, 40.0),),
    (_ENGAGED, _NOBODY, _NOBODY),
    (_talked(_LATER, 4.0), _talked(_CHANGE, 210.0)),
    (_NOBODY, _HUNG_UP),
    (_talked(_HAVE, 12.0),),
    (_NOBODY, _NOBODY, _NOBODY),
    (_NOBODY, _talked(_COSTLY, 15.0)),
)
"""One after the other, and again from the start; their number has no part in common with that of other patterns."""
RARE: Final[dict[int, Story]] = {
    17: (_DROPPED,),
    41: (_NO_NUMBER,),
    66: (_talked(_HAVE, 3.0, Pickup.LATE),),
    83: (_NO_NUMBER,),
}
"""By the number of the person among those who were called."""
