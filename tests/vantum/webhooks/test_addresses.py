"""Which addresses a webhook may go to."""

from __future__ import annotations

import pytest

from vantum.webhooks.addresses import Reach, is_public, url_problem

PUBLIC = (
    "8.8.8.8",
    "93.184.216.34",
    "2606:2800:220:1::1",
    "2002:808:808::1",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
)
PRIVATE = (
    *("127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::1", "2002:a00:1::", "64:ff9b::7f00:1"),
    *("64:ff9b:1::a00:1", "::127.0.0.1", "2001:0:a00:1::f5ff:fffe"),
    *("localhost", "", "8.8.8", "010.0.0.1x"),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_all_others_are_not_however_they_are_written(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "public", "anywhere"),
    [
        ("https://hooks.example/in?key=1", "", ""),
        ("https://hooks.example:8443/", "", ""),
        ("https://8.8.8.8/", "", ""),
        ("http://hooks.example/", "It does not begin with https://.", ""),
        ("https://127.0.0.1:9000/", "this machine", ""),
        ("https://[::1]/", "this machine", ""),
        ("https://[fe80::1%25eth0]/", "this machine", ""),
        ("https://user:pass@hooks.example/", "a name or a password", "a name or a password"),
        ("https://user@hooks.example/", "a name or a password", "a name or a password"),
        ("ftp://hooks.example/", "begin with https://.", "begin with https:// or http://."),
        ("hooks.example", "no address", "no address"),
        ("https://", "no address", "no address"),
        ("https://hooks.example:0/", "no address", "no address"),
        ("https://hooks.example:99999/", "no address", "no address"),
        ("https://[::1", "no address", "no address"),
        ("https://hooks.example/a b", "no address", "no address"),
        ("https://hooks.example/\r\nX: 1", "no address", "no address"),
        ("", "no address", "no address"),
    ],
)
def test_why_no_webhook_may_go_there(url: str, public: str, anywhere: str) -> None:
    for reach, problem in ((Reach.PUBLIC, public), (Reach.ANYWHERE, anywhere)):
        told = url_problem(url, reach)
        assert (problem in told) if problem else told == ""
