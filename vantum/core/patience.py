"""How long the caller must be silent before their turn is over: the words and the sound of the voice together.

The law: never before 0.2 s, so that no syllable is cut, and never after 1.2 s, so that nobody waits. Words that
must go on, or a voice that wants to go on, are enough to wait; an answer at once takes both.
"""

from __future__ import annotations

from vantum.core.completeness import Ending

AT_ONCE = 0.2
PATIENT = 1.2
UNDECIDED = 1.0
"""For words that tell nothing: longer than the pauses that people make inside a sentence (0.8 s)."""

# By ending: the silence when the voice was not judged, and the least judgement that ends the turn at once.
_TABLE: dict[Ending, tuple[float, float]] = {
    Ending.CLOSED: (AT_ONCE, 0.0),
    # A question shows in the order of the words, which no pause changes: less has to come from the voice.
    Ending.QUESTION: (0.4, 0.3),
    Ending.COMPLETE: (0.5, 0.5),
    Ending.UNSURE: (0.9, 0.8),
}
_FINISHED = 0.5
GOES_ON = frozenset({Ending.OPEN, Ending.UNMARKED})
"""Voices fall at the end of a clause too: no sound is sure enough where a mark should be."""


def silence_needed(ending: Ending, judged: float | None) -> float:
    """Seconds of silence after the caller's last sound that end the turn.

    ``judged`` is how likely the caller sounds finished, 0..1; None when nobody could tell.
    """
    if ending in GOES_ON:
        return PATIENT
    unjudged, sure = _TABLE[ending]
    if judged is None:
        return unjudged
    if judged >= sure:
        return AT_ONCE
    return UNDECIDED if judged >= _FINISHED else PATIENT
