"""What ``vantum providers`` does: list the providers, and use one of them once to see whether it works."""

from __future__ import annotations

import argparse
import wave
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr
from openai import AsyncOpenAI
from rich.console import Console
from rich.table import Table

from processors.embedded.engines import Recogniser, Synthesiser
from processors.failover import REMEDIES
from processors.tts.last_words import last_words
from vantum.core.audio import PIPELINE_RATE
from vantum.core.choice import LOCAL, Kind
from vantum.core.errors import ProviderError, SettingsError, UsageError
from vantum.core.faults import Fault
from vantum.core.provider_specs import SPECS, Spec
from vantum.providers import maker_of
from vantum.providers.brief import Brief
from vantum.providers.clients import Clients
from vantum.settings import Settings
from vantum.smoke import Came, smoke
from vantum.terminal import add_common_options, run_command, settings_of

QUESTION = "In one short sentence: what is a telephone?"
HERE = {Fault.NETWORK: "Check the network, and the address in the settings."}
"""What helps with a test that would help itself in a call."""
SENTENCE = "Hello, this is a test of my voice."


@dataclass(slots=True)
class Process:
    """What a provider shares with others; the embedded ones are not tested here."""

    clients: Clients = field(default_factory=Clients)
    openai: AsyncOpenAI | None = None
    recogniser: Recogniser | None = None
    synthesiser: Synthesiser | None = None


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum providers", description="List the providers, or really use one of them once."
    )
    add_common_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="smoke")
    test = commands.add_parser("smoke", help="use a provider once: this costs what a sentence costs")
    test.add_argument("name", help="its name in the list")
    test.add_argument("--kind", type=Kind, choices=list(Kind), help="the job to test; all that have a key")
    test.add_argument("--stt", type=Path, metavar="WAV", help="what is to be heard, 16-bit mono; a recording")
    test.add_argument("--llm", metavar="TEXT", default=QUESTION, help="what is asked")
    test.add_argument("--tts", metavar="TEXT", default=SENTENCE, help="what is said")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when all that was tested works, 1 when something does not, 2 for what cannot be tested."""
    options = arguments().parse_args(argv)

    async def work() -> int:
        settings = settings_of(options)
        console = Console(soft_wrap=True, highlight=False, markup=False)
        if options.command is None:
            console.print(listed(settings))
            return 0
        return await tested(settings, options, console)

    return run_command(work, debug=options.debug)


# --- the list ------------------------------------------------------------------------------------------


def listed(settings: Settings) -> Table:
    """The providers: what each does, and whether its keys and its libraries are there."""
    table = Table(box=None, pad_edge=False)
    for title in ("name", "jobs", "keys", "libraries"):
        table.add_column(title, overflow="fold")
    for spec in SPECS.values():
        jobs = ", ".join(f"{kind}*" if _is_chosen(spec, kind, settings) else str(kind) for kind in spec.kinds)
        table.add_row(spec.name, jobs, _keys(spec, settings), _libraries(spec))
    table.caption = "* chosen for calls"
    return table


def _is_chosen(spec: Spec, kind: Kind, settings: Settings) -> bool:
    return any(choice.provider == spec.name for choice in settings.choices()[kind])


def _keys(spec: Spec, settings: Settings) -> str:
    lacking = dict.fromkeys(name for kind in spec.kinds for name in spec.lacking(kind, settings.given_names))
    if not spec.keys:
        return "none needed"
    return "\n".join(f"lacks {name}" for name in lacking) or "set"


def _libraries(spec: Spec) -> str:
    try:
        for kind in spec.kinds:
            maker_of(kind, spec)
    except SettingsError as error:
        return error.remedy
    return "installed"


# --- the test ------------------------------------------------------------------------------------------


async def tested(settings: Settings, options: argparse.Namespace, console: Console) -> int:
    """Use the provider for each job that is asked for; tells what came of it."""
    spec, kinds = _asked_for(settings, options.name, options.kind)
    works = True
    async with AsyncExitStack() as closing:
        shared = Process()
        closing.push_async_callback(shared.clients.close)
        for kind in kinds:
            told = _brief(settings, spec, kind, shared)
            try:
                came = await _use(told, options)
            except ProviderError as error:
                works = False
                console.print(f"{spec.name} {kind}: {error.fault}: {error.message}")
                console.print(f"    {HERE.get(error.fault, REMEDIES[error.fault])}")
            else:
                console.print(f"{spec.name} {kind}: {_told(came)}")
    return 0 if works else 1


def _asked_for(settings: Settings, name: str, kind: Kind | None) -> tuple[Spec, list[Kind]]:
    """The provider and the jobs to test; raises UsageError where there is nothing to test."""
    spec = SPECS.get(name)
    if spec is None or name == LOCAL:
        known = ", ".join(other for other in SPECS if other != LOCAL)
        raise UsageError(f"There is no provider {name!r} to test.", f"There are {known}.")
    if kind is not None and kind not in spec.kinds:
        raise UsageError(f"{name} does not do {kind}.", f"It does {', '.join(spec.kinds)}.")
    wanted = [kind] if kind is not None else list(spec.kinds)
    ready = [one for one in wanted if not spec.lacking(one, settings.given_names)]
    if not ready:
        lacking = spec.lacking(wanted[0], settings.given_names)
        raise SettingsError(f"{lacking[0]} is not set.", f"Set {' and '.join(lacking)}.")
    return spec, ready


def _brief(settings: Settings, spec: Spec, kind: Kind, shared: Process) -> Brief:
    values = settings.values_of(spec)
    wanted = values.get(spec.voice_setting, "female")
    return Brief(kind, spec, values, settings.language, wanted, PIPELINE_RATE, on_phone=False, shared=shared)


async def _use(told: Brief, options: argparse.Namespace) -> Came:
    match told.kind:
        case Kind.STT:
            pcm = _recording(options.stt) if options.stt else last_words(told.language, PIPELINE_RATE)[1]
            return await smoke(told, "", pcm)
        case Kind.LLM:
            return await smoke(told, options.llm)
        case Kind.TTS:
            return await smoke(told, options.tts)


def _recording(path: Path) -> bytes:
    """The audio of a file (PCM16, mono) at the pipeline's rate; raises UsageError for a file that is none."""
    try:
        with wave.open(str(path)) as file:
            if (file.getsampwidth(), file.getnchannels()) != (2, 1):
                raise UsageError(f"{path} is not 16-bit mono.", "Give a WAV file that is.")
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            resampled: bytes = soxr.resample(samples, file.getframerate(), PIPELINE_RATE).tobytes()
            return resampled
    except (OSError, EOFError, wave.Error) as error:
        raise UsageError(f"{path} cannot be read ({error}).", "Give a WAV file, 16-bit mono.") from error


def _told(came: Came) -> str:
    times = f"first after {came.first or 0.0:.2f} s, all after {came.last:.2f} s"
    return f"{came.speech:.1f} s of speech, {times}" if came.speech else f'"{came.words.strip()}", {times}'
