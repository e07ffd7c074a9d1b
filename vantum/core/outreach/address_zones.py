"""The time zones of an address in the United States or Canada: every zone in which its place may be.

Law: where a state or a ZIP prefix lies in two zones, both are named; whoever calls obeys both. Places that keep the
clock of a neighbour by custom only (Phenix City, Jackpot) have the zone of the law.
Source: 49 CFR part 71, the zone of each county; Canada's provinces.
"""

from __future__ import annotations

from typing import Final

from vantum.core.legal.case import ZoneSource
from vantum.core.outreach.line import Line, ZoneGuess
from vantum.core.outreach.states import STATE_OF_ZIP

_LETTERS: Final = {
    "E": "America/New_York",
    "C": "America/Chicago",
    "M": "America/Denver",
    "A": "America/Phoenix",  # without daylight saving, unlike the Navajo Nation around it
    "P": "America/Los_Angeles",
    "K": "America/Anchorage",
    "D": "America/Adak",
    "H": "Pacific/Honolulu",
}
_STATES: Final = {
    "E": "CT DE DC FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "C": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "M": "CO ID MT NM UT WY",
    "A": "AZ",
    "P": "CA NV OR WA",
    "K": "AK",
    "H": "HI",
}
_ZIPS: Final = {
    "EC": "324 401 425 426 427 465 373 475 479 498 499",
    "E": "374 376 377 378 379",
    "C": "325 420 421 422 423 424 463 464 476 477",
    "CM": "575 576 585 586 588 677 678 690 691 692 798",
    "M": "577 693 799 885",
    "MP": "835 898 979",
    "P": "838",
    "AM": "860 865",
    "KD": "995",
}
"""ZIP prefixes whose zones are not those of the rest of their state."""
_PROVINCES: Final = {
    "NL": "America/St_Johns America/Goose_Bay",
    "NS": "America/Halifax",
    "PE": "America/Halifax",
    "NB": "America/Moncton",
    "QC": "America/Toronto America/Halifax",
    "ON": "America/Toronto America/Winnipeg",
    "MB": "America/Winnipeg",
    "SK": "America/Regina America/Edmonton",
    "AB": "America/Edmonton",
    "BC": "America/Vancouver America/Edmonton",
    "NT": "America/Edmonton",
    "NU": "America/Toronto America/Winnipeg America/Edmonton",
    "YT": "America/Whitehorse",
}
_MAIN_ZONE: Final = {state: letter for letter, states in _STATES.items() for state in states.split()}
_OF_ZIP: Final = {prefix: letters for letters, prefixes in _ZIPS.items() for prefix in prefixes.split()}


def _of_states() -> dict[str, str]:
    found = dict(_MAIN_ZONE)
    for prefix, letters in _OF_ZIP.items():
        state = STATE_OF_ZIP[prefix]
        found[state] = "".join(dict.fromkeys(found[state] + letters))
    return found


_OF_STATE: Final = _of_states()


def address_zones(country: str, state: str, postal_code: str) -> tuple[str, ...]:
    """The names of all zones in which an address may be; none outside the United States and Canada.

    ``state`` is a code, or "" where the list did not say; the postal code then speaks alone.
    """
    if country == "CA":
        return tuple(_PROVINCES.get(state, "").split())
    if country != "US":
        return ()
    prefix = postal_code[:3]
    of_zip = _OF_ZIP.get(prefix) or _MAIN_ZONE.get(STATE_OF_ZIP.get(prefix, ""), "")
    of_state = _OF_STATE.get(state, "")
    if of_zip and STATE_OF_ZIP[prefix] == state:
        of_state = ""
    return tuple(_LETTERS[letter] for letter in dict.fromkeys(of_zip + of_state))


def zones_of(explicit: str, address: tuple[str, ...], line: Line) -> tuple[ZoneGuess, ...]:
    """All zones in which somebody may be who is called on ``line``.

    A zone that the list names stands alone. Else an address and an area code count both, because a number is taken
    along when its owner moves; a whole country counts where nothing says more. A state counts as a postal code does.
    """
    if explicit:
        return (ZoneGuess(explicit, ZoneSource.EXPLICIT),)
    found = {name: ZoneGuess(name, ZoneSource.POSTAL_CODE) for name in address}
    for guess in line.zones:
        if guess.source is ZoneSource.AREA_CODE or not address:
            found.setdefault(guess.name, guess)
    return tuple(found.values())
