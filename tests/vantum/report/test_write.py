"""The report of a campaign in a store, as a file."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from tests.vantum.report.sample import EVIL, NOW, read
from tests.vantum.report.scene import QUOTE, campaign, rename
from tests.vantum.report.sounds import tone, write
from tests.vantum.store.rows import new_org, new_scene
from vantum.call_files import RECORDING
from vantum.call_folder import folder_of
from vantum.core.errors import UsageError
from vantum.report.write import write_report
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import Call, Recording

pytestmark = pytest.mark.real_time
SECONDS = 10


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the recording of one call, and a file of somebody else beside it."""
    sound = tone(SECONDS, 440)
    write(tmp_path / "data" / "calls" / "meeting" / "recording.wav", sound, sound)
    write(tmp_path / "other" / "recording.wav", sound, sound)
    return tmp_path / "data"


async def test_a_campaign_becomes_a_page_with_everything_in_it(
    store: Store, data: Path, tmp_path: Path
) -> None:
    async with store.writing() as session:
        scene = await campaign(session)
        await rename(session, scene, 7, name=EVIL, title="Buyer")
    folder = tmp_path / "new" / "reports"
    path = await write_report(store, scene.org, scene.campaign, folder, data, NOW)
    assert path == folder / "report.html"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    found = read(path.read_text(encoding="utf-8"))
    assert found.texts("b")[:4] == ["10", "5", "3", "1"]
    assert found.texts("h3") == [EVIL, "Person 6", "Person 5", "Person 9"]
    assert found.texts("p").count(f"“{QUOTE}”") == 3
    (clip,) = found.all("audio")
    kind, _, content = clip["src"].partition(",")
    assert kind == "data:audio/mpeg;base64"
    assert len(base64.b64decode(content)) > 1_000
    assert [each.name for each in folder.iterdir()] == ["report.html"]


async def test_a_page_takes_the_place_of_the_one_before(store: Store, data: Path, tmp_path: Path) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
    first = await write_report(store, scene.org, scene.campaign, tmp_path, data, NOW)
    before = first.read_text(encoding="utf-8")
    (tmp_path / ".report.html.part").write_text("half of a page")
    again = await write_report(store, scene.org, scene.campaign, tmp_path, data, NOW + timedelta(days=1))
    after = again.read_text(encoding="utf-8")
    assert after == before.replace("2026-11-21 18:00", "2026-11-22 18:00")
    assert not (tmp_path / ".report.html.part").exists()


@pytest.mark.parametrize("path", ["../other/recording.wav", "calls/meeting", "calls/nothing.wav", ""])
async def test_no_file_is_cut_that_is_no_recording_of_ours(
    store: Store, data: Path, tmp_path: Path, path: str
) -> None:
    async with store.writing() as session:
        scene = await campaign(session)
        for row in await session.scalars(select(Recording)):
            row.path = path
    made = await write_report(store, scene.org, scene.campaign, tmp_path / "made", data, NOW)
    assert read(made.read_text(encoding="utf-8")).all("audio") == []


async def test_what_cannot_be_is_a_mistake(store: Store, data: Path, tmp_path: Path) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a"), await new_org(session, "b")
    with pytest.raises(UsageError, match="There is no campaign"):
        await write_report(store, other, scene.campaign, tmp_path, data, NOW)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        await write_report(store, scene.org, scene.campaign, tmp_path / "file", data, NOW)


@pytest.mark.parametrize(("kept", "clips"), [(True, 1), (False, 0)])
async def test_a_call_without_a_row_of_its_sound_is_cut_from_its_record(
    store: Store, data: Path, tmp_path: Path, kept: bool, clips: int
) -> None:
    record_id = new_id()
    folder = folder_of(data, record_id)
    assert folder is not None
    if kept:
        sound = tone(SECONDS, 440)
        write(folder / RECORDING, sound, sound)
    async with store.writing() as session:
        scene = await campaign(session)
        await session.execute(delete(Recording))
        await session.execute(update(Call).where(Call.lead_id == scene.leads[7]).values(record_id=record_id))
    made = await write_report(store, scene.org, scene.campaign, tmp_path / "made", data, NOW)
    assert len(read(made.read_text(encoding="utf-8")).all("audio")) == clips
