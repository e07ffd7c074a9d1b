"""The patterns behind the intents: ordered tables over plain words, with nothing to decide in them.

An earlier intent outranks a later one. ``REWRITES`` first says plainly what sounds like one thing and means
another ("not a bad idea"), so that the patterns below can stay simple.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Intent(StrEnum):
    """The meanings that hard patterns know, most binding first."""

    DO_NOT_CALL = "do_not_call"
    HUMAN = "human"
    NOT_INTERESTED = "not_interested"
    BUSY = "busy"
    ROBOT = "robot"
    WHO = "who"
    PRICE = "price"
    INFO = "info"
    BYE = "bye"
    STOP = "stop"
    ACK = "ack"
    NO = "no"
    YES = "yes"


_ME = r"(?:me|us|my (?:\w+ )?number|our (?:\w+ )?number|this number)"
_A = r"(?:(?:an?|the|any|some|your|one of your) )?"
_PERSON = (
    r"(?:(?:real |live |human |actual )?(?:human being|human|person|agent|someone|somebody|representative"
    r"|operator|manager|colleague|supervisor|salesperson))"
)
_MACHINE = r"(?:robots?|machines?|computers?|bots?|chatbots?|ai|recordings?)"
_TALK = r"(?:talk|talking|speak|speaking|chat) (?:to|with|two|too)"
_WANT = r"(?:want|need|wish|like|care)"
_CALL = r"(?:(?:call|phone|ring|contact|bother|harass)(?:ed|ing)?|disturb)"
# "We do not call them" is about their customers, "I would not call that cheap" about the price.
_NOT_OTHERS = r"(?! (?:it|that|them|him|her|everybody|everyone|customers|clients|patients)\b)"
_LIST = r"(?:lists?|database|system|records?)"
_OFF = r"(?:off|of|from|out of)"
_SURE = r"(?:of course|absolutely|certainly|definitely)"
_ACK = (
    r"(?:okay|mhm|mm ?hmm?|m ?hm|m h(?: amp)?|mm+|hmm+|h?uh huh|aha|right|alright|all right|fine|i see|got it"
    r"|understood|good|great|nice|cool|well|so|um|uh|ah|oh|thank you)"
)
_STOP_FILLER = r"(?:no|just|okay|please|it|this|that|now|hey|right|wait|oh|i said|would you|talking)"

REWRITES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bnot (?:that|saying)(?: that)? i am not interested\b", ""),
        (rf"\b(?:not|never) (?:(?:{_WANT}|have)(?: you| us)? to )?stop(?:ping)?\b(?: {_CALL})?", "go on"),
        (r"\b(?:not|never) (?:\w+ )?(?:hang up|end the call|go away)\b", "go on"),
        (r"\bnot (?:at all )?(?:an? )?(?:bad|wrong)(?: idea| thing| plan| at all)?\b", "sure"),
        (r"\bwhy not\b|\b(?:no|not a) (?:problem|worries|doubt)\b|\bnot mind\b", "sure"),
        (rf"\b{_SURE} not\b", "no"),
        (r"\bnot (?:(?:too|very|that|really|so|at all) )?busy\b", "free"),
        (r"\bnot (?:(?:too|very|that|really|so) )?expensive\b", "cheap"),
        (rf"\bnot {_WANT} to {_TALK} {_A}{_MACHINE}\b", "talk to a human"),
        (rf"\bnot {_WANT} to {_TALK} {_A}(?:you|{_PERSON}|any ?one|any ?body)\b", "not interested"),
        (rf"\bnot {_WANT} {_A}{_PERSON}\b", "no"),
        (rf"\b(?:am|are) (?:i|we) (?:\w+ )?{_TALK} {_A}(?:{_PERSON}|{_MACHINE})\b", "are you a robot"),
        (r"\bhow much (?:time|longer)\b", "how long"),
    )
)

_TABLE: dict[Intent, tuple[str, ...]] = {
    Intent.DO_NOT_CALL: (
        rf"\b(?:take|taken|took|get|scratch|strike) {_ME}(?: \w+)? {_OFF} (?:\w+ ){{0,3}}{_LIST}\b",
        rf"\b(?:take|taken|get) {_ME} off\b",
        rf"\b(?:remove|delete|erase|lose|forget) (?:{_ME}|my data|my details)\b",
        rf"\b(?:get|be|come|taken|removed|deleted) {_OFF} (?:\w+ ){{1,2}}{_LIST}\b",
        rf"(?<!did )(?<!we )(?<!we do )\b(?:not|never|no longer) (?:ever |again )?{_CALL}(?<!ed)\b{_NOT_OTHERS}",
        rf"\b(?:not|never) {_WANT}(?: you| any \w+)?(?: to)?(?: be| ever| get)* {_CALL}\b",
        rf"\b(?:stop|quit|cease) (?:all )?(?:these |this |your )?{_CALL}\b{_NOT_OTHERS}",
        r"\b(?:stop|quit) (?:the |these |your |all )+calls\b",
        r"\b(?:no|any) (?:more|further) (?:\w+ )?(?:calls|calling)\b",
        r"\bdo not call (?:list|registry|register)\b",
        r"\b(?:unsubscribe|opt (?:me |us )?out|blacklist)\b|\bleave (?:me|us) alone\b",
    ),
    Intent.HUMAN: (
        rf"\b{_TALK} {_A}(?:\w+ )?{_PERSON}\b",
        rf"\b(?:give|get|connect|transfer|put|pass)(?: me| us)?(?: through| over)?(?: to| with)? {_A}{_PERSON}\b",
        rf"\b(?:connect|transfer) me\b|\bput me through\b|\b{_WANT} {_A}{_PERSON}\b",
        rf"^(?:please )?{_A}{_PERSON}(?: please)?$",
    ),
    Intent.NOT_INTERESTED: (
        r"\bnot (?!only |just )(?:\w+ ){0,2}?interested\b|\buninterested\b",
        r"\b(?:no|zero|not (?:have )?any|lost) interest\b|\bno thank you\b",
        r"\b(?:not|never) (?:really )?(?:want|need) (?:it|this|that|any|anything|your|one)\b",
        rf"\b(?:not|never) (?:really )?{_WANT} to (?:buy|hear|listen|answer)\b",
        r"\bnot (?:\w+ )?(?:for (?:me|us)|in the market|buying|looking (?:for|to)|my thing)\b",
        r"\bno need\b|\bnot need$|\bi(?: am| will)? pass\b|^pass$|\b(?:i am|we are) all set\b",
        r"\b(?:i am|we are) (?:good|fine|okay)(?: thank you)?$",
        r"\bgo away\b|\bget lost\b|\bwasting my time\b",
    ),
    Intent.BUSY: (
        r"\bbusy\b|\bdriving\b|\bin (?:an?|the|another) meeting\b|\bin the middle of\b|\bi am at work\b",
        r"\bno time\b|\bnot (?:really )?have (?:the |any |much |an? |enough )?(?:time|minute|moment|second)\b",
        r"\bnot (?:an? |the |really |very ){0,3}(?:good|great|best|right|convenient) (?:time|moment)\b|\bbad time\b",
        r"\b(?:call|phone|ring|try) (?:(?:me|us|you|right) )*(?:back|later|again|another time|tomorrow)\b",
        r"\b(?:call|phone|ring) (?:me|us) (?:on|at|in|after|before|around|next|this)\b",
        r"\bnot (?:right )?now\b|\bnot today\b|\b(?:another|some other) time\b|^(?:\w+ )?later(?: please)?$",
        r"\b(?:have|got|need) to (?:go|run|leave)\b|\bin a (?:hurry|rush)\b|\bcall ?back\b",
    ),
    Intent.ROBOT: (
        rf"\b(?:are|is) (?:you|this|it|that) (?:\w+ )?{_A}(?:\w+ )?(?:{_MACHINE}|{_PERSON})\b",
        r"\b(?:are|is) (?:you|this|it|that) (?:\w+ )?(?:real|automated|artificial|alive)\b",
        rf"\byou (?:\w+ )?(?:are|sound|talk)(?: \w+)?(?: like)? {_A}{_MACHINE}\b",
        r"\b(?:robot|bot|chatbot|robo ?call|artificial intelligence)\b",
        rf"^{_A}{_MACHINE}$",
    ),
    Intent.WHO: (
        r"\bwho (?:is|are|am|was) (?:this|that|you|calling|speaking|it|i|there|on)\b|\bwho do you (?:work|call)\b",
        r"\bwh(?:at|ich) (?:\w+ )?(?:company|organization|firm|business)\b|\bwhat is your name\b|^who$",
        r"\bwhere (?:are|do|did) you (?:call|calling|get|got|find|have|from)\b|\bwho gave you\b",
        r"\bwhere (?:\w+ ){0,3}(?:my|this) (?:\w+ )?number\b",
        r"\b(?:how|why) (?:did|do|come) you (?:get|got|find|know|have)(?: to)? (?:my|this|our)\b",
        r"\bwhat is (?:this|it|the call|this call) (?:call )?(?:all )?about\b",
        r"\b(?:reason|purpose) (?:of|for) (?:your|this|the) call\b|\bwhy (?:are|do|did) you call(?:ing)?\b",
        r"\bwhat (?:do you want|are you (?:selling|calling (?:about|for)))\b",
    ),
    Intent.PRICE: (
        r"\b(?:prices?|priced|pricing|costs?|charges?|fees?|rates?|expensive|budget|quote)\b",
        r"\bhow much\b(?! there)|\bis it (?:for )?free\b|\b(?:do|would) i (?:have to )?pay\b|\bafford\b",
    ),
    Intent.INFO: (
        r"\b(?:more|some|any) (?:information|info|details?)\b|\btell me (?:\w+ )?(?:more|about)\b",
        r"\b(?:hear|know) more\b|\b(?:explain|describe)\b",
        r"\bhow (?:does|do|would|will) (?:it|this|that|you|they) (?:\w+ )?(?:work|do|help)\b",
        r"\bwhat (?:exactly )?(?:is (?:it|that)|does (?:it|that|this) do|is the (?:product|service|offer))\b",
        r"\bwhat (?:exactly )?do you (?:exactly )?(?:do|offer|sell|have|provide)\b",
        r"\bsend (?:me|us) (?:an? |some |more |the )?(?:information|info|email|details|brochure|link)\b",
    ),
    Intent.BYE: (
        r"\b(?:goodbye|bye|hang(?:ing)? up|farewell)\b|\bsee you\b|\bend (?:the|this) call\b",
        r"\bhave an? (?:nice|good|great|lovely) (?:day|one|evening|weekend)\b",
        r"^(?:okay |well )?(?:by|buy)(?: by| buy| now)*$",
    ),
    Intent.STOP: (rf"^(?:{_STOP_FILLER} )*stop(?: (?:stop|{_STOP_FILLER}))*$",),
    Intent.ACK: (rf"^{_ACK}(?: {_ACK})*$",),
    Intent.NO: (
        r"\b(?:no|nope|nah|negative|wrong|incorrect|never)\b(?! (?:more )?(?:questions?|idea|number|person))",
        r"\b(?:i|we|they|it|that|she|he) (?:do|does|would|will|is|are|am|have|can|could|should) not(?: think so)?$",
        r"\bnot (?:really|exactly|correct|right|quite|yet|so)\b|^not$",
    ),
    Intent.YES: (
        r"\b(?:yes|yeah|yep|yup|sure|correct|exactly|indeed|affirmative)\b",
        rf"\b{_SURE}\b|\bgo (?:ahead|on)\b|\bplease do\b|\bwith pleasure\b|\b(?:happy|love) to\b",
        r"\b(?:that|it|this) (?:is|sounds|would be) (?!not )(?:\w+ )?(?:right|good|great|fine|perfect|okay|me)\b",
        r"\b(?:that|it|this) works\b",
        r"\bsounds (?:good|great|interesting|fine)\b|^(?:very )?(?:good|great) idea$",
        r"^(?:i|we|they|you|it) (?:do|does|would|are|am|can|may|could|will)(?: please)?$",
        r"\b(?:i|we) (?:am|are) (?!not )(?:\w+ )?interested\b|^(?:very )?interested\b",
    ),
}
PATTERNS: dict[Intent, re.Pattern[str]] = {
    intent: re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    for intent, patterns in _TABLE.items()
}

# "Do not call me before noon" asks for another time; with one of these words it asks for none at all.
CALL_NOT = re.compile(
    rf"\b(?:(?:do|please|you|can|should|would|could) )*(?:not|never) (?:{_WANT} you to )?"
    r"(?:call|phone|ring) (?:me |us )?(?:back )?(?P<rest>.*)"
)
FOR_EVER = re.compile(r"\b(?:again|ever|any ?more|any longer|any other)\b")
HEDGE = re.compile(r"\b(?:maybe|perhaps|guess|think|probably|might|but|if|unless|depends|except|hardly)\b")
