"""What a maker is told of the provider that it is to put to work in a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from openai import AsyncOpenAI

from processors.embedded.engines import Recogniser, Synthesiser
from vantum.core.choice import Kind
from vantum.core.dialogue_script import Script
from vantum.core.errors import PipelineError
from vantum.core.provider_specs import Spec
from vantum.providers.clients import Clients


class Shared(Protocol):
    """What all calls of the process share; None for what no chosen provider needs."""

    @property
    def clients(self) -> Clients: ...
    @property
    def openai(self) -> AsyncOpenAI | None: ...
    @property
    def recogniser(self) -> Recogniser | None: ...
    @property
    def synthesiser(self) -> Synthesiser | None: ...


@dataclass(frozen=True, slots=True)
class Brief:
    """The job, the provider and the call.

    ``values`` are the provider's settings by name, its key among them; ``language`` is a tag such as ``de``,
    ``wanted_voice`` a plain name or an id, and ``rate`` the hertz of the audio: the caller's for a recogniser, the
    bot's for a voice. ``script`` is what the embedded providers go by, if the pipeline has one.
    """

    kind: Kind
    spec: Spec
    values: Mapping[str, str] = field(repr=False)
    language: str
    wanted_voice: str
    rate: int
    on_phone: bool
    shared: Shared = field(repr=False)
    script: Script | None = None

    def __getitem__(self, name: str) -> str:
        """One of the provider's settings: what is set, or the default of its spec."""
        return self.values[name]

    @property
    def key(self) -> str:
        """The provider's key for the job; "" where it needs none."""
        return next((self.values[name] for name in self.spec.needed(self.kind)), "")

    @property
    def voice(self) -> str:
        """The provider's id of the voice that is wanted."""
        return self.spec.voice(self.wanted_voice)

    def required_script(self) -> Script:
        """The script; raises PipelineError when the pipeline has none."""
        if self.script is None:
            raise PipelineError(
                "The embedded language model has nothing to say without a script.",
                "Give it one, call.llm(load_script(path)), or set OPENAI_API_KEY or OPENAI_BASE_URL.",
            )
        return self.script
