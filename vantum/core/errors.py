"""Every error that Vantum raises on purpose.

    VantumError
    ├── UsageError            the person who runs the command can fix it (exit 2, no traceback)
    │   ├── SettingsError     a setting is missing, unknown or out of range
    │   ├── PipelineError     the pipeline file cannot be found, loaded or built
    │   ├── StoreError        the database cannot be used, or has the shape of another version
    │   ├── ModelError        a network that an installed package brings is not the one that is known
    │   ├── CampaignError     what was asked cannot be done to a campaign
    │   │   ├── NoCampaignError       there is none of that name or id
    │   │   ├── CampaignNameError     another one has the name
    │   │   ├── CampaignMoveError     its state does not allow it
    │   │   └── NotReadyError         it lacks something without which it does not start
    │   └── PortTakenError    the address to listen on is in use
    ├── ProtocolError         a client sent something the protocol does not allow
    ├── IllegalMoveError      a state machine was asked for a move it does not have
    ├── AppendOnlyError       a row that is only ever added was to be changed or removed
    ├── CapacityError         the process is full, falls behind, or is shutting down
    │   └── QueueFullError    too many calls wait to be placed
    ├── NumberError           a phone number cannot be dialed
    ├── DialError             a call cannot be placed: its number is blocked, or dialing is stopped
    ├── CallStateError        a call is not in a state in which that can be done to it
    └── ProviderError         a speech or language provider failed

The class says whose fault it is; fields carry the facts; ``str()`` is a sentence that says what to do.
"""

from __future__ import annotations

from vantum.core.faults import Fault, is_too_long


class VantumError(Exception):
    """Base of all errors raised on purpose."""


class UsageError(VantumError):
    """Something the person who runs the command can fix. ``remedy`` says how."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"


class SettingsError(UsageError):
    """A setting is missing, unknown or out of range."""


class PipelineError(UsageError):
    """The pipeline file cannot be found, loaded or built."""


class StoreError(UsageError):
    """The database cannot be used, or has the shape of another version."""


class ModelError(UsageError):
    """A network that an installed package brings is not built as the one that Vantum knows."""


class CampaignError(UsageError):
    """What was asked cannot be done to a campaign."""


class NoCampaignError(CampaignError):
    """There is no such campaign, or it belongs to another organisation."""


class CampaignNameError(CampaignError):
    """Another campaign of the organisation has the name."""


class CampaignMoveError(CampaignError):
    """A campaign is in a state in which that cannot be done; ``allowed`` is what can."""

    def __init__(self, state: str, wanted: str, allowed: tuple[str, ...]) -> None:
        can = (
            f"What can be done now: {', '.join(allowed)}."
            if allowed
            else "Nothing can be done to it any more."
        )
        super().__init__(f"The campaign is {state}: {wanted} is not possible.", can)
        self.state = state
        self.wanted = wanted
        self.allowed = allowed


class NotReadyError(CampaignError):
    """A campaign lacks something without which it must not start; ``missing`` are words, ``reasons`` sentences."""

    def __init__(self, missing: tuple[str, ...], reasons: tuple[str, ...]) -> None:
        super().__init__(" ".join(reasons), "Nothing was started.")
        self.missing = missing
        self.reasons = reasons


class PortTakenError(UsageError):
    """The address to listen on is in use."""


class ProtocolError(VantumError):
    """A client's message breaks the protocol; ``str()`` says what was wrong and what is allowed.

    ``event_type`` is the request's event type when it could be read, else ``None``.
    """

    def __init__(self, message: str, event_type: str | None = None) -> None:
        super().__init__(message)
        self.event_type = event_type


class IllegalMoveError(VantumError):
    """A state machine was asked for a move that its table does not have."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} is not possible while {state}.")
        self.state = state
        self.event = event


class AppendOnlyError(VantumError):
    """A row that is only ever added was to be changed or removed."""

    def __init__(self, table: str) -> None:
        super().__init__(f"Rows of {table} are only ever added.")
        self.table = table


class CapacityError(VantumError):
    """The process takes no more calls now."""


class QueueFullError(CapacityError):
    """Too many calls wait to be placed."""


class NumberError(VantumError):
    """A phone number cannot be dialed; ``problem`` and ``remedy`` say why and what to do."""

    def __init__(self, number: str, problem: str, remedy: str) -> None:
        super().__init__(number, problem, remedy)
        self.number = number
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.number!r} {self.problem}. {self.remedy}"


class DialError(VantumError):
    """A call cannot be placed, whatever is done about its number."""


class CallStateError(VantumError):
    """What was asked cannot be done to a call in its state."""


class ProviderError(VantumError):
    """A speech or language provider failed. ``kind`` is ``stt``, ``llm`` or ``tts``.

    ``fault`` says what helps; ``retry_after`` is the seconds that the provider asked to wait, if it did.
    """

    def __init__(
        self,
        kind: str,
        provider: str,
        message: str,
        fault: Fault = Fault.NETWORK,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{provider} ({kind}): {message}")
        self.kind = kind
        self.provider = provider
        self.message = message
        self.fault = fault
        self.retry_after = retry_after

    @property
    def too_long(self) -> bool:
        """Whether the conversation is longer than the model takes: a shorter one may be."""
        return self.fault is Fault.FATAL and is_too_long(self.message)
