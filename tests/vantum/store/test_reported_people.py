"""The people in a report: the most interested first, each with the call that shows it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from tests.vantum.report.scene import QUOTE, analyse, campaign, finish, play, rename
from tests.vantum.store.rows import NOON, new_org, new_scene, number
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.store import reported_people
from vantum.store.bulk import pieces
from vantum.store.engine import Store
from vantum.store.models import Callback, Company
from vantum.store.reported_people import Promise, Talk, winners
from vantum.store.words import CallbackState

pytestmark = pytest.mark.real_time
A, D = AttemptOutcome, Disposition
HOUR = timedelta(hours=1)


async def test_who_has_a_meeting_is_first_and_then_who_is_interested_most(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await campaign(session), await new_org(session, "b")
        company = Company(
            org_id=scene.org, name="Larkfield", domain="larkfield.example", max_calls_per_day=None
        )
        session.add(company)
        await session.flush()
        await rename(
            session, scene, 7, company_id=company.id, title="Buyer", email="a@b", timezone="Europe/Berlin"
        )
        await rename(session, scene, 6, name="", first_name="Ada", last_name="")
        for state, hours in (
            (CallbackState.OPEN, 5),
            (CallbackState.OPEN, 2),
            (CallbackState.MISSED, 1),
        ):
            session.add(
                Callback(
                    org_id=scene.org,
                    lead_id=scene.leads[7],
                    call_id=None,
                    promised_at=NOON + hours * HOUR,
                    timezone="Europe/Paris",
                    state=state,
                )
            )
        await session.flush()
        found = await winners(session, scene.org, scene.campaign)
        assert [person.name for person in found] == ["Person 7", "Ada", "Person 5", "Person 9"]
        first = found[0]
        assert (first.company, first.title, first.email, first.zone) == (
            "Larkfield",
            "Buyer",
            "a@b",
            "Europe/Berlin",
        )
        assert (first.phone, first.disposition) == (number(7), D.MEETING_BOOKED)
        assert first.callback == Promise(NOON + 2 * HOUR, "Europe/Paris")
        assert first.talk == Talk(
            called_at=NOON,
            interest=60,
            summary="Summary of 60.",
            next_step="An offer by mail",
            evidence=[{"field": "interest", "turn": 1, "quote": QUOTE, "start_ms": 2_000, "end_ms": 3_000}],
            recording="calls/meeting/recording.wav",
            record_id=None,
        )
        assert [person.talk.interest if person.talk else None for person in found] == [60, 80, 70, None]
        assert [person.talk.recording if person.talk else "-" for person in found[1:]] == [None, None, "-"]
        assert [person.callback for person in found[1:]] == [None, None, None]
        assert [person.name for person in await winners(session, scene.org, scene.campaign, 2)] == [
            "Person 7",
            "Ada",
        ]
        assert await winners(session, other, scene.campaign) == []


async def test_the_call_is_shown_that_came_out_as_the_lead_did(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        for hours, interest, disposition in (
            (0, 70, D.INTERESTED),
            (1, 75, D.INTERESTED),
            (2, 40, D.CALLBACK),
        ):
            played = await play(
                session,
                scene,
                0,
                A.ANSWERED_HUMAN,
                disposition,
                pickup=Pickup.IN_TIME,
                at=NOON + hours * HOUR,
            )
            await analyse(session, played, 99, disposition)
            await analyse(session, played, interest, disposition)
        await finish(session, scene, 0, D.INTERESTED)
        (person,) = await winners(session, scene.org, scene.campaign)
    assert person.talk is not None
    assert (person.talk.interest, person.talk.called_at) == (75, NOON + HOUR)


async def test_many_people_are_asked_for_in_pieces(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with store.writing() as session:
        scene = await campaign(session)
        whole = await winners(session, scene.org, scene.campaign)
        monkeypatch.setattr(reported_people, "pieces", partial(pieces, size=1))
        assert await winners(session, scene.org, scene.campaign) == whole
