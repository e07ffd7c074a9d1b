"""Somebody asks not to be called any more: it is confirmed to them, once, in the language of the call.

Law: what the bot says in its answer counts, if it says that they are not called again. Where its answer does not, a
sentence of our own follows it. A question ("shall I take you off our list?") confirms nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from vantum.core.analysis.spoken_line import ANY, spoken_line
from vantum.core.languages import base

LINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "I have taken your number off our list. We will not call you again.",
        "de": "Ich habe Ihre Nummer von unserer Liste gestrichen. Wir rufen Sie nicht mehr an.",
        "es": "He quitado su número de nuestra lista. No volveremos a llamarle.",
        "fr": "J'ai retiré votre numéro de notre liste. Nous ne vous appellerons plus.",
        "hi": "मैंने आपका नंबर हमारी सूची से हटा दिया है। हम आपको दोबारा फोन नहीं करेंगे।",
    }
)
MOST_UTTERANCES: Final = 20
"""That may be under way; a bot says one thing at a time."""
_SENTENCE: Final = re.compile(r"[^.!?\u0964]{1,2000}[.!?\u0964]{0,3}")
_MANY: Final = rf"(?:{ANY} ){{0,3}}"

# Over a line of plain words without accents (``spoken_line``); each alternative is bounded.
_CONFIRMS: Final = re.compile(
    "|".join(
        (
            # English
            rf" (?:off|from|out of|of) (?:our|the|my|this|that|any|all) {_MANY}(?:lists?|database|system|records) ",
            r" (?:not|never|no longer|won't) (?:ever )?(?:be )?(?:calling|call|called|contact|contacted|phone) ",
            rf" (?:on|to) (?:our|the|my|your) {_MANY}(?:do not call|don't call|no call|dnc) ",
            r" (?:no more|no further) calls ",
            # German
            rf" (?:von|aus) (?:unserer|der|meiner|dieser) {_MANY}(?:liste|listen|datenbank|kartei) ",
            r" (?:nicht mehr|nicht wieder|nie wieder|nicht noch einmal|nicht erneut) "
            r"(?:an|anrufen|angerufen|kontaktiert|kontaktieren|melden) ",
            r" keine (?:weiteren )?anrufe (?:mehr )?",
            # Spanish
            rf" (?:de|en) (?:nuestra|la|mi|esta) {_MANY}lista ",
            r" no (?:le |te |lo |la |les |los )?(?:volveremos|volvere|vamos) a (?:llamar|contactar)",
            r" no (?:le |te |lo |la |les |los )?(?:llamaremos|llamare|contactaremos) ",
            # French
            rf" (?:de|sur) (?:notre|nos|la|ma|cette) {_MANY}listes? ",
            r" ne vous (?:r?appellerons|r?appellerai|r?appellera|contacterons|derangerons) (?:plus|pas) ",
            # Hindi
            r" (?:सूची|लिस्ट) से ",
            r" (?:फोन|कॉल|काल) नहीं (?:करेंगे|करूंगी|करूंगा|किया|की) ",
        )
    )
)


class Standing(StrEnum):
    """What is owed to the caller."""

    NOTHING = "nothing"
    OWED = "owed"  # they asked, and have not heard yet that it is done
    LEFT = "left"  # whoever hangs up has said it, or says it
    HEARD = "heard"


class Heard(StrEnum):
    """What happens in the call."""

    WISH = "wish"
    CONFIRMATION = "confirmation"
    ANSWER = "answer"  # to the wish, and it confirms nothing
    FAREWELL = "farewell"  # the bot hangs up behind its last word


NEXT: Final[Mapping[tuple[Standing, Heard], Standing]] = MappingProxyType(
    {
        (Standing.NOTHING, Heard.WISH): Standing.OWED,
        (Standing.OWED, Heard.CONFIRMATION): Standing.HEARD,
        (Standing.OWED, Heard.ANSWER): Standing.HEARD,
        (Standing.OWED, Heard.FAREWELL): Standing.LEFT,
        (Standing.LEFT, Heard.CONFIRMATION): Standing.HEARD,
    }
)
"""What is not here changes nothing."""


class OptOut:
    """What one caller who asked not to be called any more has heard of it."""

    def __init__(self) -> None:
        self.standing = Standing.NOTHING
        self._answers: set[str] = set()
        self._filler = ""

    def wished(self) -> None:
        """The caller asked for it."""
        self._move(Heard.WISH)

    def hangs_up(self) -> None:
        """The bot hangs up, and sees to it by itself that the caller hears it."""
        self._move(Heard.FAREWELL)

    def fills(self, text: str) -> None:
        """The bot asks for a moment's patience, which is no answer."""
        self._filler = text

    def began(self, utterance_id: str) -> None:
        """The bot begins to speak; what it had begun before the wish is no answer to it."""
        if self.standing is not Standing.NOTHING and len(self._answers) < MOST_UTTERANCES:
            self._answers.add(utterance_id)

    def ended(self, utterance_id: str, text: str, *, interrupted: bool) -> bool:
        """The bot has said ``text``; whether the confirmation is to be said now."""
        if utterance_id not in self._answers:
            return False
        self._answers.discard(utterance_id)
        if confirms(text):
            self._move(Heard.CONFIRMATION)
        elif not interrupted and text.strip() != self._filler:
            return self._move(Heard.ANSWER)
        return False

    def _move(self, heard: Heard) -> bool:
        """Whether it changes anything."""
        before = self.standing
        self.standing = NEXT.get((before, heard), before)
        return self.standing is not before


def confirms(said: str) -> bool:
    """Whether the bot says that somebody is not called any more."""
    return any(
        _CONFIRMS.search(spoken_line(sentence).text) is not None
        for sentence in _SENTENCE.findall(said)
        if "?" not in sentence
    )


def confirmation(language: str) -> str:
    """The sentence of our own, in the language of a tag; in English where there is none."""
    return LINES.get(base(language), LINES["en"])
