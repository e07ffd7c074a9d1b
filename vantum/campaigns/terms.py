"""What this installation calls with, as far as a campaign depends on it: the carrier's account and the pipelines."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vantum.core.call_facts import PhoneCarrier
from vantum.dialing.means import Trunk
from vantum.dialing.trunks import trunk_of
from vantum.settings import Settings

SUFFIX: Final = ".py"
PIPELINES: Final = "pipelines"
CARRIERS_OWN: Final = "the carrier's own number"

Knows = Callable[[str], bool]
"""Whether there is a pipeline of that name."""


@dataclass(frozen=True, slots=True)
class Terms:
    """``from_numbers`` are those that a campaign calls from when it names none, in words where only the carrier can
    tell; empty when there is no account."""

    trunk: Trunk
    from_numbers: tuple[str, ...]
    knows: Knows


def terms_of(settings: Settings, knows: Knows) -> Terms:
    """The terms, as the settings say."""
    is_ready = settings.phone_carrier is PhoneCarrier.LOCAL or not settings.phone_missing
    numbers = (settings.twilio_from or CARRIERS_OWN,) if is_ready else ()
    return Terms(trunk_of(settings), numbers, knows)


def is_there(pipeline: str) -> bool:
    """Whether a pipeline is found on this machine: a file, or one of the folder ``pipelines`` by its stem.

    Nothing of it is run, and none of its neighbours.
    """
    path = Path(pipeline)
    if path.suffix == SUFFIX or len(path.parts) > 1:
        return path.is_file()
    if not pipeline.isidentifier():
        return False
    if (Path(PIPELINES) / f"{pipeline}{SUFFIX}").is_file():
        return True
    try:
        return importlib.util.find_spec(f"{PIPELINES}.{pipeline}") is not None
    except ImportError:
        return False
