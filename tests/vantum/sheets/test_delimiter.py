"""The sign between the cells."""

from __future__ import annotations

import pytest

from vantum.sheets.delimiter import find_delimiter, said_delimiter


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a,b,c", "1,2,3"], ","),
        (["a;b;c", "1,5;2,5;3,5"], ";"),
        (["a\tb", "x, y; z\t1"], "\t"),
        (["a|b", "1|2"], "|"),
        (["a", "b"], ","),
        ([], ","),
        (["name;tel", '"Berg; Anna";1', '"x\n', 'y";2'], ";"),
        (["title", "", "a;b", "1;2"], ";"),
        (["a,b", '"' + "x" * 200_000], ","),
    ],
)
def test_find_delimiter(lines: list[str], delimiter: str) -> None:
    assert find_delimiter(lines) == delimiter


@pytest.mark.parametrize(
    ("line", "delimiter"), [("sep=;\r\n", ";"), ('"SEP=|"', "|"), ("sep=x", ""), ("a,b", "")]
)
def test_said_delimiter(line: str, delimiter: str) -> None:
    assert said_delimiter(line) == delimiter
