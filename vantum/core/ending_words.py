"""The words that sentences end in, and those that they do not, for each language that the conversation knows.

Written as people write; read through ``tokens``, so case and accents do not matter.
"""

from __future__ import annotations

from vantum.core.ending_english import ENGLISH
from vantum.core.ending_tables import Tables
from vantum.core.tokens import phrases

_DE = Tables(
    never=phrases(
        "und, oder, aber, weil, dass, ob, wenn, falls, obwohl, sondern, bevor, nachdem, sobald, während",
        "ein, eine, einen, einem, einer, eines, der, den, dem, des, mein, meine, meinen, meinem, meiner",
        "Ihr, Ihre, unser, unsere, unseren, kein, keine, keinen, von, für, gegen, ohne, seit, wegen, im",
        "am, zum, zur, vom, beim, ins, ans, bis, in, äh, ähm, öh, öhm, ich, wir, mein Name ist",
        "meine Nummer ist, es ist, das ist, ich bin, ich habe, ich hätte, ich hätte gerne",
        "ich hätte gern, ich möchte, ich würde, ich würde gerne, ich will, ich brauche, ich wollte",
        "ich wollte fragen, wir haben, wir möchten, ich heiße, und zwar, sowie",
    ),
    seldom=phrases(
        "als, wie, denn, sehr, so, die, noch, ich kann, ich muss, er, sie ist, es gibt",
    ),
    idioms=phrases(
        "bin ich, habe ich, kann ich, will ich, möchte ich, weiß ich, ja so, ach so, immer noch",
        "sind wir, haben wir, glaube ich, denke ich, meine ich, finde ich, hoffe ich, nehme ich",
        "auch ich, nicht wir, wollen wir",
    ),
    closed=phrases(
        "ja, ja bitte, ja gerne, gerne, nein, nein danke, ne, nee, nö, danke, vielen Dank, danke schön",
        "bitte, genau, ganz genau, richtig, das stimmt, stimmt, stimmt genau, das ist richtig",
        "das ist alles, das war alles, das war's, okay, ok, gut, alles klar, in Ordnung, einverstanden",
        "natürlich, klar, sicher, auf keinen Fall, auf jeden Fall, kein Interesse",
        "ich habe kein Interesse, kein Bedarf, ich weiß nicht, weiß ich nicht, keine Ahnung, vielleicht",
        "nie, niemals, nichts, gar nicht, noch nicht, jetzt nicht, heute nicht, nicht wirklich",
        "ich glaube nicht, ich denke schon, ich glaube schon, tschüss, tschüs, auf Wiederhören",
        "auf Wiedersehen, hallo, guten Tag, guten Morgen, guten Abend, Stopp, stop, halt, Moment",
        "Moment bitte, einen Moment, einen Moment bitte, warten Sie, wie bitte, wer ist da, wer sind Sie",
        "am Apparat, falsch verbunden, rufen Sie später an, rufen Sie mich nicht mehr an, passt, perfekt",
        "super, doch, ich auch, beide, keins, das erste, das zweite, bin ich, habe ich, das bin ich",
    ),
    leading=phrases("also, na, ach, äh, ähm, hm, ja, naja, tja, und, aber, oh"),
    numerals=phrases(
        "null, eins, ein, zwei, zwo, drei, vier, fünf, sechs, sieben, acht, neun, zehn, elf, zwölf",
        "dreizehn, vierzehn, fünfzehn, sechzehn, siebzehn, achtzehn, neunzehn, zwanzig, dreißig, vierzig",
        "fünfzig, sechzig, siebzig, achtzig, neunzig, hundert, tausend, fünfundzwanzig, montag, dienstag",
        "mittwoch, donnerstag, freitag, samstag, sonntag, januar, februar, märz, april, mai, juni, juli",
        "august, september, oktober, november, dezember, heute, morgen, übermorgen, uhr, euro, prozent",
        "minuten, stunden, tage, wochen, monate, jahre, vormittag, nachmittag, abend, mittag, früh",
        "morgens, abends, nachmittags, nächste woche",
    ),
    joints=phrases(
        "um, am, im, halb, viertel, nach, vor, gegen, den, und, der, in, ungefähr, etwa, oder, nächste",
        "nächsten",
    ),
    digits=phrases("null, eins, zwei, zwo, drei, vier, fünf, sechs, sieben, acht, neun"),
)

