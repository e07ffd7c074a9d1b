"""The documentation holds the rubric, the dispositions and the values as they are."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from vantum.core.analysis.rubric import RUBRIC, Band
from vantum.core.analysis.verdict import Analysis
from vantum.core.outreach.outcome import Disposition

TEXT = Path("docs/analysis.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("band", RUBRIC)
def test_the_rubric_is_documented(band: Band) -> None:
    assert f"| {band.low} | {band.high} | {band.meaning} |" in TEXT


def test_every_value_and_disposition_is_documented() -> None:
    told = {field.name for field in fields(Analysis)} - {"schema_version"}
    assert [name for name in (*told, *Disposition) if f"`{name}`" not in TEXT] == []
