"""Who may use the REST API: bearers of a key, or programs on this machine."""

from __future__ import annotations

import pytest

from vantum.api_keys import ApiKeys, from_this_machine


@pytest.mark.parametrize(
    ("keys", "given", "accepted"),
    [
        (["one"], "one", True),
        (["one", "two"], "one", True),
        (["one", "two"], "two", True),
        (["one", "two"], "onetwo", False),
        (["one"], "One", False),
        (["one"], "one ", False),
        (["one"], "", False),
        (["one"], "ключ", False),
        ([], "one", False),
        ([], "", False),
    ],
)
def test_a_key_is_accepted_when_it_is_one_of_them(keys: list[str], given: str, accepted: bool) -> None:
    assert ApiKeys(keys).accept(given) is accepted


@pytest.mark.parametrize(("keys", "configured"), [([], False), (["one"], True)])
def test_it_is_known_whether_there_is_a_key(keys: list[str], configured: bool) -> None:
    assert ApiKeys(iter(keys)).configured is configured


def test_keys_are_not_kept() -> None:
    assert "a-secret" not in repr(vars(ApiKeys(["a-secret"])))


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:8080", "[::1]", "[::1]:8080"]
)
def test_a_program_here_comes_from_this_machine(client: str, host: str) -> None:
    assert from_this_machine(client, host, "", ["host", "accept"])


@pytest.mark.parametrize(
    "client", ["", "10.0.0.1", "93.184.216.34", "::ffff:10.0.0.1", "2001:db8::1", "unix"]
)
def test_another_machine_does_not(client: str) -> None:
    assert not from_this_machine(client, "127.0.0.1", "", [])


@pytest.mark.parametrize(
    "host",
    [
        "",
        "phone.example.test",
        "localhost.example.test",
        "127.0.0.1.example.test",
        "10.0.0.1",
        "[::2]",
        "::1",
        "[",
    ],
)
def test_a_name_that_leads_here_from_elsewhere_does_not(host: str) -> None:
    assert not from_this_machine("127.0.0.1", host, "", [])


@pytest.mark.parametrize(
    ("origin", "here"),
    [
        ("", True),
        ("http://localhost:3000", True),
        ("http://127.0.0.1:8080", True),
        ("https://[::1]:8080", True),
        ("https://evil.example.test", False),
        ("https://localhost.evil.example.test", False),
        ("null", False),
        ("localhost", False),
    ],
)
def test_a_page_of_another_site_does_not(origin: str, here: bool) -> None:
    assert from_this_machine("127.0.0.1", "localhost", origin, []) is here


@pytest.mark.parametrize(
    "name",
    [
        "Forwarded",
        "X-Forwarded-For",
        "x-forwarded-host",
        "X-FORWARDED-PROTO",
        "X-Real-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
    ],
)
def test_what_comes_through_a_tunnel_does_not(name: str) -> None:
    assert not from_this_machine("127.0.0.1", "localhost", "", ["Host", name])
