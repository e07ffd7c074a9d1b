"""How people say in German that they want no more calls, and what sounds like it and is none."""

from __future__ import annotations

from typing import Final

from vantum.core.analysis.spoken_line import ANY
from vantum.core.analysis.wish_rule import Language, Rule, before, saying

GERMAN: Final = Language(saying("nie wieder", "nie mehr", "nicht mehr", "jemals", "uberhaupt"))

_STRONG: Final = (
    r"(?:nicht mehr|nie mehr|nie wieder|niemals wieder|niemals mehr|nicht wieder|nicht noch einmal"
    r"|nicht nochmal"
    r"|nicht noch mal|nicht erneut|nicht weiter|nie nochmal|nie noch einmal)"
)
_NOT: Final = rf"(?:{_STRONG}|nie|niemals|nicht|auf keinen fall|keinesfalls)"
# No time is among them: "rufen Sie mich heute nicht an" asks for another day.
_FILL: Final = (
    r"(?:(?:mich|uns|mir|hier|bitte|doch|einfach|ja|da|endlich|zukunftig|kunftig|in zukunft"
    r"|uberhaupt|wirklich|bloss"
    r"|bei uns|bei mir|privat|zu hause|jemals|ab jetzt|ab sofort|(?:auf|unter"
    rf"|an) {ANY} (?:{ANY} )?(?:nummer|handy"
    r"|telefon|anschluss|leitung)|diese nummer|meine nummer|von ihnen|von euch|telefonisch|mehr"
    r"|weiter|so) ){0,5}"
)
_ENDS: Final = (
    r"(?= (?:$|[.,] |bitte |danke |und |sonst |ich |wir |das |mehr |hier |verstanden |okay |oder "
    r"|wegen |mit |fur |klar ))"
)
_LIST: Final = (
    r"(?:liste|listen|anrufliste|kundenliste|telefonliste|kontaktliste|kartei|datenbank|verteiler"
    r"|system|adressbuch"
    r"|datei|kontakte|kontakten)"
)
_NUMBER: Final = r"(?:nummer|telefonnummer|handynummer|rufnummer|mobilnummer|daten|kontaktdaten|adresse)"
_MINE: Final = (
    rf"(?:(?:meine|unsere) (?:{ANY} )?{_NUMBER}|(?:meinen|unseren) (?:namen|eintrag|kontakt)"
    rf"|diese (?:nummer|telefonnummer|rufnummer)|die nummer)"
)
_CALL: Final = r"(?:anrufen|anzurufen|kontaktieren|belastigen|storen|behelligen|nerven|anschreiben)"
_CALLED: Final = r"(?:angerufen|kontaktiert|belastigt|behelligt|gestort|genervt)"
_WANT: Final = r"(?:will|mochte|wollen|mochten|wunsche|wunschen|wollte)"
_SUBJECT: Final = before(
    "warum", "wieso", "weshalb", "wir", "ich", "sie", "die", "man", "kunden", "leute", "wenn"
)

