"""A number that is kept without being readable: for whoever must not be called and is not known any more.

All numbers of a country can be tried out, so a hash keeps a number out of lists, exports and sight, and not from
somebody who has the database and wants to know. To look it up before a call is all that it is for.
"""

from __future__ import annotations

import hashlib
from typing import Final

MARK: Final = "sha256:"


def hidden(org_id: str, number: str) -> str:
    """What stands for a number (E.164) in one organisation: 71 characters; another organisation's is another."""
    return MARK + hashlib.sha256(f"{org_id}:{number}".encode()).hexdigest()
