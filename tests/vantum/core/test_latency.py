"""The waterfall of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.events import (
    CallerPrompted,
    CallStarted,
    DraftDropped,
    DraftStarted,
    Event,
    ProviderSwitched,
    Stage,
    StageReached,
    TurnCommitted,
    TurnEnd,
    TurnLatency,
    UtteranceEnded,
    UtteranceStarted,
    WordsSpoken,
)
from vantum.core.faults import Fault
from vantum.core.latency import Waterfall, voice_to_voice

Timed = tuple[float, Event]

ON_THE_WAY = (Stage.FIRST_TOKEN, Stage.FIRST_PIECE, Stage.FIRST_AUDIO, Stage.FIRST_BYTE)
CUT = UtteranceEnded("answer", "", interrupted=True)
CUT_WHEN_HEARD = UtteranceEnded("answer", "It is", interrupted=True)
PLAYED = UtteranceEnded("answer", "It is done.", interrupted=False)
SILENT = UtteranceEnded("tool", "", interrupted=False)
DRAFTED = DraftStarted(1, prompt_tokens=40)
DROPPED = DraftDropped(1, prompt_tokens=40, completion_tokens=5, spoken_characters=20)


def committed(turn: int = 1, silent: float = 0.3) -> TurnCommitted:
    return TurnCommitted(turn, "hello", TurnEnd.SILENCE, silent)


def reached(first: float, *stages: Stage) -> list[Timed]:
    """The stages, a tenth of a second apart."""
    return [(first + place / 10, StageReached(stage)) for place, stage in enumerate(stages)]


def watched(*timed: Timed) -> list[TurnLatency]:
    waterfall = Waterfall()
    return [latency for now, event in timed if (latency := waterfall.watch(event, now)) is not None]


def rounded(latency: TurnLatency) -> dict[str, float]:
    return {str(stage): round(seconds, 6) for stage, seconds in latency.seconds.items()}


USUAL = {
    "committed": 0.3,
    "first_token": 0.5,
    "first_piece": 0.6,
    "first_audio": 0.7,
    "first_byte": 0.8,
    "heard": 0.9,
}


def test_stations_are_counted_from_the_end_of_speech() -> None:
    [latency] = watched((10.3, committed()), *reached(10.5, *ON_THE_WAY, Stage.HEARD))
    assert rounded(latency) == USUAL
    assert (latency.turn, latency.drafted) == (1, False)
    assert voice_to_voice(latency.seconds) == pytest.approx(0.9)


def test_only_the_first_time_at_a_station_counts() -> None:
    again = reached(10.95, *ON_THE_WAY)
    [latency] = watched(
        (10.3, committed()), *reached(10.5, *ON_THE_WAY), *again, (10.9, StageReached(Stage.HEARD)), *again
    )
    assert rounded(latency) == USUAL


def test_a_greeting_answers_nobody_and_has_no_latency() -> None:
    greeting = reached(0.1, Stage.FIRST_AUDIO, Stage.FIRST_BYTE, Stage.HEARD)
    assert watched(*greeting, (0.9, PLAYED)) == []


def test_each_turn_has_its_own() -> None:
    one = [(10.3, committed()), *reached(10.5, *ON_THE_WAY, Stage.HEARD), (12.0, PLAYED)]
    two = [(20.2, committed(2, 0.2)), *reached(20.3, *ON_THE_WAY, Stage.HEARD)]
    assert [(latency.turn, rounded(latency)["heard"]) for latency in watched(*one, *two)] == [
        (1, 0.9),
        (2, 0.7),
    ]


@pytest.mark.parametrize("end", [PLAYED, CUT_WHEN_HEARD])
def test_where_nobody_tells_what_is_heard_the_end_completes_it(end: UtteranceEnded) -> None:
    [latency] = watched((10.3, committed()), *reached(10.5, *ON_THE_WAY), (12.0, end))
    assert rounded(latency) == {stage: seconds for stage, seconds in USUAL.items() if stage != "heard"}
    assert voice_to_voice(latency.seconds) == pytest.approx(0.8)


@pytest.mark.parametrize("stages", [(), ON_THE_WAY[:2], ON_THE_WAY[:3], ON_THE_WAY])
def test_an_answer_that_was_cut_before_it_was_heard_has_none(stages: tuple[Stage, ...]) -> None:
    late = reached(11.1, *ON_THE_WAY, Stage.HEARD)
    assert watched((10.3, committed()), *reached(10.5, *stages), (11.0, CUT), *late) == []


def test_what_was_cut_for_the_turn_is_not_its_answer() -> None:
    before: list[Timed] = [(9.0, UtteranceStarted("before")), (9.1, WordsSpoken("before", "Well"))]
    cut = UtteranceEnded("before", "Well", interrupted=True)
    [latency] = watched(*before, (10.3, committed()), (10.31, cut), *reached(10.5, *ON_THE_WAY, Stage.HEARD))
    assert rounded(latency) == USUAL


def test_a_response_that_only_calls_a_tool_is_not_the_answer() -> None:
    [latency] = watched((10.3, committed()), (10.4, SILENT), *reached(10.5, *ON_THE_WAY, Stage.HEARD))
    assert rounded(latency) == USUAL


# --- prompts ----------------------------------------------------------------------------------------


def test_a_filler_is_not_the_answer() -> None:
    filler = reached(15.4, Stage.FIRST_AUDIO, Stage.FIRST_BYTE, Stage.HEARD)
    [latency] = watched(
        (10.3, committed()),
        (15.3, CallerPrompted("slow", "One moment.")),
        *filler,
        (15.7, StageReached(Stage.FIRST_TOKEN)),
        (16.0, UtteranceEnded("filler", "One moment.", interrupted=False)),
        *reached(16.1, *ON_THE_WAY[1:], Stage.HEARD),
    )
    assert rounded(latency) == {
        "committed": 0.3,
        "first_token": 5.7,
        "first_piece": 6.1,
        "first_audio": 6.2,
        "first_byte": 6.3,
        "heard": 6.4,
    }


def test_who_cuts_the_filler_cuts_the_answer() -> None:
    cut = UtteranceEnded("filler", "One", interrupted=True)
    assert (
        watched(
            (10.3, committed()),
            (15.3, CallerPrompted("slow", "One moment.")),
            (16.0, cut),
            *reached(16.1, *ON_THE_WAY, Stage.HEARD),
        )
        == []
    )


@pytest.mark.parametrize("reason", ["silence", "unheard", "failure"])
def test_a_prompt_that_answers_nobody_has_none(reason: str) -> None:
    prompt = (15.3, CallerPrompted(reason, "Are you still there?"))
    said = [*reached(15.4, *ON_THE_WAY, Stage.HEARD), (16.0, PLAYED)]
    assert watched((10.3, committed()), prompt, *said) == []


# --- drafts -----------------------------------------------------------------------------------------


def test_a_draft_reaches_stations_before_the_turn_is_committed() -> None:
    [latency] = watched(
        (10.15, DRAFTED),
        *reached(10.2, Stage.FIRST_TOKEN, Stage.FIRST_PIECE, Stage.FIRST_AUDIO),
        (10.5, committed(silent=0.5)),
        (10.51, StageReached(Stage.FIRST_BYTE)),
        (10.55, StageReached(Stage.HEARD)),
    )
    assert latency.drafted
    assert list(rounded(latency).items()) == [
        ("committed", 0.5),
        ("first_token", 0.2),
        ("first_piece", 0.3),
        ("first_audio", 0.4),
        ("first_byte", 0.51),
        ("heard", 0.55),
    ]


def test_a_draft_may_be_ahead_of_the_end_of_speech() -> None:
    [latency] = watched(
        (10.0, DRAFTED),
        *reached(10.1, *ON_THE_WAY[:3]),
        (10.5, committed(silent=0.25)),
        *reached(10.6, Stage.FIRST_BYTE, Stage.HEARD),
    )
    assert rounded(latency)["first_token"] == -0.15


def test_a_dropped_draft_is_forgotten() -> None:
    [latency] = watched(
        (9.0, DRAFTED),
        *reached(9.1, *ON_THE_WAY[:3]),
        (9.6, DROPPED),
        (9.7, StageReached(Stage.FIRST_AUDIO)),
        (10.3, committed()),
        *reached(10.5, *ON_THE_WAY, Stage.HEARD),
    )
    assert (rounded(latency), latency.drafted) == (USUAL, False)


def test_the_next_draft_begins_anew() -> None:
    second = DraftStarted(2, prompt_tokens=50)
    [latency] = watched(
        (9.0, DRAFTED),
        *reached(9.1, *ON_THE_WAY[:3]),
        (10.2, second),
        (10.25, DROPPED),
        (10.3, committed()),
        *reached(10.5, *ON_THE_WAY, Stage.HEARD),
    )
    assert (rounded(latency), latency.drafted) == (USUAL, True)


def test_a_draft_dropped_at_the_commit_leaves_a_turn_that_waits() -> None:
    [latency] = watched(
        (10.15, DRAFTED),
        (10.2, StageReached(Stage.FIRST_TOKEN)),
        (10.3, committed()),
        (10.31, DROPPED),
        *reached(10.5, *ON_THE_WAY, Stage.HEARD),
    )
    assert (rounded(latency), latency.drafted) == (USUAL, False)


@pytest.mark.parametrize("end", [CUT, SILENT])
def test_a_draft_that_ends_before_the_turn_has_no_latency(end: UtteranceEnded) -> None:
    assert watched((10.1, DRAFTED), *reached(10.2, *ON_THE_WAY, Stage.HEARD), (11.0, end)) == []


def test_late_words_amend_the_turn_and_it_begins_anew() -> None:
    [latency] = watched(
        (8.0, committed()),
        *reached(8.1, *ON_THE_WAY),
        (10.3, committed()),
        *reached(10.5, *ON_THE_WAY, Stage.HEARD),
    )
    assert rounded(latency) == USUAL


def test_a_drop_without_a_draft_changes_nothing() -> None:
    [latency] = watched(
        (10.2, DROPPED), (10.3, committed()), (10.4, DROPPED), *reached(10.5, *ON_THE_WAY, Stage.HEARD)
    )
    assert rounded(latency) == USUAL


# --- whatever happens -------------------------------------------------------------------------------

# --- who served the turn --------------------------------------------------------------------------------

CALLED = CallStarted("c", "outreach", "browser", {"stt": "deepgram", "llm": "openai", "tts": "cartesia"})
STT_SWITCHED = ProviderSwitched("stt", "local", "deepgram", Fault.NETWORK)
STT_BACK = ProviderSwitched("stt", "deepgram", "local")
LLM_SWITCHED = ProviderSwitched("llm", "groq", "openai", Fault.RATE_LIMIT)
TTS_SWITCHED = ProviderSwitched("tts", "local", "cartesia", Fault.AUTH)


@pytest.mark.parametrize(
    ("switches", "changed"),
    [
        ([], {}),
        ([(5.0, STT_SWITCHED)], {"stt": "local"}),
        ([(5.0, STT_SWITCHED), (6.0, STT_BACK)], {}),
        # Whoever heard the turn is known when it is committed; who answers and speaks may still change.
        ([(5.0, STT_SWITCHED), (10.4, STT_BACK)], {"stt": "local"}),
        ([(10.4, STT_SWITCHED)], {}),
        ([(10.4, LLM_SWITCHED)], {"llm": "groq"}),
        ([(10.65, LLM_SWITCHED), (10.75, TTS_SWITCHED)], {"llm": "groq", "tts": "local"}),
        ([(11.5, TTS_SWITCHED)], {}),
    ],
)
def test_a_turn_tells_who_served_it(switches: list[Timed], changed: dict[str, str]) -> None:
    turn = [(10.3, committed()), *reached(10.5, *ON_THE_WAY, Stage.HEARD), (12.0, PLAYED)]
    timed = sorted([(0.0, CALLED), *switches, *turn], key=lambda entry: entry[0])
    [latency] = watched(*timed)
    assert latency.providers == CALLED.providers | changed
    assert CALLED.providers["stt"] == "deepgram"


def test_a_switch_lasts_for_the_turns_after_it() -> None:
    one = [(10.3, committed()), *reached(10.5, *ON_THE_WAY, Stage.HEARD), (12.0, PLAYED)]
    two = [(20.2, committed(2, 0.2)), *reached(20.3, *ON_THE_WAY, Stage.HEARD)]
    told = watched((0.0, CALLED), *one, (12.5, TTS_SWITCHED), *two)
    assert [latency.providers["tts"] for latency in told] == ["cartesia", "local"]


EVENTS: list[Event] = [
    DRAFTED,
    DROPPED,
    committed(),
    committed(2),
    *(StageReached(stage) for stage in Stage),
    CallerPrompted("slow", "One moment."),
    CallerPrompted("silence", "Are you there?"),
    UtteranceStarted("answer"),
    CUT,
    CUT_WHEN_HEARD,
    PLAYED,
    SILENT,
]


@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_a_latency_always_tells_the_commit_and_what_was_sent(events: list[Event]) -> None:
    latencies = watched(*((float(now), event) for now, event in enumerate(events)))
    commits = sum(isinstance(event, TurnCommitted) for event in events)
    assert len(latencies) <= commits
    for latency in latencies:
        assert latency.seconds[Stage.COMMITTED] == pytest.approx(0.3)
        assert voice_to_voice(latency.seconds) is not None
        assert latency.seconds.get(Stage.HEARD, 99.0) >= max(latency.seconds.values())


def test_without_a_sound_there_is_no_voice_to_voice() -> None:
    assert voice_to_voice({"committed": 0.2}) is None