_ES = Tables(
    never=phrases(
        "y, e, o, u, pero, porque, sino, aunque, mientras, el, los, las, un, unos, unas, mi, mis, tu",
        "tus, su, sus, nuestro, nuestra, nuestros, de, del, al, con, en, por, sin, sobre, desde, hasta",
        "entre, hacia, según, em, este eh, me llamo, mi nombre es, mi número es, mi dirección es",
        "mi correo es, es que, para que, lo que, yo, eh, eeh, la",
    ),
    seldom=phrases(
        "que, cuando, donde, como, a, para, quiero, quisiera, necesito, me gustaría, estoy, tengo, soy",
        "voy a, muy, tan, puedo, he, ha, más, nos, quería, una, para saber si, querría, se, es",
    ),
    idioms=phrases(
        "no quiero, lo quiero, la quiero, sí quiero, no necesito, lo necesito, no tengo, lo tengo",
        "la tengo, sí tengo, no puedo, sí puedo, ya tengo, aquí estoy, ya estoy, bien estoy, por qué",
        "para qué, y qué, no más, nada más, sí soy, yo soy, no soy, no sé, no lo sé, sí me gustaría",
        "no me gustaría, cuánto es, así es, eso es, lo que es, cuanto más, algo más, uno más, no estoy",
        "sí estoy, sólo una, solo una, quiero una, qué hora es, quién es",
    ),
    closed=phrases(
        "sí, sí por favor, sí claro, no, no gracias, gracias, muchas gracias, por favor, claro",
        "claro que sí, claro que no, vale, de acuerdo, está bien, muy bien, bien, bueno, perfecto",
        "exacto, correcto, así es, eso es, eso es todo, es todo, nada más, por supuesto, desde luego",
        "no me interesa, no estoy interesado, no estoy interesada, no sé, no lo sé, ni idea, tal vez",
        "quizás, quizá, puede ser, creo que sí, creo que no, nunca, nada, nadie, todavía no, ahora no",
        "hoy no, adiós, hasta luego, hasta mañana, chao, chau, hola, buenos días, buenas tardes",
        "buenas noches, diga, dígame, aló, espere, un momento, un momento por favor, espere un momento",
        "pare, basta, quién es, quién habla, cómo, qué, perdón, no me llame más, llámeme más tarde",
        "número equivocado, yo también, tampoco, ninguno, los dos, el primero, soy yo, no quiero",
        "no puedo, okay, ok, listo, dale, genial, igualmente, entendido, entiendo, por qué, para qué",
    ),
    leading=phrases("pues, eh, em, ah, oh, bueno, mire, mira, este, y, pero"),
    numerals=phrases(
        "cero, uno, la una, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce, trece",
        "catorce, quince, dieciséis, diecisiete, dieciocho, diecinueve, veinte, veinticinco, treinta",
        "cuarenta, cincuenta, sesenta, setenta, ochenta, noventa, cien, ciento, mil, millón, lunes",
        "martes, miércoles, jueves, viernes, sábado, domingo, enero, febrero, marzo, abril, mayo, junio",
        "julio, agosto, septiembre, octubre, noviembre, diciembre, hoy, mañana, tarde, noche, mediodía",
        "media, cuarto, euros, pesos, dólares, por ciento, minutos, horas, días, semanas, meses, años",
        "próxima semana, semana",
    ),
    joints=phrases(
        "a, las, la, el, de, y, en, por, menos, pasado, los, próximo, próxima, que viene, sobre, o",
    ),
    digits=phrases("cero, uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve"),
)

