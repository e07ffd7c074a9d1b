"""How each provider is put to work in a call: a small module each, loaded when the provider is chosen.

The module of a provider is named like it, with ``_`` for ``-``, and holds ``MAKERS``: for each job that the provider
does, the function that makes what does it, of a ``Brief``, without waiting for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from loguru import logger
from pipecat.processors.frame_processor import FrameProcessor

from processors.tts.voice import Voice
from vantum.core.choice import Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import Spec
from vantum.providers.brief import Brief

SERVICES: Final = "pipecat.services"
Maker = Callable[[Brief], FrameProcessor | Voice]
"""Makes a pipecat service or, for TTS, a ``Voice``."""


def maker_of(kind: Kind, spec: Spec) -> Maker:
    """What puts the provider to work; raises SettingsError when the libraries that it needs are not installed."""
    # pipecat would tell how to install its own extras, which are not ours.
    logger.disable(SERVICES)
    try:
        module = import_module(f"{__name__}.{spec.name.replace('-', '_')}")
    except ImportError as error:
        if not spec.extra:
            raise
        raise SettingsError(
            f"{kind.setting} chooses {spec.name}, but {_missing(error)} is not installed.",
            f"Install the extra: pip install 'vantum[{spec.extra}]'.",
        ) from error
    finally:
        logger.enable(SERVICES)
    makers: Mapping[Kind, Maker] = module.MAKERS
    return makers[kind]


def _missing(error: ImportError) -> str:
    """What is missing; pipecat raises an error without a name of the one that has it."""
    cause = error.__cause__ if isinstance(error.__cause__, ImportError) else error
    return cause.name or "what it needs"
