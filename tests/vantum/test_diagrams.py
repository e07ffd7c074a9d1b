"""The page on turn-taking shows the tables that decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.core import barge_in
from vantum.core.completeness import Ending
from vantum.core.errors import UsageError
from vantum.core.events import BargeIn
from vantum.core.overheard import ECHO_SECONDS
from vantum.core.patience import silence_needed
from vantum.diagrams import DIAGRAMS, main, redrawn

PAGE = Path(__file__).parents[2] / "docs" / "turn-taking.md"
EMPTY = """# Title
<!-- turn:begin -->
what was here
<!-- turn:end -->
between
<!-- barge-in:begin -->
<!-- barge-in:end -->
the end
"""
DRAWN = f"""# Title
<!-- turn:begin -->
```mermaid
{DIAGRAMS["turn"]}
```
<!-- turn:end -->
between
<!-- barge-in:begin -->
```mermaid
{DIAGRAMS["barge-in"]}
```
<!-- barge-in:end -->
the end
"""


def test_the_diagrams_take_the_place_of_what_was_between_the_markers() -> None:
    assert redrawn(EMPTY) == DRAWN
    assert redrawn(DRAWN) == DRAWN


@pytest.mark.parametrize("name", DIAGRAMS)
@pytest.mark.parametrize("edge", ["begin", "end"])
def test_a_page_without_a_marker_is_refused(name: str, edge: str) -> None:
    with pytest.raises(UsageError, match=f"no place for the diagram {name}"):
        redrawn(EMPTY.replace(f"<!-- {name}:{edge} -->", ""))


def test_the_command_rewrites_the_pages(tmp_path: Path) -> None:
    pages = [tmp_path / "one.md", tmp_path / "two.md"]
    for page in pages:
        page.write_text(EMPTY, encoding="utf-8")
    main([str(page) for page in pages])
    assert [page.read_text(encoding="utf-8") for page in pages] == [DRAWN, DRAWN]


# --- the page itself --------------------------------------------------------------------------------


def test_the_diagrams_of_the_page_are_true() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert redrawn(page) == page, "The page is stale: run `make diagrams`."


@pytest.mark.parametrize("ending", Ending)
def test_the_table_of_patience_is_true(ending: Ending) -> None:
    for judgements in [
        (1.0, 0.65, 0.4, 0.1, None),
        (0.8, 0.5, 0.3, 0.0, None),
        (0.9, 0.79, 0.49, 0.29, None),
    ]:
        waits = [f"{silence_needed(ending, judged)} s" for judged in judgements]
        assert cells(f"`{ending}`")[2:] == waits


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        (BargeIn.BACKCHANNEL, barge_in.BACKCHANNEL_SECONDS),
        (BargeIn.NOISE, barge_in.NOISE_SECONDS),
        (BargeIn.NOISE, barge_in.LATE_WORDS_SECONDS),
        (BargeIn.NOISE, barge_in.LONG_NOISE_SECONDS),
        (BargeIn.ECHO, ECHO_SECONDS),
    ],
)
def test_the_times_of_barge_in_are_true(kind: BargeIn, seconds: float) -> None:
    assert f" {seconds:g} s" in " " + " ".join(cells(f"`{kind}`"))


def cells(begin: str) -> list[str]:
    """The cells of the one row of a table that begins with this text."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    [row] = [line for line in lines if line.startswith(f"| {begin}")]
    return row.strip("| ").split(" | ")
