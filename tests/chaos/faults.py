"""What may happen to a provider, when it happens in a call, and for how long: a case is one value of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vantum.core.choice import Kind


class Blow(StrEnum):
    """What happens. New links and requests meet it as well as those under way."""

    REFUSE = "refuse"  # nobody listens, and what was open is reset
    HALF_OPEN = "half-open"  # links are accepted, and nothing ever comes
    RESET = "reset"  # links are broken without a goodbye
    CLOSE = "close"  # links are closed in good order
    SLOW = "slow"  # everything comes three seconds late
    GARBAGE = "garbage"  # what comes is of no protocol
    BAD_AUDIO = "bad-audio"  # audio that is no base64
    UNAUTHORIZED = "401"
    TOO_MANY = "429"
    TOO_MANY_AFTER = "429-after"  # with Retry-After
    BROKEN = "500"
    UNAVAILABLE = "503"
    DISORDER = "disorder"  # the end before the audio, the final before the interim
    FOREIGN = "foreign"  # the times of the words belong to another context


class Stage(StrEnum):
    """When it happens, first to last in a call."""

    CONNECT = "connect"
    GREETING = "greeting"
    SPEAKING = "speaking"
    END_OF_SPEECH = "end-of-speech"
    BEFORE_TOKEN = "before-token"
    MID_ANSWER = "mid-answer"
    BEFORE_AUDIO = "before-audio"
    MID_AUDIO = "mid-audio"
    BETWEEN = "between"
    INTERRUPTING = "interrupting"


class Setting(StrEnum):
    """Who else there is, and whether the provider recovers."""

    BRIEF = "brief"  # nobody else; well again after a second
    ALONE = "alone"  # nobody else, and it stays so
    SPARE = "spare"  # it stays so, and another provider is well


STATUSES = {
    Blow.UNAUTHORIZED: 401,
    Blow.TOO_MANY: 429,
    Blow.TOO_MANY_AFTER: 429,
    Blow.BROKEN: 500,
    Blow.UNAVAILABLE: 503,
}
VOICE_ONLY = {Blow.BAD_AUDIO, Blow.FOREIGN}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the provider of ``kind`` at ``stage``."""

    kind: Kind
    blow: Blow
    stage: Stage


@dataclass(frozen=True, slots=True)
class Case:
    """One call."""

    fault: Fault
    setting: Setting

    def __str__(self) -> str:
        fault = self.fault
        return f"{fault.kind}-{fault.blow}-{fault.stage}-{self.setting}"

    @property
    def goes_on(self) -> bool:
        """Whether there is somebody to do the job in the end, so that the next turn must be answered.

        A voice that says at once, and again, that it has spoken a text and gives no sound is not waited for.
        """
        silent = self.fault.kind is Kind.TTS and self.fault.blow is Blow.DISORDER
        return self.setting is Setting.SPARE or (self.setting is Setting.BRIEF and not silent)


def makes_sense(case: Case) -> bool:
    """Some faults are of one kind of provider, and a key that was refused once is refused for the whole call."""
    fault = case.fault
    if fault.blow in VOICE_ONLY and fault.kind is not Kind.TTS:
        return False
    return not (fault.blow is Blow.UNAUTHORIZED and case.setting is Setting.BRIEF)


def matrix() -> list[Case]:
    """All cases."""
    cases = (
        Case(Fault(kind, blow, stage), setting)
        for kind in Kind
        for blow in Blow
        for stage in Stage
        for setting in Setting
    )
    return [case for case in cases if makes_sense(case)]


def covering() -> list[Case]:
    """Each kind with each blow, each kind at each stage, the settings in turn, and each that never answers at all."""
    chosen = [Case(Fault(kind, Blow.HALF_OPEN, Stage.CONNECT), Setting.ALONE) for kind in Kind]
    stages, settings = list(Stage), list(Setting)
    for row, kind in enumerate(Kind):
        blows = [blow for blow in Blow if kind is Kind.TTS or blow not in VOICE_ONLY]
        for column, blow in enumerate(blows):
            # Steps without a common divisor reach every stage, and no stage meets one setting only.
            fault = Fault(kind, blow, stages[(3 * column + row) % len(stages)])
            tries = (Case(fault, settings[(column + row + more) % len(settings)]) for more in range(3))
            chosen.append(next(filter(makes_sense, tries)))
    return chosen
