"""Everything about one person in one file to hand out: what the store knows as JSON, and the files of their calls."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from vantum.core.errors import UsageError
from vantum.core.legal.case import utc
from vantum.outreach import call_folders
from vantum.outreach.in_thread import in_thread
from vantum.outreach.person import find_person
from vantum.store.dossier import everything
from vantum.store.engine import Store

CONTENT: Final = "person.json"
CALLS: Final = "calls"


async def write_dossier(
    store: Store, org_id: str, number: str, data: Path, path: Path, now: datetime
) -> dict[str, int] | None:
    """Write all that is known of a number (E.164) to a new zip file, which only its owner can read.

    Tells how many rows of each kind and how many files are in it; None, and no file, when nothing is known. Raises
    UsageError for a file that cannot be made or is there already.
    """
    person = await find_person(store, org_id, number, data, now)
    if not person.is_known:
        return None
    async with store.reading() as session:
        known = await everything(session, org_id, person.traces)
    files = _named(person.folders)
    document = {"number": number, "exported_at": utc(now), **known, "files": files}
    try:
        await in_thread(partial(_write, path, document, person.folders))
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).", "Name another file.") from error
    return {name: len(rows) for name, rows in known.items() if rows} | {"files": len(files)}


def _named(folders: Sequence[Path]) -> list[str]:
    """The names of the files in the archive."""
    return [_name(folder, file) for folder in folders for file in call_folders.files_in(folder)]


def _name(folder: Path, file: Path) -> str:
    return f"{CALLS}/{folder.name}/{file.relative_to(folder).as_posix()}"


def _write(path: Path, document: Mapping[str, object], folders: Sequence[Path]) -> None:
    with open(path, "xb", opener=_private) as file:
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                text = json.dumps(document, ensure_ascii=False, indent=2, default=_json)
                archive.writestr(CONTENT, text)
                for folder in folders:
                    for each in call_folders.files_in(folder):
                        archive.write(each, _name(folder, each))
        except BaseException:
            # Half of it is nothing to hand out.
            path.unlink(missing_ok=True)
            raise


def _json(moment: datetime) -> str:
    return utc(moment)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
