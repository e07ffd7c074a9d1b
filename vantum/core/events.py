"""What happens in a call, as values: the one vocabulary of the record, the clients and the metrics.

Processors and transports push these through the pipeline inside pipecat's message frames:
``OutputTransportMessageUrgentFrame(message=event)`` towards the transport output (which publishes it to
the record and the client) and ``InputTransportMessageFrame(message=...)`` for what the client asked.
Times are seconds; the publisher stamps each event with the seconds since the call began.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ConversationState(StrEnum):
    """Who has the floor, as told to the client and the record."""

    INITIALIZING = "initializing"
    LISTENING = "listening"
    THINKING = "thinking"
    RESPONDING = "responding"
    INTERRUPTED = "interrupted"
    ENDED = "ended"


class TurnEnd(StrEnum):
    """What ended the caller's turn."""

    SILENCE = "silence"
    STT = "stt"
    HAND = "hand"
    KEYS = "keys"


class Stage(StrEnum):
    """The stations between the end of the caller's speech and the first answer byte, in order."""

    COMMITTED = "committed"
    FIRST_TOKEN = "first_token"  # noqa: S105 - a token of text
    FIRST_PIECE = "first_piece"
    FIRST_AUDIO = "first_audio"
    FIRST_BYTE = "first_byte"
    HEARD = "heard"


class Sign(StrEnum):
    """What the recogniser lets know beside words."""

    SPEECH = "speech"  # it hears speech: words may still come, however late
    NOTHING = "nothing"  # it is through with what it heard, and there was no word in it
    ENDPOINT = "endpoint"  # it holds that the caller has finished
    REVISING = "revising"  # it takes back what is not final: a final is on its way
    WHOLE = "whole"  # its last words are a sentence that it expected, to the end


class BargeIn(StrEnum):
    """What a sound of the caller over the bot turned out to be."""

    INTERRUPTION = "interruption"
    BACKCHANNEL = "backchannel"
    NOISE = "noise"
    ECHO = "echo"


# --- what a client asks for -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """The session became active: by the client's start event or by its first audio."""

    language: str | None = None
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class TurnEndedByHand:
    """The caller ended the turn by hand: finalise the STT, answer with what there is."""


@dataclass(frozen=True, slots=True)
class LastWords:
    """Stop speaking, say ``text``, hear nothing more, and end the call with ``reason``."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller is gone: take the words that are still to come for the record, and answer nothing more.

    Whoever waits for such words holds this message back; it comes out of the pipeline when nobody does.
    """


@dataclass(frozen=True, slots=True)
class ClientDropped:
    """The client's connection is lost, ``reason`` says how: it may come back, and until then nobody is there."""

    reason: str


@dataclass(frozen=True, slots=True)
class ClientReturned:
    """The client is back after ``seconds``, and the call goes on where it stood."""

    seconds: float


ClientRequest = SessionStarted | TurnEndedByHand | LastWords | CallerLeft | ClientDropped | ClientReturned


# --- what the detectors tell the conversation ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """The caller has been silent for ``silent_seconds``, too short to say that they have stopped."""

    silent_seconds: float


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The caller goes on after a pause, before they were said to have stopped: no judgement of it will come."""


@dataclass(frozen=True, slots=True)
class TurnJudged:
    """Whether the caller sounds finished at this pause: ``complete`` is 0..1; None when no judgement came in time."""

    complete: float | None


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sign of the recogniser."""

    sign: Sign


@dataclass(frozen=True, slots=True)
class ContextTooLong:
    """The language model takes no conversation as long as this one: forget what is old."""


@dataclass(frozen=True, slots=True)
class HearingLost:
    """Nobody hears the caller; what they say meanwhile is kept for whoever hears them next."""


@dataclass(frozen=True, slots=True)
class HearingBack:
    """The caller is heard again."""


# --- what the conversation asks of those behind it --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hold:
    """Let nothing be heard from here on, and lose nothing: what is played stops where it is."""


@dataclass(frozen=True, slots=True)
class Release:
    """Go on: with what is played from the word where it stopped, or with what waits."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak ``text`` at once, whatever the language model is doing."""

    text: str


OutputRequest = Hold | Release | Say


