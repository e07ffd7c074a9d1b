"""Processes of this machine that are gone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vantum.dialing.neighbours import gone, this_host

pytestmark = pytest.mark.real_time


def test_those_that_are_gone_are_found() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    parent = os.getppid()
    assert gone({"ended": ended.pid, "lives": parent, "first": 1, "us before": os.getpid()}) == [
        "ended",
        "us before",
    ]
    assert gone({"what a number": 2**80}) == []


def test_this_machine_has_a_name() -> None:
    assert 0 < len(this_host()) <= 253
