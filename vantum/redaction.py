"""Takes out of a text what no log may hold: our keys and tokens, credentials of any kind, and phone numbers.

It works on the line as it is written, with its fields and its traceback, so that nothing that a line is made of can
pass it by. What was said in a call has no form by which it could be known: it must not be logged at all (style, 22).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

HIDDEN: Final = "(secret)"
SHORTEST_ANYWHERE: Final = 8
"""A secret of fewer characters is taken out only where it is a word: it may be a part of others."""
KEPT_DIGITS: Final = 2

_TOKENS: Final = re.compile(r"\bvt1\.[\w-]+(?:\.[\w-]*)?|(?<=/twilio/media/)[\w%-]+")
_NAMED: Final = re.compile(
    r"""(?ix)
    ( \b (?: proxy-)? authorization
    | \b (?: x-)? api [-_]? key | \b (?: access|auth|resume) [-_]? token | [?&] (?: token|resume )
    | \b x-twilio-signature
    | \b sec-websocket-key
    )
    ( (?: \\?['"])? \s{0,4} (?: [:=,]|%3D) \s{0,4} (?: b? \\?['"])? \s{0,4} )
    ( (?: (?: bearer|basic|token|digest) \s+ )? [^\s'"\\,;&)}\]]+ )
    """
)
_SCHEMES: Final = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_NUMBERS: Final = re.compile(
    r"(?:\+|%2B)[1-9](?:[ ().-]{0,2}\d){6,14}(?!\d)"  # E.164, also as people write it and as addresses carry it
    r"|(?<![\w+-])(?<!\d\.)[1-9]\d{9,14}(?!\w|[.:-]\d)",  # the same without its plus sign
    re.IGNORECASE,
)


class Redaction:
    """Knows ``secrets`` in the forms in which they travel."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(_pattern, forms))) if forms else None

    def text(self, text: str) -> str:
        """``text`` without secrets, and with the last two digits of each phone number."""
        text = _NAMED.sub(rf"\1\2{HIDDEN}", text)
        text = _SCHEMES.sub(rf"\1 {HIDDEN}", text)
        text = _TOKENS.sub(HIDDEN, text)
        if self._secrets is not None:
            text = self._secrets.sub(HIDDEN, text)
        return _NUMBERS.sub(_masked, text)


def _forms(secret: str) -> Iterable[str]:
    """As it is, in an address, in JSON, and in base64."""
    yield secret
    yield quote(secret, safe="")
    yield json.dumps(secret)[1:-1]
    if len(secret) >= SHORTEST_ANYWHERE:
        yield base64.b64encode(secret.encode()).decode().rstrip("=")


def _pattern(form: str) -> str:
    escaped = re.escape(form)
    return escaped if len(form) >= SHORTEST_ANYWHERE else rf"(?<!\w){escaped}(?!\w)"


def _masked(number: re.Match[str]) -> str:
    return f"(number ..{re.sub(r'%2B|[^0-9]', '', number[0], flags=re.IGNORECASE)[-KEPT_DIGITS:]})"
