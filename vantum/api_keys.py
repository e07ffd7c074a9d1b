"""Who may use the REST API: bearers of a key, or, as long as there are no keys, programs on this machine."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from typing import Final

LOCAL_NAMES: Final = frozenset({"localhost"})
FORWARDED: Final = frozenset(
    {
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
        "true-client-ip",
        "cf-connecting-ip",
    }
)
"""A proxy or tunnel on this machine adds these: what comes through it is not from this machine."""


class ApiKeys:
    """Checks keys in constant time; only their hashes are kept."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = [_digest(key) for key in keys]

    @property
    def configured(self) -> bool:
        """Whether there is any key."""
        return bool(self._digests)

    def accept(self, key: str) -> bool:
        """Whether ``key`` is one of them."""
        found = _digest(key)
        return sum(hmac.compare_digest(found, known) for known in self._digests) > 0


def from_this_machine(client: str, host: str, origin: str, names: Iterable[str]) -> bool:
    """Whether a request without a key comes from this machine.

    ``client`` is the address it came from, ``host`` and ``origin`` its headers of these names ("" without one), and
    ``names`` those of all of its headers. A page of another site in a browser here is not from here.
    """
    if not is_local(client) or not is_local(name_of(host)):
        return False
    if origin and not is_local(name_of(origin.partition("://")[2])):
        return False
    return not any(name.lower() in FORWARDED for name in names)


def name_of(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_local(name: str) -> bool:
    """Whether a host name or an address is this machine's."""
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    # A socket for both families has IPv4 clients at ::ffff:127.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
