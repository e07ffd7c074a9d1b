"""Messages on the pipe between the server and a worker."""

from __future__ import annotations

from processors.workers.pipe import frame


def test_a_frame_says_how_long_it_is() -> None:
    assert frame(b"ready") == b"\0\0\0\5ready"
