"""The command: ``python -m vantum.doctor``. What it does is in ``vantum/doctor/command.py``."""

from __future__ import annotations

import sys

from loguru import logger

from vantum.doctor import main

# The engine greets on stderr while the command is loaded; what it has to say stands there alone.
logger.remove()

if __name__ == "__main__":
    sys.exit(main())
