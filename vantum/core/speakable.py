"""Removes from a stream of text what a voice cannot say: markdown, emoji, tags in angle brackets.

Law: no markup crosses a line, so a line feed settles everything, and what is held back while markup may
still be growing is at most one line and ``_HOLD_LIMIT`` characters. Markup is judged one character at a
time, so the result depends on the text alone and never on how the text arrived.
"""

# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_HOLD_LIMIT = 500


@dataclass(frozen=True, slots=True)
class _Step:
    """Take ``taken`` characters, say ``spoken`` for them, and read ``again`` in their place."""

    taken: int
    spoken: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class _Construct:
    """Markup with a beginning and an end: ``begun`` matches all that may yet become ``whole``."""

    whole: re.Pattern[str]
    begun: re.Pattern[str]
    step: Callable[[re.Match[str]], _Step]


def _drop(found: re.Match[str]) -> _Step:
    return _Step(found.end())


# --- at the start of a line ----------------------------------------------------------------------------

_MARK = _Construct(
    re.compile(r"(?:#{1,6}|[-*+•]|>+)(?=[ \t\n])"),
    re.compile(r"#{1,6}|[-*+•]|>+"),
    _drop,
)
_RULE = _Construct(
    re.compile(r"([-*_=])\1{2,}+[ \t]*+(?=\n)"),
    re.compile(r"([-*_=])(?:\1?|\1{2,}+[ \t]*+)"),
    _drop,
)
_FENCE = _Construct(
    re.compile(r"`{3,}+[\w+#.-]*+[ \t]*+(?=\n)"),
    re.compile(r"`{1,2}|`{3,}+[\w+#.-]*+[ \t]*+"),
    _drop,
)
_TABLE_RULE = _Construct(
    re.compile(r"\|(?:[ \t]*+:?-++:?[ \t]*+\|)++[ \t]*+(?=\n)"),
    re.compile(r"\|[-: \t|]*+"),
    _drop,
)
# A bar is a table's only in a whole row of at least two cells: elsewhere "|" and "||" are text.
_TABLE_ROW = _Construct(
    re.compile(r"\|(?:[ \t](?:[^|\n]*[ \t])?\|){2,}+[ \t]*+(?=\n)"),
    re.compile(r"\|(?:[ \t][^\n]*+)?"),
    lambda found: _Step(found.end(), again=found[0].replace("|", " ").strip()),
)

# --- anywhere ------------------------------------------------------------------------------------------

_TAG_VALUE = r"""(?:"[^"\n]*+"|'[^'\n]*+'|(?:[^\s"'<>=/]++|/(?!>))++)"""
_TAG_HEAD = rf"</?(?P<name>[A-Za-z][\w:.-]*+)(?:[ \t]++[\w:.-]++[ \t]*+=[ \t]*+{_TAG_VALUE})*+"
_TAG_VALUE_BEGUN = r"""(?:[ \t]*+=[ \t]*+(?:"[^"\n]*+|'[^'\n]*+)?)"""
# Tags that stand between words; the others may stand inside one.
_PARTING_TAGS = frozenset({"break", "br", "p", "s", "li", "div", "pause", "speak"})
_TAG = _Construct(
    re.compile(_TAG_HEAD + r"[ \t]*/?>"),
    re.compile(rf"</?|{_TAG_HEAD}(?:[ \t]+[\w:.-]*+{_TAG_VALUE_BEGUN}?|[ \t]*/)?"),
    lambda found: _Step(found.end(), " " if found["name"].lower() in _PARTING_TAGS else ""),
)
_ADDRESS = r"[^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+"
_LINK = _Construct(
    re.compile(rf'!?\[([^\[\]\n]*+)\]\({_ADDRESS}(?:[ \t]++"[^"\n]*+")?[ \t]*+\)'),
    re.compile(
        rf'!?|!?\[[^\[\]\n]*+(?:\](?:\({_ADDRESS}(?:\([^()\s]*+|[ \t]++(?:"[^"\n]*+(?:"[ \t]*+)?)?)?)?)?'
    ),
    lambda found: _Step(found.end(), again=found[1]),
)

_BLOCKS: dict[str, tuple[_Construct, ...]] = {
    "#": (_MARK,),
    "+": (_MARK,),
    "•": (_MARK,),
    ">": (_MARK,),
    "-": (_MARK, _RULE),
    "*": (_MARK, _RULE),
    "_": (_RULE,),
    "=": (_RULE,),
    "`": (_FENCE,),
    "|": (_TABLE_RULE, _TABLE_ROW),
}
_INLINE: dict[str, tuple[_Construct, ...]] = {"<": (_TAG,), "[": (_LINK,), "!": (_LINK,)}

