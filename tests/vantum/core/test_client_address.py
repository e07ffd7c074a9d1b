"""Where a client is, and that nobody can claim to be somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.client_address import MOST_HOPS, client_address, networks, owner

TRUSTED = networks("10.0.0.0/8, 2001:db8:aa::/48,")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        # Somebody who is nobody's proxy may write what they like.
        ("198.51.100.7", ["192.0.2.1"], "198.51.100.7"),
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("::1", ["192.0.2.1"], "192.0.2.1"),
        ("10.1.2.3", ["192.0.2.1"], "192.0.2.1"),
        ("::ffff:10.1.2.3", ["192.0.2.1"], "192.0.2.1"),
        ("2001:db8:aa::1", ["2001:db8:bb::1"], "2001:db8:bb::1"),
        # What the client itself wrote stands before what the proxies wrote.
        ("10.1.2.3", ["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        ("10.1.2.3", ["203.0.113.9, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        ("10.1.2.3", ["203.0.113.9", "192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        ("10.1.2.3", ["10.0.0.9, 10.0.0.1"], "10.0.0.9"),
        ("10.1.2.3", ["192.0.2.1:5060"], "192.0.2.1"),
        ("10.1.2.3", ["[2001:db8:bb::1]:443"], "2001:db8:bb::1"),
        ("10.1.2.3", ["unknown"], "10.1.2.3"),
        ("10.1.2.3", [""], "10.1.2.3"),
        ("10.1.2.3", ["192.0.2.1, garbage, 10.0.0.1"], "10.0.0.1"),
        ("testclient", ["192.0.2.1"], "testclient"),
        ("", ["192.0.2.1"], ""),
    ],
)
def test_the_first_address_that_is_no_believed_proxy(peer: str, forwarded: list[str], client: str) -> None:
    assert client_address(peer, forwarded, TRUSTED) == client


def test_an_endless_header_is_read_from_its_end_only() -> None:
    header = ",".join(["192.0.2.1", *["10.0.0.1"] * MOST_HOPS])
    assert client_address("10.0.0.1", [header], TRUSTED) == "10.0.0.1"
    header = ",".join(["192.0.2.1", *["10.0.0.1"] * (MOST_HOPS - 1)])
    assert client_address("10.0.0.1", ["203.0.113.1", header], TRUSTED) == "192.0.2.1"


@given(st.lists(st.text(max_size=40), max_size=5))
def test_whatever_a_stranger_writes_they_are_where_they_are(headers: list[str]) -> None:
    assert client_address("198.51.100.7", headers, TRUSTED) == "198.51.100.7"


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "proxy", "10.0.0.1 10.0.0.2"])
def test_what_is_no_network_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        networks(text)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", ""),
        ("127.8.9.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
        ("x" * 1000, "x" * 64),
    ],
)
def test_under_which_name_an_address_is_counted(address: str, name: str) -> None:
    assert owner(address) == name
