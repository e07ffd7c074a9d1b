"""How Twilio signs what it asks of a customer's server."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ALGORITHMS: Final = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}


@dataclass(slots=True)
class Signer:
    """Signs with the account's token; a forged signature has the right form and is made with another token."""

    token: str
    algorithm: str = "HMAC_SHA1"
    forge: bool = False

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise ValueError(f"{self.algorithm} is none of {', '.join(ALGORITHMS)}")

    def headers(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        """The headers of a request to the public ``url``; a WebSocket upgrade has an empty form."""
        text = url + "".join(name + form[name] for name in sorted(form))
        key = f"not {self.token}" if self.forge else self.token
        digest = hmac.new(key.encode(), text.encode(), ALGORITHMS[self.algorithm]).digest()
        headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
        if self.algorithm != "HMAC_SHA1":
            settings = f"key=webhooks_sharedkey_test,algorithm={self.algorithm}"
            headers["X-Twilio-Webhooks-Signature-Settings"] = settings
        return headers
