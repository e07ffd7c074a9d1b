"""The pipeline of the calls in a process of its own: a short greeting, and the usual parts."""

from __future__ import annotations

from tests.chaos.scene import pipeline

build = pipeline({})
