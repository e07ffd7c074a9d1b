"""Lists in pages: an opaque cursor says where the next one begins, and a link asks for it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.rest.fields import ID_FORM, Cursor, Limit, View
from vantum.rest.problems import Flaw, invalid, pointer
from vantum.store.models.base import Owned
from vantum.store.pages import DEFAULT_SIZE, Cut, page

JSON: Final = "application/json"
NO_CURSOR: Final = "This is no cursor: take the one in `next` of the page before."

Item = TypeVar("Item", bound=View)


class Page(BaseModel, Generic[Item]):
    """Some of a list, the newest first."""

    items: list[Item]
    next: str | None = Field(
        description="What to ask for the next page; null on the last one.",
        examples=["/api/contacts?limit=50&cursor=MDE5Y2FiZDg"],
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of a list is asked for; ``path`` and ``query`` are those of the request, without its cursor."""

    cut: Cut
    path: str
    query: Sequence[tuple[str, str]]

    def next_after(self, row_id: str | None) -> str | None:
        """The link to the page behind a row; None without one."""
        if row_id is None:
            return None
        return f"{self.path}?{urlencode([*self.query, ('cursor', _cursor(row_id))])}"


def wanted_page(request: Request, limit: Limit = DEFAULT_SIZE, cursor: Cursor = None) -> Wanted:
    """The page that a request asks for; raises Refused for a cursor that is none."""
    after = None if cursor is None else _after(cursor)
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return Wanted(Cut(limit, after), request.scope["path"], query)


Asked = Annotated[Wanted, Depends(wanted_page)]


async def told(
    session: AsyncSession,
    org_id: str,
    model: type[Owned],
    wanted: Wanted,
    view: type[View],
    where: Sequence[ColumnElement[bool]] = (),
) -> Response:
    """The page that is wanted of an organisation's rows, each told as ``view``."""
    found = await page(session, org_id, model, wanted.cut, *where)
    items = ",".join(view.model_validate(row).model_dump_json(by_alias=True) for row in found.rows)
    following = json.dumps(wanted.next_after(found.after))
    return Response(f'{{"items":[{items}],"next":{following}}}', media_type=JSON)


def _cursor(row_id: str) -> str:
    return base64.urlsafe_b64encode(row_id.encode()).decode().rstrip("=")


def _after(cursor: str) -> str:
    """The id in a cursor; raises Refused where there is none."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        row_id = base64.b64decode(padded, b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        row_id = ""
    if not ID_FORM.fullmatch(row_id):
        raise invalid(Flaw(detail=NO_CURSOR, pointer=pointer("cursor"), location="query"))
    return row_id
