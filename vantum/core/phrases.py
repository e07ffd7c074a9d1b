"""What the bot says of itself: the sentences for silence, for waiting and for failures, in each language."""

from __future__ import annotations

from dataclasses import dataclass

from vantum.core.languages import base


@dataclass(frozen=True, slots=True)
class Phrases:
    """The bot's own sentences; a pipeline changes some with ``dataclasses.replace``.

    ``still_there`` and ``still_there_again`` break a first and a second silence, ``goodbye_silence`` ends the call
    after a third. ``say_again``, ``technical_problem`` and ``call_back`` answer the first, second and third failure
    in a row, the last of them ends the call. ``cannot_hear`` is said when speech recognition is away, ``call_back``
    when it stays away. ``goodbye`` ends a call that has reached a limit.
    """

    still_there: str
    still_there_again: str
    unheard: str
    one_moment: str
    goodbye_silence: str
    say_again: str
    technical_problem: str
    call_back: str
    cannot_hear: str
    goodbye: str


_PHRASES = {
    "en": Phrases(
        still_there="Are you still there?",
        still_there_again="Hello, can you hear me?",
        unheard="Sorry, I did not hear you.",
        one_moment="One moment, please.",
        goodbye_silence="It seems I cannot hear you, so I will hang up now. Goodbye.",
        say_again="Sorry, could you say that again, please?",
        technical_problem="I am sorry, I am having a technical problem. Please try once more.",
        call_back="I am very sorry, something is not working on our side. We will call you back. Goodbye.",
        cannot_hear="I'm sorry, I cannot hear you at the moment. Please hold on.",
        goodbye="I am sorry, I have to end our call here. Goodbye.",
    ),
    "es": Phrases(
        still_there="¿Sigue ahí?",
        still_there_again="Hola, ¿me oye?",
        unheard="Perdone, no le he oído.",
        one_moment="Un momento, por favor.",
        goodbye_silence="Parece que no le oigo, así que voy a colgar. Adiós.",
        say_again="Perdone, ¿me lo puede repetir, por favor?",
        technical_problem="Lo siento, tengo un problema técnico. Inténtelo otra vez, por favor.",
        call_back="Lo siento mucho, algo no funciona de nuestro lado. Le volveremos a llamar. Adiós.",
        cannot_hear="Lo siento, en este momento no le oigo. Espere un momento, por favor.",
        goodbye="Lo siento, tengo que terminar aquí nuestra llamada. Adiós.",
    ),
    "de": Phrases(
        still_there="Sind Sie noch da?",
        still_there_again="Hallo, können Sie mich hören?",
        unheard="Entschuldigung, ich habe Sie nicht gehört.",
        one_moment="Einen Moment, bitte.",
        goodbye_silence="Ich kann Sie leider nicht hören und lege jetzt auf. Auf Wiederhören.",
        say_again="Entschuldigung, könnten Sie das bitte noch einmal sagen?",
        technical_problem="Es tut mir leid, ich habe ein technisches Problem. Bitte versuchen Sie es noch einmal.",
        call_back="Es tut mir sehr leid, bei uns funktioniert etwas nicht. Wir rufen Sie zurück. Auf Wiederhören.",
        cannot_hear="Es tut mir leid, ich kann Sie gerade nicht hören. Bitte bleiben Sie dran.",
        goodbye="Es tut mir leid, ich muss unser Gespräch hier beenden. Auf Wiederhören.",
    ),
    "fr": Phrases(
        still_there="Vous êtes toujours là ?",
        still_there_again="Allô, vous m'entendez ?",
        unheard="Excusez-moi, je ne vous ai pas entendu.",
        one_moment="Un instant, s'il vous plaît.",
        goodbye_silence="Je ne vous entends pas, je vais donc raccrocher. Au revoir.",
        say_again="Excusez-moi, pouvez-vous répéter, s'il vous plaît ?",
        technical_problem="Je suis désolé, j'ai un problème technique. Essayez encore une fois, s'il vous plaît.",
        call_back="Vraiment désolé, quelque chose ne marche pas chez nous. Nous vous rappellerons. Au revoir.",
        cannot_hear="Je suis désolé, je ne vous entends pas pour le moment. Restez en ligne, s'il vous plaît.",
        goodbye="Je suis désolé, je dois mettre fin à notre appel. Au revoir.",
    ),
    "hi": Phrases(
        still_there="क्या आप अभी भी लाइन पर हैं?",
        still_there_again="हैलो, क्या आपको मेरी आवाज़ आ रही है?",
        unheard="माफ़ कीजिए, मुझे आपकी आवाज़ नहीं आई।",
        one_moment="एक मिनट, प्लीज़।",
        goodbye_silence="लगता है आपकी आवाज़ नहीं आ रही है, इसलिए कॉल यहीं समाप्त होगी। नमस्ते।",
        say_again="माफ़ कीजिए, क्या आप एक बार फिर बता सकते हैं?",
        technical_problem="माफ़ कीजिए, एक तकनीकी समस्या आ रही है। कृपया एक बार फिर कोशिश कीजिए।",
        call_back="हमें बहुत खेद है, हमारी तरफ़ कुछ ठीक से काम नहीं कर रहा है। हम आपको वापस फ़ोन करेंगे। नमस्ते।",
        cannot_hear="माफ़ कीजिए, अभी मुझे आपकी आवाज़ नहीं आ रही है। कृपया लाइन पर बने रहिए।",
        goodbye="माफ़ कीजिए, यह कॉल यहीं समाप्त करनी होगी। नमस्ते।",
    ),
}


def phrases(language: str) -> Phrases:
    """The sentences in the language of a tag; English where there are none."""
    return _PHRASES.get(base(language), _PHRASES["en"])
