"""The words by which the columns of a list are known, in English and German.

A word is written as ``cells.folded`` leaves it: small letters, ``ae`` for ``ä``, spaces for everything else.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from vantum.core.legal.rule import codes
from vantum.core.outreach.cells import folded


class Field(StrEnum):
    """What a column is."""

    PHONE = "phone"
    LINE_TYPE = "line_type"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    NAME = "name"
    TITLE = "title"
    EMAIL = "email"
    COMPANY = "company"
    DOMAIN = "domain"
    COUNTRY = "country"
    REGION = "region"
    POSTAL_CODE = "postal_code"
    TIMEZONE = "timezone"
    LANGUAGE = "language"
    CONSENT_KIND = "consent_kind"
    CONSENT_METHOD = "consent_method"
    CONSENT_GRANTED_AT = "consent_granted_at"
    CONSENT_TEXT = "consent_text"
    CONSENT_PROOF = "consent_proof"
    SOURCE = "source"
    SOURCE_DETAIL = "source_detail"
    CUSTOM = "custom"
    IGNORE = "ignore"


_WORDS: Final = {
    Field.PHONE: """
        phone|phone number|phone no|telephone|telephone number|tel|tel no|tel number|mobile|mobile phone|mobile number
        |mobile no|cell|cell phone|cellphone|cell number|cellular|direct dial|direct phone|direct number|work phone
        |business phone|company phone|office phone|home phone|primary phone|main phone|contact number|contact phone
        |e164|msisdn|landline|landline number|phone primary|telefon|telefonnummer|telefonnr|telefon nr|tel nr|telnr
        |rufnummer|handy|handynummer|handynr|handy nr|mobil|mobilnummer|mobilnr|mobiltelefon|mobilfunk
        |mobilfunknummer|festnetz|festnetznummer|durchwahl|fon|telefon geschaeftlich|telefon dienstlich
        |telefon privat|telefon firma|telefon buero|zentrale
    """,
    Field.LINE_TYPE: """
        line type|linetype|phone type|phone line type|number type|type of line|leitungstyp|anschlussart|telefontyp
        |rufnummernart|art des anschlusses
    """,
    Field.FIRST_NAME: "first name|firstname|given name|forename|fname|first|vorname|vornamen|rufname",
    Field.LAST_NAME: "last name|lastname|surname|family name|lname|last|nachname|familienname|zuname",
    Field.NAME: """
        name|full name|fullname|contact|contact name|contact person|person|prospect|prospect name|lead|lead name
        |ansprechpartner|ansprechpartnerin|ansprechperson|kontakt|kontaktname|kontaktperson|vollstaendiger name
        |vor und nachname|kunde|kundenname
    """,
    Field.TITLE: """
        title|job title|jobtitle|job|position|role|job role|function|titel|jobtitel|funktion|rolle|stelle|beruf
        |berufsbezeichnung|stellenbezeichnung
    """,
    Field.EMAIL: "email|e mail|mail|email address|e mail address|work email|business email|e mail adresse"
    "|emailadresse|mailadresse|email adresse",
    Field.COMPANY: """
        company|company name|organization|organisation|organization name|account|account name|business|business name
        |employer|firm|firma|firmenname|unternehmen|unternehmensname|betrieb|arbeitgeber|organisationsname
    """,
    Field.DOMAIN: "domain|website|web site|web|url|homepage|company website|company domain|webseite|internetadresse"
    "|internet|firmenwebseite",
    Field.COUNTRY: "country|country code|country name|nation|land|laendercode|laenderkuerzel|staat land",
    Field.REGION: "state|region|province|state code|state province|state region|county state|bundesland|bundesstaat"
    "|provinz|kanton|staat",
    Field.POSTAL_CODE: "postal code|postcode|post code|postalcode|zip|zip code|zipcode|zip postal code|plz"
    "|postleitzahl",
    Field.TIMEZONE: "timezone|time zone|tz|zeitzone",
    Field.LANGUAGE: "language|lang|locale|preferred language|language code|sprache|korrespondenzsprache|sprachcode",
    Field.CONSENT_KIND: "consent|consent kind|consent type|consent for|opt in|optin|opt in type|einwilligung"
    "|art der einwilligung|einwilligungsart|einwilligung art|zustimmung|zustimmung zu|einwilligung zu",
    Field.CONSENT_METHOD: "consent method|consent form|consent channel|opt in method|consent how|einwilligungsform"
    "|form der einwilligung|einwilligungsweg|einwilligung form|zustimmung form",
    Field.CONSENT_GRANTED_AT: "consent granted at|consent date|consent at|consent time|consent timestamp|granted at"
    "|consented at|opt in date|opted in at|consent given at|einwilligungsdatum|einwilligung am|einwilligung vom"
    "|datum der einwilligung|zustimmung am",
    Field.CONSENT_TEXT: "consent text|consent wording|consent language|einwilligungstext|text der einwilligung"
    "|wortlaut der einwilligung",
    Field.CONSENT_PROOF: "consent proof|proof of consent|consent url|consent ip|consent evidence"
    "|einwilligungsnachweis|nachweis der einwilligung|nachweis|einwilligung nachweis",
    Field.SOURCE: "source|lead source|data source|list source|quelle|herkunft|datenquelle|leadquelle",
    Field.SOURCE_DETAIL: "source detail|source details|source url|lead source detail|source description|quelle detail"
    "|quellendetail|quellenangabe|herkunft detail",
}
_FIELDS: Final = {
    word.strip(): field for field, words in _WORDS.items() for word in " ".join(words.split()).split("|")
}
_NUMBERED: Final = re.compile(r"(.*?[a-z]) ?[0-9]{1,2}")
_PHONE_WORDS: Final = codes("phone telephone tel mobile cell telefon handy mobil rufnummer telefonnummer")
_NO_PHONE_WORDS: Final = codes(
    "fax type typ art extension ext country land status valid consent provider carrier source date note notes"
)


def field_of(header: str) -> Field | None:
    """What a column is by its header; "Phone 2" is a phone, and so is "Phone (work)", but not "Phone status"."""
    word = folded(header)
    numbered = _NUMBERED.fullmatch(word)
    known = _FIELDS.get(word) or (_FIELDS.get(numbered[1]) if numbered else None)
    if known:
        return known
    parts = frozenset(word.split())
    return Field.PHONE if parts & _PHONE_WORDS and not parts & _NO_PHONE_WORDS else None


def field_named(text: str) -> Field | None:
    """The field that a person names: by its own name, or by one of the words of its headers."""
    name = folded(text).replace(" ", "_")
    return Field(name) if name in set(Field) else _FIELDS.get(folded(text))
