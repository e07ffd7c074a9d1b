"""Pages of lists whose rows are told with what stands in other tables."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import Response

from vantum.rest.fields import View
from vantum.rest.paging import JSON, Wanted


def as_page(wanted: Wanted, views: Sequence[View], after: str | None) -> Response:
    """The page that is wanted; ``after`` is where the next one begins, None on the last one."""
    items = ",".join(view.model_dump_json(by_alias=True) for view in views)
    following = json.dumps(wanted.next_after(after))
    return Response(f'{{"items":[{items}],"next":{following}}}', media_type=JSON)
