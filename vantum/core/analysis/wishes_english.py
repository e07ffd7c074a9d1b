"""How people say in English that they want no more calls, and what sounds like it and is none."""

from __future__ import annotations

from typing import Final

from vantum.core.analysis.spoken_line import ANY
from vantum.core.analysis.wish_rule import Language, Rule, after, before, saying

ENGLISH: Final = Language(saying("again", "ever", "any ?more", "any longer", "at all", "for good", "forever"))

_DONT: Final = (
    r"(?:do not|don't|dont|do n't|never|not ever|must not|mustn't|should not|shouldn't|better not|no longer)"
)
_CALL: Final = r"(?:call|phone|ring|dial|contact|text|bother|disturb|harass|pester|annoy|spam|solicit)"
_CALLING: Final = (
    r"(?:calling|phoning|ringing|dialing|dialling|contacting|texting|bothering|disturbing|harassing|pestering"
    r"|annoying|spamming|soliciting)"
)
_CALLED: Final = r"(?:called|phoned|rung|contacted|texted|bothered|disturbed|harassed|pestered|solicited)"
_CALLS: Final = r"(?:calls|phone calls|robocalls|robo calls|cold calls|sales calls|telemarketers)"
_THING: Final = (
    r"(?:number|numbers|phone|cell|mobile|line|home|house|office|business|wife|husband|family|staff)"
)
_ME: Final = (
    rf"(?:me|us|here|my (?:{ANY} ){{0,2}}{_THING}|our (?:{ANY} ){{0,2}}{_THING}|this (?:{ANY} )?{_THING})"
)
_RECORD: Final = (
    r"(?:number|numbers|name|phone|info|information|details|data|contact|contacts|email|record|entry)"
)
_MINE: Final = (
    rf"(?:(?:my|our) (?:{ANY} ){{0,2}}(?:{_RECORD}|company|business|firm|shop)"
    rf"|this (?:{ANY} )?number|(?:the|that) number)"
)
_LIST: Final = (
    r"(?:list|lists|database|databases|system|systems|records?|files?|crm|sheet|register|registry|directory)"
)
_OFF: Final = r"(?:off of|off|from|out of|of)"

# A name may follow ("don't call me Bob"), or a time ("before nine"): neither is in this list.
_OBJECT_ENDS: Final = (
    r"(?= (?:$|[.,] |again |any ?more |any longer |ever |at all |no more |please |period |thank "
    r"|thanks |okay "
    r"|ok |you |i |i'm |i've |i'll |we |we're |it's |this is |or |and |about |from |with "
    r"|regarding |because |cause "
    r"|back (?:$|[.,] |again |ever |any |please )|so (?:$|[.,] |please |stop |take |remove )"
    r"|for (?:this|that|these|any|anything|sales|money|insurance|marketing|your|another sale) "
    r"|on (?:my|this|our|that) (?:cell|mobile|phone|number|line|landline|work|home|private|personal|office) "
    r"|at (?:home|work|all|the office|the house|this number|this house|my number|my (?:home|office"
    r"|work|job|house)) ))"
)
_ENDS: Final = (
    r"(?= (?:$|[.,] |again |any ?more |any longer |ever |at all |please |period |thank |thanks |okay "
    r"|back (?:$|[.,] |again |ever |any ?more )))"
)
_OTHERS: Final = r"(?:they|he|she|it|nobody|people|customers|clients|patients|users|employees|who|which)"
_ADVERB: Final = r"(?:(?:really|ever|actually|usually|normally|just|still|also|often|always|simply|even) )?"
_SUBJECT: Final = before(
    rf"(?:i|we|{_OTHERS}|(?:my|our|the|your) {ANY}s|(?:if|when|unless|because|since|as"
    rf"|in case) {ANY}|why|how come)"
    rf"(?: (?:really|usually|normally|just|still|also|often|always|would|could|can|will|did|had|have))?"
)
_YOU: Final = before("you")
_TIME: Final = after(
    rf"(?:{ANY} ){{0,1}}(?:today|tonight|tomorrow|now|right now|yet|before|after|until|till|while"
    rf"|during|when|at"
    rf"|on|in|this|next|between|unless|if)"
)

