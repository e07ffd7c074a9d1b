"""The test kit: virtual time, a processor run on its own, providers that follow a script, and whole calls.

``docs/testing.md`` shows how it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vantum.testing.call_script import CallScript
    from vantum.testing.deadlock import DeadlockError
    from vantum.testing.ear import Sound
    from vantum.testing.memory_client import MemoryClient
    from vantum.testing.memory_phone import Cleared, Heard, MemoryPhone, Returned
    from vantum.testing.memory_socket import Closed, Received
    from vantum.testing.phone_script import PhoneScript
    from vantum.testing.played_call import PlayedCall
    from vantum.testing.processor_run import Input, Passed, Run, run_processor
    from vantum.testing.scripted_call import ScriptedCall
    from vantum.testing.scripted_llm import Calls, Fails, ScriptedLLM
    from vantum.testing.scripted_stt import ScriptedSTT, Transcribed, Utterance
    from vantum.testing.scripted_tts import ScriptedTTS
    from vantum.testing.scripted_vad import ScriptedVAD, Speech
    from vantum.testing.virtual_time import VirtualTimeLoop, at_rest

__all__ = [
    "CallScript",
    "Calls",
    "Cleared",
    "Closed",
    "DeadlockError",
    "Fails",
    "Heard",
    "Input",
    "MemoryClient",
    "MemoryPhone",
    "Passed",
    "PhoneScript",
    "PlayedCall",
    "Received",
    "Returned",
    "Run",
    "ScriptedCall",
    "ScriptedLLM",
    "ScriptedSTT",
    "ScriptedTTS",
    "ScriptedVAD",
    "Sound",
    "Speech",
    "Transcribed",
    "Utterance",
    "VirtualTimeLoop",
    "at_rest",
    "run_processor",
]

_HOMES = {
    "CallScript": "call_script",
    "Calls": "scripted_llm",
    "Cleared": "memory_phone",
    "Closed": "memory_socket",
    "DeadlockError": "deadlock",
    "Fails": "scripted_llm",
    "Heard": "memory_phone",
    "Input": "processor_run",
    "MemoryClient": "memory_client",
    "MemoryPhone": "memory_phone",
    "Passed": "processor_run",
    "PhoneScript": "phone_script",
    "PlayedCall": "played_call",
    "Received": "memory_socket",
    "Returned": "memory_phone",
    "Run": "processor_run",
    "ScriptedCall": "scripted_call",
    "ScriptedLLM": "scripted_llm",
    "ScriptedSTT": "scripted_stt",
    "ScriptedTTS": "scripted_tts",
    "ScriptedVAD": "scripted_vad",
    "Sound": "ear",
    "Speech": "scripted_vad",
    "Transcribed": "scripted_stt",
    "Utterance": "scripted_stt",
    "VirtualTimeLoop": "virtual_time",
    "at_rest": "virtual_time",
    "run_processor": "processor_run",
}


def __getattr__(name: str) -> object:
    # The pytest plugin is in this package: it must not load the engine in runs that do not use it.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return vars(import_module(f"{__name__}.{_HOMES[name]}"))[name]
