"""Writes a campaign's report: asks the store, cuts the clips, and puts the page into a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.call_files import RECORDING
from vantum.call_folder import folder_of, make_private
from vantum.core.errors import UsageError
from vantum.recording import private, write_whole
from vantum.report.album import Album
from vantum.report.clips import Form, cut, form
from vantum.report.page import page
from vantum.report.summary import Counted, Named, Span, named, report_of
from vantum.report.tally import Tally
from vantum.report.values import Person, Quote
from vantum.store import reported_people, reporting
from vantum.store.engine import Store

FILE: Final = "report.html"


async def write_report(
    store: Store, org_id: str, campaign_id: str, folder: Path, data: Path, now: datetime
) -> Path:
    """Write the report of a campaign into ``folder``, readable for its owner only, and give its path.

    ``data`` is where the recordings are. Raises UsageError for a campaign that is not there and a folder that cannot
    be written.
    """
    async with store.reading() as session:
        counted = await _counted(session, org_id, campaign_id, now)
        winners = await reported_people.winners(session, org_id, campaign_id)
    people = [named(winner) for winner in winners]
    try:
        return await asyncio.to_thread(_write, counted, people, folder, data, now)
    except OSError as error:
        problem = f"{str(folder)!r} cannot be written ({error.strerror})."
        raise UsageError(problem, "Choose another folder.") from error


async def _counted(session: AsyncSession, org_id: str, campaign_id: str, now: datetime) -> Counted:
    head = await reporting.head(session, org_id, campaign_id)
    if head is None:
        raise UsageError(f"There is no campaign {campaign_id!r}.", "Check its id and its organisation.")
    tally = Tally(now)
    async for call in reporting.answered(session, org_id, campaign_id):
        tally.add(call)
    return Counted(
        head=head,
        funnel=await reporting.funnel(session, org_id, campaign_id),
        outcomes=await reporting.outcomes(session, org_id, campaign_id),
        objections=await reporting.objections(session, org_id, campaign_id),
        costs=await reporting.costs(session, org_id, campaign_id),
        tally=tally,
    )


def _write(counted: Counted, people: Sequence[Named], folder: Path, data: Path, now: datetime) -> Path:
    make_private(folder)
    album, to = Album(folder), form()
    heard = [_with_sound(each, data, album, to) for each in people]
    written = page(report_of(counted, heard, now)).encode()
    path, half = folder / FILE, folder / f".{FILE}.part"
    half.unlink(missing_ok=True)
    with FileIO(half, "wb", opener=private) as file:
        write_whole(file, written)
    # Whoever has the old page open, or looks in between, never sees half of the new one.
    half.replace(path)
    return path


def _with_sound(each: Named, data: Path, album: Album, to: Form) -> Person:
    recording = _recording(each, data)
    if recording is None:
        return each.person
    quotes = tuple(_quote(span, recording, album, to) for span in each.spans)
    return replace(each.person, quotes=quotes)


def _quote(span: Span, recording: Path, album: Album, to: Form) -> Quote:
    sound = cut(recording, span.start_ms, span.end_ms, to) if span.end_ms > span.start_ms else None
    return span.quote if sound is None else replace(span.quote, clip=album.add(sound))


def _recording(each: Named, data: Path) -> Path | None:
    """The file of a recording; None for one that is not below the data folder, whatever the database says."""
    if each.recording is not None:
        found = (data / each.recording).resolve()
        return found if found.is_relative_to(data.resolve()) and found.is_file() else None
    folder = folder_of(data, each.record_id or "")
    return folder / RECORDING if folder is not None else None