# --- emoji ---------------------------------------------------------------------------------------------

# Blocks of pictures (Unicode 16, emoji-data.txt), with the misc. symbols that no voice reads out either.
_PICTURES = (
    "\u231a\u231b\u2139\u23e9-\u23fa\u25a0-\u25ff\u2600-\u27bf\u2b00-\u2bff\u3030\u303d\U0001f000-\U0001faff"
)
# Variation selectors, the keycap, tag letters of flags; and blanks of no width that glue words together.
_INVISIBLE = "\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f\u200b\ufeff"
_EMOJI = re.compile(rf"[{_PICTURES}][{_PICTURES}{_INVISIBLE}\u200d]*+")
_UNSEEN = re.compile(rf"[{_INVISIBLE}]")
_HUGGED = frozenset(".,;:!?…)]}。，！？")

# --- emphasis ------------------------------------------------------------------------------------------

_EMPHASIS = frozenset("*_~")
_OPENS = frozenset("([{>\"'“„«¿¡—-*_~")
_CLOSES = frozenset(".,;:!?…)]}<\"'”“»—-*_~")
_STAR_CODE = re.compile(r"\*[0-9][^\s*]*+")


class Speakable:
    """A stream with its markup removed: characters in, speakable text out, held back while in doubt."""

    def __init__(self) -> None:
        self._held = ""
        self._before = "\n"
        self._at_line_start = True

    def feed(self, char: str) -> str:
        """What can be said now that ``char`` has come; white space is not tidied up."""
        if char.isalnum() and not self._held:
            self._before, self._at_line_start = char, False
            return char
        self._held += char
        spoken = ""
        while self._held and (step := _next_step(self._held, self._before, self._at_line_start)):
            if not step.again:
                self._before = self._held[step.taken - 1]
            self._held = step.again + self._held[step.taken :]
            self._note_line(step.spoken)
            spoken += step.spoken
        return spoken

    def _note_line(self, spoken: str) -> None:
        if spoken == "\n":
            self._at_line_start = True
        elif spoken and not spoken.isspace():
            self._at_line_start = False


def _next_step(held: str, before: str, at_line_start: bool) -> _Step | None:
    """What to do with the beginning of ``held``, which follows ``before``; None while that is not sure."""
    first = held[0]
    constructs = _INLINE.get(first, ())
    if at_line_start:
        constructs = _BLOCKS.get(first, constructs)
    for construct in constructs:
        if found := construct.whole.match(held):
            return construct.step(found)
    patient = len(held) < _HOLD_LIMIT
    if patient and any(construct.begun.fullmatch(held) for construct in constructs):
        return None
    if first == "`":
        return _Step(1)
    if first in _EMPHASIS:
        return _emphasis_step(held, before, patient)
    return _Step(1, first) if first.isascii() else _picture_step(held, patient)


def _picture_step(held: str, patient: bool) -> _Step | None:
    if _UNSEEN.match(held):
        return _Step(1)
    if not (found := _EMOJI.match(held)):
        return _Step(1, held[0])
    after = held[found.end() :][:1]
    if not after and patient:
        return None
    return _Step(found.end(), "" if after in _HUGGED else " ")


def _emphasis_step(held: str, before: str, patient: bool) -> _Step | None:
    run = len(held) - len(held.lstrip(held[0]))
    # "Dial *67": a star code has no second star.
    code = _STAR_CODE.match(held) if not before.isalnum() else None
    end = code.end() if code else run
    after = held[end : end + 1]
    if not after:
        return None if patient else _Step(run)
    is_text = after != "*" if code else _is_plain(held[0], run, before, after)
    return _Step(run, held[:run] if is_text else "")


def _is_plain(sign: str, run: int, before: str, after: str) -> bool:
    """Whether a run of a sign that could be emphasis is arithmetic, part of a name or a key to press."""
    if sign == "~":
        return run == 1
    if before.isspace() and after.isspace():
        return run == 1 and "\n" not in (before, after)
    if sign == "_":
        opens = (before.isspace() or before in _OPENS) and not after.isspace()
        closes = (after.isspace() or after in _CLOSES) and not before.isspace()
        return not (opens or closes)
    if run == 2:
        return before.isdigit() and after.isdigit()
    # Chinese and Japanese put no space around emphasis, so only ASCII neighbours make a product of it.
    joins = (before.isalnum() or before == ")") and (after.isalnum() or after == "(")
    return run == 1 and joins and (before + after).isascii()
