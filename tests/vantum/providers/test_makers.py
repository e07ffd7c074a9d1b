"""Every provider by construction: made of its settings, without a network."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pipecat.processors.frame_processor import FrameProcessor

from processors.tts.service_voice import ServiceVoice
from tests.wire.hired import KEY, brief, process
from vantum.core.choice import LOCAL, Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import SPECS, Spec
from vantum.providers import maker_of

pytestmark = pytest.mark.real_time

JOBS = [(spec, kind) for spec in SPECS.values() for kind in spec.kinds if spec.name != LOCAL]


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A service account's file, as Google gives it, with a key that opens nothing."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": "a-project",
        "private_key": pem.decode(),
        "client_email": "calls@a-project.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    path = tmp_path_factory.mktemp("google") / "account.json"
    path.write_text(json.dumps(account))
    return str(path)


def needs(spec: Spec, credentials: str) -> dict[str, str]:
    """What a provider's library checks when it is made."""
    return {
        name: value
        for name, value in (
            ("GOOGLE_APPLICATION_CREDENTIALS", credentials),
            ("AZURE_OPENAI_URL", "https://mine.openai.azure.com"),
        )
        if name in spec.names
    }


@pytest.mark.parametrize("language", ["en", "de", "pt-BR", "hi"])
@pytest.mark.parametrize(("spec", "kind"), JOBS, ids=[f"{spec.name}-{kind}" for spec, kind in JOBS])
async def test_every_provider_is_made_for_each_job_without_waiting(
    spec: Spec, kind: Kind, language: str, credentials: str
) -> None:
    async with process() as shared:
        told = brief(kind, spec.name, shared, language=language)
        told = replace(told, values={**told.values, **needs(spec, credentials)})
        made = maker_of(kind, spec)(told)
        if kind is Kind.TTS:
            assert hasattr(made, "speak")
        else:
            assert isinstance(made, FrameProcessor)
        if isinstance(made, FrameProcessor):
            await made.cleanup()


@pytest.mark.parametrize(
    ("language", "rate", "codes"),
    [("en", 16_000, ["en-US"]), ("de", 8_000, ["de-DE"]), ("en-GB", 8_000, ["en-GB"])],
)
async def test_google_hears_in_the_language_of_the_call(
    credentials: str, language: str, rate: int, codes: list[str]
) -> None:
    from processors.google_speech import GoogleSTT  # noqa: PLC0415 - it takes half a second

    async with process() as shared:
        values = {"GOOGLE_APPLICATION_CREDENTIALS": credentials, "GOOGLE_LOCATION": "europe-west4"}
        told = brief(Kind.STT, "google", shared, language=language, rate=rate, **values)
        made = maker_of(Kind.STT, SPECS["google"])(told)
        assert isinstance(made, GoogleSTT)
        assert made._get_language_codes() == codes
        assert vars(made._settings)["model"] == "latest_long"
        assert made._init_sample_rate == rate
        assert made._project_id == "a-project"
        assert made._client.api_endpoint == "europe-west4-speech.googleapis.com"
        await made.cleanup()


@pytest.mark.parametrize(
    ("wanted", "language", "name"),
    [
        ("female", "en", "en-US-Chirp3-HD-Aoede"),
        ("male", "de", "de-DE-Chirp3-HD-Charon"),
        ("en-GB-Chirp3-HD-Kore", "en-GB", "en-GB-Chirp3-HD-Kore"),
    ],
)
async def test_google_speaks_with_the_voice_of_the_language(
    credentials: str, wanted: str, language: str, name: str
) -> None:
    from processors.google_speech import GoogleTTS  # noqa: PLC0415

    made = GoogleTTS(credentials, SPECS["google"].voice(wanted), language, 8_000)
    assert vars(made._settings)["voice"] == name
    await made.cleanup()


@pytest.mark.parametrize("url", ["", "https://mine.cognitiveservices.azure.com"])
async def test_azure_hears_and_speaks_in_the_language_of_the_call(url: str) -> None:
    pytest.importorskip("azure.cognitiveservices.speech", reason="the extra azure is not installed")
    from processors.azure_speech import AzureSTT, AzureTTS  # noqa: PLC0415

    about = {"api_key": KEY, "region": "westeurope", "url": url, "language": "de", "sample_rate": 8_000}
    heard = AzureSTT(**about)  # type: ignore[arg-type]
    config = heard._speech_config
    assert config.speech_recognition_language == "de-DE"
    assert config.subscription_key == KEY
    assert config.region == ("" if url else "westeurope")
    said = AzureTTS(**about, voice="en-US-AvaMultilingualNeural")  # type: ignore[arg-type]
    assert said._settings.language == "de-DE"
    ssml = said._construct_ssml("Tom & Ana")
    assert "en-US-AvaMultilingualNeural" in ssml
    assert "Tom &amp; Ana" in ssml
    assert (said._region, said._private_endpoint) == ((None, url) if url else ("westeurope", None))


async def test_a_missing_library_names_the_extra() -> None:
    spec = Spec("gone", "Gone", (Kind.LLM,), key="GONE_API_KEY", extra="gone")
    with pytest.raises(SettingsError, match=r"pip install 'vantum\[gone\]'"):
        maker_of(Kind.LLM, spec)


async def test_a_voice_of_a_pipecat_service_knows_the_plain_names() -> None:
    async with process() as shared:
        made = maker_of(Kind.TTS, SPECS["elevenlabs"])(brief(Kind.TTS, "elevenlabs", shared))
        assert isinstance(made, ServiceVoice)
        assert made._voices == SPECS["elevenlabs"].voices
