"""The description of the API as a page for people: all that can be asked, by what it is about, with examples.

It is made of the description that programs read. There is no code in it: the server's policy allows none in a page.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from vantum.rest.route import RIGHT

_CODE: Final = re.compile("`([^`]*)`")
STYLE: Final = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1f24; background: #fff; }
code, pre { font: 14px/1.5 ui-monospace, monospace; background: #f2f4f7; border-radius: 4px; }
code { padding: 0 .25rem; }
pre { padding: .75rem; overflow-x: auto; }
details { border-top: 1px solid #d5dae1; padding: .5rem 0; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 4rem; }
td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e9ee; background: #14171b; }
  a { color: #8ab4f8; }
  code, pre { background: #23282f; }
  details { border-color: #39414b; }
}
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked: ``told`` is what the description tells of it."""

    method: str
    path: str
    told: Mapping[str, Any]


def page_of(described: Mapping[str, Any], style: str) -> str:
    """The page of an OpenAPI description, in HTML; ``style`` is where its style is found."""
    about = described["info"]
    subjects: defaultdict[str, list[Operation]] = defaultdict(list)
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            subjects[told["tags"][0]].append(Operation(method.upper(), path, told))
    links = " · ".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in subjects)
    sections = "".join(_section(name, found) for name, found in subjects.items())
    title = escape(f"{about['title']} {about['version']}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{escape(style)}"></head>\n<body><h1>{title}</h1>'
        f"<p>{_prose(about['description'])}</p><p>{links}</p>{sections}</body></html>\n"
    )


def _section(name: str, found: list[Operation]) -> str:
    items = "".join("".join(_item(operation)) for operation in found)
    return f'\n<h2 id="{escape(name)}">{escape(name)}</h2>{items}'


def _item(operation: Operation) -> Iterator[str]:
    told = operation.told
    yield f"\n<details><summary><b>{operation.method}</b> <code>{escape(operation.path)}</code> "
    yield f"{escape(told['summary'])}</summary><p>{_prose(told['description'])}</p>"
    yield f"<p>It needs the right <code>{escape(told[RIGHT])}</code>.</p>"
    yield _parameters(told.get("parameters", ()))
    yield _shown("Asked", told.get("requestBody", {}).get("content", {}))
    for status, answer in told["responses"].items():
        if status < "300":
            yield _shown(f"Told ({escape(status)})", answer.get("content", {}))
    refused = ", ".join(status for status in told["responses"] if status >= "400")
    yield f"<p>Refused with {escape(refused)}.</p></details>"


def _parameters(found: list[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{escape(each['in'])}</td>"
        f"<td>{_prose(each.get('description', ''))}</td></tr>"
        for each in found
    )
    return f"<table>{rows}</table>" if rows else ""


def _shown(what: str, content: Mapping[str, Any]) -> str:
    """Each kind of content, with its example where it has one."""
    return "".join(
        f"<p>{what}, <code>{escape(kind)}</code>:</p>{_example(each)}" for kind, each in content.items()
    )


def _example(content: Mapping[str, Any]) -> str:
    if "example" not in content:
        return ""
    return f"<pre>{escape(json.dumps(content['example'], indent=2, ensure_ascii=False))}</pre>"


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))
