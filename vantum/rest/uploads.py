"""Files that are sent as a body: written to the disk as they come, and removed when they were read."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedWriter
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from fastapi import Request

from vantum.call_folder import make_private
from vantum.outreach.in_thread import in_thread
from vantum.rest.problems import Flaw, invalid, pointer

FOLDER: Final = "uploads"
OLD_SECONDS: Final = 6 * 3_600.0
"""A file that is older was left by a process that died."""
PIECE: Final = 1 << 20
"""Bytes that are written at once."""
NO_FORM: Final = "Send the file itself as the body, and not a form around it."
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: where it is, and its SHA-256."""

    path: Path
    digest: bytes


@asynccontextmanager
async def uploaded(request: Request, data: Path) -> AsyncIterator[Upload]:
    """The body of a request as a file under ``data``, as long as it is needed; raises Refused for a form."""
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise invalid(Flaw(detail=NO_FORM, pointer=pointer("content-type"), location="header"))
    path = data / FOLDER / f"{uuid4()}.part"
    try:
        yield Upload(path, await _received(request, path))
    finally:
        await asyncio.shield(asyncio.to_thread(path.unlink, missing_ok=True))


def taking_file(declared: dict[str, Any]) -> dict[str, Any]:
    """How a route is declared that takes a file; ``declared`` is what else is said of it."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    example = {"example": "name,phone\nAnna Berg,+12125550100\n"}
    content = {CSV: {"schema": {"type": "string"}} | example, XLSX: binary}
    extra = declared["openapi_extra"] | {"requestBody": {"required": True, "content": content}}
    return declared | {"openapi_extra": extra}


async def _received(request: Request, path: Path) -> bytes:
    """Write the body down; gives its SHA-256."""
    await in_thread(partial(_make_room, path.parent))
    digest, waiting = hashlib.sha256(), bytearray()
    file = await in_thread(partial(_new_file, path))
    try:
        async for chunk in request.stream():
            digest.update(chunk)
            waiting += chunk
            if len(waiting) >= PIECE:
                piece, waiting = bytes(waiting), bytearray()
                await in_thread(partial(file.write, piece))
        await in_thread(partial(file.write, bytes(waiting)))
    finally:
        await in_thread(file.close)
    return digest.digest()


def _make_room(folder: Path) -> None:
    """The folder, without what processes that died have left in it."""
    make_private(folder)
    now = time.time()
    for left in folder.iterdir():
        if now - left.stat().st_mtime > OLD_SECONDS:
            left.unlink(missing_ok=True)


def _new_file(path: Path) -> BufferedWriter:
    return open(path, "xb", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