_FR = Tables(
    never=phrases(
        "et, mais, car, parce que, puisque, le, la, les, un, une, des, du, de, mon, ma, mes, ton, ta",
        "tes, sa, ses, notre, votre, nos, vos, leur, leurs, dans, sur, sous, chez, entre, sans, vers",
        "par, aux, au, euh, heu, je, j', d', l', qu', je m'appelle, mon nom est, mon numéro est",
        "mon adresse est, est-ce que, lorsque, afin de, pour que, n', c', s', pas de, nous sommes, il y a",
    ),
    seldom=phrases(
        "que, si, comme, quand, avec, pour, à, en, ou, qui, très, je suis, je voudrais, j'aimerais",
        "je veux, j'ai, c'est, je vais, on a, il, elle, on, nous avons, je souhaite, je souhaiterais",
        "je cherche, je vous appelle pour",
    ),
    idioms=phrases(
        "il y en a, je ne sais pas, pas, non plus, depuis quand, pourquoi, pour qui, avec qui, à qui",
        "c'est qui, c'est où, d'où, ou quoi, comme si, en avoir, il faut, ça ira, où je suis",
        "comme je suis, j'en ai, là où, moi si, ah si, de quoi il s'agit, tout ce que j'ai, sait pas",
        "veux pas, ai pas, suis pas",
    ),
    closed=phrases(
        "oui, oui merci, oui s'il vous plaît, s'il vous plaît, non, non merci, merci, merci beaucoup",
        "merci bien, d'accord, ok, okay, bien sûr, bien sûr que non, c'est ça, c'est exact, exactement",
        "exact, tout à fait, c'est bon, c'est tout, ce sera tout, ça marche, très bien, bien, parfait",
        "entendu, voilà, ça ne m'intéresse pas, pas intéressé, pas intéressée, je ne suis pas intéressé",
        "je ne suis pas intéressée, je ne sais pas, je sais pas, aucune idée, peut-être, jamais, rien",
        "personne, pas encore, pas maintenant, pas du tout, pas vraiment, je crois, je pense que oui",
        "je crois que oui, je crois pas, au revoir, à bientôt, à demain, bonne journée, bonne soirée",
        "salut, allô, bonjour, bonsoir, stop, arrêtez, attendez, un instant, un moment, une minute",
        "pardon, comment, quoi, qui est-ce, c'est qui, qui êtes-vous, rappelez-moi plus tard",
        "ne m'appelez plus, c'est moi, moi aussi, moi non plus, si, les deux, le premier, absolument",
        "certainement, pourquoi, pas de problème, ouais, volontiers, avec plaisir, c'est pour quoi",
        "pour quoi faire",
    ),
    leading=phrases("euh, bon, ben, bah, alors, ah, oh, heu, et, mais, donc, enfin"),
    numerals=phrases(
        "zéro, un, une, deux, trois, quatre, cinq, six, sept, huit, neuf, dix, onze, douze, treize",
        "quatorze, quinze, seize, vingt, trente, quarante, cinquante, soixante, septante, huitante",
        "nonante, cent, cents, mille, vingts, lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche",
        "janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre",
        "demain, aujourd'hui, heure, heures, midi, minuit, demie, quart, matin, soir, après midi, euros",
        "pour cent, minutes, jours, semaines, semaine, mois, ans, prochaine, prochain, premier",
    ),
    joints=phrases("à, et, le, la, du, de, moins, vers, ce, cet, en, dans, ou, l', h"),
    digits=phrases("zéro, un, deux, trois, quatre, cinq, six, sept, huit, neuf"),
)

