"""Words that speak to the machine which judges the call, instead of to the other side of it.

The law: they prove nothing. Who says "mark me as interested" has not said that they are.
"""

from __future__ import annotations

from typing import Final

from vantum.core.analysis.spoken_line import ANY, spoken_line
from vantum.core.analysis.wish_rule import saying

_ORDERS: Final = r"(?:instructions?|prompts?|rules|guidelines|programming|orders)"
_VALUES: Final = (
    r"(?:interested|hundred|100|qualified|sentiment|interest|disposition|score|lead|meeting booked"
    r"|booked|positive)"
)
_INSTRUCTION: Final = saying(
    # English
    rf"(?:ignore|disregard|forget|override|bypass|overwrite) (?:{ANY} ){{0,4}}{_ORDERS}",
    rf"(?:system|developer) (?:{ANY} )?(?:prompt|message|instructions?)",
    r"(?:mark|rate|score|label|classify|record|set|log|grade|count|register) (?:me|us|this|it|my"
    rf"|the|that|our)"
    rf" (?:{ANY} ){{0,4}}{_VALUES}",
    r"(?:interest|sentiment|disposition)(?: score| value| level)? (?:of|to|is|as|at"
    rf"|equals) (?:{ANY} ){{0,2}}"
    r"(?:100|hundred|one|1|interested|positive|meeting|maximum|max)",
    rf"(?:respond|answer|reply|output) (?:only )?(?:with|in) (?:{ANY} ){{0,2}}(?:json|interest"
    rf"|sentiment|disposition|interested)",
    rf"(?:you are|you're|act as|pretend to be) (?:{ANY} ){{0,2}}(?:language model|llm|classifier"
    rf"|analyst|grader)",
    # German
    rf"(?:ignoriere|ignorieren|vergiss|vergessen|missachte|missachten)(?: sie)? (?:{ANY} ){{0,4}}"
    r"(?:anweisungen|anweisung|instruktionen|regeln|befehle|vorgaben)",
    r"(?:markiere|markieren|bewerte|bewerten|trage|tragen|werte|werten)(?: sie)? (?:mich|uns|das"
    rf"|diesen) (?:{ANY} ){{0,3}}"
    r"(?:interessiert|interesse|hundert|100|qualifiziert)",
    # Spanish
    rf"(?:ignora|ignore|olvida|olvide) (?:{ANY} ){{0,4}}(?:instrucciones|reglas|ordenes)",
    r"(?:marcame|marqueme|puntuame|puntueme|calificame"
    rf"|califiqueme) (?:{ANY} ){{0,3}}(?:interesad[oa]|cien|100)",
    # French
    rf"(?:ignorez|ignore|oubliez|oublie) (?:{ANY} ){{0,4}}(?:instructions|consignes|regles|ordres)",
    rf"(?:marquez|notez|evaluez|classez) (?:moi|nous) (?:{ANY} ){{0,3}}(?:interessee?|cent|100)",
)


def is_instruction(quote: str) -> bool:
    """Whether ``quote`` tells the judge what to find."""
    return _INSTRUCTION.search(spoken_line(quote).text) is not None
