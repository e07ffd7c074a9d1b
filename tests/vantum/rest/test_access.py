"""Rights: each role has more than the one before, and nobody has what their key does not say."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from vantum.rest.access import ALL_RIGHTS, ALLOWED, LEVELS, Principal, Right, lesser, rights_named
from vantum.store.audit import Actor
from vantum.store.words import ActorKind, Role


def principal(role: Role, *scopes: Right) -> Principal:
    return Principal("org", role, frozenset(scopes), Actor(ActorKind.SYSTEM))


def test_each_role_may_more_than_the_one_before() -> None:
    assert set(LEVELS) == set(Role) == set(ALLOWED)
    assert ALLOWED[Role.OWNER] == ALL_RIGHTS
    for less, more in pairwise(LEVELS):
        assert ALLOWED[less] < ALLOWED[more]


@pytest.mark.parametrize(
    ("right", "least"),
    [
        (Right.CONTACTS_READ, Role.VIEWER),
        (Right.CONTACTS_EXPORT, Role.MANAGER),
        (Right.SUPPRESSIONS_WRITE, Role.MANAGER),
        (Right.SUPPRESSIONS_LIFT, Role.ADMIN),
        (Right.KEYS_READ, Role.ADMIN),
        (Right.ORGANISATION_WRITE, Role.OWNER),
    ],
)
def test_who_may_do_what(right: Right, least: Role) -> None:
    for role in Role:
        enough = LEVELS.index(role) >= LEVELS.index(least)
        assert principal(role, *Right).may(right) is enough
        assert not principal(role).may(right)


@pytest.mark.parametrize(("one", "other"), [*product(Role, Role)])
def test_of_two_roles_the_lesser_counts(one: Role, other: Role) -> None:
    found = lesser(one, other)
    assert found in (one, other)
    assert ALLOWED[found] == ALLOWED[one] & ALLOWED[other]
    assert principal(one).outranks(other) is (ALLOWED[other] <= ALLOWED[one])


def test_unknown_scopes_give_nothing() -> None:
    assert rights_named(["contacts:read", "moon:land", ""]) == {Right.CONTACTS_READ}
