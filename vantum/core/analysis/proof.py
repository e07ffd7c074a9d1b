"""Collects what is proved and what is not, in the course of one check."""

from __future__ import annotations

from collections.abc import Sequence

from vantum.core.analysis.figures import missing
from vantum.core.analysis.injection import is_instruction
from vantum.core.analysis.quote import Found, Quotes, occurs
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import Evidence
from vantum.core.transcript import Speaker


class Proof:
    """The evidence for the values of one answer, and the findings against it."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._quotes = Quotes(turns)
        self._evidence: dict[str, Evidence] = {}
        self._findings: list[str] = []

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What is proved so far, in the order in which it was."""
        return tuple(self._evidence.values())

    @property
    def findings(self) -> tuple[str, ...]:
        """What is not, each in a sentence for whoever claimed it."""
        return tuple(self._findings)

    def proves(self, name: str, fact: object, quote: str, hint: int | None, by: Speaker | None) -> bool:
        """Whether ``quote`` proves ``name``; ``fact`` is its value where its figures must stand in the quote."""
        found = self._quotes.find(quote, hint, by)
        problem = self._absence(quote, by) if found is None else self._weakness(found, fact)
        if found is None or problem:
            self.refuse(name, problem)
            return False
        self.accept(name, found)
        return True

    def accept(self, name: str, found: Found) -> None:
        """The field is proved."""
        line = self._turns[found.turn].line
        number = found.turn if line is None else line
        self._evidence[name] = Evidence(name, number, found.quote, found.start_ms, found.end_ms)

    def refuse(self, name: str, problem: str) -> None:
        """The field is unknown, whatever seemed to prove it."""
        self._evidence.pop(name, None)
        self._findings.append(f"{name}: {problem}.")

    def holds(self, name: str, words: str) -> bool:
        """Whether the quote that proved a field has these words in it."""
        return occurs(words, self._evidence[name].quote)

    def _absence(self, quote: str, by: Speaker | None) -> str:
        """Why a quote was not found."""
        if not quote.strip():
            return "it has no quote"
        if by is not None and self._quotes.find(quote, None) is not None:
            return f"its quote was not said by the {by}"
        return "its quote does not stand in the transcript: copy it letter by letter, out of one turn"

    def _weakness(self, found: Found, fact: object) -> str:
        """Why a quote that was found proves nothing; "" when it proves."""
        if not self._quotes.is_telling(found):
            return "its quote says too little to prove anything: quote more words"
        if is_instruction(found.quote):
            return "its quote tells you what to find, which proves nothing"
        absent = missing(fact, found.quote)
        return f"its quote does not say {', '.join(absent)}" if absent else ""
