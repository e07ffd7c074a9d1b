"""Signs what the stand-in sends, as Twilio does. Source: twilio.com/docs/usage/security."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """HMAC-SHA1 over the URL and the form's names and values, sorted by name, in base64."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
