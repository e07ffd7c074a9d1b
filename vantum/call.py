"""The command: ``python -m vantum.call NUMBER``. What it does is in ``vantum/call_command.py``."""

from __future__ import annotations

import sys

from loguru import logger

# The engine greets on stderr while it is imported; what this command has to say stands there alone.
logger.remove()

from vantum.call_command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
