"""Cuts the answer of a language model, as it streams in, into pieces to be spoken.

Law: the pieces depend on the text alone, never on how it was cut into tokens, because every decision is
taken one character at a time. Nothing is lost and nothing comes twice: the pieces joined are the text
without its markers and markup. The marker itself is in no piece, in no part.
"""

from __future__ import annotations

from vantum.core.sentence import Boundary, Gap, boundary
from vantum.core.speakable import Speakable

MARKER = "||BREAK||"
FIRST_PIECE_CHARS = 20
SENTENCE_CHARS = 150
LONGEST_PIECE_CHARS = 400

# As much of the line as a boundary is judged by: more than the longest abbreviation.
_LOOK_BACK_CHARS = 40


class _Passage:
    """The text that is not cut yet, with single spaces, and the last place of each kind to cut it."""

    def __init__(self) -> None:
        self.text = ""
        self.last = dict.fromkeys(Boundary, 0)
        self._gap = Gap.NONE
        self._line_start = 0

    @property
    def length(self) -> int:
        """The length in characters, with the space that the next visible character will bring along."""
        return len(self.text) + min(self._gap, 1)

    def add_space(self, char: str) -> None:
        if not self.text:
            return
        if char == "\n":
            self._gap = Gap.LINE if self._gap < Gap.LINE else Gap.PARAGRAPH
        else:
            self._gap = max(self._gap, Gap.SPACE)

    def judge_end(self, after: str, language: str) -> None:
        """Note what boundary the end of the text is, now that the next visible character is known."""
        # Inside a word, as nearly always: nothing to judge.
        if not self._gap and self.text[-1:].isalnum():
            return
        line = self.text[max(self._line_start, len(self.text) - _LOOK_BACK_CHARS) :]
        self.last[boundary(line, self._gap, after, language)] = len(self.text)

    def add_visible(self, char: str) -> None:
        if self._gap:
            self.text += " "
        if self._gap >= Gap.LINE:
            self._line_start = len(self.text)
        self.text += char
        self._gap = Gap.NONE

    def cut(self, at: int) -> str:
        """Take the text up to ``at``; what is known about the rest stays known."""
        piece, rest = self.text[:at], self.text[at:].lstrip()
        gone = len(self.text) - len(rest)
        self.text = rest
        self.last = {kind: max(0, place - gone) for kind, place in self.last.items()}
        self._line_start = max(0, self._line_start - gone)
        if not rest:
            self._gap = Gap.NONE
        return piece


def cut_place(length: int, last: dict[Boundary, int], *, first: bool) -> int:
    """Where to cut a text of ``length`` characters, given its last boundaries; 0 for not yet."""
    clause_end = max(last[Boundary.CLAUSE], last[Boundary.SENTENCE])
    if first and clause_end >= FIRST_PIECE_CHARS:
        return clause_end
    if length >= SENTENCE_CHARS and last[Boundary.SENTENCE]:
        return last[Boundary.SENTENCE]
    if length < LONGEST_PIECE_CHARS:
        return 0
    if last[Boundary.CLAUSE] >= SENTENCE_CHARS:
        return last[Boundary.CLAUSE]
    return last[Boundary.SPACE] or LONGEST_PIECE_CHARS


class BreakSplitter:
    """The splitter of one call's answers, one after the other: ``feed`` tokens, ``flush`` at each end."""

    def __init__(self, language: str = "en") -> None:
        """``language`` is the language of the answers (``en``, ``de-AT``), for its abbreviations."""
        self._language = language.lower().replace("_", "-").partition("-")[0]
        self._marker_begun = ""
        self._speakable = Speakable()
        self._passage = _Passage()
        self._first = True
        self._ready: list[str] = []

    def feed(self, token: str) -> list[str]:
        """The pieces that are complete now that ``token`` has come."""
        for char in token:
            self._take(char)
        return self._hand_out()

    def flush(self) -> list[str]:
        """The rest of the answer; the next ``feed`` begins a new one."""
        self._clean(self._marker_begun)
        self._marker_begun = ""
        self._end_piece()
        self._first = True
        return self._hand_out()

    def _take(self, char: str) -> None:
        self._marker_begun += char
        while not MARKER.startswith(self._marker_begun):
            self._clean(self._marker_begun[0])
            self._marker_begun = self._marker_begun[1:]
        if self._marker_begun == MARKER:
            self._marker_begun = ""
            self._end_piece()

    def _clean(self, text: str) -> None:
        for char in text:
            for spoken in self._speakable.feed(char):
                self._say(spoken)

    def _say(self, char: str) -> None:
        passage = self._passage
        if char.isspace():
            passage.add_space(char)
            return
        passage.judge_end(char, self._language)
        if place := cut_place(passage.length, passage.last, first=self._first):
            self._emit(passage.cut(place))
        passage.add_visible(char)

    def _end_piece(self) -> None:
        # A line feed settles all markup that is still in doubt.
        self._clean("\n")
        self._emit(self._passage.cut(len(self._passage.text)))

    def _emit(self, text: str) -> None:
        # Markup inside a marker, as in "||**BREAK**||", leaves a marker when it is removed.
        pieces = [piece for part in text.split(MARKER) if (piece := part.strip())]
        self._ready += pieces
        self._first = self._first and not pieces

    def _hand_out(self) -> list[str]:
        ready, self._ready = self._ready, []
        return ready
