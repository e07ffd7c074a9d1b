"""How callers of other languages end, and where they only take breath: one turn a line."""

from __future__ import annotations

from vantum.core.completeness import Ending

GERMAN = {
    Ending.CLOSED: """
Ja.
ja
Ja, bitte.
Nein.
Nein, danke.
Danke schön.
Genau.
Ja, genau.
Das stimmt.
Alles klar.
Kein Interesse.
Ich weiß nicht.
Auf Wiederhören.
Nein, das war's.
Keine Ahnung.
Fünf.
Um drei Uhr.
Am Montag.
morgen früh
Um 10:30 Uhr.
Wer ist da?
Vielleicht.
Ähm, nein.
""",
    Ending.QUESTION: """
Was kostet das?
Wer sind Sie eigentlich?
Wann kommen Sie denn an?
Kann ich das auch online machen?
Wie spät ist es?
Woher haben Sie meine Nummer?
Sind Sie ein Roboter?
Was meinen Sie damit?
Und was machen Sie?
Worum geht es denn?
Können Sie das noch mal sagen?
Wie heißen Sie?
Wo sind Sie?
Warum rufen Sie an?
Geht das auch am Freitag?
""",
    Ending.COMPLETE: """
Ich möchte einen Tisch reservieren.
Mein Name ist Anna Müller.
Rufen Sie mich bitte später an.
Das hört sich gut an.
Ich komme gerne mit.
Ich weiß, dass ich das nicht bestellt habe.
Ich wohne in Berlin.
Meine Bestellung ist nicht angekommen.
Das habe ich schon gesagt.
Das glaube ich.
Das weiß ich.
Ich brauche eine neue Rechnung.
Hören Sie bitte auf.
Es kostet 30 Euro.
Ich habe am 3. Oktober bestellt.
Das Internet geht nicht.
Die Nummer ist 0301234567.
""",
    Ending.OPEN: """
Mein Name ist
Mein Name ist.
Ich möchte
Ich möchte.
Ich hätte gerne
und
Und.
Ja, aber
Ja, weil
Nein,
Ich wohne in der
Ich wohne in
Ich wollte fragen, ob
Das ist für
Es geht um meine
Ich habe einen
Ich bin
wir haben
ähm
Das ist wegen
vier fünf sechs
0 3 0
M Ü L
Ich rufe an …
Und ein
Ein.
""",
    Ending.UNSURE: """
ich möchte einen tisch reservieren
mein name ist anna müller
rufen sie mich bitte an
das hört sich gut an
ich brauche eine rechnung
meine bestellung ist nicht angekommen
das habe ich schon gesagt
das internet geht nicht
ich wohne hier
was kostet das
wer sind sie eigentlich
mit meiner frau
in berlin
das geht
ich komme mit
""",
}

SPANISH = {
    Ending.CLOSED: """
Sí.
sí
Sí, por favor.
No.
No, gracias.
Muchas gracias.
Claro que sí.
Vale, gracias.
De acuerdo.
No me interesa.
No lo sé.
Adiós.
Hola.
Eso es todo.
Creo que sí.
Cinco.
A las tres.
A la una.
El lunes.
mañana por la tarde
¿Quién es?
¿Por qué?
Pues no.
""",
    Ending.QUESTION: """
¿Cuánto cuesta?
¿De dónde llama usted?
¿Qué hora es?
¿Es usted un robot?
¿Me puede llamar mañana?
¿Para qué lo quiere?
¿Quién le dio mi número?
¿Dónde están ustedes?
¿Cómo se llama?
¿Y cuándo llega?
¿Puede repetirlo?
¿Tiene mi pedido?
¿Qué quiere?
¿Está seguro?
¿Puedo pagar con tarjeta?
""",
    Ending.COMPLETE: """
Me llamo Juan Pérez.
Quisiera reservar una mesa.
Llámeme otra vez.
Mi pedido no ha llegado.
Necesito hablar con una persona.
Ya lo he pagado.
El internet no funciona.
Creo que lo tengo.
Yo no lo quiero.
Eso no es así.
Vivo en Madrid.
Cuesta 30 euros.
Quiero cancelar mi cita.
Ya le dije que no.
Es demasiado caro.
Dime qué hora es.
""",
    Ending.OPEN: """
Me llamo
Me llamo.
Mi nombre es
Quisiera
Quisiera.
Me gustaría
y
Y.
Sí, pero
No, porque
Sí,
Vivo en
Vivo en la
Quiero hablar con
Es para mi
Es para mi.
Estoy
el problema es que
quiero saber cuando
eh
Voy a
tres cuatro cinco
6 0 0
Llamo por…
y un
Un.
""",
    Ending.UNSURE: """
me llamo juan pérez
quisiera reservar una mesa
llámeme otra vez
mi pedido no ha llegado
vivo en madrid
cuánto cuesta
el internet no funciona
ya lo he pagado
quiero cancelar mi cita
con mi mujer
es demasiado caro
no funciona bien
desde la oficina
la segunda opción
para mi madre
""",
}

