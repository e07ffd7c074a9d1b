"""Brings people into a campaign: a list of its owner, or one to try things with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vantum.campaign_command.desk import Desk
from vantum.campaign_command.sample import write_sample
from vantum.campaign_command.words import count
from vantum.core.outreach.mapping import read_choices
from vantum.import_command import found
from vantum.import_progress import counted, progress_bar
from vantum.outreach.importer import Before, Imported, import_list, try_list
from vantum.outreach.list_reading import Order, Repeat
from vantum.sheets.prospect_list import Wish

AGAIN: Final = "To import it again, add --again."


async def bring(desk: Desk) -> int:
    """``import``."""
    facts, options = await desk.campaign(), desk.options
    order = Order(
        options.file,
        Wish(desk.now, options.country, read_choices(options.map), options.sheet),
        facts.id,
        source=options.source,
        repeat=Repeat.IMPORT if options.again else Repeat.TELL,
    )
    if options.dry_run:
        with progress_bar(desk.err) as report:
            findings = await try_list(desk.store, desk.org.id, order, report=report)
        desk.out.print(f"{order.name}: {count(findings.rows, 'row')}, and nothing was changed")
        told = found(findings)
    else:
        with progress_bar(desk.err) as report:
            done = await import_list(desk.store, desk.org.id, order, desk.settings.data, report)
        told = _told(order, done, facts.name)
    for line in told:
        desk.out.print(line)
    return 0


async def sample(desk: Desk) -> int:
    """``sample``."""
    who = [name.strip() for name in desk.options.who.split(",") if name.strip()]
    people = write_sample(desk.options.file, who, desk.settings.local_prospects, desk.now)
    desk.out.print(f"{desk.options.file}: {count(people, 'prospect')} of the local carrier; nobody is real")
    return 0


def _told(order: Order, done: Imported | Before, name: str) -> Iterator[str]:
    rows = sum(done.counts.values())
    if isinstance(done, Before):
        day = f"{done.at:%Y-%m-%d %H:%M %Z}"
        yield f"{order.name}: imported before, on {day} ({count(rows, 'row')}), and nothing was added"
        yield AGAIN
        return
    yield f"{order.name}: {count(rows, 'row')}: {counted(done.counts)}; {count(done.leads, 'new lead')} in {name!r}"
    yield from found(done.findings)
