"""The command: ``python -m vantum.doctor``. What it does is in ``vantum/doctor/command.py``."""

from __future__ import annotations

import sys

from vantum.doctor import main

if __name__ == "__main__":
    sys.exit(main())
