"""``vantum analyze``: old calls again, with other questions, and what was found before is kept."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vantum.outreach.folders import HELLO, leave_call
from tests.vantum.store.rows import new_scene
from vantum.analyze_command import LARGEST_SCHEMA, fields_in, main
from vantum.core.errors import UsageError
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.store import analyses, analysis_jobs, calls
from vantum.store.address import database
from vantum.store.columns import new_id
from vantum.store.engine import Store, open_store
from vantum.store.words import CallStatus, JobState

pytestmark = pytest.mark.real_time

SCHEMA = {"type": "object", "properties": {"team": {"type": "integer"}}}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "VANTUM_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VANTUM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = main([*arguments])
    said = capsys.readouterr()
    return code, (said.out + said.err).splitlines()


async def with_store(data: Path, work: object) -> object:
    async with open_store(database(None, data)) as store:
        return await work(store)  # type: ignore[operator]


async def filled(store: Store, names: list[str]) -> list[str]:
    """A campaign with calls to people, with these records."""
    async with store.writing() as session:
        scene = await new_scene(session, "acme", len(names))
        found = []
        for place, name in enumerate(names):
            call = await calls.insert_attempt(session, scene.org, scene.attempt(place))
            call.status, call.ended_at = CallStatus.ENDED, datetime.now(UTC)
            call.outcome, call.record_id = AttemptOutcome.ANSWERED_HUMAN, name
            found.append(call.id)
    return found


def test_a_campaign_and_a_call_are_analysed_again(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = ("caller", "I am not interested, thank you.")
    names = [leave_call(data, HELLO, said), leave_call(data, HELLO, said), new_id()]
    ids = asyncio.run(with_store(data, lambda store: filled(store, names)))
    assert isinstance(ids, list)
    schema = data / "schema.json"
    schema.write_text(json.dumps(SCHEMA))
    code, lines = run("--campaign", "Autumn", "--schema", str(schema), "--org", "acme", capsys=capsys)
    assert (code, lines[0]) == (1, "1 calls have no record on this machine, and are left out.")
    assert lines[-1] == "2 analysed, 0 failed"
    code, lines = run("--call", names[0], "--org", "acme", capsys=capsys)
    assert code == 0
    assert "embedded: not_interested, interest 15" in lines

    async def check(store: Store) -> None:
        async with store.reading() as session:
            org = (await calls.org_of(session, ids[0])) or ""
            newest, first = await analyses.of_call(session, org, ids[0])
            assert newest.supersedes_id == first.id
            assert first.schema_version != newest.schema_version == "1"
            assert len(await analyses.of_call(session, org, ids[1])) == 1
            jobs = await analysis_jobs.of_call(session, org, ids[0])
            assert [job.state for job in jobs] == [JobState.DONE] * 2

    asyncio.run(with_store(data, check))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--campaign", "Winter"),
            "vantum: There is no campaign 'Winter'. There is none yet: `vantum campaign create` makes one.",
        ),
        (("--call", "nonsense"), "vantum: There is no call 'nonsense' that is over. Check its id."),
        (
            ("--call", "nonsense", "--schema", "none.json"),
            "vantum: none.json cannot be read (FileNotFoundError). Name a file of JSON.",
        ),
        (
            ("--call", "x", "--org", "nobody"),
            "vantum: There is no organisation 'nobody'. Known ones: default.",
        ),
    ],
)
def test_a_mistake_is_told_and_nothing_is_begun(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert run(*arguments, capsys=capsys) == (2, [said])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "this is no JSON object"),
        ('{"type": "object", "$ref": "x"}', "not supported"),
        (" " * (LARGEST_SCHEMA + 1), "is too large"),
    ],
)
def test_a_schema_is_checked_before(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        fields_in(path)


def test_a_schema_is_read(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA))
    assert fields_in(path) == SCHEMA
