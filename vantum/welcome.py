"""What the command says when it is ready: where to find it, and which provider does what, and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from vantum.core.call_facts import PhoneCarrier
from vantum.core.choice import LOCAL
from vantum.core.provider_order import JOBS, in_words
from vantum.settings import Settings

EMBEDDED_NOTE = (
    "Embedded providers: a scripted demo with a robotic voice, US English, a quiet microphone and short answers."
    " Set the keys for the real thing."
)
LOCAL_NOTE = "calls ring scripted prospects on this machine; nobody is really called."


def phone_line(settings: Settings) -> str:
    """Whether there are phone calls, and what to do for them."""
    missing = settings.phone_missing
    if settings.phone_carrier is PhoneCarrier.LOCAL:
        return f"{'No carrier account' if missing else 'VANTUM_CARRIER=local'}: {LOCAL_NOTE}"
    if not missing:
        return f"Phone calls: point your Twilio number's voice webhook to {settings.public_url}/twilio/voice"
    return f"Phone calls are off; they need {', '.join(missing)} (docs/phone.md)."


def show_ready(
    url: str,
    chain: str,
    settings: Settings,
    workers: Sequence[int] = (),
    console: Console | None = None,
) -> None:
    """Print the ready line, the chain and the table of providers; ``workers`` are the ids of several processes."""
    console = console or Console(soft_wrap=True, highlight=False)
    choices = settings.choices()
    names = {kind: [choice.provider for choice in in_order] for kind, in_order in choices.items()}
    console.print(f"Vantum is ready: {url}", style="bold")
    console.print(chain, style="dim")
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("job", "providers", "why"):
        table.add_column(heading)
    for kind, in_order in choices.items():
        table.add_row(f"{kind.upper()}, {JOBS[kind]}", in_words(names[kind]), in_order[0].why)
    console.print(table)
    console.print(phone_line(settings))
    if workers:
        told = ", ".join(f"{slot} (process {pid})" for slot, pid in enumerate(workers))
        console.print(f"{len(workers)} workers: {told}")
    if any(in_order[0] == LOCAL for in_order in names.values()):
        console.print(EMBEDDED_NOTE)
