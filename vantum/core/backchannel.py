"""Tells words that only say "I am listening" from words that want the floor.

The law: only what is nothing but a backchannel is one; a single word more, and the caller has something to say.
"Yes" counts as "yeah" does: over the bot's speech both say "go on".
"""

from __future__ import annotations

import re
from enum import StrEnum

from vantum.core.languages import base
from vantum.core.tokens import Words, parts, phrases, tokens, without_apostrophes

MOST_PHRASES = 4
"""Who says more than this at a stretch wants to be heard, whatever the words are."""


class Backchannel(StrEnum):
    """Whether words are only backchannels."""

    YES = "yes"
    NOT_YET = "not_yet"  # of an interim: they may become one; of a final: they are none
    NO = "no"


# Sounds without a word in them, as recognisers of any language spell them; fillers too: neither has content.
_SOUND = re.compile(
    r"m+|m+h+m*|h+m+|mhmm+|mmhm+|a+h+|o+h+|ooh|u+h+|u+h*m+|e+r+m*|e+h+m*|e+u+h+|heu|oe?hm?|a+hm+|aha+|uhhuh|hum+"
)
_PAIRS = phrases(
    "uh huh, m hm, mm hm, mm hmm, m hmm, mh hm, a ha, ah ha, ha, हम्म, हूँ, हूं, हम, उम्म, अम्म, ओह",
    "आह, हं",
)
# "Uh-uh" is a no; two fillers in a row are written with a space or a comma.
_REFUSAL = re.compile(r"\b(?:n?uh-uh|mm-mm|nuh[ -]uh)\b", re.IGNORECASE)

_EVERYWHERE = _PAIRS | phrases("ok, okay, okey, okie, k, wow")
_ENGLISH = phrases(
    "yes, yeah, yea, yep, yup, ya, right, sure, alright, all right, I see, got it, gotcha, I got it",
    "I got you, I understand, understood, I hear you, of course, exactly, correct, true, indeed",
    "absolutely, definitely, certainly, totally, that's right, that's true, that's correct",
    "that's fine, that makes sense, makes sense, sounds good, sounds great, good, great, cool, nice",
    "fine, perfect, wonderful, excellent, awesome, lovely, interesting, that's interesting",
    "that's good, that's great, that's nice, very good, very nice, really, oh really, for sure",
    "fair enough, go on, go ahead, keep going, I'm listening, I'm with you",
    "I see what you mean, is that so, oh my, oh boy, I suppose, I guess, I guess so, okey dokey",
)
_BY_LANGUAGE = {
    "en": _ENGLISH,
    "de": phrases(
        "ja, jaja, jo, joa, jep, jap, jawohl, genau, ganz genau, ja genau, richtig, stimmt, das stimmt",
        "klar, na klar, alles klar, ist klar, verstehe, ich verstehe, verstanden, hab verstanden",
        "habe verstanden, ich habe verstanden, ach so, achso, ach ja, ach, ah ja, ach was, so so, soso",
        "gut, sehr gut, schön, sehr schön, super, prima, toll, klasse, perfekt, wunderbar, in Ordnung",
        "das ist gut, passt, das passt, natürlich, sicher, selbstverständlich, eben, freilich",
        "interessant, tatsächlich, wirklich, aha, hmhm, kein Problem, logisch, eh klar, verstehe ich",
        "das verstehe ich, das ist klar, das ist richtig, na gut",
    ),
    "es": phrases(
        "sí, ya, ajá, aja, claro, claro que sí, por supuesto, desde luego, vale, de acuerdo, entiendo",
        "entendido, lo entiendo, ya veo, ya entiendo, comprendo, exacto, exactamente, correcto, perfecto",
        "muy bien, bien, está bien, eso es, eso, así es, cierto, es cierto, es verdad, verdad, genial",
        "estupendo, excelente, listo, dale, órale, interesante, buenísimo",
        "sin problema, efectivamente, seguro, siga, continúe, sigue",
        "le escucho, te escucho, ah ya",
    ),
    "fr": phrases(
        "oui, ouais, mouais, ouaip, voilà, exactement, exact, je vois, je comprends, je comprends bien",
        "d'accord, d accord, ok d'accord, bien sûr, bien entendu, ah bon, très bien, bien, c'est bien",
        "c'est ça, tout à fait, entendu, compris, j'ai compris, effectivement, en effet, parfait, super",
        "génial, c'est vrai, absolument, certainement, évidemment, c'est bon, ça marche, ça va",
        "pas de problème, pas de souci, pas de soucis, intéressant, c'est intéressant, vraiment, allez-y",
        "je vous écoute, je t'écoute, si si, c'est noté, bien reçu, volontiers, c'est clair",
        "j'entends bien, juste, c'est juste, hein",
    ),
    "hi": phrases(
        "हाँ, हां, हा, हाँजी, जी, जी हाँ, हाँ जी, अच्छा, अच्छा जी, ठीक, ठीक है, जी ठीक है, सही, सही है",
        "सही बात है, बिल्कुल, बिलकुल, समझ गया, समझ गई, समझ गयी, मैं समझ गया, मैं समझ गई, समझा, समझी",
        "समझ रहा हूँ, समझ रही हूँ, ओके, यस, राइट, हाँ बिल्कुल, बहुत अच्छा, बढ़िया, वाह",
        "ज़रूर, जरूर, बोलिए, आगे बोलिए, haan, han, haa, ha, hanji, haanji, ji, achha, accha, acha",
        "achcha, theek, thik, theek hai, thik hai, thik h, teek hai, sahi, sahi hai, bilkul, samajh gaya",
        "samajh gayi, samajh gai, samjha, samjhi, badhiya, bahut achha, bahut accha, zaroor, jaroor",
        "boliye, main samajh gaya, main samajh gayi, right, yes, yeah",
    ),
}


def _bare(known: frozenset[Words]) -> frozenset[Words]:
    return frozenset(without_apostrophes(phrase) for phrase in known)


_PHRASES = {language: _bare(known | _EVERYWHERE) for language, known in _BY_LANGUAGE.items()}
_BEGINNINGS = {
    language: frozenset(phrase[:end] for phrase in known for end in range(1, len(phrase)))
    for language, known in _PHRASES.items()
}


def heard(text: str, language: str) -> Backchannel:
    """What ``text``, said over the bot, is; an unknown ``language`` is read as English.

    Text without words is NOT_YET.
    """
    known = base(language) if base(language) in _PHRASES else "en"
    words = without_apostrophes(tokens(text))
    if _REFUSAL.search(text):
        return Backchannel.NO
    if not words:
        return Backchannel.NOT_YET
    if _is_only(words, known):
        return Backchannel.YES
    beginnings = _BEGINNINGS[known]
    begun = any(words[start:] in beginnings and _is_only(words[:start], known) for start in range(len(words)))
    return Backchannel.NOT_YET if begun else Backchannel.NO


def _is_only(words: Words, language: str) -> bool:
    sounds = frozenset((word,) for word in words if _SOUND.fullmatch(word))
    count = parts(words, _PHRASES[language] | sounds)
    return count is not None and count <= MOST_PHRASES
