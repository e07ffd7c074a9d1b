"""What a browser's player makes audible of the chunks that it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of the bot's speech without a hole in it, audible from ``begin`` to ``end``, in seconds."""

    begin: float
    end: float
    utterance_id: str


class Ear:
    """Plays chunks one after the other, as they come; a new utterance wipes what the last one still plays."""

    def __init__(self) -> None:
        self._sounds: list[Sound] = []

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """What was, or will be, audible."""
        return tuple(self._sounds)

    def play(self, utterance_id: str, seconds: float, now: float) -> None:
        """A chunk came at ``now``."""
        last = self._sounds[-1] if self._sounds else None
        if last is not None and last.utterance_id != utterance_id:
            self.stop(now)
        elif last is not None and now <= last.end:
            self._sounds[-1] = replace(last, end=round(last.end + seconds, 9))
            return
        self._sounds.append(Sound(now, round(now + seconds, 9), utterance_id))

    def stop(self, now: float) -> None:
        """Whatever still plays is silent from ``now`` on."""
        self._sounds = [
            replace(sound, end=min(sound.end, now)) for sound in self._sounds if sound.begin < now
        ]
