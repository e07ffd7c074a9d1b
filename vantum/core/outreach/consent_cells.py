"""The consent that a row tells of: what was agreed to, how, and when.

Law: a consent counts only when all three are certain. "Yes" alone does not say to what, and 03/04/2026 is two dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from vantum.core.legal.case import ConsentKind, Method
from vantum.core.legal.rule import codes
from vantum.core.outreach.cells import folded
from vantum.core.outreach.prospect import GivenConsent

MOST_TEXT: Final = 4000
"""Characters of the words that were agreed to, and of the proof."""

_NO: Final = codes("no none n 0 false denied revoked withdrawn nein keine falsch")
_YES: Final = codes("yes y 1 true x ok given granted ja j wahr erteilt vorhanden")
_KINDS: Final = {
    word: kind
    for kind, words in {
        ConsentKind.AI_VOICE_MARKETING: "ai voice marketing|ai voice|ai calls|ai call|automated marketing calls"
        "|ki anruf|ki anrufe|werbung per ki anruf",
        ConsentKind.CALL: "call|calls|phone|phone call|phone calls|telefon|anruf|anrufe|telefonanruf",
        ConsentKind.RECORDING: "recording|call recording|aufzeichnung|aufnahme|gespraechsaufzeichnung",
    }.items()
    for word in words.split("|")
}
_METHODS: Final = {
    word: method
    for method, words in {
        Method.WRITTEN: "written|in writing|signed|signature|esign|e sign|electronic|online|web|website"
        "|web form|webform|form|checkbox|email|e mail|sms|letter|paper|contract"
        "|schriftlich|formular|unterschrift|vertrag|kontaktformular|double opt in|opt in",
        Method.SPOKEN: "spoken|oral|orally|verbal|verbally|phone|by phone|call|in person|recorded call|muendlich"
        "|telefonisch|am telefon|persoenlich",
    }.items()
    for word in words.split("|")
}

_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].{1,30})?")
_CLOCK: Final = r"(?:,? +([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?)?"
_GERMAN: Final = re.compile(rf"([0-9]{{1,2}})\.([0-9]{{1,2}})\.([0-9]{{4}}){_CLOCK}(?: Uhr)?")
_STROKES: Final = re.compile(rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}){_CLOCK}")


@dataclass(frozen=True, slots=True)
class ConsentCells:
    """The clean texts of a row's consent columns, "" where there is none."""

    kind: str = ""
    method: str = ""
    granted_at: str = ""
    text: str = ""
    proof: str = ""


def read_consent(cells: ConsentCells, now: datetime) -> GivenConsent | str | None:
    """The consent, or a sentence that says why it does not count; None where the row tells of none."""
    kind = folded(cells.kind)
    if cells == ConsentCells() or kind in _NO:
        return None
    if kind not in _KINDS:
        said = "It says yes, and not to what." if kind in _YES else "It does not say to what."
        return f"{said} Allowed: {', '.join(ConsentKind)}."
    method = _METHODS.get(folded(cells.method))
    if method is None:
        return f"The consent does not say how it was given. Allowed: {', '.join(Method)}."
    granted_at = read_moment(cells.granted_at)
    if granted_at is None:
        return "The consent has no certain date. Write it like 2026-03-01."
    if granted_at > now:
        return "The consent is dated in the future."
    if len(cells.text) > MOST_TEXT or len(cells.proof) > MOST_TEXT:
        return f"The consent's text or proof is longer than {MOST_TEXT} characters."
    return GivenConsent(_KINDS[kind], method, granted_at, cells.text, cells.proof)


def read_moment(text: str) -> datetime | None:
    """A date, with or without a time, in UTC; None where it is not certain which day is meant.

    Read are 2026-03-01, 01.03.2026, and 3/1/2026 where only one of its numbers can be the month. Without a time it is
    the day's first moment; without a time zone it is UTC.
    """
    try:
        if _ISO.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        german = _GERMAN.fullmatch(text)
        if german:
            return _moment(german, int(german[1]), int(german[2]))
        strokes = _STROKES.fullmatch(text)
        return _of_strokes(strokes) if strokes else None
    except (ValueError, OverflowError):
        return None


def _of_strokes(found: re.Match[str]) -> datetime | None:
    first, second = int(found[1]), int(found[2])
    if first <= 12 and second <= 12 and first != second:
        return None
    return _moment(found, max(first, second), min(first, second))


def _moment(found: re.Match[str], day: int, month: int) -> datetime:
    return datetime(int(found[3]), month, day, int(found[4] or 0), int(found[5] or 0), tzinfo=UTC)
