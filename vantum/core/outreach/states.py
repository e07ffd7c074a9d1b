"""The states of the United States and the provinces of Canada: their codes by name, and by postal code.

Sources: USPS Publication 28 and its list of three-digit ZIP prefixes; Canada Post's first letters.
"""

from __future__ import annotations

import re
from typing import Final

from vantum.core.outreach.cells import folded

_US: Final = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California/Calif/Kalifornien|CO Colorado|CT Connecticut
DE Delaware|DC District of Columbia/Washington DC/Washington D.C.|FL Florida|GA Georgia|HI Hawaii|ID Idaho
IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts
MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire
NJ New Jersey|NM New Mexico/Neumexiko|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma
OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
"""
_CA: Final = """
AB Alberta|BC British Columbia/Britisch Kolumbien|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador
NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan
YT Yukon
"""


def _names(table: str) -> dict[str, str]:
    found = {}
    for entry in re.split(r"[|\n]", table.strip()):
        code, _, names = entry.partition(" ")
        found[folded(code)] = code
        found.update({folded(name): code for name in names.split("/")})
    return found


_CODES: Final = {"US": _names(_US), "CA": _names(_CA)}

_ZIP_STATES: Final = """
NY 005 100-149|MA 010-027 055|RI 028-029|NH 030-038|ME 039-049|VT 050-054 056-059|CT 060-069|NJ 070-089|PA 150-196
DE 197-199|DC 200 202-205|VA 201 220-246|MD 206-212 214-219|WV 247-268|NC 270-289|SC 290-299|GA 300-319 398-399
FL 320-339 341-342 344 346-347 349|AL 350-352 354-369|TN 370-385|MS 386-397|KY 400-427|OH 430-459|IN 460-479
MI 480-499|IA 500-528|WI 530-549|MN 550-567|SD 570-577|ND 580-588|MT 590-599|IL 600-629|MO 630-658|KS 660-679
NE 680-693|LA 700-714|AR 716-729|OK 730-731 734-749|TX 733 750-799 885|CO 800-816|WY 820-831|ID 832-838|UT 840-847
AZ 850-865|NM 870-884|NV 889-898|CA 900-908 910-928 930-961|HI 967-968|OR 970-979|WA 980-994|AK 995-999
"""
_POSTAL_LETTERS: Final = {
    letter: province
    for province, letters in {
        "NL": "A",
        "NS": "B",
        "PE": "C",
        "NB": "E",
        "QC": "GHJ",
        "ON": "KLMNP",
        "MB": "R",
        "SK": "S",
        "AB": "T",
        "BC": "V",
        "YT": "Y",
    }.items()
    for letter in letters
}
_ZIP: Final = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?")
_SHORT_ZIP: Final = re.compile(r"[0-9]{4}")
_CANADIAN: Final = re.compile(r"([ABCEGHJ-NPR-TVXY][0-9][A-Z]) ?-?(?:[0-9][A-Z][0-9])?")


def _zip_prefixes(table: str) -> dict[str, str]:
    found = {}
    for entry in re.split(r"[|\n]", table.strip()):
        state, *ranges = entry.split()
        for each in ranges:
            first, _, last = each.partition("-")
            found.update({f"{n:03}": state for n in range(int(first), int(last or first) + 1)})
    return found


STATE_OF_ZIP: Final = _zip_prefixes(_ZIP_STATES)
"""By the first three digits; those of the armed forces and of territories have none."""


def state_code(text: str, country: str) -> str:
    """The code of a state or province by its code or name; "" for one that is not known."""
    text = folded(text)
    known = _CODES.get(country, {})
    return known.get(text) or known.get(text.removeprefix(f"{country.lower()} "), "")


def postal_code(text: str, country: str) -> str | None:
    """A postal code as its country writes it; None where that cannot be."""
    text = text.upper()
    if country == "US":
        # A spreadsheet has taken the zero before a code of New England.
        text = f"0{text}" if _SHORT_ZIP.fullmatch(text) else text
        return text if _ZIP.fullmatch(text) else None
    if country == "CA":
        found = _CANADIAN.fullmatch(text)
        return text if found else None
    return text if len(text) <= 12 and any(sign.isdigit() for sign in text) else None


def state_of_postal_code(code: str, country: str) -> str:
    """The state or province of a postal code that ``postal_code`` has read; "" where it does not say."""
    if country == "US":
        return STATE_OF_ZIP.get(code[:3], "")
    return _POSTAL_LETTERS.get(code[:1], "") if country == "CA" else ""
