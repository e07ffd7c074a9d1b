"""Who may come back to a call: by a token from anywhere, by an id only as the one who was lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.resumption import (
    MOST_ADDRESSES,
    MOST_WRONG,
    SILENT_SECONDS,
    WRONG_SECONDS,
    Claim,
    Missed,
    Ticket,
    Tickets,
    Visitor,
    WrongClaims,
    digest,
)

HOME = Visitor("192.0.2.1", "https://example.test")
AWAY = Visitor("192.0.2.2", "https://example.test")
OTHER_PAGE = Visitor("192.0.2.1", "https://evil.test")
PROGRAM = Visitor("192.0.2.1")


def ticket(name: str = "a", *, heard_at: float = 0.0, detached: bool = False) -> Ticket[str]:
    """The ticket of a call with the token ``token-NAME`` and two ids."""
    ids = frozenset({f"{name}-1", f"{name}-2"})
    return Ticket(name, HOME, ids, digest(f"token-{name}"), lambda: heard_at, detached)


def claimed(tickets: Tickets[str], claim: Claim, visitor: Visitor = HOME, now: float = 0.5) -> str | None:
    """The name of the call that is claimed."""
    found = tickets.claimed(claim, visitor, now)
    return None if found is None else found.call


def of(*all_of_them: Ticket[str]) -> Tickets[str]:
    tickets: Tickets[str] = Tickets()
    for each in all_of_them:
        tickets.add(each)
    return tickets


BY_TOKEN, BY_ID, BY_LATER_ID = Claim(None, "token-a"), Claim("a-1", None), Claim("a-2", None)


@pytest.mark.parametrize(
    ("claim", "visitor", "detached", "now", "call"),
    [
        (BY_TOKEN, HOME, True, 0.5, "a"),
        (BY_TOKEN, AWAY, True, 0.5, "a"),
        (BY_TOKEN, OTHER_PAGE, False, 0.5, "a"),
        (Claim("a-1", "token-b"), HOME, True, 0.5, "b"),
        (Claim("a-1", "a-1"), HOME, True, 0.5, None),
        (Claim(None, ""), HOME, True, 0.5, None),
        (BY_ID, HOME, True, 0.5, "a"),
        (BY_LATER_ID, HOME, True, 0.5, "a"),
        (Claim("a-3", None), HOME, True, 0.5, None),
        (Claim(None, None), HOME, True, 0.5, None),
        (BY_ID, AWAY, True, 0.5, None),
        (BY_ID, OTHER_PAGE, True, 0.5, None),
        (BY_ID, PROGRAM, True, 0.5, None),
        (BY_ID, HOME, False, SILENT_SECONDS - 0.01, None),
        (BY_ID, HOME, False, SILENT_SECONDS, "a"),
        (BY_ID, AWAY, False, SILENT_SECONDS, None),
    ],
)
def test_who_has_a_call_again(
    claim: Claim, visitor: Visitor, detached: bool, now: float, call: str | None
) -> None:
    assert claimed(of(ticket(detached=detached), ticket("b")), claim, visitor, now) == call


@given(st.text())
def test_no_other_token_is_good(guess: str) -> None:
    tickets = of(ticket(detached=True))
    assert claimed(tickets, Claim("a-1", guess), HOME) == ("a" if guess == "token-a" else None)


def test_a_token_in_an_address_proves_what_it_proves_in_a_message() -> None:
    one = ticket()
    tickets = of(one)
    assert [tickets.proves(token, AWAY.address, 0.0) for token in ("token-a", "token-b", "a-1", "")] == [
        True,
        False,
        False,
        False,
    ]
    tickets.remove(one)
    assert not tickets.proves("token-a", HOME.address, 0.0)


def test_wrong_ones_in_addresses_count_like_those_in_messages() -> None:
    tickets = of(ticket(detached=True))
    for _ in range(MOST_WRONG):
        assert tickets.proves("token-a", AWAY.address, 1.0)
        tickets.wrong(AWAY.address, 1.0)
    assert not tickets.proves("token-a", AWAY.address, 1.0)
    assert claimed(tickets, BY_TOKEN, AWAY, 1.0) is None
    assert tickets.proves("token-a", HOME.address, 1.0)
    assert tickets.proves("token-a", AWAY.address, 1.0 + WRONG_SECONDS)


def test_a_ticket_that_is_removed_is_worth_nothing() -> None:
    gone, stays = ticket("a", detached=True), ticket("b", detached=True)
    tickets = of(gone, stays)
    tickets.remove(gone)
    tickets.remove(gone)
    assert [claimed(tickets, claim) for claim in (BY_TOKEN, BY_ID, Claim("b-2", None))] == [None, None, "b"]
    assert len(tickets) == 1


@pytest.mark.parametrize(
    ("heard_at", "detached", "missing"),
    [(0.0, False, True), (1.5, False, False), (1.5, True, True)],
)
def test_a_call_misses_its_client_that_is_gone_or_silent(
    heard_at: float, detached: bool, missing: bool
) -> None:
    assert of(ticket(heard_at=heard_at, detached=detached)).missing(2.0) is missing
    assert not of().missing(2.0)


def test_where_a_client_is_lost_and_where_it_may_be_is_told_apart() -> None:
    silent, speaking = ticket("a", heard_at=0.0), ticket("b", heard_at=1.9)
    assert of(silent, speaking).missed(2.0) == Missed(frozenset(), frozenset({HOME.address}))
    gone = ticket("c", heard_at=1.9, detached=True)
    assert of(silent, gone).missed(2.0) == Missed(frozenset({HOME.address}), frozenset())
    assert of().missed(2.0) == Missed()


def test_the_place_of_a_call_is_known() -> None:
    tickets = of(ticket())
    assert [tickets.knows(visitor) for visitor in (HOME, AWAY, OTHER_PAGE)] == [True, False, False]


# --- wrong claims ---------------------------------------------------------------------------------------


def test_after_too_many_wrong_claims_an_address_is_not_looked_at_for_a_while() -> None:
    tickets = of(ticket(detached=True))
    for _ in range(MOST_WRONG):
        assert claimed(tickets, Claim(None, "guess"), AWAY, 1.0) is None
    assert claimed(tickets, BY_TOKEN, AWAY, 1.0 + WRONG_SECONDS - 0.1) is None
    assert claimed(tickets, BY_TOKEN, HOME, 1.0) == "a"
    assert claimed(tickets, BY_TOKEN, AWAY, 1.0 + WRONG_SECONDS) == "a"


def test_a_good_claim_is_not_counted() -> None:
    tickets = of(ticket(detached=True))
    assert [claimed(tickets, BY_TOKEN, AWAY) for _ in range(MOST_WRONG + 1)] == ["a"] * (MOST_WRONG + 1)


def test_only_so_many_addresses_are_remembered() -> None:
    wrong = WrongClaims()
    for number in range(MOST_ADDRESSES + 1):
        for _ in range(MOST_WRONG):
            wrong.add(f"address {number}", 0.0)
    assert not wrong.too_many("address 0", 0.0)
    assert wrong.too_many("address 1", 0.0)
    assert wrong.too_many(f"address {MOST_ADDRESSES}", 0.0)
