"""Prospects from a file: what is read, what is usual, and what is said of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from processors.llm.local_llm import phrase_matcher
from processors.script_file import load_script
from vantum.core.conversation import Conversation
from vantum.core.dialogue import reply
from vantum.core.dialogue_script import Disposition
from vantum.core.errors import SettingsError
from vantum.core.machine import AnsweredBy, sounds_like_machine
from vantum.core.words import BREAK
from vantum.local_carrier.cast_file import MOST_BYTES, load_cast, read_cast
from vantum.local_carrier.prospect import Beeps, Cue, HangsUp, Pickup, Presses, Prospect, Says, Step, When

SCRIPT = load_script(Path(__file__).parents[3] / "pipelines" / "outreach_script.yaml")
MATCH = phrase_matcher()
ANNA = """
- name: Anna
  numbers: ["+15550100001", "+49*"]
  share: 3
  answers_after: 1.5
  voice: male
  verdict_after: 4
  steps:
    - says: Hello?
      at: 0.2
    - says: Yes, please.
    - {presses: "12#", after_bot: 2}
    - {beeps: true, over_bot: 1}
    - hangs_up: true
- {name: Bert, pickup: busy}
"""


def one(text: str) -> Prospect:
    return read_cast(text, "people.yaml").prospects[0]


def test_all_that_may_be_said_of_a_prospect() -> None:
    anna, bert = read_cast(ANNA, "people.yaml").prospects
    assert anna == Prospect(
        name="Anna",
        numbers=("+15550100001", "+49*"),
        share=3,
        answers_after=1.5,
        voice="male",
        verdict_after=4.0,
        steps=(
            Step(When(Cue.AT, 0.2), Says("Hello?")),
            Step(When(Cue.AFTER_BOT, 0.8), Says("Yes, please.")),
            Step(When(Cue.AFTER_BOT, 2.0), Presses("12#")),
            Step(When(Cue.OVER_BOT, 1.0), Beeps()),
            Step(When(Cue.AFTER_BOT, 0.8), HangsUp()),
        ),
    )
    assert bert == Prospect(name="Bert", pickup=Pickup.BUSY)


@pytest.mark.parametrize(
    ("answered_by", "verdict_after"), [("human", 2.0), ("machine_end_beep", None), ("unknown", None)]
)
def test_a_human_is_known_soon_and_a_machine_by_its_tone(
    answered_by: str, verdict_after: float | None
) -> None:
    found = one(f"- {{name: A, answered_by: {answered_by}, steps: [beeps: true]}}")
    assert (found.answered_by, found.verdict_after) == (AnsweredBy(answered_by), verdict_after)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "people.yaml: prospects: this must be a list with at least one entry."),
        ("name: A", "people.yaml: prospects: this must be a list"),
        ("- {}", "prospects[0]: this must be a mapping"),
        ("- {share: 1}", "prospects[0]: 'name' is missing"),
        ("- {name: A, age: 3}", "prospects[0]: unknown key 'age'"),
        ("- {name: A, name: B}", "people.yaml: this is not YAML: 'name' is there twice"),
        ("- [", "people.yaml: this is not YAML"),
        ("- {name: A, pickup: maybe}", "prospects[0].pickup: there is no pickup 'maybe'"),
        ("- {name: A, pickup: busy, voice: bass}", "prospects[0].voice: there is no voice 'bass'"),
        ("- {name: A, answered_by: dog, pickup: busy}", "there is no answered_by 'dog'"),
        ("- {name: A, share: many}", "prospects[0].share: 'many' is no number that fits here"),
        ("- {name: A, share: 1001}", "Allowed: 0 to 1000."),
        ("- {name: A, answers_after: nan}", "'nan' is no number that fits here"),
        ("- {name: A, steps: [waits: 1]}", "prospects[0].steps[0]: this must be one thing that they do"),
        ("- {name: A, steps: [{says: a, beeps: true}]}", "one thing that they do"),
        ("- {name: A, steps: [{says: a, at: 1, over_bot: 1}]}", "steps[0]: this has two moments"),
        ("- {name: A, steps: [{says: a, when: 1}]}", "steps[0]: unknown key 'when'"),
        ("- {name: A, steps: [hangs_up: no]}", "steps[0].hangs_up: there is no value 'no'"),
        ("- {name: A, steps: [beeps: no]}", "steps[0].beeps: there is no value 'no'"),
        ("- {name: A, steps: [presses: abc]}", "steps[0]: Keys are 1 to 32"),
        (f"- {{name: A, steps: [says: {'a' * 201}]}}", "steps[0]: A line has 1 to 200 characters, not 201."),
        ("- {name: A}", "people.yaml: A: Who answers does something"),
        ("- {name: A, pickup: busy}\n- {name: A, pickup: busy}", "a name of their own"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_cast(text, "people.yaml")
    assert told in str(caught.value)


def test_a_file_is_read_and_one_that_cannot_be_is_named(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    with pytest.raises(SettingsError, match=r"people\.yaml cannot be read \(FileNotFoundError\)"):
        load_cast(file)
    file.write_text(ANNA)
    assert [prospect.name for prospect in load_cast(file).prospects] == ["Anna", "Bert"]
    file.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="UnicodeDecodeError"):
        load_cast(file)
    file.write_text("#" * (MOST_BYTES + 1))
    with pytest.raises(SettingsError, match=r"people\.yaml is too large"):
        load_cast(file)


def test_the_usual_cast_has_everybody_at_a_number_of_their_own() -> None:
    cast = load_cast(None)
    assert [cast.at(f"+155501000{place:02}").name for place in range(1, 14)] == [
        prospect.name for prospect in cast.prospects
    ]
    assert {prospect.pickup for prospect in cast.prospects} == set(Pickup)
    assert {"interested", "angry", "asks to be removed", "promises a time", "voicemail"} <= {
        prospect.name for prospect in cast.prospects
    }


def test_the_voicemail_of_the_usual_cast_sounds_like_one() -> None:
    (machine,) = (one for one in load_cast(None).prospects if one.answered_by is not AnsweredBy.HUMAN)
    said = " ".join(step.deed.text for step in machine.steps if isinstance(step.deed, Says))
    assert sounds_like_machine(said)


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("interested", Disposition.MEETING_BOOKED),
        ("promises a time", Disposition.CALLBACK),
        ("busy", None),
        ("angry", Disposition.NOT_INTERESTED),
        ("asks to be removed", Disposition.DO_NOT_CALL),
        ("curious", Disposition.NOT_INTERESTED),
        ("wrong person", Disposition.WRONG_PERSON),
    ],
)
def test_the_usual_people_come_out_of_the_outreach_script_as_they_are_called(
    name: str, disposition: Disposition | None
) -> None:
    (who,) = (one for one in load_cast(None).prospects if one.name == name)
    conversation = Conversation("You are a demo.")
    conversation.caller_heard(SCRIPT.greeting, interrupted=False)
    came = None
    for line in (step.deed.text for step in who.steps if isinstance(step.deed, Says)):
        assert came is None
        conversation.heard_caller(line)
        told = reply(SCRIPT, conversation.messages, MATCH)
        assert told.intent is not None or told.state.at in ("demo_time", "callback")
        conversation.caller_heard(told.text.replace(BREAK, ""), interrupted=False)
        came = told.disposition
    assert came is disposition


def test_the_people_in_the_docs_can_be_rung() -> None:
    page = (Path(__file__).parents[3] / "docs" / "local-carrier.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    assert [one.name for one in read_cast(example, "docs").prospects] == ["hesitant", "machine", "engaged"]
    for one in load_cast(None).prospects:
        assert f"| `{one.numbers[0]}` | {one.name} |" in page
