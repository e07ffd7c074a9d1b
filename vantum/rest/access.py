"""Who may do what: rights by role, and what one bearer of a key has of them.

Law: a right is had by role and by scope, never by one alone; and nobody gives away more than they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from vantum.store.audit import Actor
from vantum.store.words import Role


class Right(StrEnum):
    """What can be done; the names are those of a key's scopes."""

    ORGANISATION_READ = "organisation:read"
    ORGANISATION_WRITE = "organisation:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    COMPANIES_READ = "companies:read"
    COMPANIES_WRITE = "companies:write"
    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    CONTACTS_EXPORT = "contacts:export"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    SUPPRESSIONS_READ = "suppressions:read"
    SUPPRESSIONS_WRITE = "suppressions:write"
    SUPPRESSIONS_EXPORT = "suppressions:export"
    SUPPRESSIONS_LIFT = "suppressions:lift"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_RUN = "campaigns:run"
    LEADS_READ = "leads:read"
    LEADS_WRITE = "leads:write"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    CALLS_READ = "calls:read"
    CALLS_EXPORT = "calls:export"
    RECORDINGS_READ = "recordings:read"
    ANALYSES_READ = "analyses:read"
    ANALYSES_WRITE = "analyses:write"
    CALLBACKS_READ = "callbacks:read"
    CALLBACKS_WRITE = "callbacks:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"


LEVELS: Final = (Role.VIEWER, Role.MANAGER, Role.ADMIN, Role.OWNER)
"""The roles, the least first: each may do all that those before it may."""
_ADDED: Final[Mapping[Role, frozenset[Right]]] = MappingProxyType(
    {
        Role.VIEWER: frozenset(
            {
                Right.ORGANISATION_READ,
                Right.COMPANIES_READ,
                Right.CONTACTS_READ,
                Right.CONSENTS_READ,
                Right.SUPPRESSIONS_READ,
                Right.CAMPAIGNS_READ,
                Right.LEADS_READ,
                Right.IMPORTS_READ,
                Right.CALLS_READ,
                Right.ANALYSES_READ,
                Right.CALLBACKS_READ,
            }
        ),
        Role.MANAGER: frozenset(
            {
                Right.COMPANIES_WRITE,
                Right.CONTACTS_WRITE,
                Right.CONTACTS_EXPORT,
                Right.CONSENTS_WRITE,
                Right.SUPPRESSIONS_WRITE,
                Right.SUPPRESSIONS_EXPORT,
                Right.CAMPAIGNS_WRITE,
                Right.CAMPAIGNS_RUN,
                Right.LEADS_WRITE,
                Right.IMPORTS_WRITE,
                Right.CALLS_EXPORT,
                Right.RECORDINGS_READ,
                Right.ANALYSES_WRITE,
                Right.CALLBACKS_WRITE,
            }
        ),
        Role.ADMIN: frozenset(
            {
                Right.USERS_READ,
                Right.USERS_WRITE,
                Right.KEYS_READ,
                Right.KEYS_WRITE,
                # Somebody asked not to be called: to undo that is not for everybody who calls.
                Right.SUPPRESSIONS_LIFT,
                # Where a webhook goes, everything that is told goes.
                Right.WEBHOOKS_READ,
                Right.WEBHOOKS_WRITE,
            }
        ),
        Role.OWNER: frozenset({Right.ORGANISATION_WRITE}),
    }
)


def _allowed() -> dict[Role, frozenset[Right]]:
    allowed: dict[Role, frozenset[Right]] = {}
    rights: frozenset[Right] = frozenset()
    for role in LEVELS:
        rights |= _ADDED[role]
        allowed[role] = rights
    return allowed


ALLOWED: Final[Mapping[Role, frozenset[Right]]] = MappingProxyType(_allowed())
"""What each role may do."""
ALL_RIGHTS: Final = frozenset(Right)


def lesser(one: Role, other: Role) -> Role:
    """The role of the two that may do less."""
    return min(one, other, key=LEVELS.index)


def rights_named(scopes: Iterable[str]) -> frozenset[Right]:
    """The rights of a key's scopes; names that this version does not know give none."""
    return frozenset(Right(scope) for scope in scopes if scope in ALL_RIGHTS)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: for which organisation, in which role, with which scopes, and as whom the audit log names them."""

    org_id: str
    role: Role
    scopes: frozenset[Right]
    actor: Actor

    @property
    def rights(self) -> frozenset[Right]:
        """What may be done."""
        return self.scopes & ALLOWED[self.role]

    def may(self, right: Right) -> bool:
        """Whether something may be done."""
        return right in self.rights

    def outranks(self, role: Role) -> bool:
        """Whether somebody in a role may be made and changed: nobody does so with those above them."""
        return LEVELS.index(role) <= LEVELS.index(self.role)
