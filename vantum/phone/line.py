"""One phone call while it is on the line: its seat, its live call, and what was said that decisions need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from transports.twilio.transport import TwilioTransport
from vantum.calls import Seat
from vantum.core.events import DispositionRecorded, Event, MachineDetected, Transcript, TransferRequested
from vantum.core.machine import AnsweredBy, MachineAction, decide
from vantum.core.phone_call import left_voicemail
from vantum.live_call import LiveCall
from vantum.phone.phone_call import PhoneCall

VOICEMAIL = "the bot left a message at a machine"
MACHINE = "a machine answered"

Change = Callable[[PhoneCall], PhoneCall]


@dataclass(slots=True)
class Line:
    """``live`` is None until the media stream is up, and ``verdict`` waits for it; ``change`` writes to the book."""

    seat: Seat
    change: Callable[[Change], object]
    live: LiveCall | None = None
    transport: TwilioTransport | None = None
    verdict: AnsweredBy | None = None
    caller_said: list[str] = field(default_factory=list)

    def watch(self, event: Event) -> None:
        """What happens in the live call: the book keeps what outlives it."""
        match event:
            case Transcript(text=text, final=True) if text.strip():
                self.caller_said.append(text)
            case DispositionRecorded(disposition, notes):
                self.change(lambda call: replace(call, disposition=disposition, notes=notes or call.notes))
            case TransferRequested(number):
                self.change(lambda call: replace(call, transferred_to=number))

    def connect(self, live: LiveCall) -> None:
        """The media stream is up."""
        self.live = live
        if self.verdict is not None:
            self.judge(self.verdict)

    def judge(self, verdict: AnsweredBy) -> None:
        """The carrier says who answered: carry on, leave the message or hang up, once the stream is up."""
        self.verdict = verdict
        if self.live is None:
            return
        action = decide(verdict, self.caller_said, self.live.voicemail)
        self.live.publish(MachineDetected(verdict, action))
        match action:
            case MachineAction.LEAVE_MESSAGE:
                self.live.end_with(self.live.voicemail, VOICEMAIL)
            case MachineAction.HANG_UP:
                self.live.hang_up(MACHINE)
        if action is not MachineAction.CARRY_ON:
            self.change(lambda call: replace(call, progress=left_voicemail(call.progress)))
