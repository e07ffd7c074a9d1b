"""Imports: lists of prospects that are sent as files, every row with its own verdict. All of a list comes in, or
nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.core.errors import UsageError
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.cells import for_csv
from vantum.core.outreach.mapping import read_choices
from vantum.outreach.importer import Before, Imported, import_list, try_list
from vantum.outreach.list_reading import MOST_FILENAME, Order, Repeat
from vantum.outreach.verdict_file import HEADER
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.csv_answer import Csv, csv_file
from vantum.rest.errand import Asking, Errand, Posting, Told
from vantum.rest.fields import COUNTRY, ID, LINE, Id
from vantum.rest.import_bodies import DoneImport, FindingsView, ImportView, told_findings, told_import
from vantum.rest.paging import Asked, Page, told
from vantum.rest.places import Places
from vantum.rest.premises import AtHome
from vantum.rest.problems import Flaw, Kind, Refused, invalid, pointer
from vantum.rest.route import RestRoute, needs
from vantum.rest.uploads import Upload, taking_file, uploaded
from vantum.sheets.prospect_list import Wish
from vantum.store import campaigns, imports
from vantum.store.models import Import, ImportRow
from vantum.store.words import ImportState, RowVerdict

ROUTER = APIRouter(prefix="/api", tags=["imports"], route_class=RestRoute)
MOST_AT_A_TIME: Final = 4
"""Lists that a process takes and reads at a time: one may take hundreds of megabytes of memory."""
LONGEST_MAP: Final = 4_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is to be read, as the request says."""

    choices: dict[str, str]
    country: str
    sheet: str
    campaign_id: str | None
    filename: str
    source: str
    repeat: Repeat

    def order(self, upload: Upload, errand: Errand) -> Order:
        """What the importer is asked."""
        wish = Wish(errand.at, self.country, self.choices, self.sheet)
        return Order(upload.path, wish, self.campaign_id, self.filename, self.source, self.repeat)


def wanted_import(
    mapping: Annotated[
        str,
        Query(
            alias="map",
            max_length=LONGEST_MAP,
            pattern=LINE,
            description="Which column is what, where it cannot be told; see docs/import.md.",
            examples=["phone=Telefon,custom.budget=Budget"],
        ),
    ] = "",
    country: Annotated[
        str, Query(pattern=COUNTRY, description="Of numbers without a country code.", examples=["US"])
    ] = "",
    sheet: Annotated[
        str, Query(max_length=100, pattern=LINE, description="Of a workbook; none: the first one.")
    ] = "",
    campaign_id: Annotated[
        str | None,
        Query(alias="campaignId", pattern=ID, description="The campaign that is to call these people."),
    ] = None,
    filename: Annotated[
        str, Query(max_length=MOST_FILENAME, pattern=LINE, examples=["spring-fair.csv"])
    ] = "list",
    source: Annotated[
        str,
        Query(
            max_length=200, pattern=LINE, description="Where the numbers come from; none: the file's name."
        ),
    ] = "",
    repeat: Annotated[
        Repeat,
        Query(description="What is done with a file that was imported before: told, or imported again."),
    ] = Repeat.TELL,
) -> Wanted:
    """How a file is to be read; raises Refused for a mapping that is none."""
    try:
        choices = read_choices(mapping)
    except UsageError as error:
        raise invalid(Flaw(detail=str(error), pointer=pointer("map"), location="query")) from error
    return Wanted(choices, country, sheet, campaign_id, filename or "list", source, repeat)


AsWanted = Annotated[Wanted, Depends(wanted_import)]


def filters(
    state: Annotated[ImportState | None, Query(description="In this state.")] = None,
    campaign_id: Annotated[str | None, Query(alias="campaignId", pattern=ID)] = None,
) -> list[ColumnElement[bool]]:
    """Which imports are asked for."""
    exactly: dict[QueryableAttribute[Any], object] = {Import.state: state, Import.campaign_id: campaign_id}
    return [column == value for column, value in exactly.items() if value is not None]


Filters = Annotated[list[ColumnElement[bool]], Depends(filters)]


