"""How people say in Spanish and French that they want no more calls, and what sounds like it and is none."""

from __future__ import annotations

from typing import Final

from vantum.core.analysis.spoken_line import ANY
from vantum.core.analysis.wish_rule import Language, Rule, before, saying

SPANISH: Final = Language(saying("nunca", "jamas", "mas", "otra vez", "de nuevo"))
FRENCH: Final = Language(saying("jamais", "plus", "plus jamais"))

_ES_ENDS: Final = (
    r"(?= (?:$|[.,] |mas |nunca |jamas |otra vez |de nuevo |por favor |a este |a mi |a esta |aqui "
    r"|gracias |porque |ya "
    r"|que |con |y |ni |para (?:vender|eso|esto|ofrecer|nada|venderme|ofrecerme) ))"
)
_ES_LIST: Final = r"(?:lista|listas|base|sistema|registro|registros|datos|directorio|archivo|archivos)"
_ES_MINE: Final = (
    r"(?:(?:mi|nuestro|este) (?:numero|nombre|telefono|contacto|celular|movil)|mis datos|nuestros datos)"
)
_ES_REMOVE: Final = r"(?:quit|saqu|sac|borr|elimin|retir|tach|remuev)"
_SPANISH_RULES: Final = (
    Rule(
        SPANISH,
        saying(
            r"no (?:me|nos) (?:vuelvan? a |vuelvas a |sigan? )?(?:llame|llamen|llames|llamar"
            r"|llamando|contacte"
            r"|contacten|contactes|contactar|moleste|molesten|molestes|molestar|marque|marquen|telefoneen?)",
            r"no (?:vuelvan?|vuelvas) a (?:llamar|llamarme|llamarnos|contactarme|molestarme|marcar|marcarme)",
            r"no (?:llame|llamen|llames) (?:mas|nunca mas|otra vez|de nuevo)",
            r"(?:no|nunca|jamas|nunca mas) (?:quiero|queremos|deseo|deseamos|quisiera|acepto"
            r"|autorizo|consiento)"
            r"(?: (?:que|mas|recibir|sus|estas|ninguna|otra|otras|tener|tantas|ya)){0,4} (?:llamadas?"
            r"|(?:me|nos) (?:vuelvan? a )?(?:llame|llamen|llamar|contacten?|contactar|molesten?|molestar)"
            r"|ser (?:contactad[oa]|llamad[oa]|molestad[oa]))",
            r"nunca mas (?:me|nos) (?:llame|llamen|llames)",
            then=_ES_ENDS,
        ),
        before("por que", "hasta que", "si", "mientras", "cuando", "espero que", "aunque"),
    ),
    Rule(
        SPANISH,
        saying(
            r"(?:deje|dejen|deja|dejad|dejar|pare|paren|para|parad|basta) (?:ya )?(?:de"
            r"|con) (?:llamarme|llamarnos"
            r"|molestarme|molestarnos|acosarme|contactarme|marcarme|llamar(?: (?:aqui|a (?:este|mi"
            rf"|esta) {ANY}))?"
            r"|(?:sus |las |estas |tantas )?llamadas)",
            then=_ES_ENDS,
        ),
        before("no", "nunca", "yo", "cuando", "me"),
    ),
    Rule(
        SPANISH,
        saying(
            r"(?:deje|dejen|deja|dejad)(?:me|nos) (?:en paz|tranquil[oa]s?)",
            rf"{_ES_REMOVE}(?:a|e|en|an|ad|ar|ue|uen)(?:me|nos)(?: por favor)?"
            rf"(?: del? (?:{ANY} ){{0,3}}{_ES_LIST}|(?= (?:$|[.,])))",
            rf"{_ES_REMOVE}(?:a|e|en|an|ad|ar|ue|uen)(?: por favor)? {_ES_MINE}",
            r"(?:darme|darnos|deme|denme|dame|denos) de baja",
            r"(?:no|ni) (?:una? )?(?:mas llamadas|llamadas? mas)",
            r"lista robinson",
        ),
        before("no", "nunca", "sin", "ya", "hay", "hubo"),
    ),
)

