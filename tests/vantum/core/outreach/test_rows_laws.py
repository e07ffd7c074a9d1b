"""Whatever a list holds, every row has exactly one verdict, and nothing is raised."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from vantum.core.legal.case import Reason
from vantum.core.outreach.header_words import Field
from vantum.core.outreach.mapping import Column, ColumnMapping
from vantum.core.outreach.rows import Job, Known, Settling, read_row
from vantum.core.outreach.verdict import Accepted, SheetRow, Tally
from vantum.numbering import is_zone, read_number

FIELDS = [field for field in Field if field is not Field.CUSTOM]
MAPPING = ColumnMapping(
    (
        *(Column(index, field, field) for index, field in enumerate(FIELDS)),
        Column(len(FIELDS), "x", Field.CUSTOM, "x"),
    ),
    0,
)
PHONES = st.one_of(
    st.text(),
    st.from_regex(r"\+?[0-9 ()./-]{3,20}", fullmatch=True),
    st.sampled_from(
        ["+12125550100", "(212) 555-0100", "+4930231250", "112", "1.5E+10", "+442079460000;+12125550101"]
    ),
)
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=[])),
    st.sampled_from(
        (
            *("US", "Deutschland", "NY", "10001", "Europe/Berlin", "../../etc", "America/", "call", "email"),
            *("2026-03-01", "9999-12-31T23:59-23:00", "0001-01-01", "mobile", "x@y.de", "yes", "de", "١٢٣٤"),
            "ü" * 300 + ".de",
        )
    ),
)
ROWS = st.lists(st.tuples(PHONES, st.lists(WORDS, max_size=len(FIELDS) + 3)), max_size=8)
KNOWN = Known({"+12125550101": "c1"}, {"+4930231250": Reason.ASKED}, {"y.de": Reason.MANUAL})


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from(["", "US", "DE", "CA", "GB"]))
def test_every_row_has_one_verdict(rows: list[tuple[str, list[str]]], country: str) -> None:
    job = Job(MAPPING, country, datetime(2026, 11, 21, tzinfo=UTC), read_number, is_zone)
    settling, tally, verdicts = Settling(), Tally(), []
    for number, (phone, others) in enumerate(rows, 2):
        verdict = settling.settle(read_row(SheetRow(number, (phone, *others)), job), KNOWN)
        verdicts.append(verdict)
        tally.add(verdict)
    assert [verdict.row for verdict in verdicts] == list(range(2, len(rows) + 2))
    assert tally.summary.rows == len(rows)
    accepted = Counter(verdict.prospect.number for verdict in verdicts if isinstance(verdict, Accepted))
    assert set(accepted.values()) <= {1}
    assert not set(accepted) & {"+12125550101", "+4930231250"}