@ROUTER.get("/imports", summary="List imports", response_model=Page[ImportView], **needs(Right.IMPORTS_READ))
async def list_imports(errand: Asking, asked: Asked, where: Filters) -> Response:
    """The lists that are read and were read, the newest first."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, Import, asked, ImportView, where)


@ROUTER.get("/imports/{import_id}", summary="Tell of an import", **needs(Right.IMPORTS_READ, Kind.NOT_FOUND))
async def get_import(import_id: Id, errand: Asking) -> ImportView:
    """How far a list is, and how many of its rows have which verdict."""
    async with errand.reading() as session:
        return ImportView.model_validate(await _found(session, errand, import_id))


@ROUTER.get(
    "/imports/{import_id}/verdicts",
    summary="Tell what became of every row",
    response_class=Csv,
    **needs(Right.IMPORTS_READ, Kind.NOT_FOUND),
)
async def get_verdicts(
    import_id: Id,
    errand: Asking,
    verdict: Annotated[RowVerdict | None, Query(description="Only rows with this verdict.")] = None,
) -> Response:
    """The verdict on each row of a list, in their order, as CSV. That it was asked for is in the audit log."""
    async with errand.reading() as session:
        await _found(session, errand, import_id)
    await errand.store.write(lambda session: errand.note(session, "import.verdicts", import_id))
    return csv_file(f"verdicts-{import_id}", _verdicts(errand, import_id, verdict))


@ROUTER.post(
    "/imports",
    status_code=201,
    summary="Import a list",
    response_model=DoneImport,
    **taking_file(needs(Right.IMPORTS_WRITE, Kind.CONFLICT)),
)
async def import_file(request: Request, wanted: AsWanted, errand: Posting, home: AtHome) -> Response:
    """Send a CSV file or an Excel workbook as the body, up to 100 MB and 250,000 rows. The answer comes when it is in
    the store; meanwhile `/api/imports` tells how far it is. A file that was imported before is told so, with 200."""
    with _places(request).one():
        async with uploaded(request, home.data) as upload:
            order = wanted.order(upload, errand)

            async def work() -> Told:
                await _check_campaign(errand, order)
                with _told_as_flaws():
                    done = await import_list(errand.store, errand.org_id, order, home.data)
                return await _done(errand, done)

            return await errand.do_apart(work, upload.digest)


@ROUTER.post(
    "/imports:try",
    summary="Try a list",
    response_model=FindingsView,
    **taking_file(needs(Right.IMPORTS_WRITE, Kind.CONFLICT)),
)
async def try_file(request: Request, wanted: AsWanted, errand: Posting, home: AtHome) -> Response:
    """What an import of the same file would come to, told as that is; nothing is changed."""
    with _places(request).one():
        async with uploaded(request, home.data) as upload:
            order = wanted.order(upload, errand)

            async def work() -> Told:
                await _check_campaign(errand, order)
                with _told_as_flaws():
                    findings = await try_list(errand.store, errand.org_id, order)
                return Told(told_findings(findings), 200)

            return await errand.do_apart(work, upload.digest)


async def _done(errand: Errand, done: Imported | Before) -> Told:
    """The answer, and the line in the audit log."""

    async def work(session: AsyncSession) -> Told:
        row = await _found(session, errand, done.import_id)
        if isinstance(done, Before):
            return Told(told_import(row, 0, None), 200)
        await errand.note(session, "import.create", row.id, {"leads": done.leads})
        return Told(told_import(row, done.leads, done.findings))

    return await errand.store.write(work)


async def _found(session: AsyncSession, errand: Errand, import_id: str) -> Import:
    return await rows.found(session, errand.org_id, Import, import_id, "import")


async def _check_campaign(errand: Errand, order: Order) -> None:
    """Raises Refused for a campaign that is not ours, and for one that calls nobody any more."""
    if order.campaign_id is None:
        return
    async with errand.reading() as session:
        campaign = await campaigns.get(session, errand.org_id, order.campaign_id)
    if campaign is None:
        flaw = Flaw(detail="There is nothing with this id.", pointer=pointer("campaignId"), location="query")
        raise invalid(flaw)
    if campaign.state is CampaignState.ARCHIVED:
        raise Refused(Kind.CONFLICT, "The campaign is archived.")


async def _verdicts(errand: Errand, import_id: str, verdict: RowVerdict | None) -> AsyncIterator[str]:
    """The heading and a line for each row. Between two pages no transaction is open."""
    yield _lines([HEADER])
    after = 0
    while True:
        async with errand.reading() as session:
            found = await imports.rows(session, errand.org_id, import_id, after, verdict)
        if not found:
            return
        yield _lines([_cells(row) for row in found])
        after = found[-1].row


def _cells(row: ImportRow) -> tuple[str, ...]:
    texts = (row.column, row.reason, " / ".join(row.notes))
    return (str(row.row), row.verdict.value, *(for_csv(text) for text in texts))


def _lines(cells: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(cells)
    return written.getvalue()


@contextmanager
def _told_as_flaws() -> Iterator[None]:
    """Within this, what is wrong with a file becomes Refused."""
    try:
        yield
    except UsageError as error:
        raise invalid(Flaw(detail=str(error), pointer=pointer())) from error


def _places(request: Request) -> Places:
    found = request.app.state.reading
    if not isinstance(found, Places):
        raise TypeError("The application has places for lists.")
    return found
