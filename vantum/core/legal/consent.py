"""Has the callee agreed to be called by a machine, as far as the callee's country asks for it?

Law: a line whose type is not known is a mobile. A withdrawal counts as soon as it is on record, also when its date is
still to come, and ends every earlier consent to calls of either kind; only a later consent outweighs it.
"""

from __future__ import annotations

from datetime import datetime

from vantum.core.legal.case import Audience, Case, Consent, ConsentKind, LineType, Method, Purpose, utc
from vantum.core.legal.decision import Finding, Verdict
from vantum.core.legal.rule import ConsentRule, Form, Landline, Without
from vantum.core.legal.rules import CONSENT, ELSEWHERE, WITHDRAWAL_SOURCE

CALLING = frozenset({ConsentKind.AI_VOICE_MARKETING, ConsentKind.CALL})
RECORDING = frozenset({ConsentKind.RECORDING})


def consent_findings(case: Case) -> tuple[Finding, ...]:
    """Whether calls were refused altogether, and whether a machine's call has the consent that it needs."""
    return (_refusal(case), _machine(case))


def last_withdrawal(
    case: Case, kinds: frozenset[ConsentKind], outweighed_by: frozenset[ConsentKind]
) -> datetime | None:
    """When a consent of ``kinds`` was last withdrawn, if none of ``outweighed_by`` was given since; else None."""
    withdrawn = _withdrawn(case, kinds)
    if withdrawn is None:
        return None
    given = (c.granted_at for c in case.consents if c.kind in outweighed_by and c.granted_at is not None)
    return None if any(withdrawn < moment <= case.now for moment in given) else withdrawn


def rule_of(country: str) -> ConsentRule:
    """The row for a country."""
    return next((rule for rule in CONSENT if country in rule.countries), ELSEWHERE)


def _refusal(case: Case) -> Finding:
    withdrawn = last_withdrawal(case, frozenset({ConsentKind.CALL}), CALLING)
    if withdrawn is None:
        words = "Consent to calls was not withdrawn."
        return Finding("calls_refused", WITHDRAWAL_SOURCE, (), Verdict.ALLOW, words)
    inputs = (("withdrawn_at", utc(withdrawn)),)
    words = f"Consent to calls was withdrawn on {utc(withdrawn)}."
    return Finding("calls_refused", WITHDRAWAL_SOURCE, inputs, Verdict.BLOCK, words)


def _machine(case: Case) -> Finding:
    callee, plan = case.callee, case.plan
    rule = rule_of(callee.at.country)
    consent = _consent(case, rule)
    inputs = (
        ("country", callee.at.country or "?"),
        ("line_type", callee.line_type),
        ("purpose", plan.purpose),
        ("audience", plan.audience),
        ("consent", "none" if consent is None else f"{consent.kind}, {consent.method}"),
        ("granted_at", "" if consent is None or consent.granted_at is None else utc(consent.granted_at)),
    )
    if consent is not None:
        verdict, words = Verdict.ALLOW, f"The callee has agreed ({consent.kind}, {consent.method})."
    elif _is_free(case, rule):
        verdict, words = Verdict.ALLOW, "It is a business landline, which needs no consent here."
    else:
        verdict, words = Verdict(rule.without), _lack(case, rule)
    return Finding(rule.name, rule.source, inputs, verdict, words)


def _is_free(case: Case, rule: ConsentRule) -> bool:
    return (
        rule.landline is Landline.BUSINESS_IS_FREE
        and case.callee.line_type is LineType.LANDLINE
        and case.plan.audience is Audience.BUSINESS
        and last_withdrawal(case, CALLING, CALLING) is None
    )


def _consent(case: Case, rule: ConsentRule) -> Consent | None:
    """The newest consent in force that is enough."""
    withdrawn = _withdrawn(case, CALLING)
    enough = [
        (consent.granted_at, consent.kind, consent.method, consent)
        for consent in case.consents
        if consent.granted_at is not None
        and consent.granted_at <= case.now
        and (withdrawn is None or consent.granted_at > withdrawn)
        and _is_enough(consent, case.plan.purpose, rule)
    ]
    return max(enough, key=lambda item: item[:3])[3] if enough else None


def _withdrawn(case: Case, kinds: frozenset[ConsentKind]) -> datetime | None:
    ends = (c.revoked_at for c in case.consents if c.kind in kinds and c.revoked_at is not None)
    return max(ends, default=None)


def _is_enough(consent: Consent, purpose: Purpose, rule: ConsentRule) -> bool:
    if purpose is not Purpose.MARKETING:
        return consent.kind in CALLING
    written = consent.method is Method.WRITTEN or rule.marketing_form is Form.ANY
    return consent.kind is ConsentKind.AI_VOICE_MARKETING and written


def _lack(case: Case, rule: ConsentRule) -> str:
    who = "a person may call" if rule.without is Without.HUMAN_ONLY else "nobody calls"
    if case.plan.purpose is not Purpose.MARKETING:
        needed = "consent to calls"
    else:
        form = "written " if rule.marketing_form is Form.WRITTEN else ""
        needed = f"{form}consent to marketing by an AI voice (ai_voice_marketing)"
    line = " An unknown line counts as a mobile." if case.callee.line_type is LineType.UNKNOWN else ""
    return f"There is no {needed}, so no machine calls; {who}.{line}"