_CALL_RULES: Final = (
    Rule(
        ENGLISH,
        saying(
            rf"{_DONT} (?:(?:you|ever|please|even|dare|to|just|again|people|guys|be|keep) ){{0,3}}"
            rf"(?:{_CALL}|{_CALLING}) {_ME}",
            then=_OBJECT_ENDS,
        ),
        never_before=_SUBJECT,
        unless_before=_YOU,
    ),
    Rule(
        ENGLISH,
        saying(
            rf"{_DONT} (?:(?:you|ever|please|even|dare|just|again) ){{0,3}}(?:call|phone|ring|contact|text)",
            rf"{_DONT} (?:even )?bother (?:calling|phoning|to call)(?: (?:me|us))?",
            then=_ENDS,
        ),
        never_before=_SUBJECT,
        unless_before=_YOU,
    ),
    Rule(
        ENGLISH,
        saying(
            r"(?:can|could|would|will) you (?:(?:please|kindly|just) )?(?:not"
            rf"|never) (?:ever )?{_CALL} {_ME}",
            r"(?:appreciate|prefer|rather|prefer it|appreciate it|like it|be grateful)(?: if)? you"
            r" (?:not|didn't|did not|don't|do not|wouldn't|would not|stopped|never)(?: ever)?"
            rf" (?:{_CALL}|{_CALLED}|{_CALLING})(?: {_ME})?",
            r"(?:asked|told|tell|telling|asking|said|ask|begged|warned)(?: (?:you|your|guys|people"
            r"|company|all|already"
            r"|before|once|twice|times|several|many|repeatedly|nicely|politely|and|over|again"
            r"|colleagues?|folks)){0,4}"
            r" (?:not to|to not|to never|to stop|never to|please not to)(?: (?:ever|please|be)){0,2}"
            rf" (?:{_CALL}|{_CALLING}|{_CALLED})(?: {_ME})?",
            then=_OBJECT_ENDS,
        ),
    ),
)
_WANT_RULES: Final = (
    Rule(
        ENGLISH,
        saying(
            rf"{_DONT} {_ADVERB}(?:want|wish|like|need|wanna) (?:for )?(?:you|anyone|anybody"
            rf"|any of you|you people"
            r"|you guys|your company|your people|people|anyone else)(?: (?:ever|guys|people|to|keep"
            rf"|all)){{0,3}}"
            rf" (?:{_CALL}|{_CALLING})(?: {_ME})?",
            rf"(?:{_DONT} {_ADVERB}(?:want|wish|like|care|agree|wanna)|(?:prefer|want|wish|like"
            rf"|request) not|rather not"
            rf"|wants? never)(?: to)? (?:ever )?(?:be|get|being|getting) {_CALLED}",
            then=_OBJECT_ENDS,
        ),
        never_before=before(_OTHERS, "you", "why"),
    ),
    Rule(
        ENGLISH,
        saying(
            rf"{_DONT} {_ADVERB}(?:want|need|accept|take|appreciate|wish|like|consent"
            rf"|agree)(?: to)?(?: (?:receive|get"
            r"|have|take|receiving|getting|any|more|further|your|these|this|such|other|sales"
            r"|marketing|cold|phone"
            rf"|unsolicited|spam|of|telemarketing|kind|being)){{0,5}} (?:{_CALLS}|calling|called)",
            rf"{_DONT} {_ADVERB}(?:want|wanna|need|wish|care)(?: to)?(?: ever)? hear from (?:you"
            rf"|your|anyone|anybody)",
        ),
        never_before=before(_OTHERS, "you", "why", rf"(?:my|our|the|your) {ANY}s"),
        unless_after=_TIME,
    ),
    Rule(
        ENGLISH,
        saying(
            rf"(?:not|no|never|don't|do not|dont) (?:{ANY} ){{0,4}}(?:permission|consent"
            rf"|authorization|right|allowed"
            rf"|permitted|authorized)(?: {ANY}){{0,1}} to {_CALL} {_ME}",
            r"(?:revoke|revoking|withdraw|withdrawing|rescind) (?:my|our|any"
            rf"|all) (?:{ANY} )?(?:consent|permission)",
        ),
        unless_after=_TIME,
    ),
)
_STOP_RULES: Final = (
    Rule(
        ENGLISH,
        saying(
            r"(?:stop|quit|cease|discontinue)(?: (?:all|the|these|this|those|your|with|making"
            rf"|and desist)){{0,3}}"
            rf" (?:{_CALLING}(?: {_ME})?|{_CALLS})",
            rf"refrain from {_CALLING}(?: {_ME})?",
            rf"(?:no more|no further|enough with|enough of)(?: (?:the|these|your|of|sales)){{0,2}} {_CALLS}",
            then=_OBJECT_ENDS,
        ),
        never_before=before(
            r"(?:don't|dont|do not|never|not|can't|cannot|won't|didn't|doesn't|to not)(?: ever)?",
            rf"{_OTHERS}(?: {ANY}){{0,3}}(?: to)?",
            r"(?:i|we|i'd|we'd|i'll|we'll)"
            rf"(?: (?!you |said |told |asked |mean |beg |demand |repeat ){ANY}){{0,2}}(?: to)?",
            r"(?:if|when|unless|until|because|since|before|after) (?:you|they)",
            r"(?:were|was|are|is|got|get|have|had|there's|receive|received|need|did|should|must)",
        ),
    ),
    Rule(
        ENGLISH,
        saying(r"leave (?:me|us) (?:the (?:hell|heck|fuck) )?alone"),
        before("don't", "do not", "never"),
    ),
    Rule(
        ENGLISH,
        saying(
            r"(?:opt|opting) (?:me|us) out",
            r"(?:i|we|i'd|we'd|please) (?:(?:want|like|wish|need|would like) to )?(?:opt out|unsubscribe)",
            r"unsubscribe (?:me|us|my number|this number)",
            r"blacklist (?:me|us|my number|this number)",
            r"(?:(?<=^ )|(?<=[.,] ))(?:please )?(?:unsubscribe|opt out|no calls"
            r"|no more calls)(?= (?:please )?(?:$|[.,]))",
        ),
        before("can", "could", "do", "don't", "how do", "not", "to", "should"),
    ),
)
_NO_REMOVAL: Final = before(
    r"(?:don't|dont|do not|never|not|didn't|won't|without|no need to|already)",
    r"(?:don't|do not|needn't|doesn't) (?:have|need) to",
    r"(?:did|have|had|has|do|should|can|could) (?:i|we|they|he|she)",
    r"(?:did|have|had) you",
    r"(?:i|we|they|he|she|who|i'll|we'll|you'll)(?: (?:will|would|can|could|might|always|just|did|have to))?",
)
_LIST_RULES: Final = (
    Rule(
        ENGLISH,
        saying(
            r"(?:take|remove|delete|scratch|strike|drop|get|cross|wipe|pull|erase|purge|scrub"
            rf"|kick) (?:me|us|{_MINE})"
            rf"(?: (?:out|right|please|immediately|now|completely|permanently)){{0,2}} {_OFF}"
            rf"(?: (?:{ANY} ){{0,4}}{_LIST}|(?= (?:$|[.,] |please |now |right now |immediately |thank )))",
        ),
        _NO_REMOVAL,
    ),
    Rule(
        ENGLISH,
        saying(
            rf"(?:get|be|come|taken|removed|deleted|want|like|wish) {_OFF} (?:your|this|that|the"
            rf"|these|any|all)"
            rf" (?:{ANY} ){{0,3}}(?:list|lists|database|directory|registry)",
        ),
        before("don't", "not", "did", "did you", "they", "never"),
    ),
    Rule(
        ENGLISH,
        saying(
            rf"(?:remove|delete|erase|unsubscribe) (?:me|us|{_MINE})",
            rf"(?:lose|forget|scrub|destroy|block) {_MINE}",
            then=r"(?= (?:$|[.,] |please |now |immediately |right |and |from |again |forever |at once |thank ))",
        ),
        _NO_REMOVAL,
    ),
    Rule(
        ENGLISH,
        saying(
            rf"(?:put|place|add|get|register|mark|enter|list) (?:me|us|{_MINE}) (?:down )?(?:on|to"
            rf"|in|onto|as|down as|with)"
            rf"(?: (?:your|the|a|that|an|this))? (?:{ANY} ){{0,2}}(?:do not call|don't call|dnc"
            rf"|no call|do not contact"
            r"|suppression|opt out|block|black|never call)(?: (?:list|lists|registry|register))?",
            r"(?:i am|i'm|im|we are|we're|number is|number's|been|is) (?:already )?(?:on"
            r"|registered (?:on|with|in)"
            rf"|listed (?:on|in|with))(?: (?:the|a|your))? (?:{ANY} ){{0,2}}(?:do not call|dnc)"
            r"(?: (?:list|lists|registry|register))?",
        ),
        before("don't", "do not", "never", "not", "if"),
    ),
)
RULES: Final = (*_CALL_RULES, *_WANT_RULES, *_STOP_RULES, *_LIST_RULES)
