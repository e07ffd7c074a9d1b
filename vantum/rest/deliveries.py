"""What webhooks were told: each message, what became of it, and sending it again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.core.errors import IllegalMoveError
from vantum.core.outreach.delivery import DeliveryState
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Errand, Posting, Told
from vantum.rest.fields import ID, LINE, Id
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused, not_found
from vantum.rest.route import RestRoute, needs
from vantum.rest.webhook_bodies import DeliveryView, ReplayedView, Replaying, WholeDelivery
from vantum.rest.webhooks import found
from vantum.store import deliveries
from vantum.store.models import WebhookDelivery

ROUTER = APIRouter(prefix="/api/webhooks/{webhook_id}", tags=["webhooks"], route_class=RestRoute)


def filters(
    webhook_id: Id,
    state: Annotated[DeliveryState | None, Query(description="In this state, such as `dead`.")] = None,
    event: Annotated[str | None, Query(max_length=64, pattern=LINE, description="Of this event.")] = None,
    subject_id: Annotated[str | None, Query(alias="subjectId", pattern=ID)] = None,
) -> list[ColumnElement[bool]]:
    """Which messages are asked for."""
    exactly: dict[QueryableAttribute[Any], object] = {
        WebhookDelivery.endpoint_id: webhook_id,
        WebhookDelivery.state: state,
        WebhookDelivery.event: event,
        WebhookDelivery.subject_id: subject_id,
    }
    return [column == value for column, value in exactly.items() if value is not None]


Filters = Annotated[list[ColumnElement[bool]], Depends(filters)]


@ROUTER.get(
    "/deliveries",
    summary="List deliveries",
    response_model=Page[DeliveryView],
    **needs(Right.WEBHOOKS_READ, Kind.NOT_FOUND),
)
async def list_deliveries(webhook_id: Id, errand: Asking, wanted: Asked, where: Filters) -> Response:
    """What an endpoint was told, and is to be told, the newest first."""
    async with errand.reading() as session:
        await found(session, errand, webhook_id)
        return await told(session, errand.org_id, WebhookDelivery, wanted, DeliveryView, where)


@ROUTER.get(
    "/deliveries/{delivery_id}",
    summary="Tell of a delivery",
    **needs(Right.WEBHOOKS_READ, Kind.NOT_FOUND),
)
async def get_delivery(webhook_id: Id, delivery_id: Id, errand: Asking) -> WholeDelivery:
    """One message, with what it says."""
    async with errand.reading() as session:
        return WholeDelivery.model_validate(await _one(session, errand, webhook_id, delivery_id))


@ROUTER.post(
    "/deliveries/{delivery_id}:replay",
    summary="Send a delivery again",
    response_model=WholeDelivery,
    **needs(Right.WEBHOOKS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def replay_delivery(webhook_id: Id, delivery_id: Id, errand: Posting) -> Response:
    """Send a message again, with the same id, so that the receiver knows it for the same."""

    async def work(session: AsyncSession) -> Told:
        row = await _one(session, errand, webhook_id, delivery_id)
        try:
            await deliveries.replay(session, errand.org_id, delivery_id, errand.at)
        except IllegalMoveError as error:
            raise Refused(Kind.CONFLICT, "It still waits to be sent.") from error
        await errand.note(session, "webhook.replay", webhook_id, {"delivery": delivery_id})
        return Told(WholeDelivery.model_validate(row), 200)

    return await errand.do(work)


@ROUTER.post(
    ":replay",
    summary="Send deliveries again",
    response_model=ReplayedView,
    **needs(Right.WEBHOOKS_WRITE, Kind.NOT_FOUND),
)
async def replay_deliveries(webhook_id: Id, replaying: Replaying, errand: Posting) -> Response:
    """Send again all that an endpoint was told since a moment, unless it says otherwise only what nobody took."""

    async def work(session: AsyncSession) -> Told:
        await found(session, errand, webhook_id)
        count = await deliveries.replay_since(
            session, errand.org_id, webhook_id, replaying.since, errand.at, replaying.states
        )
        await errand.note(session, "webhook.replay", webhook_id, {"replayed": count})
        return Told(ReplayedView(id=webhook_id, replayed=count), 200)

    return await errand.do(work)


async def _one(session: AsyncSession, errand: Errand, webhook_id: str, delivery_id: str) -> WebhookDelivery:
    row = await deliveries.get(session, errand.org_id, delivery_id)
    if row is None or row.endpoint_id != webhook_id:
        raise not_found("delivery")
    return row