FRENCH = {
    Ending.CLOSED: """
Oui.
oui
Oui, s'il vous plaît.
Non.
Non merci.
Merci beaucoup.
D'accord.
D'accord, merci.
C'est ça.
C'est tout, merci.
Ça ne m'intéresse pas.
Je ne sais pas.
Au revoir.
Allô ?
Peut-être.
Cinq.
À trois heures.
lundi
Demain matin.
À 10 h 30.
Qui est-ce ?
Euh, non.
""",
    Ending.QUESTION: """
Combien ça coûte ?
D'où appelez-vous ?
Vous êtes un robot ?
Que fait-il ?
Quelle heure est-il ?
Vous pouvez me rappeler demain ?
Où êtes-vous ?
C'est pour qui ?
Vous travaillez avec qui ?
Comment vous appelez-vous ?
Depuis quand ?
Qu'est-ce que c'est ?
Est-ce que je peux payer par carte ?
Vous avez mon numéro ?
Et pourquoi moi ?
""",
    Ending.COMPLETE: """
Je m'appelle Jean Dupont.
Je voudrais réserver une table.
Rappelez-moi plus tard, je suis au travail.
Ma commande n'est pas arrivée.
Il y en a.
Envoyez-le.
J'habite à Paris.
L'internet ne marche pas.
Je veux parler à quelqu'un.
C'est trop cher.
J'ai déjà payé.
Ça coûte 30 euros.
Je vous l'ai déjà dit.
Je veux annuler mon rendez-vous.
Je n'en veux pas.
Moi, je n'ai rien commandé.
""",
    Ending.OPEN: """
Je m'appelle
Je m'appelle.
Je voudrais
Je voudrais.
J'aimerais
et
Et.
Oui, mais
Non, parce que
Oui,
J'habite à
J'habite dans la
C'est pour
C'est pour ma
C'est pour ma.
Je suis
mon nom est
euh
il y a
je vais
quatre cinq six
0 6 1
Je cherche…
Est-ce que
et une
""",
    Ending.UNSURE: """
je m'appelle jean dupont
je voudrais réserver une table
ma commande n'est pas arrivée
j'habite à paris
combien ça coûte
l'internet ne marche pas
c'est trop cher
j'ai déjà payé
vous êtes un robot
avec ma femme
je veux parler à quelqu'un
la deuxième option
pour ma mère
depuis le bureau
je vous l'ai déjà dit
""",
}

HINDI = {
    Ending.CLOSED: """
हाँ
हाँ।
हां जी
जी हाँ।
नहीं
जी नहीं, धन्यवाद।
ठीक है।
अच्छा, ठीक है
बिल्कुल
पता नहीं
मुझे नहीं चाहिए।
शुक्रिया
नमस्ते
पाँच
पाँच बजे।
सोमवार को
कल सुबह
कौन बोल रहा है?
haan ji
theek hai
nahi
mujhe nahi chahiye
kal subah
""",
    Ending.QUESTION: """
यह कितने का है?
आप कौन हैं?
आप कहाँ से बोल रहे हैं?
क्या आप रोबोट हैं?
मेरा नंबर कहाँ से मिला?
क्या आप कल फ़ोन कर सकते हैं?
यह किस में है?
कब आएगा?
कितना समय लगेगा?
आपका नाम क्या है?
यह किसको?
aap kaun hain?
yeh kitne ka hai?
kab aayega?
kya aap robot hain?
""",
    Ending.COMPLETE: """
मेरा नाम राहुल है।
मुझे टेबल बुक करनी है।
मेरा ऑर्डर नहीं आया है।
मैं दिल्ली में रहता हूँ।
मुझे बाद में फ़ोन कीजिए।
इंटरनेट नहीं चल रहा है।
यह बहुत महँगा है।
मैंने पैसे दे दिए हैं।
मुझे एक नई किताब चाहिए।
मैं अभी गाड़ी चला रहा हूँ।
मुझे यह नहीं चाहिए था।
वह घर पर नहीं हैं।
फिर से बोलिए।
mera naam rahul hai.
mujhe table book karni hai.
mera order nahi aaya hai.
""",
    Ending.OPEN: """
मेरा नाम
मेरा नाम।
मुझे
और
और।
हाँ, लेकिन
नहीं, क्योंकि
हाँ,
मैं दिल्ली में
मैं चाहता हूँ कि
मेरे भाई को
यह मेरी
तो
अगर
तीन चार पाँच
मुझे एक
mera naam
mujhe
aur
lekin
main chahta hoon ki
haan, lekin
teen char paanch
मतलब…
""",
    Ending.UNSURE: """
मेरा नाम राहुल है
मुझे टेबल बुक करनी है
मेरा ऑर्डर नहीं आया है
मैं दिल्ली में रहता हूँ
इंटरनेट नहीं चल रहा है
यह बहुत महँगा है
आप कौन हैं
यह कितने का है
मुझे बाद में फ़ोन कीजिए
दिल्ली
mera naam rahul hai
mujhe table book karni hai
aap kaun hain
mera order nahi aaya hai
kitna samay lagega
""",
}

ENDINGS = {"de": GERMAN, "es": SPANISH, "fr": FRENCH, "hi": HINDI}
