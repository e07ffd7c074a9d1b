"""Everything the kit exports is where it says, and a wrong name is refused."""

from __future__ import annotations

import pytest

import vantum.testing


@pytest.mark.parametrize("name", vantum.testing.__all__)
def test_each_export_exists(name: str) -> None:
    namespace: dict[str, object] = {}
    exec(f"from vantum.testing import {name}", namespace)
    assert namespace[name] is not None


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(ImportError, match="cannot import name 'run_procesor'"):
        exec("from vantum.testing import run_procesor; run_procesor")
