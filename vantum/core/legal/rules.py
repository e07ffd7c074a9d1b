"""The law's table: defaults for a lawyer to read and change, not legal advice.

It is Python and no other format: a row is one line that reads like the sentence it stands for, a difference between
two versions is a difference of lines, the type checker refuses a row that makes no sense, and nothing has to be read
or can be missing at run time. Whoever changes a row changes ``RULESET_VERSION``: a test holds the two together.

A country or a state that is not known is treated like the strictest there is.
"""

from __future__ import annotations

from vantum.core.legal.rule import (
    NO_SUNDAY,
    WEEK,
    WORKDAYS,
    ConsentRule,
    Form,
    Landline,
    StateRule,
    Without,
    codes,
    every,
)

RULESET_VERSION = "2026-11-21.1"

US = codes("US PR VI GU AS MP")
"""The United States and their territories, which have codes of their own."""
EUROPE = codes("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB")
"""The European Union, the rest of the European Economic Area, and the United Kingdom."""

# --- consent to be called by a machine ------------------------------------------------------------------

CONSENT = (
    ConsentRule(
        "us_artificial_voice",
        US,
        Without.BLOCK,
        Form.WRITTEN,
        Landline.BUSINESS_IS_FREE,
        "FCC 24-17 (2024-02-08), 47 CFR 64.1200(a)",
    ),
    ConsentRule(
        "canada_automated_dialing",
        codes("CA"),
        Without.BLOCK,
        Form.ANY,
        Landline.ASKS_TOO,
        "CRTC ADAD rules",
    ),
    ConsentRule(
        "europe_automated_calling",
        EUROPE,
        Without.HUMAN_ONLY,
        Form.ANY,
        Landline.ASKS_TOO,
        "ePrivacy Directive art. 13(1)",
    ),
)
ELSEWHERE = ConsentRule(
    "no_rule_for_country",
    frozenset(),
    Without.HUMAN_ONLY,
    Form.ANY,
    Landline.ASKS_TOO,
    "house rule: where the table has no row, a machine asks first",
)

# --- hours, in the callee's local time ------------------------------------------------------------------

LEGAL_HOURS = every(WEEK, "08:00", "21:00")
LEGAL_HOURS_SOURCE = "47 CFR 64.1200(c)(1), kept in every country"
USUAL_WINDOWS = every(WORKDAYS, "09:00", "18:00")
USUAL_WINDOWS_SOURCE = "house rule: where a campaign sets no windows"

STATES = (
    #         days and hours that are allowed                     most in 24 hours
    StateRule("AL", "Alabama", every(NO_SUNDAY, "08:00", "20:00"), None, "Alabama state act"),
    StateRule("FL", "Florida", every(WEEK, "08:00", "20:00"), 3, "Florida state act"),
    StateRule("KY", "Kentucky", every(WEEK, "10:00", "21:00"), None, "Kentucky state act"),
    StateRule("LA", "Louisiana", every(NO_SUNDAY, "08:00", "20:00"), None, "Louisiana state act"),
    StateRule("MA", "Massachusetts", every(WEEK, "08:00", "20:00"), None, "Massachusetts state act"),
    StateRule("MD", "Maryland", every(WEEK, "08:00", "20:00"), None, "Maryland state act"),
    StateRule("MS", "Mississippi", every(NO_SUNDAY, "08:00", "20:00"), None, "Mississippi state act"),
    StateRule("OK", "Oklahoma", every(WEEK, "08:00", "20:00"), 3, "Oklahoma state act"),
)

# --- recording ------------------------------------------------------------------------------------------

ALL_PARTY_STATES = codes("CA CT DE FL IL MD MA MI MT NV NH OR PA WA")
"""US states in which everybody in a call has to agree to its recording."""
RECORDING_SOURCE = "state acts on all-party consent, GDPR"

# --- what the call says ---------------------------------------------------------------------------------

SUPPRESSION_SOURCE = "47 CFR 64.1200(d), GDPR art. 21"
WITHDRAWAL_SOURCE = "47 CFR 64.1200(d), GDPR art. 7(3)"
DISCLOSURE_SOURCE = "EU AI Act art. 50 (applies since 2026-08-02), good practice everywhere"
EMOTION_SOURCE = "EU AI Act art. 50(3)"

DISCLOSURES = {
    "en": "I am an AI assistant, not a human.",
    "es": "Soy un asistente de inteligencia artificial, no una persona.",
    "de": "Ich bin ein KI-Assistent, kein Mensch.",
    "fr": "Je suis un assistant d'intelligence artificielle, pas une personne.",
    "hi": "मैं एक एआई सहायक हूँ, इंसान नहीं।",
}
RECORDING_NOTICES = {
    "en": "This call is being recorded. If you do not want that, just say so.",
    "es": "Esta llamada se graba. Si no lo desea, dígamelo.",
    "de": "Dieses Gespräch wird aufgezeichnet. Wenn Sie das nicht möchten, sagen Sie es bitte.",
    "fr": "Cet appel est enregistré. Si vous ne le souhaitez pas, dites-le-moi.",
    "hi": "यह कॉल रिकॉर्ड की जा रही है। अगर आप यह नहीं चाहते, तो कृपया बता दें।",
}
