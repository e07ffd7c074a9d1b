"""Lists of prospects as the API tells of them: what they are, how far they are read, and what came of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from vantum.outreach.findings import Findings, Reason
from vantum.rest.fields import View
from vantum.store.models import Import
from vantum.store.words import ImportState, RowVerdict


class ReasonView(BaseModel):
    """Why rows have a verdict."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    words: str = Field(examples=["It is too short for its country."])
    count: int = Field(examples=[12])
    examples: list[str] = Field(description="The first of the rows.", examples=[["row 7: '555'"]])


class FindingsView(BaseModel):
    """What stands in a list."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    rows: int = Field(examples=[1_000])
    counts: Mapping[RowVerdict, int] = Field(description="Rows by their verdict; they add up.")
    reasons: Mapping[RowVerdict, list[ReasonView]] = Field(
        description="Of each verdict, the most frequent first."
    )
    notes: list[ReasonView] = Field(description="Fields of accepted rows that were left out or changed.")


class ImportView(View):
    """A list that is read, or was."""

    campaign_id: str | None = Field(description="The campaign that calls its people.")
    filename: str = Field(examples=["spring-fair.csv"])
    sha256: str
    bytes: int = Field(examples=[48_211])
    mapping: dict[str, Any] = Field(description="What its columns are.")
    state: ImportState
    rows: int = Field(description="While it is read, so many so far.", examples=[1_000])
    accepted: int = Field(examples=[940])
    duplicate: int = Field(examples=[20])
    invalid: int = Field(examples=[30])
    suppressed: int = Field(examples=[10])
    error: str = Field(description="Why nothing came of it.")
    created_at: datetime
    finished_at: datetime | None


class DoneImport(ImportView):
    """A list that was sent: what came of it, or of the same file when it was sent before."""

    leads: int = Field(description="Leads that it brought to its campaign now.", examples=[940])
    findings: FindingsView | None = Field(
        description="Null where the file was imported before, and nothing was done."
    )


def told_findings(findings: Findings) -> FindingsView:
    """Findings as they are told."""
    return FindingsView(
        rows=findings.rows,
        counts=findings.counts,
        reasons={kind: _told(reasons) for kind, reasons in findings.reasons.items()},
        notes=_told(findings.notes),
    )


def told_import(row: Import, leads: int, findings: Findings | None) -> DoneImport:
    """An import that is done as it is told."""
    told = None if findings is None else told_findings(findings)
    return DoneImport(**dict(ImportView.model_validate(row)), leads=leads, findings=told)


def _told(reasons: tuple[Reason, ...]) -> list[ReasonView]:
    return [ReasonView(words=each.words, count=each.count, examples=list(each.examples)) for each in reasons]
