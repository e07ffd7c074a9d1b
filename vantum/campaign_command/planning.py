"""Makes and changes campaigns, and tells who calls."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaign_command.desk import Desk
from vantum.campaign_command.json_view import caller_view, facts_view, label_view
from vantum.campaign_command.options import PIPELINE
from vantum.campaign_command.values import given
from vantum.campaign_command.words import described, listed
from vantum.campaigns import control
from vantum.campaigns.edits import BY_HAND
from vantum.campaigns.finding import labelled
from vantum.campaigns.plan import CampaignPlan
from vantum.core.errors import UsageError
from vantum.core.legal.case import Jurisdiction
from vantum.core.outreach.line import WORDS, Line
from vantum.numbering import is_zone, read_number
from vantum.store import audit, changes
from vantum.store.audit import Deed
from vantum.store.models import Org

LONGEST_LEGAL_NAME: Final = 200
NOTHING_DONE: Final = "Nothing was changed."
_UTC: Final = re.compile("UTC|Etc/UTC")


async def create(desk: Desk) -> int:
    """``create``."""
    try:
        fields = {"pipeline": PIPELINE, **given(desk.options, desk.org.timezone)}
        plan = CampaignPlan(name=desk.options.name, **fields)
    except ValueError as error:
        raise UsageError(str(error), NOTHING_DONE) from error
    _check_pipeline(desk, plan.pipeline)
    facts = await control.create(desk.store, desk.org.id, plan, desk.now)
    desk.tell(described(facts, desk.org.timezone), lambda: facts_view(facts))
    return 0


async def change(desk: Desk) -> int:
    """``change``."""
    facts = await desk.campaign()
    try:
        changed = given(desk.options, desk.org.timezone)
        if desk.options.name is not None:
            changed["name"] = desk.options.name
        if "pipeline" in changed:
            _check_pipeline(desk, changed["pipeline"])
        after = await control.change(desk.store, desk.org.id, facts.id, changed, desk.now)
    except ValueError as error:
        raise UsageError(str(error), NOTHING_DONE) from error
    desk.tell(described(after, desk.org.timezone), lambda: facts_view(after))
    return 0


async def show_list(desk: Desk) -> int:
    """``list``."""
    labels = await labelled(desk.store, desk.org.id)
    desk.tell(listed(labels), lambda: label_view(labels))
    return 0


async def caller(desk: Desk) -> int:
    """``caller``."""
    values = _caller_values(desk)

    async def work(session: AsyncSession) -> Org:
        if values:
            deed = Deed("organisation.change", "organisation", desk.org.id, {"fields": sorted(values)})
            await audit.add(session, desk.org.id, BY_HAND, deed)
        return await changes.change_org(session, desk.org.id, values) or desk.org

    org = await desk.store.write(work)
    told = caller_view(org)
    desk.tell((f"{name}: {value or '-'}" for name, value in told.items()), lambda: told)
    return 0


def _check_pipeline(desk: Desk, pipeline: str) -> None:
    if not desk.terms.knows(pipeline):
        remedy = "Name a .py file, or one of the folder pipelines by its stem."
        raise UsageError(f"There is no pipeline {pipeline!r}.", remedy)


def _caller_values(desk: Desk) -> dict[str, object]:
    """What is to become of the organisation; raises UsageError."""
    options, values = desk.options, dict[str, object]()
    if options.legal_name is not None:
        if not 1 <= len(options.legal_name.strip()) <= LONGEST_LEGAL_NAME:
            raise UsageError(f"A legal name has 1 to {LONGEST_LEGAL_NAME} characters.", NOTHING_DONE)
        values["legal_name"] = options.legal_name.strip()
    if options.callback_number is not None:
        values["callback_number"] = _number(options.callback_number, options.country or desk.org.country)
    if options.country is not None or options.region is not None:
        country = (desk.org.country if options.country is None else options.country).upper()
        region = (desk.org.region if options.region is None else options.region).upper()
        try:
            Jurisdiction(country, region)
        except ValueError as error:
            raise UsageError(str(error), NOTHING_DONE) from error
        values |= {"country": country, "region": region}
    if options.timezone is not None:
        if not is_zone(options.timezone) and not _UTC.fullmatch(options.timezone):
            raise UsageError(f"There is no time zone {options.timezone!r}.", "Write it like Europe/Berlin.")
        values["timezone"] = options.timezone
    return values


def _number(text: str, country: str) -> str:
    line = read_number(text, country.upper())
    if isinstance(line, Line):
        return line.number
    raise UsageError(
        f"{text[:64]!r} is no number: {WORDS[line]}", "Write it with its country code, like +14155550100."
    )
