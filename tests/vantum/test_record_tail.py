"""The end of a record: whole lines only, each once, from wherever somebody has read to."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.record_tail import MOST_LINES, RecordLine, RecordTail


def line(number: int) -> str:
    return f'{{"event": "e{number}", "text": "ü"}}\n'


def numbers(lines: list[RecordLine]) -> list[int]:
    return [each.number for each in lines]


def test_lines_are_told_once_and_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = RecordTail(path)
    assert tail.more() == []
    path.write_text(line(1) + line(2), encoding="utf-8")
    assert tail.more() == [
        RecordLine(1, "e1", '{"event": "e1", "text": "ü"}'),
        RecordLine(2, "e2", '{"event": "e2", "text": "ü"}'),
    ]
    assert tail.more() == []


def test_a_line_that_is_being_written_waits_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = RecordTail(path)
    whole = line(2).encode()
    path.write_bytes(line(1).encode() + whole[:-4])
    assert numbers(tail.more()) == [1]
    assert tail.more() == []
    path.write_bytes(line(1).encode() + whole)
    assert numbers(tail.more()) == [2]


@pytest.mark.parametrize(("after", "expected"), [(0, [1, 2, 3]), (2, [3]), (3, []), (9, [])])
def test_it_begins_behind_a_line(tmp_path: Path, after: int, expected: list[int]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(map(line, (1, 2, 3))), encoding="utf-8")
    tail = RecordTail(path, after)
    assert numbers(tail.more()) == expected


def test_many_lines_come_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(line(number) for number in range(MOST_LINES + 3)), encoding="utf-8")
    tail = RecordTail(path)
    assert [len(tail.more()), len(tail.more()), len(tail.more())] == [MOST_LINES, 3, 0]
