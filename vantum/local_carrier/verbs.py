"""TwiML as the verbs that it is made of: as much of it as our server writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from vantum.core.errors import ProtocolError


@dataclass(frozen=True, slots=True)
class Verb:
    """An element of TwiML with what it holds."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: tuple[Verb, ...] = ()

    def child(self, name: str) -> Verb | None:
        """The first noun of this name."""
        return next((child for child in self.children if child.name == name), None)


def parsed(document: str) -> tuple[Verb, ...]:
    """The verbs of a document in their order; none in an empty one. Raises ``ProtocolError``."""
    if not document.strip():
        return ()
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - our own server has written it
    except ElementTree.ParseError as error:
        raise ProtocolError(f"12100: the TwiML cannot be parsed: {error}.") from error
    if root.tag != "Response":
        raise ProtocolError(f"12102: the TwiML begins with {root.tag[:40]}, not with Response.")
    return tuple(_verb(child) for child in root)


def _verb(element: ElementTree.Element) -> Verb:
    children = tuple(_verb(child) for child in element)
    return Verb(element.tag, dict(element.attrib), (element.text or "").strip(), children)
