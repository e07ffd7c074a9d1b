"""Secrets that lie in files, as containers are given them: `NAME_FILE` holds the path to the value of `NAME`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vantum.core.errors import SettingsError
from vantum.core.provider_specs import KEY_NAMES

SUFFIX: Final = "_FILE"
OUR_SECRETS: Final = frozenset(
    {"TWILIO_AUTH_TOKEN", "VANTUM_API_KEYS", "VANTUM_DATABASE_URL", "VANTUM_TOKEN_SECRET"}
)
SECRETS: Final = OUR_SECRETS | KEY_NAMES
"""The settings that are told to nobody."""
MOST_BYTES: Final = 65_536
"""More than a thousand keys."""


def is_secret(name: str) -> bool:
    """Whether the value of a setting is told to nobody."""
    return name in SECRETS


def secret_of(name: str) -> str | None:
    """The setting whose value lies in the file that ``name`` names; None when ``name`` is no such name."""
    setting = name.removesuffix(SUFFIX)
    return setting if setting != name and is_secret(setting) else None


def with_files_read(values: Mapping[str, str]) -> dict[str, str]:
    """``values`` with each `NAME_FILE` replaced by `NAME` and what is in the file.

    Raises ``SettingsError`` for a file that cannot be read, and when both are set.
    """
    read: dict[str, str] = {}
    for name, value in values.items():
        setting = secret_of(name)
        if setting is None:
            read[name] = value
        elif setting in values:
            raise SettingsError(f"{setting} and {name} are both set.", "Keep one of them.")
        else:
            read[setting] = _content(name, Path(value))
    return read


def _content(name: str, path: Path) -> str:
    """The text of the file without the blanks around it; what is in it stands in no error."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        problem = f"{name} names {str(path)!r}, which cannot be read ({reason})."
        # Without its cause, which for bytes that are no text would hold the secret.
        raise SettingsError(problem, "Set it to a readable UTF-8 text file.") from None
    if len(raw) > MOST_BYTES:
        raise SettingsError(f"{name} names a file of more than {MOST_BYTES} bytes.", "That is no secret.")
    if not text:
        raise SettingsError(f"{name} names an empty file.", "Put the secret into it, or leave it out.")
    return text
