"""How commands are told which organisation they are for."""

from __future__ import annotations

import argparse

from vantum.store.orgs import DEFAULT_SLUG


def add_org_option(parser: argparse.ArgumentParser, usual: str = DEFAULT_SLUG) -> None:
    """The option that names the organisation; ``usual`` is the one that need not be named."""
    parser.add_argument("--org", default=usual, help=f"short name of the organisation ({usual})")
