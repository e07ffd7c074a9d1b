"""What a deadlock is told as."""

from __future__ import annotations

from vantum.testing.deadlock import DeadlockError


def test_the_error_reads_as_a_list() -> None:
    assert str(DeadlockError("Stuck in:", ["a: in b", "c: in d"])) == "Stuck in:\n  a: in b\n  c: in d"
    assert str(DeadlockError("Stuck in:")) == "Stuck in:\n  no task is left"
