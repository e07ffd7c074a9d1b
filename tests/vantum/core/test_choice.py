"""The jobs of providers, and the settings that choose who does them."""

from __future__ import annotations

from vantum.core.choice import Kind


def test_each_job_has_a_setting_of_its_own() -> None:
    assert [kind.setting for kind in Kind] == ["VANTUM_STT", "VANTUM_LLM", "VANTUM_TTS"]