_CALL_RULES: Final = (
    Rule(
        GERMAN, saying(rf"(?:rufen|ruf|ruft)(?: sie| du| ihr)? {_FILL}{_NOT} {_FILL}an", then=_ENDS), _SUBJECT
    ),
    Rule(
        GERMAN,
        saying(rf"{_STRONG} {_FILL}(?:{_CALL}|zu {_CALL})", then=_ENDS),
        before(
            r"(?:ich|wir|er|man|kunden|warum|wieso|wenn)(?: (?!mich |uns |dass "
            rf"|hier ){ANY}){{0,4}}(?: mich| uns)?",
            r"(?:kann|konnen|konnte|konnten|werde|werden) (?:sie|ihn|ihnen|dort|da)",
        ),
    ),
    Rule(
        GERMAN,
        saying(
            rf"(?:bitte|mich bitte|uns bitte|hier bitte) nicht {_CALL}",
            rf"{_WANT} (?:bitte )?(?:nicht|auf keinen fall|nie|nicht mehr|nie wieder)(?: ,)? dass"
            rf" (?:sie|ihr|du|jemand|man|ihre firma|irgendwer) {_FILL}(?:wieder |noch einmal "
            rf"|nochmal |noch mal |weiter )?"
            r"(?:anrufen|anruft|anrufst|kontaktieren|kontaktiert|belastigen|storen)",
            rf"(?:dass|das) (?:sie|ihr|du) {_FILL}{_NOT} {_FILL}(?:anrufen|anruft|anrufst|kontaktieren)",
            rf"{_WANT} {_FILL}{_NOT} {_FILL}{_CALLED}(?: werden)?",
            then=_ENDS,
        ),
        before(
            r"(?:heute|morgen|jetzt|gerade|vor|nach|am|um|montags?|sonntags?|abends|nachts"
            rf"|vormittags)(?: {ANY}){{0,2}}",
            "gesagt",
        ),
    ),
    Rule(
        GERMAN,
        saying(
            rf"(?:{_WANT}|brauche|brauchen|bitte|akzeptiere|dulde)(?: (?:bitte|wirklich|auch"
            rf"|von ihnen|hier|absolut"
            r"|einfach|uberhaupt)){0,3} keine(?: (?:weiteren|mehr|solchen|ihrer|unerwunschten|diese"
            r"|solche)){0,2}"
            r" (?:anrufe|telefonanrufe|werbeanrufe|telefonate|kontaktaufnahme)(?: (?:mehr|von ihnen"
            r"|bekommen|erhalten)){0,2}",
            r"keine (?:weiteren |solchen )?(?:anrufe|werbeanrufe|telefonanrufe) mehr",
            then=_ENDS,
        ),
        before("gab es", "es gab", "hatten", "habe", "haben", "kamen"),
    ),
)
_STOP_RULES: Final = (
    Rule(
        GERMAN,
        saying(
            rf"(?:horen|hor|hort)(?: sie| ihr| du)?(?: (?:bitte|endlich|doch|jetzt|sofort)){{0,2}} auf(?: ,)?"
            r"(?: (?:mich|uns|mir|hier|damit|endlich|bitte|standig|dauernd|immer)){0,3} (?:anzurufen"
            r"|zu (?:belastigen|nerven|storen|kontaktieren|terrorisieren)"
            rf"|mit {ANY} (?:{ANY} )?(?:anrufen|anruferei|terror))",
            r"(?:lassen|lass|lasst)(?: sie| ihr| du)? (?:mich|uns)(?: (?:bitte|endlich|doch|jetzt"
            r"|einfach|mal)){0,3}"
            r" in (?:ruhe|frieden)",
            r"(?:unterlassen sie|sparen sie sich|verzichten sie auf)(?: bitte)? (?:diese|weitere"
            r"|ihre|die|solche) anrufe",
            then=r"(?= (?:$|[.,] |mit |bitte |jetzt |endlich |und |ich |wir |danke |sonst ))",
        ),
        before("wir", "ich", "nicht", "warum"),
    ),
    Rule(
        GERMAN,
        saying(
            r"(?:melden|meldet|meld)(?: sie| euch"
            rf"| dich)?(?: sich)?(?: bitte)? {_STRONG}(?: bei (?:mir|uns))?",
            r"(?:kontaktieren|belastigen|storen|nerven|kontaktiert|belastigt)(?: sie| ihr)? (?:mich"
            rf"|uns)(?: bitte)? {_NOT}",
            then=_ENDS,
        ),
        _SUBJECT,
    ),
    Rule(
        GERMAN,
        saying(
            rf"(?:widerspreche|widersprechen)(?: hiermit)? (?:{ANY} ){{1,3}}(?:werbung|nutzung"
            rf"|kontaktaufnahme|anrufen"
            r"|verarbeitung|datenverarbeitung|speicherung|kontaktierung)",
            rf"(?:widerrufe|widerrufen|entziehe|ziehe)(?: hiermit)?(?: {ANY})? (?:meine|unsere"
            rf"|die) (?:einwilligung|zustimmung)",
            r"auf (?:die|der|eine|einer|ihre|ihrer) (?:sperrliste|robinsonliste|robinson liste"
            r"|blacklist|schwarze liste)",
        ),
        before("nicht"),
    ),
)
_NO_REMOVAL: Final = before("wir", "ich", "nicht", "warum", "haben", "wurde", "wurden", rf"(?:wir|ich) {ANY}")
_LIST_RULES: Final = (
    Rule(
        GERMAN,
        saying(
            r"(?:loschen|loscht|losch|losche|streichen|streicht|streich|entfernen|entfernt"
            rf"|entferne)(?: sie| ihr| du)?"
            rf"(?: bitte)? (?:{_MINE}|mich|uns)(?: (?:aus|von) (?:{ANY} ){{0,3}}{_LIST})?",
            rf"vergessen sie(?: bitte)? {_MINE}",
            rf"(?:nehmen|nehmt|nimm|holen|tragen|tragt|trag|werfen|schmeissen)(?: sie| ihr| du)?(?: bitte)?"
            rf" (?:mich|uns|{_MINE})(?: bitte)? (?:(?:{ANY} ){{0,2}}(?:von|aus|vom) (?:{ANY} ){{0,3}}{_LIST}"
            r"|(?:raus|heraus|runter|aus)(?= (?:$|[.,])))",
            then=r"(?! nicht )",
        ),
        _NO_REMOVAL,
    ),
    Rule(
        GERMAN,
        saying(
            rf"(?:{_MINE}|mich|uns)(?: bitte)? (?:von|aus|vom) (?:{ANY} ){{0,3}}{_LIST}(?: bitte)?"
            r" (?:streichen|loschen|entfernen|nehmen|runternehmen|rausnehmen|herausnehmen|austragen)",
            rf"{_MINE}(?: (?:bitte|sofort|komplett|auch|wieder)){{0,2}} (?:streichen|loschen"
            rf"|entfernen|sperren|austragen)",
        ),
        _NO_REMOVAL,
    ),
    Rule(
        GERMAN,
        saying(
            rf"(?:von|aus) (?:{ANY} ){{1,2}}{_LIST}(?: (?:gestrichen|geloscht|entfernt"
            rf"|genommen) werden| runter| raus)",
        ),
        before("nicht", "wurde ich", "wurden wir"),
    ),
)
RULES: Final = (*_CALL_RULES, *_STOP_RULES, *_LIST_RULES)
