"""The audio of a turn: addressed by sample, given back at its beginning."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transports.reel import Reel


def numbered(samples: int) -> bytes:
    return b"".join(n.to_bytes(2, "little") for n in range(samples))


def test_audio_is_read_where_it_lies() -> None:
    reel = Reel()
    reel.append(numbered(5))
    assert reel.read(1, 2) == numbered(3)[2:]
    assert reel.read(3, 10) == numbered(5)[6:]
    assert (reel.begin, reel.end) == (0, 5)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-5, 60)), max_size=20))
def test_what_is_forgotten_moves_nothing(steps: list[tuple[int, int]]) -> None:
    reel, whole, forgotten = Reel(), numbered(200), 0
    for samples, before in steps:
        reel.append(whole[reel.end * 2 : (reel.end + samples) * 2])
        reel.forget(before)
        forgotten = max(forgotten, min(before, reel.end))
        assert reel.begin == forgotten
        assert reel.read(reel.begin, 200) == whole[reel.begin * 2 : reel.end * 2]
