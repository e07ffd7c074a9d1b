"""TwiML read into verbs: as much of it as a customer's server may answer here."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field


class TwimlError(ValueError):
    """The document is none that Twilio would run (12100 and its kind)."""


@dataclass(frozen=True, slots=True)
class Verb:
    """An element with what it holds."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Verb, ...] = ()

    def child(self, name: str) -> Verb | None:
        """The first noun of this name."""
        return next((child for child in self.children if child.name == name), None)


def parsed(document: str) -> list[Verb]:
    """The verbs of a response, in order; none in an empty document. Raises ``TwimlError``."""
    if not document.strip():
        return []
    try:
        root = ET.fromstring(document)
    except ET.ParseError as error:
        raise TwimlError(f"12100: the document cannot be parsed: {error}") from None
    if root.tag != "Response":
        raise TwimlError(f"12102: the document begins with {root.tag}, not with Response")
    return list(_verb(root).children)


def _verb(element: ET.Element) -> Verb:
    return Verb(
        element.tag,
        dict(element.attrib),
        (element.text or "").strip(),
        tuple(_verb(child) for child in element),
    )
