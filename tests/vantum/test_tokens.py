"""Tokens in use: as often as they allow, until they expire, and no memory without bound."""

from __future__ import annotations

import pytest

from vantum import tokens
from vantum.core.access_token import Denial, Grant
from vantum.tokens import AccessTokens, random_secret


class Clock:
    """Seconds since 1970, as the test sets them."""

    def __init__(self) -> None:
        self.now = 1_000.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> AccessTokens:
    return AccessTokens("a secret of the tests", clock)


def token(desk: AccessTokens, seconds: int = 60, uses: int = 1, origin: str = "") -> str:
    return desk.seal(desk.grant("echo", seconds, uses=uses, origin=origin))


@pytest.mark.parametrize("uses", [1, 3])
def test_a_token_is_used_as_often_as_it_allows(desk: AccessTokens, uses: int) -> None:
    given = token(desk, uses=uses)
    found = [desk.redeem(given, None) for _ in range(uses + 2)]
    assert [isinstance(grant, Grant) for grant in found] == [True] * uses + [False] * 2
    assert found[uses:] == [Denial.USED] * 2


def test_a_use_that_came_to_nothing_is_given_back_once(desk: AccessTokens) -> None:
    given = token(desk, uses=2)
    grants = [desk.redeem(given, None) for _ in range(2)]
    assert all(isinstance(grant, Grant) for grant in grants)
    grant = grants[0]
    assert isinstance(grant, Grant)
    desk.give_back(grant)
    assert [desk.redeem(given, None) for _ in range(2)] == [grant, Denial.USED]


def test_no_more_uses_are_given_back_than_there_were(desk: AccessTokens) -> None:
    given, unused = token(desk), desk.grant("echo", 60)
    grant = desk.redeem(given, None)
    assert isinstance(grant, Grant)
    for returned in (grant, grant, unused):
        desk.give_back(returned)
    assert [desk.redeem(given, None) for _ in range(2)] == [grant, Denial.USED]
    assert isinstance(desk.redeem(desk.seal(unused), None), Grant)


def test_one_token_does_not_use_up_another(desk: AccessTokens) -> None:
    first, second = token(desk), token(desk)
    assert isinstance(desk.redeem(first, None), Grant)
    assert isinstance(desk.redeem(second, None), Grant)


def test_it_tells_what_was_granted(desk: AccessTokens) -> None:
    grant = desk.grant("echo", 60, uses=2, origin="https://a.example", variables={"name": "Anna"})
    assert desk.redeem(desk.seal(grant), "https://a.example") == grant
    assert (grant.expires_at, grant.variables) == (1_060, {"name": "Anna"})


def test_it_expires(desk: AccessTokens, clock: Clock) -> None:
    given = token(desk, seconds=60, uses=5)
    clock.now = 1_059.9
    assert isinstance(desk.redeem(given, None), Grant)
    clock.now = 1_060.0
    assert desk.redeem(given, None) is Denial.EXPIRED


def test_the_wrong_page_uses_nothing_up(desk: AccessTokens) -> None:
    given = token(desk, origin="https://a.example")
    assert desk.redeem(given, "https://b.example") is Denial.ORIGIN
    assert desk.redeem(given, None) is Denial.ORIGIN
    assert isinstance(desk.redeem(given, "https://a.example"), Grant)


def test_another_process_with_the_same_secret_takes_it_and_one_with_another_does_not(
    desk: AccessTokens, clock: Clock
) -> None:
    given = token(desk)
    assert isinstance(AccessTokens("a secret of the tests", clock).redeem(given, None), Grant)
    assert AccessTokens(random_secret(), clock).redeem(given, None) is Denial.FORGED


def test_what_is_remembered_has_a_bound_and_nothing_is_used_twice_for_it(
    desk: AccessTokens, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_REMEMBERED", 3)
    short, twice, long = token(desk, 10), token(desk, 60, 2), token(desk, 60)
    for given in (short, twice, long):
        assert isinstance(desk.redeem(given, None), Grant)
    late = token(desk, 60)
    assert desk.redeem(late, None) is Denial.CROWDED
    assert isinstance(desk.redeem(twice, None), Grant)
    clock.now += 10
    assert isinstance(desk.redeem(late, None), Grant)
    assert desk.redeem(long, None) is Denial.USED


def test_random_secrets_differ() -> None:
    assert random_secret() != random_secret()
    assert len(random_secret()) == 64
