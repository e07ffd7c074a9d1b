"""A process that dies is started again at once, and ever later while it keeps dying."""

from __future__ import annotations

from vantum.core.respawn import PAUSES, WELL_SECONDS, Respawn


def test_the_pauses_grow_to_the_last_and_begin_anew_after_a_good_while() -> None:
    respawn, now = Respawn(), 0.0
    pauses = []
    for _ in range(len(PAUSES) + 2):
        respawn.started(now)
        now += WELL_SECONDS - 1.0
        pauses.append(respawn.pause(now))
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    respawn.started(now)
    assert respawn.pause(now + WELL_SECONDS) == 0.0
    assert respawn.pause(now + WELL_SECONDS + 1.0) == 1.0