_FR_ENDS: Final = (
    r"(?= (?:$|[.,] |jamais |s'il |svp |merci |ici |a ce |et |ni |c'est |je |on |du tout "
    r"|desormais |a l'avenir "
    r"|sur (?:ce|mon) |pour (?:ca|cela|rien|vendre|me|votre|vos|des) |de (?:vous|votre) ))"
)
_FR_LIST: Final = r"(?:liste|listes|fichier|fichiers|base|registre|registres|systeme|repertoire)"
_FR_MINE: Final = rf"(?:mon|mes|notre|nos|ce) (?:{ANY} )?(?:numero|nom|coordonnees|donnees|contact|telephone)"
_FR_REMOVE: Final = r"(?:enlev|retir|supprim|effac|ray|radi|otez|sort|desinscriv|desabonn)"
_FRENCH_RULES: Final = (
    Rule(
        FRENCH,
        saying(
            r"(?:ne )?(?:m'appelez|nous appelez|me rappelez|nous rappelez|me telephonez"
            r"|me contactez|nous contactez"
            r"|me derangez|me harcelez|n'appelez|rappelez|me sollicitez|m'ennuyez|me demarchez|telephonez)"
            r" (?:plus jamais|jamais plus|plus|jamais|surtout pas|surtout plus|pas)",
            r"ne (?:plus jamais|plus|pas|jamais) (?:m'appeler|nous appeler|me rappeler|nous rappeler|me contacter"
            r"|me telephoner|me deranger|rappeler)",
            r"(?:(?<=^ )|(?<=[.,] ))ne (?:m'appelle|me rappelle|me contacte) plus(?: jamais)?",
            then=_FR_ENDS,
        ),
        before("vous", "pourquoi", "nous", "je", "on", "si", "quand", "vous ne", "pourquoi ne"),
    ),
    Rule(
        FRENCH,
        saying(
            r"(?:arretez|arrete|arreter|cessez|cesse|cesser|stoppez)(?: (?:donc|tout de suite"
            r"|immediatement|maintenant)){0,1}"
            r" (?:de (?:m'appeler|nous appeler|me rappeler|nous rappeler|me telephoner|me harceler"
            r"|nous harceler"
            r"|me deranger|nous deranger|m'embeter|me contacter|me demarcher|rappeler|telephoner"
            r"|m'ennuyer)|d'appeler"
            r"|(?:avec )?(?:ces|vos|les|tous ces) appels)",
            then=_FR_ENDS,
        ),
        before("n'", "ne", "jamais", "pas", "nous", "je"),
    ),
    Rule(
        FRENCH,
        saying(
            r"(?:veux|voulons|souhaite|souhaitons|desire|desirons|accepte|voudrais) (?:plus"
            r"|pas)(?: du tout| jamais)?"
            r" (?:etre (?:appelee?|contactee?|rappelee?|derangee?|demarchee?|sollicitee?)"
            r"|que (?:vous|on|l'on|quelqu'un) (?:m'appeliez|me rappeliez|m'appelle|me rappelle"
            r"|me contactiez|nous appeliez"
            r"|nous appelle|nous contactiez|me derangiez)|recevoir (?:[^ .,]{1,24} ){0,3}(?:appels?"
            r"|coups de fil)"
            r"|recevoir d'appels?|(?:de |de vos |de ces )(?:appels|coups de fil)|d'appels?|vous entendre"
            r"|entendre parler de vous)",
            then=_FR_ENDS,
        ),
        before("(?:clients|ils|elles|vous|gens)(?: ne)?"),
    ),
    Rule(
        FRENCH,
        saying(
            rf"{_FR_REMOVE}(?:e|es|ez|er)? (?:moi|nous)(?: (?:tout de suite|immediatement))?"
            rf"(?: (?:de|du|des) (?:{ANY} ){{0,3}}{_FR_LIST}|(?= (?:$|[.,] |s'il |svp |merci )))",
            rf"{_FR_REMOVE}(?:e|es|ez|er)? {_FR_MINE}",
            r"(?:me|nous) (?:enlever|retirer|supprimer|effacer|rayer|radier|desinscrire)(?: (?:de"
            rf"|du|des) (?:{ANY} ){{0,3}}{_FR_LIST})",
            r"(?:laissez|laisse) (?:moi|nous) (?:donc )?(?:tranquilles?|en paix)",
            r"(?:fichez|foutez|fiche|fous) (?:moi|nous) (?:la paix|tranquille)",
            r"(?:(?<=^ )|(?<=[.,] ))plus (?:jamais )?d'appels?",
            rf"(?:inscrite?s?|suis|sommes) (?:{ANY} ){{0,2}}(?:sur|a|dans) (?:{ANY} )?bloctel",
            r"(?:inscrivez|mettez|ajoutez) (?:moi|nous) (?:sur|dans"
            rf"|a) (?:{ANY} ){{0,3}}(?:opposition|noire|rouge|bloctel)",
            rf"m'oppose (?:{ANY} ){{1,4}}(?:demarchage|appels|prospection)",
            r"(?:retire|revoque) mon (?:consentement|accord)",
        ),
        before("ne", "pas", "jamais", "pas encore", "sans"),
    ),
)
RULES: Final = (*_SPANISH_RULES, *_FRENCH_RULES)
