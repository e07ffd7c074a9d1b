"""Tells what kind of boundary lies between the text so far and the next visible character.

Law: a boundary is judged only when the next visible character is known, so the answer depends on the
text alone and never on how the text arrived. In doubt there is no sentence end: one that is missed
costs a later cut, a false one puts a full stop into the middle of a sentence for the ear.
"""

# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import re
from enum import IntEnum


class Gap(IntEnum):
    """The white space between two visible characters."""

    NONE = 0
    SPACE = 1
    LINE = 2
    PARAGRAPH = 3


class Boundary(IntEnum):
    """How well a text can be cut at a place: not at all, if it must be, and the two good ones."""

    NONE = 0
    SPACE = 1
    CLAUSE = 2
    SENTENCE = 3


# Scripts that do not put a space after their punctuation, or whose marks have no second meaning.
_SURE_SENTENCE = frozenset("。！？｡।॥۔؟።፧။។")
_SURE_CLAUSE = frozenset("，、；：—")
# These have a second meaning inside a word, a number or an address; a space after them settles it.
_EXCLAMATION = frozenset("!?‼⁇⁈⁉")
_PAUSE = frozenset(",;:…،؛")
_SPACED_DASH = frozenset("-–")

# German closes with the mark that opens in English, and the other way round: before a gap both close.
_CLOSING = "\"'”“’»«›‹)]}」』）】》 "
_OPENING = "\"'”“„‘’»«›‹([{「『（【《¿¡"
_QUOTES = frozenset("\"'”’»")
# What belongs to the word before it, even behind a space as in French.
_TRAILING = _EXCLAMATION | _PAUSE | _SURE_SENTENCE | frozenset("，、；：.)]}”»」』）】》")

_DOTTED_LETTERS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ABBREVIATIONS: dict[str, frozenset[str]] = {
    "en": _words(
        "mr mrs ms mx dr prof st jr sr rev hon gen col capt lt sgt cmdr gov sen rep pres supt mt ft ave blvd rd"
        " dept est approx appt apt ext vs etc inc ltd co corp bros llc esq cf al assn intl misc tel ph.d"
    ),
    "de": _words(
        "hr fr frl dr prof st dipl ing dipl.-ing mag bzw ca usw etc evtl ggf inkl exkl zzgl vgl sog bspw tel"
        " mio mrd str jh geb gest allg urspr max min std sek rd ehem gegr co mwst"
    ),
    "es": _words(
        "sr sra srta srs sres dr dra dña prof profa lic ing arq gral av avda ud uds vd vds etc ej aprox tel"
        " cía ee.uu dpto admón atte izq dcha depto"
    ),
    "fr": _words(
        "mm mme mmes mlle mlles dr pr st ste me mgr av bd boul etc env cf ex tél apr janv févr juil"
        " sept oct nov déc min max p.ex c.-à-d"
    ),
    "hi": _words("डॉ प्रो श्री श्रीमती सुश्री कु रु कि.मी कि.ग्रा सें.मी उदा सं ए.एम पी.एम dr mr mrs ms prof st"),
}
# Abbreviations only in front of a number: "No. 5", but "No. I do not."
_BEFORE_NUMBERS: dict[str, frozenset[str]] = {
    "en": _words("no nos pp fig figs sec ch vol art jan feb mar apr jun jul aug sep sept oct nov dec"),
    "de": _words("nr nrn abb abs art kap bd jan feb febr apr aug sept okt nov dez"),
    "es": _words("núm n.º nº pág págs art cap vol fig ene feb mar abr jun jul ago sept oct nov dic"),
    "fr": _words("no nº n° pp art chap vol fig"),
}


def boundary(line: str, gap: Gap, after: str, language: str) -> Boundary:
    """The boundary between the end of ``line`` and the visible character ``after``, ``gap`` between them.

    ``line`` is the text since the last line break (its last few words are enough); ``language`` is one
    of en, de, es, fr and hi, anything else is read as en.
    """
    if after in _TRAILING or (gap is Gap.NONE and after in _QUOTES):
        return Boundary.NONE
    core = line.rstrip(_CLOSING)
    last = core[-1:]
    if gap >= Gap.LINE:
        return _line_end(last, gap, after)
    if last in _SURE_SENTENCE:
        return Boundary.SENTENCE
    if last in _SURE_CLAUSE:
        return Boundary.CLAUSE if after != last else Boundary.NONE
    if gap is Gap.NONE:
        return Boundary.NONE
    return _spaced(core, last, after, language, quoted=line.rstrip() != core)


def _line_end(last: str, gap: Gap, after: str) -> Boundary:
    # A line of a list or a heading has no full stop; a line that goes on in lower case was wrapped.
    goes_on = after.islower() or last in _PAUSE
    return Boundary.CLAUSE if gap is Gap.LINE and goes_on else Boundary.SENTENCE


def _spaced(core: str, last: str, after: str, language: str, *, quoted: bool) -> Boundary:
    if last == ".":
        return _full_stop(core, after, language)
    if last in _EXCLAMATION:
        # “Stop!” he said: the sentence goes on behind the quotation.
        return Boundary.CLAUSE if quoted and after.islower() else Boundary.SENTENCE
    if last in _PAUSE:
        return Boundary.CLAUSE
    if last in _SPACED_DASH and core[-2:-1] == " " and not after.isdigit():
        return Boundary.CLAUSE
    return Boundary.SPACE


def _full_stop(core: str, after: str, language: str) -> Boundary:
    word = core.rpartition(" ")[2].lstrip(_OPENING).lower()[:-1]
    if word.endswith((".", "…")):
        return Boundary.CLAUSE
    if _is_list_number(core) or _is_abbreviation(word, after, language):
        return Boundary.NONE
    return Boundary.CLAUSE if after.islower() else Boundary.SENTENCE


def _is_list_number(core: str) -> bool:
    return len(core) <= 4 and core[:-1].isdigit()


def _is_abbreviation(word: str, after: str, language: str) -> bool:
    if _DOTTED_LETTERS.fullmatch(word):
        return True
    known = language if language in _ABBREVIATIONS else "en"
    if known == "de" and word.isdigit() and len(word) <= 2:
        # German writes ordinals with a full stop: "am 3. Oktober".
        return True
    return word in _ABBREVIATIONS[known] or (after.isdigit() and word in _BEFORE_NUMBERS[known])
