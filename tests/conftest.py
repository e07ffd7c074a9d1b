"""For all tests: the engine's chatter stays out of the reports, and the network stays on this machine."""

from __future__ import annotations

import sys

from loguru import logger

logger.remove()
logger.add(sys.stderr, level="WARNING")
