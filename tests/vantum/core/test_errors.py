"""Every error is a sentence."""

from __future__ import annotations

from vantum.core.errors import IllegalMoveError, PipelineError, ProtocolError, ProviderError, UsageError


def test_a_usage_error_says_what_is_wrong_and_what_to_do() -> None:
    error = PipelineError("The file is not there.", "Check its name.")
    assert str(error) == "The file is not there. Check its name."
    assert isinstance(error, UsageError)
    assert (error.problem, error.remedy) == ("The file is not there.", "Check its name.")


def test_a_protocol_error_knows_its_request() -> None:
    assert ProtocolError("no").event_type is None
    assert ProtocolError("no", "a.b").event_type == "a.b"


def test_fields_carry_the_facts() -> None:
    assert str(ProviderError("stt", "deepgram", "refused")) == "deepgram (stt): refused"
    assert str(IllegalMoveError("ended", "starting")) == "starting is not possible while ended."
