"""The call that a scripted call's pipeline is built for: its processors are those of the script."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipecat.processors.frame_processor import FrameProcessor

from vantum.core.dialogue_script import Script
from vantum.parts import Call
from vantum.testing.scripted_llm import ScriptedLLM
from vantum.testing.scripted_stt import ScriptedSTT, Step
from vantum.testing.scripted_tts import ScriptedTTS
from vantum.testing.scripted_vad import ScriptedVAD, Speech


@dataclass(frozen=True, slots=True)
class Cast:
    """Who hears, answers and speaks in a scripted call. Without ``speech``, the VAD listens to the audio."""

    transcripts: tuple[Step, ...]
    llm: ScriptedLLM
    tts: ScriptedTTS
    speech: tuple[Speech, ...] | None


@dataclass(slots=True)
class ScriptedCall(Call):
    """A ``Call`` for any pipeline's ``build``."""

    cast: Cast = field(kw_only=True)

    # The real detector and the scripted one have no base in common but the processor.
    def vad(
        self,
        *,
        threshold: float | None = None,
        start_seconds: float | None = None,
        stop_seconds: float | None = None,
    ) -> FrameProcessor:
        """The script's detector, or the real one if the script plays audio."""
        if self.cast.speech is None:
            return Call.vad(self, threshold=threshold, start_seconds=start_seconds, stop_seconds=stop_seconds)
        settings = self.services.settings
        return ScriptedVAD(
            self.cast.speech,
            start_seconds=settings.vad_start_seconds if start_seconds is None else start_seconds,
            stop_seconds=settings.vad_stop_seconds if stop_seconds is None else stop_seconds,
        )

    def stt(self, script: Script | None = None) -> FrameProcessor:  # noqa: ARG002 - as every call has it
        """The script's recogniser."""
        return ScriptedSTT(self.cast.transcripts)

    def llm(self, script: Script | None = None) -> FrameProcessor:  # noqa: ARG002
        """The script's language model."""
        return self.cast.llm

    def tts(self) -> FrameProcessor:
        """The script's voice."""
        return self.cast.tts
