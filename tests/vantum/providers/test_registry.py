"""Makers are found by the provider's name, and what they need is told when it is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vantum import providers
from vantum.core.choice import Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import SPECS, Spec
from vantum.providers import maker_of

ALL = [(spec, kind) for spec in SPECS.values() for kind in spec.kinds]


@pytest.mark.parametrize(("spec", "kind"), ALL, ids=[f"{spec.name}-{kind}" for spec, kind in ALL])
def test_every_provider_has_a_maker_for_each_of_its_jobs(spec: Spec, kind: Kind) -> None:
    try:
        maker = maker_of(kind, spec)
    except SettingsError as error:
        pytest.skip(str(error))
    assert callable(maker)


MISSING = ModuleNotFoundError("No module named 'faraway_sdk'", name="faraway_sdk")


def of_pipecat(cause: ImportError | None) -> ImportError:
    """What pipecat makes of it."""
    error = ImportError("Missing module")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [(MISSING, "faraway_sdk"), (of_pipecat(MISSING), "faraway_sdk"), (of_pipecat(None), "what it needs")],
)
def test_a_library_that_is_not_installed_is_told_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, error: ImportError, told: str
) -> None:
    spec = Spec("far-away", "Far away", (Kind.TTS,), extra="faraway")

    def missing(name: str) -> object:
        assert name == "vantum.providers.far_away"
        raise error

    monkeypatch.setattr(providers, "import_module", missing)
    with pytest.raises(SettingsError) as caught:
        maker_of(Kind.TTS, spec)
    assert str(caught.value) == (
        f"VANTUM_TTS chooses far-away, but {told} is not installed. "
        "Install the extra: pip install 'vantum[faraway]'."
    )


def test_a_fault_of_our_own_is_no_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> object:
        raise MISSING

    monkeypatch.setattr(providers, "import_module", broken)
    with pytest.raises(ModuleNotFoundError):
        maker_of(Kind.TTS, Spec("mine", "Mine", (Kind.TTS,)))


def test_only_what_is_chosen_is_loaded() -> None:
    # In a process of its own: this one has loaded them all.
    code = (
        "import sys; from vantum.providers import maker_of; from vantum.core.provider_specs import SPECS;"
        "from vantum.core.choice import Kind; maker_of(Kind.STT, SPECS['deepgram']);"
        "print(sorted(name for name in sys.modules if name.startswith('vantum.providers.')))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.splitlines()[-1] == str(
        ["vantum.providers.brief", "vantum.providers.clients", "vantum.providers.deepgram"]
    )