# --- what happened ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call began. ``providers`` maps stt, llm and tts to the provider's name."""

    call_id: str
    pipeline: str
    transport: str
    providers: dict[str, str]


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over; ``reason`` in words (``client left``, ``goodbye``, ``error: …``)."""

    reason: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The conversation moved from one state to another."""

    previous: ConversationState
    state: ConversationState


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words of the caller, interim or final. ``confidence`` is 0..1."""

    text: str
    final: bool
    confidence: float = 1.0
    language: str = "en"


@dataclass(frozen=True, slots=True)
class TurnCommitted:
    """The caller's turn is over and ``text`` goes to the LLM.

    ``silent_seconds`` is how long ago the caller's last sound was when the turn was committed, ``spoken_seconds`` how
    long ago their first one in it; None where only the recogniser heard them.
    """

    turn: int
    text: str
    ended_by: TurnEnd
    silent_seconds: float
    spoken_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StageReached:
    """The answer under way reached a station."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class TurnLatency:
    """Seconds from the end of the caller's speech to each station of the answer.

    An answer that was ``drafted`` reaches stations before the turn is committed, the first ones perhaps below zero.
    ``providers`` maps stt, llm and tts to who served this turn.
    """

    turn: int
    seconds: dict[Stage, float]
    drafted: bool = False
    providers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UtteranceStarted:
    """The first audio of a bot turn went to the wire."""

    utterance_id: str


@dataclass(frozen=True, slots=True)
class WordsSpoken:
    """Words of the bot whose audio is being played now."""

    utterance_id: str
    text: str


@dataclass(frozen=True, slots=True)
class UtterancePaused:
    """A bot turn is held where the caller made a sound; it goes on or is cut."""

    utterance_id: str


@dataclass(frozen=True, slots=True)
class UtteranceResumed:
    """A bot turn that was held goes on."""

    utterance_id: str


@dataclass(frozen=True, slots=True)
class BargeInDecided:
    """A sound of the caller over the bot was understood; ``text`` are its words, "" for none."""

    kind: BargeIn
    text: str = ""


@dataclass(frozen=True, slots=True)
class DraftStarted:
    """An answer is made before the caller's turn is over; ``attempt`` counts from 1 in each turn.

    ``prompt_tokens`` is an estimate of what it costs to ask.
    """

    attempt: int
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class DraftDropped:
    """A draft was cancelled unheard; what it cost, in estimated tokens and in characters given to the voice."""

    attempt: int
    prompt_tokens: int
    completion_tokens: int
    spoken_characters: int


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The language model called a tool; ``arguments`` is a JSON object."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolReturned:
    """A tool came to its end after ``seconds``; ``result`` is JSON, ``failed`` when it is an error."""

    call_id: str
    name: str
    result: str
    seconds: float
    failed: bool


@dataclass(frozen=True, slots=True)
class LanguageChanged:
    """The call goes on in ``language``, a tag such as ``de``."""

    language: str


@dataclass(frozen=True, slots=True)
class CallerPrompted:
    """The bot broke a silence: ``reason`` is ``silence``, ``unheard``, ``slow`` or ``failure``."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class UtteranceEnded:
    """A bot turn was played to its end or was cut; ``text`` holds the words heard, no more and no less."""

    utterance_id: str
    text: str
    interrupted: bool


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key of the telephone: a digit, ``*`` or ``#``."""

    key: str


@dataclass(frozen=True, slots=True)
class DigitsSent:
    """The bot pressed keys of the telephone, as tones."""

    digits: str


@dataclass(frozen=True, slots=True)
class MachineDetected:
    """The carrier said who answered; ``action`` is what was done: ``carry_on``, ``leave_message``, ``hang_up``."""

    answered_by: str
    action: str


@dataclass(frozen=True, slots=True)
class TransferRequested:
    """The call goes to a human at ``number`` once the bot has spoken its last word."""

    number: str


@dataclass(frozen=True, slots=True)
class DispositionRecorded:
    """How the call came out, in the bot's judgement; ``notes`` in its own words."""

    disposition: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ProviderSwitched:
    """``provider`` does the job ``kind`` (``stt``, ``llm`` or ``tts``) from here on, after ``previous``.

    ``previous`` is "" when it does so from the start, without being the first choice; ``fault`` and ``problem``
    say what was wrong with the one before, and are None and "" when the first choice works again.
    """

    kind: str
    provider: str
    previous: str
    fault: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ErrorReported:
    """Something failed. ``source`` is ``stt``, ``llm``, ``tts``, ``transport`` or ``pipeline``."""

    source: str
    message: str
    retryable: bool


Event = (
    CallStarted
    | CallEnded
    | SessionStarted
    | TurnEndedByHand
    | LastWords
    | ClientDropped
    | ClientReturned
    | StateChanged
    | Transcript
    | TurnCommitted
    | StageReached
    | TurnLatency
    | UtteranceStarted
    | WordsSpoken
    | UtterancePaused
    | UtteranceResumed
    | UtteranceEnded
    | BargeInDecided
    | DraftStarted
    | DraftDropped
    | ToolCalled
    | ToolReturned
    | LanguageChanged
    | CallerPrompted
    | KeyPressed
    | DigitsSent
    | MachineDetected
    | TransferRequested
    | DispositionRecorded
    | ProviderSwitched
    | ErrorReported
)
