"""Which of a server's workers has a call: every id that a worker makes ends in its stamp, for all to see.

A stamp is eight hexadecimal digits, in place of the last random ones of a UUIDv7 (what tells ids of one moment apart
stands before them). So whoever sees an id in an address knows where it belongs, and nobody has to remember it.
``""`` is the stamp of a server of one process, whose ids stay as they are made.
"""

from __future__ import annotations

import re
from typing import Final

DIGITS: Final = 8
STAMP: Final = re.compile(rf"[0-9a-f]{{{DIGITS}}}")


def stamped(made: str, stamp: str) -> str:
    """An id that was made, with its last digits replaced by ``stamp``."""
    return made[: len(made) - len(stamp)] + stamp


def signed_by(token: str, stamp: str) -> str:
    """A token with ``stamp`` behind it: all of it is what was given to the client."""
    return token + stamp


def stamp_of(text: str) -> str:
    """What an id or a token ends in; "" for what ends in no stamp."""
    end = text[-DIGITS:].lower()
    return end if STAMP.fullmatch(end) else ""