_HI = Tables(
    never=phrases(
        "और, या, लेकिन, मगर, पर मैं, क्योंकि, कि, अगर, जब, का, के, की, मेरा, मेरी, मेरे, हमारा, हमारी",
        "हमारे, मैं, हम, मुझे, हमें, मेरा नाम, मेरा नंबर, एक, मतलब, अं, उम, तो, ताकि, जैसे, इसलिए",
        "के लिए, मैंने, मुझको, यानी, aur, ya, lekin, magar, kyunki, kyonki, ki, agar, jab, ka, ke, mera",
        "meri, mere, hamara, hamari, main, hum, mujhe, mera naam, mera number, ek, matlab, to, toh, um",
        "uh, taaki, jaise, isliye, ke liye, maine, mujhko, humein, yaani",
    ),
    seldom=phrases(
        "को, में, से, पर, यह, वह, ये, वो, बहुत, ko, mein, me, se, par, yeh, ye, woh, wo, bahut, bohot",
    ),
    idioms=phrases(
        "तो क्या, नहीं तो, nahi to, nahin to, nahi toh, क्यों नहीं, मैं भी, जल्दी से, jaldi se, फिर से",
        "phir se, आराम से, aaram se",
    ),
    closed=phrases(
        "हाँ, हां, हाँ जी, जी, जी हाँ, नहीं, जी नहीं, ना, ठीक, ठीक है, हाँ ठीक है, अच्छा, सही, सही है",
        "सही बात है, बिल्कुल, बिल्कुल नहीं, धन्यवाद, शुक्रिया, बहुत धन्यवाद, बस, बस इतना ही, और कुछ नहीं",
        "कुछ नहीं, पता नहीं, मुझे नहीं पता, मुझे पता नहीं, शायद, कभी नहीं, अभी नहीं, आज नहीं",
        "कोई बात नहीं, नमस्ते, नमस्कार, हैलो, हेलो, बाय, अलविदा, रुकिए, एक मिनट, एक मिनट रुकिए, कौन",
        "कौन बोल रहा है, आप कौन, क्या, माफ़ कीजिए, मुझे नहीं चाहिए, नहीं चाहिए, रुचि नहीं है",
        "मुझे रुचि नहीं है, इंटरेस्टेड नहीं हूँ, बाद में, बाद में कॉल कीजिए, कल कॉल कीजिए, ओके, समझ गया",
        "समझ गई, मैं भी, हो गया, haan, han, haan ji, hanji, ji, ji haan, nahi, nahin, ji nahi, na",
        "theek hai, thik hai, achha, accha, acha, sahi, sahi hai, bilkul, bilkul nahi, dhanyavaad",
        "shukriya, bas, kuch nahi, pata nahi, mujhe nahi pata, shayad, kabhi nahi, abhi nahi",
        "koi baat nahi, namaste, hello, bye, rukiye, ek minute, kaun, kaun bol raha hai, kya",
        "nahi chahiye, mujhe nahi chahiye, baad mein, okay, ok, yes, no, thank you, samajh gaya",
        "samajh gayi, main bhi",
    ),
    leading=phrases("अरे, ओह, अं, उम, तो, मतलब, देखिए, arre, oh, um, uh, toh, to, dekhiye"),
    numerals=phrases(
        "को, ko, शून्य, एक, दो, तीन, चार, पाँच, पांच, छह, छः, सात, आठ, नौ, दस, ग्यारह, बारह, बीस, तीस",
        "चालीस, पचास, सौ, हज़ार, लाख, सोमवार, मंगलवार, बुधवार, गुरुवार, शुक्रवार, शनिवार, रविवार, आज, कल",
        "परसों, बजे, सुबह, शाम, दोपहर, रात, मिनट, घंटे, दिन, हफ्ते, महीने, साल, रुपये, जनवरी, फरवरी",
        "मार्च, अप्रैल, मई, जून, जुलाई, अगस्त, सितंबर, अक्टूबर, नवंबर, दिसंबर, ek, do, teen, char, chaar",
        "paanch, panch, chhe, saat, aath, nau, das, gyarah, barah, bees, sau, hazaar, somvaar",
        "mangalvaar, budhvaar, guruvaar, shukravaar, shanivaar, ravivaar, aaj, kal, parso, baje, subah",
        "shaam, dopahar, raat",
    ),
    joints=phrases(
        "को, के, की, साढ़े, पौने, सवा, लगभग, करीब, में, ke, saadhe, paune, sava, mein",
    ),
    digits=phrases(
        "शून्य, एक, दो, तीन, चार, पाँच, पांच, छह, छः, सात, आठ, नौ, ek, do, teen, char, chaar, paanch",
        "chhe, saat, aath, nau, zero",
    ),
)

BY_LANGUAGE = {"en": ENGLISH, "de": _DE, "es": _ES, "fr": _FR, "hi": _HI}
