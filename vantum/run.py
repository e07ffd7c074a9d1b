"""The command: ``python -m vantum.run PIPELINE``. What it does is in ``vantum/command.py``."""

from __future__ import annotations

import sys

from loguru import logger

# The engine greets on stderr while it is imported; what this command has to say stands there alone.
logger.remove()

from vantum.importing import without_collector  # noqa: E402

with without_collector():
    from vantum.command import main

if __name__ == "__main__":
    sys.exit(main())
