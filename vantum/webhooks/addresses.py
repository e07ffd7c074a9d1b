"""Which addresses a webhook may go to: those of the public internet, unless the settings allow all.

Law: whoever may add a webhook must not reach with it what only this machine reaches. So the address counts to which a
name leads at the moment of connecting, and not the name; and an address that holds another one counts as that.
"""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""IPv4 behind a translator. Source: RFC 6052, RFC 8215."""
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
"""IPv4 in the form that nobody uses any more. Source: RFC 4291, 2.5.5.1."""
_LAST_32: Final = 0xFFFF_FFFF


class Reach(StrEnum):
    """How far webhooks may go."""

    PUBLIC = "public"
    ANYWHERE = "anywhere"  # this machine and its networks too, and without encryption


def reach_of(allow_private: bool) -> Reach:
    """How far webhooks may go, as ``VANTUM_WEBHOOK_ALLOW_PRIVATE`` says."""
    return Reach.ANYWHERE if allow_private else Reach.PUBLIC


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; False for what is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (parsed, *_inner(parsed)))


def url_problem(url: str, reach: Reach) -> str:
    """Why no webhook may go to ``url``, in a sentence; "" when it may, as far as can be told without asking."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "It is no address."
    if any(sign.isspace() or not sign.isprintable() for sign in url) or not host or port == 0:
        return "It is no address."
    schemes = ("https",) if reach is Reach.PUBLIC else ("https", "http")
    if parts.scheme not in schemes:
        return f"It does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}."
    if "@" in parts.netloc:
        return "It holds a name or a password: messages are signed instead."
    if reach is Reach.PUBLIC and _is_address(host) and not is_public(host):
        return "It is an address of this machine or of a private network."
    return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _inner(address: _Address) -> tuple[_Address, ...]:
    """The IPv4 addresses that one of IPv6 stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in (*_NAT64, _COMPATIBLE)):
        found.append(ipaddress.IPv4Address(int(address) & _LAST_32))
    return tuple(each for each in found if each is not None)
