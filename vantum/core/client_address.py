"""Where a client is: the address that counts, also behind proxies, and whose it is.

Law: a header says where a client is only as far as those who wrote it are believed. Proxies append to the header, so
it is read from its end, and the first address that is no believed proxy's is the client's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_HOPS = 32
"""Nobody has more proxies in a row; what lies before them is not read."""
LONGEST_NAME = 64
HOME_BITS = 64
"""A customer of a provider has at least so many addresses of IPv6: they count as one."""


def networks(text: str) -> tuple[Network, ...]:
    """Networks or addresses with commas between them; raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The address of the client whose connection comes from ``peer``.

    ``forwarded`` are the headers ``X-Forwarded-For`` in their order. Proxies on this machine are believed, and those
    of ``trusted``. What cannot be read as an address ends the search at whoever wrote it.
    """
    hops = [hop for header in forwarded for hop in header.rsplit(",", MOST_HOPS)][-MOST_HOPS:]
    client = peer
    for hop in reversed(hops):
        at, before = _address(client), _without_port(hop.strip())
        if at is None or not _believed(at, trusted) or _address(before) is None:
            break
        client = before
    return client


def owner(address: str) -> str:
    """Under which name the calls from ``address`` are counted; "" for this machine, whose are not."""
    at = _address(address)
    if at is None:
        return address[:LONGEST_NAME]
    if at.is_loopback:
        return ""
    if isinstance(at, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(at), HOME_BITS), strict=False))
    return str(at)


def _believed(at: Address, trusted: Sequence[Network]) -> bool:
    return at.is_loopback or any(at in network for network in trusted)


def _address(text: str) -> Address | None:
    try:
        at = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # A socket for both families has IPv4 clients at ::ffff:192.0.2.1.
    return (at.ipv4_mapped or at) if isinstance(at, ipaddress.IPv6Address) else at


def _without_port(hop: str) -> str:
    """``192.0.2.1:80`` and ``[2001:db8::1]:80`` without what is no address."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
