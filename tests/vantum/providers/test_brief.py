"""What a maker is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from processors.script_file import load_script
from vantum.core.choice import LOCAL, Kind
from vantum.core.errors import PipelineError
from vantum.core.provider_specs import SPECS, Spec
from vantum.providers import maker_of
from vantum.providers.brief import Brief
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings

SCRIPT = Path(__file__).parents[3] / "pipelines" / "outreach_script.yaml"
SPEC = Spec(
    "mine",
    "Mine",
    (Kind.TTS,),
    key="MINE_API_KEY",
    settings={"MINE_VOICE": "female"},
    voices={"female": "F1", "male": "M1"},
)


def brief(spec: Spec = SPEC, kind: Kind = Kind.TTS, voice: str = "female") -> Brief:
    settings, writer = load_settings({}, None), RecordWriter()
    writer.close()
    values = {"MINE_API_KEY": "s3cret", "MINE_VOICE": voice}
    services = Services(settings, settings.choices(), writer)
    return Brief(kind, spec, values, "de", voice, 8_000, on_phone=True, shared=services)


def test_settings_are_told_by_name_and_the_key_too() -> None:
    assert (brief()["MINE_VOICE"], brief()["MINE_API_KEY"], brief().key) == ("female", "s3cret", "s3cret")
    assert brief(Spec("free", "Free", (Kind.TTS,))).key == ""


@pytest.mark.parametrize(("wanted", "voice"), [("female", "F1"), ("male", "M1"), ("X7", "X7")])
def test_the_voice_is_the_provider_s_own(wanted: str, voice: str) -> None:
    assert brief(voice=wanted).voice == voice


def test_a_key_is_in_no_repr() -> None:
    assert "s3cret" not in repr(brief())


def test_a_script_may_be_required() -> None:
    with pytest.raises(PipelineError, match="nothing to say without a script"):
        brief().required_script()


@pytest.mark.parametrize("kind", [Kind.STT, Kind.TTS])
def test_the_embedded_engines_are_open_where_their_provider_is_chosen(kind: Kind) -> None:
    told = f"The embedded provider of {kind.upper()} is not open. Name local in VANTUM_{kind.upper()}."
    with pytest.raises(PipelineError) as caught:
        maker_of(kind, SPECS[LOCAL])(brief(SPECS[LOCAL], kind))
    assert str(caught.value) == told


async def test_the_embedded_language_model_says_the_script() -> None:
    made = maker_of(Kind.LLM, SPECS[LOCAL])(
        replace(brief(SPECS[LOCAL], Kind.LLM), script=load_script(SCRIPT))
    )
    assert type(made).__name__ == "OpenAILLM"
