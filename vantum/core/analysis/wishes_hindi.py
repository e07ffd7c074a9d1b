"""How people say in Hindi, in either script, that they want no more calls, and what sounds like it and is none."""

from __future__ import annotations

import re
from typing import Final

from vantum.core.analysis.spoken_line import ANY
from vantum.core.analysis.wish_rule import Language, Rule, before, saying

HINDI: Final = Language(
    saying(
        "दोबारा", "दुबारा", "फिर", "कभी", "आगे से", "आइंदा", "आज के बाद", "dobara", "dubara", "phir", "fir", "kabhi",
        "aage se", "aainda", "aaj ke baad",
    )
)  # fmt: skip

_PHONE: Final = r"(?:फोन|कॉल|काल|call|phone|fon)"
_NOT: Final = r"(?:मत|ना|न|mat|na)"
_DO: Final = (
    r"(?:करो|करें|करे|करना|कीजिए|कीजिएगा|कीजिये|करिए|करिएगा|किया करो|किया करें|karo|karna|kijiye"
    r"|kijiyega|karein|karen"
    r"|kare|kariye|kiya karo|kiya karein)"
)
_GIVE: Final = (
    r"(?:दो|दीजिए|दीजिये|दें|देना|कर दो|कर दीजिए|कर दें|करो|करें|कीजिए|do|dijiye|dein|den|dena"
    r"|kar do|kar dijiye"
    r"|kar dein|karo|kijiye|karein)"
)
_TAKE_OUT: Final = r"(?:हटा|निकाल|डिलीट|मिटा|काट|hata|nikal|nikaal|delete|mita|remove)"
_LIST: Final = r"(?:लिस्ट|सूची|डेटाबेस|रिकॉर्ड|सिस्टम|list|database|record|system)"
_ME: Final = r"(?:मुझे|हमें|हमको|मुझको|mujhe|hame|hamein|humein|hume|mujhko)"
_TIME: Final = re.compile(
    r"(?<= )(?:बजे|पहले|अभी|आज|कल|परसों|सुबह|शाम|रात|दोपहर|बाद|तक|समय|वक्त|सोमवार|शनिवार|रविवार"
    r"|baje|pehle|abhi|aaj|kal|subah"
    rf"|shaam|sham|raat|dopahar|baad|tak|sunday|monday)(?: {ANY}){{0,4}} $"
)
RULES: Final = (
    Rule(
        HINDI,
        saying(rf"{_PHONE} (?:करके |kar ke )?{_NOT} {_DO}"),
        before("(?:उसे|उसको|उनको|उन्हें|use|usko|unko|unhe)(?: (?:फिर|दोबारा|dobara))?"),
        _TIME,
    ),
    Rule(
        HINDI,
        saying(
            rf"(?:{_PHONE} (?:करना|karna)|कॉल्स|calls) (?:बंद|band) {_GIVE}",
            rf"{_ME} (?:(?:बार बार|फिर|और|दोबारा|ऐसे|please|प्लीज|अब|ab|baar baar|phir) ){{0,2}}"
            rf"(?:परेशान|तंग|डिस्टर्ब|pareshan|tang|disturb) {_NOT} {_DO}",
            rf"(?:कोई|और|आपके|ऐसे|आपकी|koi|aur|aapke|aapki) (?:और |aur )?(?:{_PHONE}|कॉल्स"
            rf"|calls) (?:नहीं|nahi|nahin) (?:चाहिए|चाहिये|chahiye)",
        ),
    ),
    Rule(
        HINDI,
        saying(
            r"(?:मेरा|मेरे|हमारा|यह|ये|इस|mera|mere|hamara|ye|yeh|is) (?:फोन |phone )?(?:नंबर|नम्बर"
            rf"|नाम|number|naam) (?:को |ko )?"
            rf"(?:(?:अपनी|अपने|आपकी|इस|apni|apne|aapki) )?(?:{_LIST} )?(?:(?:से|में से|se|me se"
            rf"|mein se) )?{_TAKE_OUT} {_GIVE}",
            rf"{_ME} (?:{ANY} ){{0,2}}{_LIST} (?:से|में से|se|mein se|me se) {_TAKE_OUT} {_GIVE}",
        ),
    ),
)
