"""The values of single fields in the one form in which they are kept.

Every function takes the clean text of a cell and gives None for what cannot be that field's value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vantum.core.legal.case import LineType
from vantum.core.legal.rule import codes
from vantum.core.outreach.cells import folded

MOST_NAME: Final = 200
MOST_ADDRESS: Final = 254
"""Characters of an e-mail address (RFC 5321) and of a domain."""

IsZone = Callable[[str], bool]
"""Whether a name such as ``Europe/Berlin`` is a time zone that this system knows."""

_LOCAL_PART: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}")
_ADDRESS: Final = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://")
_AFTER_HOST: Final = re.compile(r"[/?#\s].*")
_TAG: Final = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)

_PRIVATE_MAIL: Final = codes(
    """
    gmail.com googlemail.com yahoo.com yahoo.de yahoo.co.uk ymail.com outlook.com outlook.de hotmail.com hotmail.de
    hotmail.co.uk live.com live.de msn.com icloud.com me.com mac.com aol.com aol.de gmx.de gmx.net gmx.at gmx.ch
    gmx.com web.de freenet.de t-online.de arcor.de mail.com mail.ru yandex.ru yandex.com proton.me protonmail.com
    posteo.de mailbox.org zoho.com fastmail.com comcast.net verizon.net att.net sbcglobal.net cox.net bellsouth.net
    btinternet.com bluewin.ch a1.net chello.at orange.fr wanadoo.fr free.fr laposte.net libero.it qq.com 163.com
    """
)
"""Mail for everybody: such a domain is no company's."""

_LANGUAGES: Final = codes(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu fil yue cmn
    """
)
"""ISO 639-1, and three languages that are spoken by many and have no code there."""
_LANGUAGE_NAMES: Final = {
    name: code
    for code, names in {
        "ar": "arabic arabisch",
        "cs": "czech tschechisch",
        "da": "danish danisch daenisch",
        "de": "german deutsch deu ger",
        "en": "english englisch eng",
        "es": "spanish spanisch espanol spa",
        "fi": "finnish finnisch",
        "fr": "french franzoesisch francais fra fre",
        "hi": "hindi",
        "hu": "hungarian ungarisch",
        "it": "italian italienisch italiano ita",
        "ja": "japanese japanisch",
        "ko": "korean koreanisch",
        "nl": "dutch niederlaendisch nederlands hollaendisch",
        "no": "norwegian norwegisch",
        "pl": "polish polnisch polski",
        "pt": "portuguese portugiesisch portugues",
        "ro": "romanian rumaenisch",
        "ru": "russian russisch",
        "sv": "swedish schwedisch",
        "tr": "turkish tuerkisch",
        "uk": "ukrainian ukrainisch",
        "zh": "chinese chinesisch mandarin",
    }.items()
    for name in names.split()
}

_LINE_TYPES: Final = {
    word: kind
    for kind, words in {
        LineType.MOBILE: "mobile|mobil|cell|cellular|cell phone|cellphone|handy|wireless|mobile phone|mobiltelefon|m",
        LineType.LANDLINE: "landline|land line|fixed|fixed line|fixedline|festnetz|pots|wireline|office|f",
        LineType.VOIP: "voip|sip|ip|fixed voip|non fixed voip|fixedvoip|nonfixedvoip|non fixedvoip",
        LineType.UNKNOWN: "unknown|unbekannt|other|fixed line or mobile|n a|none",
    }.items()
    for word in words.split("|")
}

_AMERICAN_ZONES: Final = {
    word: zone
    for zone, words in {
        "America/New_York": "et est edt eastern",
        "America/Chicago": "ct cst cdt central",
        "America/Denver": "mt mst mdt mountain",
        "America/Los_Angeles": "pt pst pdt pacific",
        "America/Anchorage": "akt akst akdt alaska",
        "Pacific/Honolulu": "hst hawaii",
        "America/Halifax": "ast adt atlantic",
    }.items()
    for word in words.split()
}
_OTHER_ZONES: Final = {
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
}
_ZONE_FILLERS: Final = re.compile(r"\b(?:us|time|standard|daylight|zone|zeit)\b")


def name(text: str) -> str | None:
    """The name of a person or a company."""
    return text if len(text) <= MOST_NAME and any(sign.isalnum() for sign in text) else None


def email(text: str) -> str | None:
    """The first address of a cell, in lower case."""
    found = _ADDRESS.search(text[: 2 * MOST_ADDRESS].removeprefix("mailto:"))
    if not found:
        return None
    local, _, host = found[0].lower().rpartition("@")
    address = f"{local}@{_host(host)}"
    if address.endswith("@") or not _LOCAL_PART.fullmatch(local):
        return None
    return address if len(address) <= MOST_ADDRESS else None


def domain(text: str) -> str | None:
    """The host of a web address or a bare domain, in lower case and ASCII (IDNA), without ``www.``."""
    text = _AFTER_HOST.sub("", _SCHEME.sub("", text[: 2 * MOST_ADDRESS].lower(), count=1))
    host = text.rpartition("@")[2].partition(":")[0]
    return _host(host.removeprefix("www.").rstrip(".")) or None


def company_domain(address: str) -> str:
    """The company's domain by an e-mail address that ``email`` has read; "" where it says none."""
    host = address.rpartition("@")[2]
    return "" if host in _PRIVATE_MAIL else host


def language(text: str) -> str | None:
    """A language tag such as ``de`` or ``de-AT``, from a tag or the language's English or German name."""
    known = _LANGUAGE_NAMES.get(folded(text))
    if known:
        return known
    tag = _TAG.fullmatch(text)
    if not tag or tag[1].lower() not in _LANGUAGES:
        return None
    script, region = (tag[2] or "").title(), (tag[3] or "").upper()
    return "-".join(part for part in (tag[1].lower(), script, region) if part)


def line_type(text: str) -> LineType | None:
    """What the list says that the number rings."""
    return _LINE_TYPES.get(folded(text))


def stricter_line(plan: LineType, said: LineType) -> LineType:
    """The line type to go by: a list may say what a number does not tell, and never make it less than it tells."""
    order = (LineType.UNKNOWN, LineType.LANDLINE, LineType.VOIP, LineType.MOBILE)
    return max(plan, said, key=order.index)


def zone(text: str, country: str, is_zone: IsZone) -> str | None:
    """The name of a time zone; those that Americans say ("Eastern", "PST") only where they are meant so."""
    if "/" in text:
        name = text.replace(" ", "_")
        known = next((each for each in (name, name.title()) if is_zone(each)), None)
        return None if known is None or known.startswith("Etc/") else known
    word = " ".join(_ZONE_FILLERS.sub("", folded(text)).split())
    if country in ("US", "CA"):
        return _AMERICAN_ZONES.get(word)
    return _OTHER_ZONES.get(word)


def _host(text: str) -> str:
    """A host in ASCII; "" for what is none."""
    if not text.isascii():
        try:
            text = text.encode("idna").decode()
        except UnicodeError:
            return ""
    return text if len(text) <= MOST_ADDRESS and _DOMAIN.fullmatch(text) else ""
