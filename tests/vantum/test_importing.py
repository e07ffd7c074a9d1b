"""Imports without the collector."""

from __future__ import annotations

import gc

import pytest

from vantum.importing import without_collector


def test_the_collector_rests_for_as_long_as_the_import_takes() -> None:
    with without_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_comes_back_after_an_import_that_fails() -> None:
    with pytest.raises(ImportError), without_collector():
        raise ImportError
    assert gc.isenabled()


def test_it_stays_off_where_it_was_off() -> None:
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
