"""The providers by name: what is said of each holds together, and with the settings and the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vantum.core.choice import LOCAL, Kind
from vantum.core.provider_specs import KEY_NAMES, SETTING_NAMES, SPECS, Probe, Spec

ROOT = Path(__file__).parents[3]
ALL = pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
SPEC = Spec(
    "mine",
    "Mine",
    (Kind.TTS,),
    key="MINE_API_KEY",
    settings={"MINE_MODEL": "m", "MINE_URL": "wss://mine.example", "MINE_VOICE": "female"},
    voices={"female": "F1", "male": "M1"},
)


def test_a_provider_has_its_key_and_its_settings() -> None:
    assert SPEC.names == ("MINE_API_KEY", "MINE_MODEL", "MINE_URL", "MINE_VOICE")
    assert Spec("x", "X", (Kind.LLM,)).names == ()


@pytest.mark.parametrize(
    ("wanted", "voice"), [("female", "F1"), ("Male", "M1"), ("M1", "M1"), ("theirs", "theirs")]
)
def test_plain_names_of_voices_are_mapped(wanted: str, voice: str) -> None:
    assert SPEC.voice(wanted) == voice


def test_the_setting_of_the_voice_is_known_by_its_name() -> None:
    assert SPEC.voice_setting == "MINE_VOICE"
    assert SPECS["deepgram"].voice_setting == ""


def test_a_provider_is_where_its_settings_say() -> None:
    values = {"MINE_MODEL": "m", "MINE_URL": "ws://127.0.0.1:1", "MINE_VOICE": "x"}
    assert SPEC.address(values) == "ws://127.0.0.1:1"
    assert SPECS[LOCAL].address({}) == ""


def test_a_probe_is_filled_with_values() -> None:
    probe = Probe("{MINE_URL}/up?m={MINE_MODEL}", {"Authorization": "Bearer {MINE_API_KEY}", "V": "1"})
    values = {"MINE_URL": "https://x", "MINE_MODEL": "m", "MINE_API_KEY": "k"}
    assert probe.filled(values) == Probe("https://x/up?m=m", {"Authorization": "Bearer k", "V": "1"})


# --- all that there are ---------------------------------------------------------------------------------


@ALL
def test_names_are_such_that_they_can_be_set(spec: Spec) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", spec.name)
    assert spec.kinds
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", name) for name in spec.names)
    assert all(name.endswith(("_API_KEY", "_CREDENTIALS")) for name in KEY_NAMES)
    assert SETTING_NAMES >= KEY_NAMES
    assert spec.keyless in ("", *spec.names)


@ALL
def test_a_probe_uses_settings_of_its_provider(spec: Spec) -> None:
    values = {name: f"https://{name}" for name in spec.names}
    if spec.probe is not None:
        assert spec.probe.filled(values).url.startswith(("https://", "wss://"))


@ALL
def test_a_voice_with_a_plain_name_has_an_id(spec: Spec) -> None:
    if spec.voices:
        assert set(spec.voices) == {"female", "male"}
        assert Kind.TTS in spec.kinds


def test_the_document_has_a_row_for_every_provider_and_for_no_other() -> None:
    document = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    lines = document.partition("## Which there are")[2].partition("\n## ")[0].splitlines()
    rows = {line.split("|")[1].strip(" `"): line for line in lines if line.startswith("| `")}
    assert list(rows) == list(SPECS)
    for name, spec in SPECS.items():
        cells = [cell.strip() for cell in rows[name].split("|")[2:-1]]
        assert cells[0] == ", ".join(kind.upper() for kind in spec.kinds)
        told = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", cells[1]))
        assert told == set(spec.names)
        assert cells[2] == (f"`{spec.extra}`" if spec.extra else "-")
        assert cells[3]
