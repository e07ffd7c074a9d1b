"""The providers by name: what each can do, and which settings it has.

To add one, add its entry here and its maker under ``vantum/providers``; its settings are then read, its key is kept
secret, and it may be named in ``VANTUM_STT``, ``VANTUM_LLM`` and ``VANTUM_TTS`` for the jobs in ``kinds``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from vantum.core.choice import LOCAL, Kind


@dataclass(frozen=True, slots=True)
class Probe:
    """How it is found out whether a provider works again: an address to ask, and what to send with it.

    A WebSocket is opened and closed, and a page is read. Names of settings in braces stand for their values.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def filled(self, values: Mapping[str, str]) -> Probe:
        """The probe with the settings' values in it."""
        headers = {name: text.format_map(values) for name, text in self.headers.items()}
        return Probe(self.url.format_map(values), headers)


@dataclass(frozen=True, slots=True)
class Spec:
    """A provider.

    ``title`` is its name for people, ``key`` the setting that holds its key ("" for none), and ``settings`` its other
    settings with their defaults. ``keyless`` is the setting that makes the key needless, as the address of a server
    of one's own does. ``extra`` is what pip installs it with, and ``voices`` are its ids of the voices that have a
    plain name (``female`` and ``male``). Without a ``probe``, what its settings name as an address is connected to.
    ``needs`` are the settings that a job takes in the place of ``key``, its own key first.
    """

    name: str
    title: str
    kinds: tuple[Kind, ...]
    key: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    keyless: str = ""
    extra: str = ""
    voices: Mapping[str, str] = field(default_factory=dict)
    probe: Probe | None = None
    needs: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """Its keys: what has no default."""
        needed = dict.fromkeys(name for kind in self.kinds for name in self.needed(kind))
        return tuple(name for name in needed if name not in self.settings)

    @property
    def names(self) -> tuple[str, ...]:
        """All its settings, the keys first."""
        return (*self.keys, *self.settings)

    def needed(self, kind: Kind) -> tuple[str, ...]:
        """The settings without which it cannot do a job, the key first."""
        return self.needs.get(kind, (self.key,) if self.key else ())

    def lacking(self, kind: Kind, given: Collection[str]) -> tuple[str, ...]:
        """What it needs for a job beside the settings that are ``given``."""
        if self.keyless in given:
            return ()
        return tuple(name for name in self.needed(kind) if name not in given)

    def address(self, values: Mapping[str, str]) -> str:
        """Where the provider is, by its settings; "" for one that is in this process."""
        return next((values[name] for name in self.settings if "://" in values[name]), "")

    @property
    def voice_setting(self) -> str:
        """Its setting for the voice; "" where it has none."""
        return next((name for name in self.settings if name.endswith("_VOICE")), "")

    def voice(self, wanted: str) -> str:
        """The id of the voice ``wanted``: a plain name, or an id as it is."""
        return self.voices.get(wanted.lower(), wanted)


