"""How an attempt to reach somebody ended, and what the conversation came to.

Law: an attempt has one outcome, made from what is known when it is over. Whether the callee had to wait for the
first word is told apart from it (``Pickup``): a late word is an abandoned call to the law, and may be a good talk
all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from vantum.core.outreach.moment import in_utc
from vantum.core.phone_call import Outcome

FIRST_WORD: Final = timedelta(seconds=2)
"""After the greeting (or the answer, where no greeting was heard). Source: 47 CFR 64.1200(a)(7)."""
NO_SUCH_NUMBER: Final = frozenset({404, 410, 484, 485, 604})
"""SIP codes of numbers that nobody has, or that are no numbers. Source: RFC 3261."""


class AttemptOutcome(StrEnum):
    """How one attempt ended."""

    ANSWERED_HUMAN = "answered_human"
    ANSWERED_MACHINE = "answered_machine"
    VOICEMAIL_LEFT = "voicemail_left"
    BUSY = "busy"  # or declined: somebody is there, and does not take the call
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    INVALID_NUMBER = "invalid_number"
    CANCELED = "canceled"
    REFUSED = "refused"  # by the carrier: it never rang
    UNKNOWN = "unknown"  # it may have rung; nobody can tell
    ABANDONED = "abandoned"  # a human answered, and never heard a word


class Disposition(StrEnum):
    """What the callee wants, in the end."""

    INTERESTED = "interested"
    MEETING_BOOKED = "meeting_booked"
    CALLBACK = "callback"
    NOT_INTERESTED = "not_interested"
    DO_NOT_CALL = "do_not_call"
    WRONG_PERSON = "wrong_person"
    VOICEMAIL = "voicemail"
    NO_CONVERSATION = "no_conversation"


class Pickup(StrEnum):
    """How the first word came to a human who answered."""

    NOBODY = "nobody"  # no human answered
    IN_TIME = "in_time"
    LATE = "late"
    DROPPED = "dropped"  # there was none


class HungUpBy(StrEnum):
    """Who ended the call."""

    CALLEE = "callee"
    US = "us"  # or the carrier: anybody but the callee


REACHED: Final = frozenset({AttemptOutcome.ANSWERED_HUMAN})
"""A human heard the bot."""
ANSWERED: Final = REACHED | {
    AttemptOutcome.ANSWERED_MACHINE,
    AttemptOutcome.VOICEMAIL_LEFT,
    AttemptOutcome.ABANDONED,
}
"""Somebody or something took the call."""
TROUBLE: Final = frozenset({AttemptOutcome.FAILED, AttemptOutcome.REFUSED, AttemptOutcome.UNKNOWN})
"""The callee has no part in it: many of these in a row are a fault of ours or of the carrier."""
NEVER_RANG: Final = frozenset({AttemptOutcome.REFUSED})
"""The callee cannot have noticed it."""
ABANDONED: Final = frozenset({Pickup.LATE, Pickup.DROPPED})
"""What the law counts as an abandoned call."""
SILENT: Final = frozenset({Disposition.VOICEMAIL, Disposition.NO_CONVERSATION})
"""No human said anything."""


@dataclass(frozen=True, slots=True)
class Answer:
    """When what happened after a human had answered; None for what never did, or was not noticed.

    ``greeted_at`` is the end of the callee's first utterance, ``first_word_at`` the bot's first audible word.
    """

    answered_at: datetime
    ended_at: datetime
    hung_up_by: HungUpBy
    greeted_at: datetime | None = None
    first_word_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "answered_at", in_utc(self.answered_at))
        object.__setattr__(self, "ended_at", in_utc(self.ended_at))
        object.__setattr__(self, "greeted_at", _moment(self.greeted_at))
        object.__setattr__(self, "first_word_at", _moment(self.first_word_at))
        if self.ended_at < self.answered_at:
            raise ValueError("A call ends after it was answered.")


def _moment(moment: datetime | None) -> datetime | None:
    return None if moment is None else in_utc(moment)


def pickup(answer: Answer) -> Pickup:
    """How the first word came. Who hangs up within the two seconds was not kept waiting."""
    due = (answer.greeted_at or answer.answered_at) + FIRST_WORD
    if answer.first_word_at is not None:
        return Pickup.IN_TIME if answer.first_word_at <= due else Pickup.LATE
    left_early = answer.hung_up_by is HungUpBy.CALLEE and answer.ended_at <= due
    return Pickup.IN_TIME if left_early else Pickup.DROPPED


_ENDS: Final = {
    Outcome.BUSY: AttemptOutcome.BUSY,
    Outcome.DECLINED: AttemptOutcome.BUSY,
    Outcome.NO_ANSWER: AttemptOutcome.NO_ANSWER,
    Outcome.FAILED: AttemptOutcome.FAILED,
    Outcome.CANCELED: AttemptOutcome.CANCELED,
    Outcome.VOICEMAIL: AttemptOutcome.ANSWERED_MACHINE,
    Outcome.COMPLETED: AttemptOutcome.ANSWERED_HUMAN,
}


class Message(StrEnum):
    """Whether an answering machine was left a message."""

    LEFT = "left"
    NOT_LEFT = "not_left"


def attempt_outcome(
    end: Outcome,
    how: Pickup = Pickup.NOBODY,
    message: Message = Message.NOT_LEFT,
    sip_code: int | None = None,
) -> AttemptOutcome:
    """The outcome of an attempt that rang, from how the phone saw the call end."""
    if end is Outcome.FAILED and sip_code in NO_SUCH_NUMBER:
        return AttemptOutcome.INVALID_NUMBER
    if how is Pickup.DROPPED:
        return AttemptOutcome.ABANDONED
    if end is Outcome.VOICEMAIL and message is Message.LEFT:
        return AttemptOutcome.VOICEMAIL_LEFT
    # A call that fails or is canceled once a human is on the line was answered all the same.
    if how is not Pickup.NOBODY:
        return AttemptOutcome.ANSWERED_HUMAN
    return _ENDS[end]


def is_conversation(outcome: AttemptOutcome | None, disposition: Disposition | None) -> bool:
    """Whether a human was reached and said something; without a disposition nobody knows yet, so no."""
    return outcome in REACHED and disposition is not None and disposition not in SILENT
