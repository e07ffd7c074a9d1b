"""What the person who starts a server should know of who can reach it."""

from __future__ import annotations

from collections.abc import Iterator

from vantum.api_keys import is_local
from vantum.entry import TOKEN
from vantum.settings import Settings


def warnings_of(settings: Settings) -> Iterator[str]:
    """A sentence for each door that stands open to other machines."""
    if is_local(settings.host):
        return
    if settings.auth != TOKEN:
        yield (
            f"VANTUM_HOST is {settings.host}, which other machines reach, and VANTUM_AUTH is off: whoever finds this"
            " server can talk to the bot at your cost. Set VANTUM_AUTH=token (docs/security.md)."
        )
    if "*" in settings.allowed_origins:
        yield "VANTUM_ALLOWED_ORIGINS is *: the pages of every site may open calls with their visitors' browsers."
