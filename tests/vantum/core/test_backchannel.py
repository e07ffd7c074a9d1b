"""Who only listens, and who wants the floor."""

# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import pytest

from vantum.core.backchannel import Backchannel, heard

ONLY = {
    "en": "mhm|Mhm.|mm-hmm|m-hm|M hm|mmm|mm|hmm|uh-huh|uh huh|Uh-huh, uh-huh.|um|uh|yeah|Yeah yeah okay|mhm, right|"
    "okay|OK.|right|Right?|I see|I see.|got it|sure|Yes.|yes yes|yep|alright|All right|of course|that's right|"
    "thats right|Oh, I see|oh really|oh|ah, okay|wow|go on|great|makes sense|okay, got it, right, sure|gotcha|"
    "mhmm|aha",
    "de": "ja|Ja, ja.|jaja|genau|mhm|okay|alles klar|ach so|Achso, verstehe|aha|stimmt|klar|ähm|hm|ja genau|"
    "in Ordnung|natürlich|ich verstehe|richtig|sehr gut|na klar|äh|mm-hmm",
    "es": "sí|si|Sí, sí.|claro|vale|ajá|mhm|ya|de acuerdo|entiendo|ya veo|exacto|claro que sí|okay|muy bien|perfecto|"
    "así es|eso es|ah, ya|hmm|bien",
    "fr": "oui|ouais|d'accord|D’accord.|d accord|ok|mhm|je vois|voilà|bien sûr|ah bon|ah oui|très bien|c'est ça|"
    "tout à fait|exactement|je comprends|euh|hum|oui, d'accord|en effet|parfait",
    "hi": "हाँ|हां|हाँ हाँ|अच्छा|ठीक है|ठीक|जी|जी हाँ|हम्म|सही है|बिल्कुल|समझ गया|ओके|haan|haan ji|achha|accha|acha|"
    "theek hai|thik hai|ji|sahi hai|bilkul|mhm|okay",
    "tlh": "mhm|uh-huh|yeah|okay",
}
MORE = {
    "en": "no|No.|no no|stop|Stop!|wait|hello?|what|what?|uh-uh|nuh uh|mm-mm|huh|sorry|right now|okay stop|yeah but|"
    "yes please|I see you|who is this|excuse me|sure thing stop it|mhm no|yeah yeah yeah yeah yeah|hold on|"
    "one moment|I want it|not interested|okay okay okay okay okay|well|so|thank you|bye",
    "de": "nein|nee|stopp|halt|Moment|warten Sie|hallo|was|wie bitte|ja aber|doch|nicht so schnell|tschüss|"
    "ja bitte|danke",
    "es": "no|espere|para|hola|qué|bueno|diga|pero|sí por favor|basta|un momento|no gracias|gracias|adiós",
    "fr": "non|stop|attendez|allô|quoi|pardon|oui mais|arrêtez|merci|un instant|au revoir|oui s'il vous plaît",
    "hi": "नहीं|रुकिए|क्या|हैलो|कौन|हाँ लेकिन|nahi|rukiye|kya|hello|haan lekin|ruko|धन्यवाद",
    "tlh": "ja|genau|stop",
}
BEGUN = {
    "en": "I|got|that's|makes|go|of|yeah I|okay got|all|sounds|fair",
    "de": "alles|in|ich|na|sehr|ja alles",
    "es": "de|muy|claro que|por|así|sí de",
    "fr": "je|bien entendu c'est|tout à|c'est|oui je|très",
    "hi": "theek hai main|समझ|samajh|मैं",
    "tlh": "I",
}


def table(texts: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, text) for language, line in texts.items() for text in line.split("|")]


@pytest.mark.parametrize(("language", "text"), table(ONLY))
def test_only_a_backchannel(language: str, text: str) -> None:
    assert heard(text, language) is Backchannel.YES


@pytest.mark.parametrize(("language", "text"), table(MORE))
def test_more_than_a_backchannel(language: str, text: str) -> None:
    assert heard(text, language) is Backchannel.NO


@pytest.mark.parametrize(("language", "text"), [*table(BEGUN), ("en", ""), ("en", "...")])
def test_what_may_become_one(language: str, text: str) -> None:
    assert heard(text, language) is Backchannel.NOT_YET


def test_a_tag_is_read_without_its_region() -> None:
    assert heard("genau", "de-AT") is Backchannel.YES
