"""Sentences that ask for no more calls, and sentences that sound like it and do not."""

# ruff: noqa: RUF001 - typographic apostrophes are a case here

from __future__ import annotations

WISHES = {
    "en": """
        please take me off your list
        take me off you list
        take me of your list
        Could you take my number off of your calling list?
        can I be taken off this list
        Take us off.
        remove me from your database
        Remove my number, please.
        please delete my number from your system
        delete my data
        lose my number
        I'd like you to remove us from your call list
        How do I get off your list?
        don't call me
        Don't call me again.
        do not call this number again
        Please don't call here anymore
        don't ever call me
        Don't you ever call me again!
        never call this number again
        don't call me ever again before noon
        you don't call me again, understood?
        dont call me any more
        Don’t call me at work.
        don't call me on my cell
        don't call us about insurance
        don't contact me again
        Do not call.
        I don't want you to call me
        I don't want you calling my house
        I do not want to be called
        we do not wish to be contacted
        I would prefer not to be called
        I'd rather not be contacted
        I don't want any more calls
        I don't want to receive these calls
        we don't take sales calls
        I don't consent to these calls
        I don't want to hear from you again
        stop calling me
        Stop calling!
        Will you please stop calling my number
        why don't you stop calling me
        I told you to stop calling me
        I want you to stop calling
        quit calling here
        stop these calls
        cease and desist calling me
        stop harassing me
        no more calls please
        No calls, please.
        leave me alone
        put me on the do not call list
        add my number to your do not call list
        put us on your internal DNC
        I am on the national do not call registry
        this number is on the do not call list
        I asked you not to call
        I've told you people several times not to call me
        can you please not call me again
        I'd appreciate it if you didn't call me again
        you don't have permission to call me
        You are not allowed to call this number
        I revoke my consent
        unsubscribe
        opt me out
        I want to opt out
        I am interested, but take me off your list
        block my number
        my name is Ann and I want you to take me off your mailing list right now
        I would like to be removed from your call list
        Could you please take our company off your list
        don't you people call here again
        please never contact us again
        I said don't call me
        Listen, do not call me back
        we're not interested, remove us
        quit calling my phone
        you guys need to stop calling me
        how many times do I have to tell you to stop calling
        just stop calling okay
        I don't want you people calling me
        please delete me from your records
        I never want to hear from you again
        don't bother calling again
        don't bother me again
        I'm on the do not call registry and you should not be calling me
        I am asking you to not call me anymore
        please put this number on your do not call list
        get my number out of your system
        I want off this list
        never ever call me again
        I do not consent to being called
        can you stop calling us please
        please refrain from calling me
        I don't wish to receive any further calls from your company
        take my name off
        do not ring this number again
        no more phone calls
        I wish you would stop calling
        don't call my wife again
    """,
    "de": """
        Rufen Sie mich nicht mehr an.
        Rufen Sie mich bitte nie wieder an!
        bitte rufen Sie hier nicht mehr an
        ruf mich nicht mehr an
        Rufen Sie mich nicht an.
        Rufen Sie diese Nummer nicht mehr an
        rufen Sie mich unter dieser Nummer nicht mehr an
        Bitte nicht mehr anrufen.
        nie wieder anrufen
        Bitte nicht anrufen.
        Ich möchte nicht mehr angerufen werden.
        ich will von Ihnen nicht mehr belästigt werden
        Ich will nicht, dass Sie mich anrufen.
        ich möchte nicht dass Sie mich noch einmal anrufen
        Ich möchte keine Anrufe mehr.
        wir wünschen keine weiteren Anrufe
        Keine Anrufe mehr, bitte.
        Nehmen Sie mich von Ihrer Liste.
        nehmen Sie uns bitte aus dem Verteiler
        Streichen Sie mich von der Liste!
        Löschen Sie meine Nummer.
        Löschen Sie bitte meine Daten
        Können Sie meine Nummer löschen?
        Können Sie mich bitte von der Liste nehmen
        Ich möchte von Ihrer Liste gestrichen werden.
        Tragen Sie mich aus.
        Hören Sie auf, mich anzurufen!
        hören Sie auf mit diesen Anrufen
        Lassen Sie mich in Ruhe.
        lasst uns endlich in Frieden
        Melden Sie sich nicht mehr bei mir.
        Kontaktieren Sie mich nicht mehr.
        Ich widerspreche der Nutzung meiner Daten.
        Ich widerrufe meine Einwilligung.
        Setzen Sie mich auf die Sperrliste
        Rufen Sie bitte nicht wieder an
        Bitte löschen Sie mich aus Ihrer Datenbank
        Ich möchte nicht, dass Sie hier noch mal anrufen
        Unterlassen Sie diese Anrufe
        Bitte keine Anrufe mehr
        Sie sollen mich nicht mehr anrufen
        Nehmen Sie meine Nummer aus dem System
        Ich will nicht angerufen werden
        Sparen Sie sich weitere Anrufe
        Lassen Sie uns bitte in Ruhe
    """,
    "es": """
        No me llame más.
        no me llamen nunca más
        Por favor, no me llamen.
        no me vuelva a llamar
        No vuelvan a llamarme
        no llame más a este número
        no quiero que me llamen
        No quiero más llamadas.
        no deseo recibir llamadas
        no quiero ser contactado
        deje de llamarme
        ¡Dejen de llamar!
        pare de molestarme
        Quíteme de su lista.
        bórreme de la base de datos
        elimine mi número
        Borren mis datos, por favor
        Déjeme en paz.
        quiero darme de baja
        ya no me llamen
        ni una llamada más
        nunca más me llame
        no quiero que me vuelvan a llamar
        por favor borre mi número de su lista
        no me molesten más
        les pido que no me llamen más
        sáquenme de esa lista
        dejen de llamarme por favor
        no vuelva a llamar a este número
    """,
    "fr": """
        Ne m'appelez plus.
        ne m’appelez plus jamais
        Ne nous appelez plus, s'il vous plaît.
        Ne me rappelez pas.
        n'appelez plus ici
        ne me contactez plus
        Arrêtez de m'appeler !
        arrêtez d'appeler
        cessez de me harceler
        arrêtez ces appels
        Je ne veux plus être appelé.
        je ne souhaite plus être dérangée
        je ne veux pas que vous m'appeliez
        Je ne veux plus recevoir d'appels
        je ne veux plus de vos appels
        Retirez-moi de votre liste.
        enlevez mon numéro
        supprimez mes coordonnées de votre fichier
        Effacez mon numéro s'il vous plaît
        Laissez-moi tranquille.
        je suis inscrit sur Bloctel
        Plus d'appels !
        je retire mon consentement
        je vous demande de ne plus m'appeler
        merci de ne plus m'appeler
        veuillez retirer mon numéro de votre liste
        ne m'appelez plus sur ce numéro
        arrêtez de me téléphoner
        supprimez-moi de votre base de données
        je ne veux plus que vous m'appeliez
    """,
    "hi": """
        मुझे दोबारा कॉल मत करना
        मुझे फ़ोन मत करो
        कृपया मुझे कॉल न करें
        फिर कभी फोन मत कीजिए
        कॉल करना बंद करो
        मुझे कॉल करना बंद कीजिए
        मेरा नंबर लिस्ट से हटा दीजिए
        मेरा नंबर हटा दो
        मुझे अपनी लिस्ट से निकाल दो
        मुझे परेशान मत करो
        मुझे कोई कॉल नहीं चाहिए
        आज के बाद कॉल मत करना
        mujhe dobara call mat karna
        mujhe call mat karo
        call karna band karo
        mera number list se hata do
        mujhe pareshan mat karo
        मुझे फिर से कॉल मत कीजिए
        कृपया मेरा नंबर अपनी लिस्ट से हटा दें
        दोबारा फोन मत करना
        mujhe phir se call mat kijiye
        please mera number delete kar do
    """,
}
NO_WISHES = {
    "en": """
        don't call me before nine
        please don't call me on Monday
        don't call me today
        don't call me now, I am driving
        do not call me at ten, call me at eleven
        don't call me at night
        don't call me for a week
        call me back tomorrow
        can you call me on Thursday?
        nobody calls me Bob
        don't call me Bob
        please don't call me sir
        stop calling me Bob
        I wouldn't call that cheap
        I would not call it a success
        don't call it a day yet
        why don't you call me tomorrow
        why don't you call me back
        we do not call them
        I don't call customers
        we never call customers
        my clients never call me
        they don't call us
        you did not call me
        you never call me
        we should stop calling them
        we had to stop calling our patients
        I stopped calling
        don't stop calling, yes
        I can't stop calling
        if they don't call me I will call them
        I don't want you to call me before noon
        I don't want to be disturbed right now
        we don't take calls on weekends
        I don't want to miss any calls
        we don't get many calls
        there were no more calls
        no more calls today
        don't take me off your list
        you don't have to take me off the list
        did you take me off your list
        how do we remove my customers from the list
        take me off speaker
        get me off the phone
        I took my name off the door
        don't lose my number
        I'll take it off the list
        don't leave me alone with this
        what is the do not call list
        my assistant calls them back
        we call them back the day before
        I told my assistant to call you
        I told them not to call customers
        do not hesitate to call me
        I'm not interested
        I don't need this
        not now
        no
        stop
        Stop it, please.
        I don't know what you mean
        can our customers opt out
        you don't need to call me back
        it never stops ringing
        we don't use phones
        who is calling
        I have no time, call later
        they called me off the field
        please call this number again tomorrow
        I do want you to call me again
        call me any time
        don't call me after six please
        I can't call you back today
        he told me not to call before ten
        the number you have called is not available
        we take calls all day
        please don't call my colleague Bob, call me
        do you call this a good price
        I'd call it a deal
        we don't want to lose your number
        stop right there
        I can't stop laughing
        could you not call in the afternoon
        don't call me unless it is important
        I'm not the person to call
        nobody ever calls us here
        our phone never stops ringing
        customers don't like to be called
        most people don't want to be called
        they asked us to stop calling
        we remove customers from our list when they ask
        take me through it
        take me off mute please
        I don't get any more calls than before
        not again
        leave me your number
        leave me a message
        I'll be alone
        put me on your mailing list
        put me on the list
        add me to the waiting list
        don't worry, call again
        when we call they never call back
        never mind
    """,
    "de": """
        Rufen Sie mich nicht vor neun Uhr an.
        rufen Sie mich heute nicht an, lieber morgen
        Rufen Sie mich morgen an.
        Rufen Sie mich bitte nicht am Montag an
        Warum rufen Sie mich nicht an?
        wir rufen Sie nicht an
        Ich rufe Sie nicht an.
        Niemand nennt mich Bob.
        Das würde ich nicht günstig nennen.
        Lassen Sie mich das in Ruhe überlegen.
        lassen Sie mich in Ruhe nachdenken
        Können Sie mich später anrufen?
        Ich kann Sie nicht mehr hören.
        ich kann dort nicht mehr anrufen
        wir wollen unsere Kunden nicht mehr anrufen
        Ich möchte jetzt nicht gestört werden.
        haben Sie meine Nummer gelöscht?
        löschen Sie meine Nummer nicht
        streichen Sie den Termin
        Es gab keine Anrufe mehr
        nehmen Sie mich mit
        Kein Interesse.
        vor neun bitte nicht anrufen
        Ich habe nicht angerufen.
        wir hören auf mit der Werbung
        Rufen Sie mich nächste Woche an
        ich rufe Sie nicht zurück
        er hat mich nicht angerufen
        das nennen Sie günstig
        Bitte nicht auflegen
        Ich kann gerade nicht telefonieren
        Sie können mich gern wieder anrufen
        Lassen Sie mich kurz überlegen
    """,
    "es": """
        Llámeme mañana.
        no me llame antes de las nueve
        No me llame hoy, llame mañana
        no me llamo Juan
        nadie me llama Pepe
        no me llame señora
        por qué no me llama mañana
        no lo llamaría barato
        no me llamaron
        no quiero que me llame hoy
        no deje de llamarme
        no puedo hablar ahora
        nosotros no llamamos a los clientes
        no me interesa
        si no me llame usted
        no borre mi número
        no hay más llamadas
        no me llame por la mañana, mejor por la tarde
        no llamo a nadie
        llame más tarde
        quiero que me llame otra vez
    """,
    "fr": """
        Appelez-moi demain.
        Ne m'appelez pas avant neuf heures.
        ne m'appelez pas demain
        Je ne m'appelle pas Bob.
        ne m'appelez pas madame
        Pourquoi ne m'appelez-vous pas ?
        vous ne m'appelez plus
        personne ne m'appelle Bob
        arrêtez de m'appeler madame
        n'arrêtez pas de m'appeler
        je ne veux pas être dérangé maintenant
        ne supprimez pas mon numéro
        je ne suis pas intéressé
        je n'appelle plus mes clients
        ce n'est pas ce que j'appelle bon marché
        ne m'appelez pas ce soir
        rappelez-moi demain
        n'hésitez pas à m'appeler
        ne quittez pas
        je n'ai plus d'appels
    """,
    "hi": """
        नौ बजे से पहले कॉल मत करना
        अभी फोन मत कीजिए
        आज कॉल मत करना कल करना
        मुझे कल कॉल करना
        मैंने कॉल नहीं किया
        उसे कॉल मत करो
        आप मुझे फोन कर सकते हैं
        मेरा नंबर लिख लीजिए
        हमें दिलचस्पी नहीं है
        subah call mat karna
        mujhe kal call karna
        फोन बंद करो
        मुझे बाद में कॉल करना
        कल सुबह कॉल मत करना
        आप कौन हैं
    """,
}


def lines(table: dict[str, str]) -> list[str]:
    """The sentences of all languages."""
    return [line.strip() for text in table.values() for line in text.strip().splitlines()]
