"""Webhooks: the addresses that are told of events. Each has a secret, which is told once."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.errors import UsageError
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Errand, Posting, Told
from vantum.rest.fields import Id
from vantum.rest.paging import Asked, Page, told
from vantum.rest.premises import AtHome, Premises
from vantum.rest.problems import Kind, Refused, flaw_at, invalid
from vantum.rest.route import RestRoute, needs
from vantum.rest.webhook_bodies import (
    NewWebhook,
    Rotation,
    SecretWebhook,
    WebhookChange,
    WebhookView,
)
from vantum.store import webhooks
from vantum.store.models import WebhookEndpoint
from vantum.store.webhooks import NewEndpoint, new_secret
from vantum.webhooks.addresses import url_problem

ROUTER = APIRouter(prefix="/api/webhooks", tags=["webhooks"], route_class=RestRoute)


@ROUTER.get("", summary="List webhooks", response_model=Page[WebhookView], **needs(Right.WEBHOOKS_READ))
async def list_webhooks(errand: Asking, wanted: Asked) -> Response:
    """The endpoints of the organisation, the newest first."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, WebhookEndpoint, wanted, WebhookView)


@ROUTER.get("/{webhook_id}", summary="Tell of a webhook", **needs(Right.WEBHOOKS_READ, Kind.NOT_FOUND))
async def get_webhook(webhook_id: Id, errand: Asking) -> WebhookView:
    """One endpoint, without its secret."""
    async with errand.reading() as session:
        return WebhookView.model_validate(await found(session, errand, webhook_id))


@ROUTER.post(
    "",
    status_code=201,
    summary="Add a webhook",
    response_model=SecretWebhook,
    **needs(Right.WEBHOOKS_WRITE, Kind.CONFLICT),
)
async def add_webhook(new: NewWebhook, errand: Posting, home: AtHome) -> Response:
    """Tell an address of events from now on. Its secret is told here, once."""
    _check_url(new.url, home)
    wanted, secret = NewEndpoint(new.url, tuple(new.events), new.description), new_secret()

    async def work(session: AsyncSession) -> Told:
        try:
            row = await webhooks.add(session, errand.org_id, wanted, secret)
        except UsageError as error:
            raise Refused(Kind.CONFLICT, str(error)) from error
        await errand.note(session, "webhook.create", row.id)
        return _with_secret(row, secret, 201)

    return await errand.do(work)


@ROUTER.patch(
    "/{webhook_id}",
    summary="Change a webhook",
    **needs(Right.WEBHOOKS_WRITE, Kind.NOT_FOUND),
)
async def change_webhook(webhook_id: Id, change: WebhookChange, errand: Asking, home: AtHome) -> WebhookView:
    """Change what is sent; all else stays. `state` switches it off and on."""
    values = change.told()
    if "url" in values:
        _check_url(change.url, home)

    async def work(session: AsyncSession) -> WebhookView:
        row = await found(session, errand, webhook_id)
        row = await rows.changed(session, errand.org_id, row, values)
        if values:
            await errand.note(session, "webhook.change", row.id, {"fields": sorted(values)})
        return WebhookView.model_validate(row)

    return await errand.store.write(work)


@ROUTER.post(
    "/{webhook_id}:rotate",
    summary="Replace a webhook's secret",
    response_model=SecretWebhook,
    **needs(Right.WEBHOOKS_WRITE, Kind.NOT_FOUND),
)
async def rotate_secret(webhook_id: Id, errand: Posting, rotation: Rotation | None = None) -> Response:
    """A new secret, told here, once. The one before signs too for a while, and any older one no more."""
    until = errand.at + timedelta(hours=(rotation or Rotation()).overlap_hours)
    secret = new_secret()

    async def work(session: AsyncSession) -> Told:
        row = await found(session, errand, webhook_id)
        await webhooks.rotate(session, errand.org_id, webhook_id, secret, until)
        await errand.note(session, "webhook.rotate", webhook_id)
        await session.refresh(row)
        return _with_secret(row, secret, 200)

    return await errand.do(work)


@ROUTER.post(
    "/{webhook_id}:remove",
    summary="Remove a webhook",
    response_model=WebhookView,
    **needs(Right.WEBHOOKS_WRITE, Kind.NOT_FOUND),
)
async def remove_webhook(webhook_id: Id, errand: Posting) -> Response:
    """Tell an address nothing any more, and forget what it was told. What is answered is what it was."""

    async def work(session: AsyncSession) -> Told:
        view = WebhookView.model_validate(await found(session, errand, webhook_id))
        await webhooks.remove(session, errand.org_id, webhook_id)
        await errand.note(session, "webhook.remove", webhook_id)
        return Told(view, 200)

    return await errand.do(work)


async def found(session: AsyncSession, errand: Errand, webhook_id: str) -> WebhookEndpoint:
    """The endpoint that a path names; raises Refused."""
    return await rows.found(session, errand.org_id, WebhookEndpoint, webhook_id, "webhook")


def _with_secret(row: WebhookEndpoint, secret: str, status: int) -> Told:
    seen = WebhookView.model_validate(row).model_dump()
    return Told(SecretWebhook(**seen, secret=secret), status, SecretWebhook(**seen, secret=None))


def _check_url(url: str, home: Premises) -> None:
    problem = url_problem(url, home.reach)
    if problem:
        raise invalid(flaw_at("url", problem))
