"""Whoever asked not to be called is not called: by number, person, company or the company's domain.

Law: a suppression holds from the moment at which it is known, and no consent outweighs it.
"""

from __future__ import annotations

from vantum.core.legal.case import Callee, Case, Scope, Suppression, utc
from vantum.core.legal.decision import Finding, Verdict
from vantum.core.legal.rules import SUPPRESSION_SOURCE


def suppression_finding(case: Case) -> Finding:
    """Whether anything that is in force says no."""
    found = sorted(
        f"{item.scope}, {item.reason}, {_end(item)}" for item in case.suppressions if _holds(item, case)
    )
    words = "Nobody has asked for calls to stop."
    if found:
        words = f"This callee must not be called ({'; '.join(found)})."
    return Finding(
        "suppression",
        SUPPRESSION_SOURCE,
        tuple(("suppression", text) for text in found),
        Verdict.BLOCK if found else Verdict.ALLOW,
        words,
    )


def _end(item: Suppression) -> str:
    return "for ever" if item.expires_at is None else f"until {utc(item.expires_at)}"


def _holds(item: Suppression, case: Case) -> bool:
    if item.expires_at is not None and item.expires_at <= case.now:
        return False
    return _is_about(item, case.callee)


def _is_about(item: Suppression, callee: Callee) -> bool:
    match item.scope:
        case Scope.NUMBER:
            return item.value == callee.number
        case Scope.CONTACT:
            return item.value == callee.contact_id
        case Scope.COMPANY:
            return item.value == callee.company_id
        case _:
            # Who speaks for a domain speaks for what is below it.
            domain, value = callee.domain.lower(), item.value.lower()
            return domain == value or domain.endswith(f".{value}")
