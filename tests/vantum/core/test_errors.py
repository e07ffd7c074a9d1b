"""Every error is a sentence."""

from __future__ import annotations

from vantum.core.errors import (
    AppendOnlyError,
    CampaignMoveError,
    IllegalMoveError,
    NotReadyError,
    NumberError,
    PipelineError,
    ProtocolError,
    ProviderError,
    UsageError,
)


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
    rows = AppendOnlyError("decisions")
    assert (str(rows), rows.table) == ("Rows of decisions are only ever added.", "decisions")


def test_a_numbers_error_names_it_and_what_to_do() -> None:
    error = NumberError("12", "is too short", "Write it with its country code.")
    assert str(error) == "'12' is too short. Write it with its country code."
    assert (error.number, error.problem, error.remedy) == (
        "12",
        "is too short",
        "Write it with its country code.",
    )


def test_a_campaigns_errors_say_what_is_possible() -> None:
    moved = CampaignMoveError("paused", "pause", ("resume", "stop"))
    told = "The campaign is paused: pause is not possible. What can be done now: resume, stop."
    assert (str(moved), moved.state, moved.wanted, moved.allowed) == (
        told,
        "paused",
        "pause",
        ("resume", "stop"),
    )
    over = CampaignMoveError("archived", "start", ())
    assert over.remedy == "Nothing can be done to it any more."
    lacking = NotReadyError(("leads",), ("There are no leads.", "There is no name."))
    assert str(lacking) == "There are no leads. There is no name. Nothing was started."
    assert (lacking.missing, len(lacking.reasons)) == (("leads",), 2)
