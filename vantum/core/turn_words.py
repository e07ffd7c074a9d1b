"""The words of the caller's turn, as the recogniser gives them: piece by piece, twice, late, or never final."""

from __future__ import annotations

import math
from unicodedata import category

from vantum.core.echo import is_echo

LONGEST_CHARACTERS = 10_000
"""Of a turn: some ten minutes of speech. Of a longer one the oldest words are not answered."""


class TurnWords:
    """The words of the turn under way, and what is known of the last one's. Times are seconds."""

    def __init__(self) -> None:
        self._finals: list[str] = []
        self._characters = 0
        self._interim = ""
        self._interim_at = -math.inf
        self._repeatable = False
        self._last_final = ""
        self._answered = ""
        self._guessed = False
        self._overdue = False
        """Whether the last turn was answered before its words were final, and no final has come since."""

    @property
    def text(self) -> str:
        """All words so far; a trailing interim counts."""
        return " ".join(part for part in (*self._finals, self._interim) if part)

    @property
    def interim_at(self) -> float | None:
        """When the words came that are not final yet; None when all are."""
        return self._interim_at if self._interim else None

    def knows(self, text: str, *, final: bool) -> bool:
        """Whether the recogniser only says again what it said in this turn."""
        return final and self._repeatable and folded(text) == folded(self._last_final)

    def answers(self, text: str, *, final: bool) -> bool:
        """Whether ``text``, which nobody was heard to speak, only says again what the last turn was."""
        said = folded(text)
        if not self._answered or not said:
            return False
        if not final:
            return self._answered.startswith(said)
        # Finals come again whole or in pieces; those of words that were answered before they were final may differ.
        again = f" {said} " in f" {self._answered} "
        return again or (self._guessed and is_echo(said, self._answered))

    def add_interim(self, text: str, now: float) -> None:
        """These are the newest words; they may change."""
        self._interim, self._interim_at, self._repeatable = text[:LONGEST_CHARACTERS], now, False

    def add_final(self, text: str) -> None:
        """These words stay; they take the place of the interim ones."""
        text = text[:LONGEST_CHARACTERS]
        self._finals.append(text)
        self._characters += len(text)
        while self._characters > LONGEST_CHARACTERS:
            self._characters -= len(self._finals.pop(0))
        self._interim, self._last_final, self._repeatable, self._overdue = "", text, True, False

    def unanswered(self, text: str) -> str:
        """``text`` of the last turn, without the words at its beginning that were answered."""
        said, answered = folded(text).split(), self._answered.split()
        lengths = range(min(len(said) - 1, len(answered)), 0, -1)
        known = next((length for length in lengths if answered[-length:] == said[:length]), 0)
        return " ".join(text.split()[known:])

    def overdue(self, text: str) -> str | None:
        """If ``text`` is the final that the last turn's words still owe: what of it was not answered. Else None."""
        said, answered = f"{folded(text)} ", f"{self._answered} "
        if not self._overdue or not said.startswith(answered):
            return None
        return " ".join(text.split()[len(answered.split()) :])

    def final_came(self) -> None:
        """The last turn's words are final now."""
        self._overdue = False

    def drop_interim(self) -> None:
        """The recogniser takes back what is not final."""
        self._interim = ""

    def settle_interim(self) -> None:
        """The recogniser has finished with what it gave: it is final, whether that is said or not."""
        if self._interim:
            self.add_final(self._interim)

    def new_stretch(self) -> None:
        """The caller speaks again: the same words would be said anew."""
        self._repeatable = False

    def turn_over(self, *, amended: bool) -> str:
        """The words of the turn, which is answered now; ``amended`` when they belong to the last one."""
        text = self.text
        self._answered = folded(f"{self._answered} {text}" if amended else text)
        self._overdue = bool(self._interim)
        self._guessed = self._overdue or (amended and self._guessed)
        self.forget()
        return text

    def forget(self) -> None:
        """The next turn has no words so far."""
        self._finals, self._interim, self._repeatable = [], "", False
        self._characters = 0

    def forget_answered(self) -> None:
        """Whatever is said from here on is said anew."""
        self._answered = ""


def folded(text: str) -> str:
    """``text`` without case and punctuation, for comparing what a recogniser said twice."""
    return " ".join("".join(c for c in text.casefold() if _sounds(c)).split())


def _sounds(character: str) -> bool:
    """Letters and digits, the vowel signs that some scripts put behind a letter, and the space between words."""
    return character.isalnum() or character.isspace() or category(character).startswith("M")
