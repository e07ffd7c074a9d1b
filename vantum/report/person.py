"""One interested person on the page: who they are, what they want, and their words with the sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vantum.core.outreach.outcome import Disposition
from vantum.report.markup import Markup, element
from vantum.report.values import Person, Quote
from vantum.report.words import clock

BADGES: Final = {
    Disposition.MEETING_BOOKED: "meeting booked",
    Disposition.INTERESTED: "interested",
}


def article(person: Person) -> Markup:
    """The person."""
    work = ", ".join(part for part in (person.title, person.company) if part)
    badge = BADGES.get(person.disposition, person.disposition.value.replace("_", " "))
    interest = "" if person.interest is None else f" · interest {person.interest}"
    top = element(
        "div",
        element("h3", person.name or person.company or "Somebody whose data was erased", dir="auto"),
        element("span", f"{badge}{interest}", class_="badge good"),
        class_="top",
    )
    facts = [*_facts(person)]
    return element(
        "article",
        top,
        *([element("p", work, class_="soft", dir="auto")] if work else []),
        element(
            "div",
            *([element("dl", *facts)] if facts else []),
            element("div", *(_quote(quote) for quote in person.quotes)),
            class_="both",
        ),
    )


def _facts(person: Person) -> Iterator[Markup]:
    facts = (
        ("Next step", person.next_step),
        ("Call back", person.callback),
        ("Phone", person.phone),
        ("E-mail", person.email),
        ("Called", person.called_at),
        ("Summary", person.summary),
    )
    for name, value in facts:
        if value:
            yield element("dt", name)
            yield element("dd", value, dir="auto")


def _quote(quote: Quote) -> Markup:
    where = f"{quote.proves}, at {clock(quote.second)}"
    sound = []
    if quote.clip is not None:
        sound.append(
            element(
                "audio",
                controls="",
                preload="none",
                src=quote.clip.source,
                aria_label=f"The sound of: {quote.words}",
            )
        )
    return element(
        "blockquote", element("p", f"“{quote.words}”", dir="auto"), element("footer", where), *sound
    )
