"""An answer that broke off: whether it may end there, and how another's words are joined to it.

A model that is told to go on may begin with words that were said already; these are taken out, whole words only:
a word that comes twice does less harm than one that is lost.
"""

from __future__ import annotations

import re

from vantum.core.break_splitter import MARKER
from vantum.core.languages import base
from vantum.core.sentence import Boundary, Gap, boundary

ENOUGH_CHARS = 40
"""An answer that is shorter is not taken for a whole one, even if it ends with a sentence."""
GO_ON = (
    "(The line was bad: your answer broke off there. Go on with the very next word, in the same language. Repeat"
    " nothing of it, and do not mention this.)"
)
_LOOK_BACK_CHARS = 40
_OPENING = "([{«„“¿¡-"
_CLOSING = ".,;:!?…।)]}»”%'’"  # noqa: RUF001 - as they are written


def marker_rest(text: str) -> str:
    """What is missing of the marker that ``text`` ends in the middle of; "" where it does not."""
    # A whole marker ends as another would begin.
    end = text.rpartition(MARKER)[2]
    sizes = range(min(len(MARKER) - 1, len(end)), 0, -1)
    return next((MARKER[size:] for size in sizes if end.endswith(MARKER[:size])), "")


def spoken(text: str) -> str:
    """``text`` as it is heard: without markers, not even a half one, and with single spaces."""
    half = marker_rest(text)
    whole = text[: len(half) - len(MARKER)] if half else text
    return " ".join(whole.replace(MARKER, " ").split())


def may_end(text: str, language: str) -> bool:
    """Whether the answer can be left as it is: it ends with a sentence, and says something."""
    line = spoken(text)
    if len(line) < ENOUGH_CHARS:
        return False
    # What might come next is unknown: a new sentence, if this one is at its end.
    return boundary(line[-_LOOK_BACK_CHARS:], Gap.SPACE, "A", base(language)) is Boundary.SENTENCE


class Seam:
    """Joins the tokens of a second answer to ``said``: feed them one by one, flush at the end."""

    def __init__(self, said: str) -> None:
        self._tail = said
        self._said = spoken(said).split()
        self._held = ""
        self._open = bool(self._said)

    def feed(self, token: str) -> str:
        """What is to be said now that ``token`` has come; "" while it may be a repetition."""
        if not self._open:
            return token
        self._held += token
        words = self._held.split()
        # The last word may not be complete.
        sure = words if self._held[-1:].isspace() else words[:-1]
        if not words or self._repeats(sure):
            return ""
        return self._join()

    def flush(self) -> str:
        """The rest."""
        return self._join() if self._open else ""

    def _repeats(self, words: list[str]) -> bool:
        """Whether these first words can still be a repetition of the last ones that were said."""
        said, count = self._said, len(words)
        return any(said[start : start + count] == words for start in range(len(said) - count + 1))

    def _join(self) -> str:
        self._open = False
        text = self._held[self._overlap() :]
        if not text.strip():
            return ""
        apart = text[0].isspace() or text[0] in _CLOSING
        apart = apart or self._tail[-1:].isspace() or self._tail[-1:] in _OPENING
        return text if apart else f" {text}"

    def _overlap(self) -> int:
        """How many characters of what is held were said already: the longest run of last words."""
        ends = [found.end() for found in re.finditer(r"\S+", self._held)]
        words = self._held.split()
        most = min(len(words), len(self._said))
        count = next((count for count in range(most, 0, -1) if self._said[-count:] == words[:count]), 0)
        return ends[count - 1] if count else 0
