"""Rows that wait on the disk: they come back as they were, as often as they are asked for, and leave nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.outreach.prospects import anna
from tests.vantum.store.rows import NOON
from vantum.core.errors import UsageError
from vantum.core.legal.case import ConsentKind, Method
from vantum.core.outreach.cells import clean
from vantum.core.outreach.prospect import GivenConsent
from vantum.outreach.listed_contact import Provenance, contact_of
from vantum.outreach.spool import Spool
from vantum.store.staged import StagedRow
from vantum.store.words import RowVerdict

FAIR = Provenance("Trade fair", "fair.csv", NOON)


def row(number: int, text: str = "x\ny") -> StagedRow:
    """A row that has everything."""
    return StagedRow(
        number,
        RowVerdict.ACCEPTED,
        "Telefon",
        text,
        (text,),
        "+12125550100",
        contact_of(anna(custom=(("a", text),), other_numbers=("+12125550101",)), number, FAIR),
        text,
        "example.com",
        GivenConsent(ConsentKind.CALL, Method.SPOKEN, NOON, text, text),
    )


def test_pieces_come_back_in_their_order_as_often_as_one_likes(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.add([row(1), row(2)])
        spool.add([])
        spool.add([StagedRow(3, RowVerdict.INVALID)])
        for _ in range(2):
            assert [*spool.pieces()] == [[row(1), row(2)], [], [StagedRow(3, RowVerdict.INVALID)]]


@given(text=st.text())
def test_whatever_a_cell_says_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with Spool(tmp_path_factory.getbasetemp()) as spool:
        spool.add([row(1, clean(text))])
        assert [*spool.pieces()] == [[row(1, clean(text))]]


def test_nothing_is_to_be_seen(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with Spool(folder) as spool:
        spool.add([row(1)])
        assert [*folder.iterdir()] == []
        assert folder.stat().st_mode & 0o777 == 0o700


def test_where_nothing_can_be_kept_the_user_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"Rows cannot be kept under .* Make room there"):
        Spool(tmp_path / "file")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool._file.close()
        spool._file = Path("/dev/full").open("r+b", buffering=0)  # type: ignore[assignment]  # noqa: SIM115
        with pytest.raises(UsageError, match="No space left on device"):
            spool.add([row(1)])
