"""Words that carry no meaning of their own: a quote of nothing else proves nothing."""

from __future__ import annotations

from typing import Final

from vantum.core.tokens import tokens

# Yes, no and not are here too: alone they prove something only as a whole turn, which is asked for elsewhere.
STOP_WORDS: Final = frozenset(
    tokens(
        # English
        "a an the and or but so if then than that this these those there here it its i me my mine we us our you your"
        " he she him her they them their is are am was were be been being do does did done have has had will would"
        " can could shall should may might must of to in on at by for from with about as into out up down off over"
        " not no yes yeah yep nope okay ok well uh um er ah oh hm hmm mhm just like really very too also now"
        " what which who whom how when where why all any some i'm it's that's don't"
        # German
        " der die das den dem des ein eine einen einem einer und oder aber wenn dann als dass dies diese dieser"
        " ich mich mir mein meine wir uns unser sie ihr ihnen ihre er es ist sind bin war waren sein hat haben habe"
        " wird werden wurde kann konnte soll sollte muss von zu im an am auf bei mit aus fur uber um nicht kein keine"
        " nein ja doch mal schon noch auch nur so sehr was wer wie wann wo warum hier da ah ahm also gut"
        # Spanish
        " el la los las un una unos unas y o pero si entonces que este esta esto ese esa eso yo mi mis nosotros"
        " nuestro usted ustedes su sus ellos ellas le les lo se es son soy era ser estar estoy he ha han de del en"
        " con por para sobre no ya muy tambien solo bien pues eh como cuando donde quien cual"
        # French
        " le les une des et ou mais donc alors ce cet cette ces je moi mon ma mes nous notre vous votre il elle ils"
        " elles leur est sont suis etait etre ai as avons avez ont du au aux dans sur pour par avec sans ne pas non"
        " oui si tres aussi bien euh ben quoi qui comment quand c'est j'ai"
        # Hindi
        " है हैं हूं था थी थे हो का की के को से में पर और या तो भी ही यह वह ये वे मैं हम आप मेरा हमारा आपका"
        " नहीं हां जी ना न मत क्या कौन कब कहां अच्छा"
    )
)
"""Of English, German, Spanish, French and Hindi, as ``tokens`` writes them."""