SPECS: Final[Mapping[str, Spec]] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            Spec(
                "deepgram",
                "Deepgram",
                (Kind.STT,),
                key="DEEPGRAM_API_KEY",
                settings={"DEEPGRAM_URL": "wss://api.deepgram.com", "DEEPGRAM_MODEL": "nova-3"},
                probe=Probe(
                    "{DEEPGRAM_URL}/v1/listen?model={DEEPGRAM_MODEL}&encoding=linear16&sample_rate=16000",
                    {"Authorization": "Token {DEEPGRAM_API_KEY}"},
                ),
            ),
            Spec(
                "openai",
                "OpenAI",
                tuple(Kind),
                key="OPENAI_API_KEY",
                settings={
                    "OPENAI_BASE_URL": "https://api.openai.com/v1",
                    "LLM_MODEL": "gpt-4.1",
                    "LLM_TEMPERATURE": "0.7",
                    "LLM_MAX_TOKENS": "500",
                    "OPENAI_STT_MODEL": "gpt-4o-mini-transcribe",
                    "OPENAI_TTS_MODEL": "gpt-4o-mini-tts",
                    "OPENAI_VOICE": "female",
                },
                keyless="OPENAI_BASE_URL",
                voices={"female": "nova", "male": "onyx"},
                probe=Probe("{OPENAI_BASE_URL}/models", {"Authorization": "Bearer {OPENAI_API_KEY}"}),
            ),
            Spec(
                "cartesia",
                "Cartesia",
                (Kind.TTS,),
                key="CARTESIA_API_KEY",
                settings={
                    "CARTESIA_URL": "wss://api.cartesia.ai",
                    "CARTESIA_MODEL": "sonic-3",
                    "CARTESIA_VOICE": "female",
                },
                voices={
                    "female": "6ccbfb76-1fc6-48f7-b71d-91ac6298247b",
                    "male": "c961b81c-a935-4c17-bfb3-ba2239de8c2f",
                },
                probe=Probe(
                    "{CARTESIA_URL}/tts/websocket",
                    {"X-API-Key": "{CARTESIA_API_KEY}", "Cartesia-Version": "2026-03-01"},
                ),
            ),
            Spec(
                "deepgram-flux",
                "Deepgram Flux",
                (Kind.STT,),
                key="DEEPGRAM_API_KEY",
                settings={"DEEPGRAM_URL": "wss://api.deepgram.com", "DEEPGRAM_FLUX_MODEL": "flux-general-en"},
                probe=Probe(
                    "{DEEPGRAM_URL}/v2/listen?model={DEEPGRAM_FLUX_MODEL}&encoding=linear16&sample_rate=16000",
                    {"Authorization": "Token {DEEPGRAM_API_KEY}"},
                ),
            ),
            Spec(
                "elevenlabs",
                "ElevenLabs",
                (Kind.TTS,),
                key="ELEVENLABS_API_KEY",
                settings={
                    "ELEVENLABS_URL": "wss://api.elevenlabs.io",
                    "ELEVENLABS_MODEL": "eleven_flash_v2_5",
                    "ELEVENLABS_VOICE": "female",
                },
                voices={"female": "EXAVITQu4vr4xnSDxMaL", "male": "JBFqnCBsd6RMkjVDRZzb"},
                probe=Probe(
                    "{ELEVENLABS_URL}/v1/text-to-speech/EXAVITQu4vr4xnSDxMaL/multi-stream-input"
                    "?model_id={ELEVENLABS_MODEL}",
                    {"xi-api-key": "{ELEVENLABS_API_KEY}"},
                ),
            ),
            Spec(
                "anthropic",
                "Anthropic",
                (Kind.LLM,),
                key="ANTHROPIC_API_KEY",
                settings={
                    "ANTHROPIC_URL": "https://api.anthropic.com",
                    "ANTHROPIC_MODEL": "claude-haiku-4-5",
                    "LLM_MAX_TOKENS": "500",
                },
                extra="anthropic",
                probe=Probe(
                    "{ANTHROPIC_URL}/v1/models",
                    {"x-api-key": "{ANTHROPIC_API_KEY}", "anthropic-version": "2023-06-01"},
                ),
            ),
            Spec(
                "google",
                "Google",
                tuple(Kind),
                key="GOOGLE_API_KEY",
                settings={
                    "GOOGLE_URL": "https://generativelanguage.googleapis.com",
                    "GOOGLE_MODEL": "gemini-2.5-flash",
                    "GOOGLE_STT_MODEL": "latest_long",
                    "GOOGLE_LOCATION": "global",
                    "GOOGLE_VOICE": "female",
                    "LLM_TEMPERATURE": "0.7",
                    "LLM_MAX_TOKENS": "500",
                },
                extra="google",
                voices={"female": "Aoede", "male": "Charon"},
                needs={
                    Kind.STT: ("GOOGLE_APPLICATION_CREDENTIALS",),
                    Kind.TTS: ("GOOGLE_APPLICATION_CREDENTIALS",),
                },
            ),
            Spec(
                "groq",
                "Groq",
                (Kind.STT, Kind.LLM),
                key="GROQ_API_KEY",
                settings={
                    "GROQ_URL": "https://api.groq.com/openai/v1",
                    "GROQ_MODEL": "openai/gpt-oss-120b",
                    "GROQ_STT_MODEL": "whisper-large-v3-turbo",
                    "LLM_TEMPERATURE": "0.7",
                    "LLM_MAX_TOKENS": "500",
                },
                probe=Probe("{GROQ_URL}/models", {"Authorization": "Bearer {GROQ_API_KEY}"}),
            ),
            Spec(
                "azure",
                "Azure",
                tuple(Kind),
                settings={
                    "AZURE_OPENAI_URL": "",
                    "AZURE_OPENAI_MODEL": "gpt-4.1",
                    "AZURE_SPEECH_URL": "",
                    "AZURE_SPEECH_REGION": "eastus",
                    "AZURE_VOICE": "female",
                    "LLM_TEMPERATURE": "0.7",
                    "LLM_MAX_TOKENS": "500",
                },
                extra="azure",
                voices={"female": "en-US-AvaMultilingualNeural", "male": "en-US-AndrewMultilingualNeural"},
                needs={
                    Kind.LLM: ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_URL"),
                    Kind.STT: ("AZURE_SPEECH_API_KEY",),
                    Kind.TTS: ("AZURE_SPEECH_API_KEY",),
                },
            ),
            Spec(LOCAL, "the embedded demo", tuple(Kind), extra="local"),
        )
    }
)
"""In the order in which they are told."""

SETTING_NAMES: Final = frozenset(name for spec in SPECS.values() for name in spec.names)
KEY_NAMES: Final = frozenset(name for spec in SPECS.values() for name in spec.keys)
