"""HTML and SVG out of values. Law: what is not markup already is text, and text is escaped; there is no way around.

Texts come from lists, calls and models: none of them is believed to be harmless.
"""

from __future__ import annotations

from html import escape
from typing import Final

from vantum.core.outreach.cells import clean

_VOID: Final = frozenset({"meta", "br", "col", "hr"})
_CLOSED: Final = frozenset({"rect", "line", "path", "circle"})
"""Elements of SVG that hold nothing."""


class Markup(str):
    """HTML that was made here."""

    __slots__ = ()


def element(tag: str, /, *inside: str, **attributes: str | float | None) -> Markup:
    """An element; what is inside is escaped unless it is markup, and attributes are always.

    Attributes are named as in HTML, with ``_`` for ``-`` and a last ``_`` where Python has the word; an empty one is
    written by its name alone, and None is left out.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if tag in _VOID:
        return Markup(f"<{tag}{given}>")
    if tag in _CLOSED and not inside:
        return Markup(f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{''.join(map(text, inside))}</{tag}>")


def text(words: str) -> Markup:
    """Words as they are to be read: without control characters and marks that turn lines around."""
    return words if isinstance(words, Markup) else Markup(escape(clean(words)))


def joined(*parts: str) -> Markup:
    """Several pieces, one behind the other."""
    return Markup("".join(map(text, parts)))


def _attribute(key: str, value: str | float) -> str:
    name = key.removesuffix("_").replace("_", "-")
    shown = clean(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
    return f' {name}="{escape(shown)}"' if shown else f" {name}"
