"""Somebody does not want to be called any more: from the same second on, nobody of the organisation calls them.

Law: all of it in one transaction, with the words that said so; what was promised to them is taken back, and what
waits to be dialed is skipped. Done twice it changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.analysis.quote import LONGEST_QUOTE, Found
from vantum.core.legal.case import Consent, ConsentKind, Method, Reason, Scope, Suppression
from vantum.core.outreach.lead import CALLABLE, LeadEvent, moved
from vantum.core.outreach.settlement import Voice
from vantum.outreach.other_end import OtherEnd
from vantum.store import callbacks, consents, news, outbox, recorded_calls, suppressions
from vantum.store.consents import Proof
from vantum.store.models import Consent as ConsentRow
from vantum.store.models import Lead
from vantum.store.suppressions import Origin
from vantum.store.words import CallbackState

KIND: Final = "do_not_call"
"""Of the call's event."""
REASON: Final = "They asked not to be called any more."


async def opt_out(
    session: AsyncSession, end: OtherEnd, said: Found | None, voice: Voice, at: datetime
) -> bool:
    """Suppress somebody; ``said`` is None where only a tool says so. Whether that is new, or has new words."""
    if not end.number:
        return False
    if end.call is not None:
        await recorded_calls.lock(session, end.call)
    keys = [(Scope.NUMBER, end.number)]
    known = (await suppressions.in_force(session, end.org_id, keys, at)).get(keys[0], ())
    asked = any(each.reason is Reason.ASKED for each in known)
    origin = Origin(end.call_id, "" if said is None else said.quote, None if said is None else said.start_ms)
    wish = Suppression(Scope.NUMBER, end.number, Reason.ASKED)
    await suppressions.add(session, end.org_id, wish, origin)
    if end.contact_id is not None:
        person = Suppression(Scope.CONTACT, end.contact_id, Reason.ASKED)
        await suppressions.add(session, end.org_id, person, origin)
        await _let_go(session, end.org_id, end.contact_id)
        await withdraw(session, end, ConsentKind.CALL, said, at)
    noted = await _noted(session, end, said, voice, at)
    if asked and not noted:
        return False
    if not asked:
        await outbox.tell(session, end.org_id, news.of_wish(wish, end.contact_id, end.call, at))
    return True


async def withdraw(
    session: AsyncSession, end: OtherEnd, kind: ConsentKind, said: Found | None, at: datetime
) -> bool:
    """Put down that somebody withdraws a consent, with their words; False when this call did it already."""
    return await change_consent(session, end, Consent(kind, Method.SPOKEN, None, at), said)


async def change_consent(session: AsyncSession, end: OtherEnd, consent: Consent, said: Found | None) -> bool:
    """Put down what somebody said of a consent, once for each call; False where there is nobody, or it is known."""
    if end.contact_id is None:
        return False
    given = consent.granted_at is not None
    statement = select(ConsentRow.id).where(
        ConsentRow.org_id == end.org_id,
        ConsentRow.contact_id == end.contact_id,
        ConsentRow.call_id == end.call_id,
        ConsentRow.kind == consent.kind,
        ConsentRow.granted_at.is_not(None) if given else ConsentRow.revoked_at.is_not(None),
    )
    if await session.scalar(statement.limit(1)) is not None:
        return False
    await consents.add(
        session, end.org_id, end.contact_id, consent, Proof(proof=proof(said), call_id=end.call_id)
    )
    at = consent.granted_at or consent.revoked_at
    if at is not None:
        event = news.of_consent(consent, end.contact_id, end.call_id, at)
        await outbox.tell(session, end.org_id, event)
    return True


def proof(said: Found | None) -> str:
    """Where the words are, and the words."""
    if said is None:
        return "The bot wrote it down."
    seconds, ms = divmod(said.start_ms, 1000)
    return f"At {seconds}.{ms:03} s of the call: {said.quote[:LONGEST_QUOTE]}"


async def _noted(
    session: AsyncSession, end: OtherEnd, said: Found | None, voice: Voice, at: datetime
) -> bool:
    """Put the words among the call's events, once; False where they are there, or the call has no row yet."""
    if end.call is None or await recorded_calls.notes(session, end.call, KIND):
        return False
    payload: dict[str, object] = {"by": voice.value}
    if said is not None:
        payload |= {"quote": said.quote[:LONGEST_QUOTE], "start_ms": said.start_ms, "end_ms": said.end_ms}
    await recorded_calls.note(session, end.call, KIND, payload, at)
    return True


async def _let_go(session: AsyncSession, org_id: str, contact_id: str) -> None:
    """Nothing that waits for them is done: in no campaign, and no promise."""
    for state in sorted(CALLABLE):
        await session.execute(
            update(Lead)
            .where(Lead.org_id == org_id, Lead.contact_id == contact_id, Lead.state == state)
            .values(state=moved(state, LeadEvent.SUPPRESSED), state_reason=REASON, next_attempt_at=None)
        )
    theirs = select(Lead.id).where(Lead.org_id == org_id, Lead.contact_id == contact_id)
    for lead_id in (await session.scalars(theirs)).all():
        await callbacks.settle(session, org_id, lead_id, CallbackState.CANCELED)
