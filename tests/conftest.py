"""For all tests: the engine's chatter stays out of the reports, and the network stays on this machine."""

from __future__ import annotations

import os
import sys

from loguru import logger

if "PYTEST_XDIST_WORKER" in os.environ:
    # What has to be covered is covered by the tests' own processes: to follow those that they start costs a minute.
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)

logger.remove()
logger.add(sys.stderr, level="WARNING")
