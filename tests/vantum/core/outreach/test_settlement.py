"""What a call came to: the wish first, then deeds, then the analysis, then what the bot thought of it."""

from __future__ import annotations

import pytest

from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.core.outreach.settlement import Analysed, Judged, Voice, Weight, Words, judged

D = Disposition
HUMAN, MACHINE = AttemptOutcome.ANSWERED_HUMAN, AttemptOutcome.VOICEMAIL_LEFT


def told(*dispositions: Disposition) -> Words:
    return Words(told=dispositions)


def rules(disposition: Disposition | None) -> Analysed:
    return Analysed(disposition, Weight.EMBEDDED)


@pytest.mark.parametrize(
    ("words", "outcome", "analysed", "expected"),
    [
        (
            Words(wishes=True, told=(D.MEETING_BOOKED,)),
            HUMAN,
            Analysed(D.INTERESTED),
            (D.DO_NOT_CALL, Voice.CALLER),
        ),
        (Words(wishes=True), MACHINE, None, (D.DO_NOT_CALL, Voice.CALLER)),
        (told(D.DO_NOT_CALL, D.NOT_INTERESTED), HUMAN, None, (D.DO_NOT_CALL, Voice.TOOL)),
        (told(D.INTERESTED), MACHINE, Analysed(D.INTERESTED), (D.VOICEMAIL, Voice.LINE)),
        (
            told(D.INTERESTED, D.MEETING_BOOKED),
            HUMAN,
            Analysed(D.NOT_INTERESTED),
            (D.MEETING_BOOKED, Voice.TOOL),
        ),
        (told(D.CALLBACK), HUMAN, Analysed(D.DO_NOT_CALL), (D.CALLBACK, Voice.TOOL)),
        (told(D.INTERESTED), HUMAN, Analysed(D.NOT_INTERESTED), (D.NOT_INTERESTED, Voice.ANALYSIS)),
        (told(D.INTERESTED), HUMAN, rules(D.NOT_INTERESTED), (D.INTERESTED, Voice.TOOL)),
        (told(), HUMAN, rules(D.NOT_INTERESTED), (D.NOT_INTERESTED, Voice.ANALYSIS)),
        (told(D.INTERESTED), HUMAN, Analysed(None), (D.INTERESTED, Voice.TOOL)),
        (told(D.WRONG_PERSON), None, None, (D.WRONG_PERSON, Voice.TOOL)),
        (told(), HUMAN, Analysed(None), None),
        (told(), AttemptOutcome.NO_ANSWER, None, None),
    ],
)
def test_who_has_the_last_word(
    words: Words,
    outcome: AttemptOutcome | None,
    analysed: Analysed | None,
    expected: tuple[Disposition, Voice] | None,
) -> None:
    assert judged(words, outcome, analysed) == (None if expected is None else Judged(*expected))
