"""A room that is written to a file, and continued in another Home Assistant."""

from collections.abc import Callable
from datetime import date, timedelta
from errno import EACCES, EEXIST, ENOSPC
import json
import os
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.ledger import dump_ledger
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    BEDROOM,
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    act,
    days_kept,
    device_id,
    learned,
    pass_time,
    restart,
    saved,
    set_up,
    steady,
    usual,
)


async def corrections(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the corrections of the kitchen."""
    found: list[dict[str, Any]] = (await act(hass, "get_ledger"))["quantities"]["pm25"][
        "corrections"
    ]
    return found


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CANDLES = "Candles of Anna"
KEPT = ("days", "entries", "episodes", "root")


@pytest.fixture
def folder(hass: HomeAssistant) -> Path:
    """Return the folder of the files, empty."""
    path = Path(hass.config.path(DOMAIN))
    shutil.rmtree(path, ignore_errors=True)
    return path


@pytest.fixture
async def exported(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    folder: Path,
) -> dict[str, Any]:
    """Export a kitchen with 36 days and a corrected episode; return what it explains of itself."""
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    await act(hass, "correct_episode", verdict="real")
    await act(hass, "name_episode", name=CANDLES)
    await pass_time(hass, clock, 26 * HOUR, {PM25: usual})
    answer = await act(hass, "export_room")
    explained: dict[str, Any] = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    return {"file": answer["file"], "answer": answer, "explained": explained}


async def a_new_home(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, *pollutants: Pollutant
) -> MockConfigEntry:
    """Set up a kitchen that has known nothing until an hour ago."""
    entry = a_home(a_room(KITCHEN, "kitchen", *(pollutants or (Pollutant.PM25,))))
    await set_up(hass, entry)
    await pass_time(hass, clock, HOUR, {PM25: usual, VOC: steady(120)})
    return entry


def files_in(folder: Path) -> list[str]:
    """Return the names of the files in a folder, none if there is no folder."""
    return sorted(path.name for path in folder.glob("*"))


def ranges(explained: dict[str, Any]) -> list[tuple[float, ...]]:
    """Return the range of each part; alert levels depend on the six hours before as well."""
    return [
        tuple(one[edge] for edge in ("low", "middle", "high")) for one in explained["day_ranges"]
    ]


async def test_a_room_goes_on_elsewhere_with_the_same_range_and_record(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, exported: dict[str, Any]
) -> None:
    await a_new_home(hass, clock)
    before = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]
    assert before["state"] == "collecting"
    preview = await act(hass, "import_room", file=exported["file"])
    assert preview["imported"] is False
    assert preview["quantities"]["pm25"]["days_of_file"] == 37
    assert preview["quantities"]["pm25"]["weeks_of_file"] == 0
    words = preview["quantities"]["pm25"]["words"]
    assert "usable days after the import: 3" in words
    assert words.endswith(" Alerts are possible at once.")
    unchanged = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]
    assert unchanged["state"] == "collecting", "a preview changes nothing"
    answer = await act(hass, "import_room", file=exported["file"], confirm=True)
    assert answer["imported"] is True
    after = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]
    for what in ("state", "record"):
        assert after[what] == exported["explained"][what], what
    assert ranges(after) == ranges(exported["explained"])
    assert [one["kind"] for one in after["corrections"]][:1] == ["episode_real"]


async def test_an_import_is_undone_byte_for_byte(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    exported: dict[str, Any],
) -> None:
    await a_new_home(hass, clock)
    await pass_time(hass, clock, 2 * DAY, {PM25: usual})

    async def kept() -> str:
        channel = await saved(hass, hass_storage)
        return json.dumps({name: channel[name] for name in KEPT})

    before = await kept()
    await act(hass, "import_room", file=exported["file"], confirm=True)
    assert await kept() != before
    await act(hass, "undo")
    assert await kept() == before


async def test_of_several_imports_one_undo_leads_back_to_what_the_room_had(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    exported: dict[str, Any],
) -> None:
    entry = await a_new_home(hass, clock)
    await pass_time(hass, clock, 2 * DAY, {PM25: usual})
    own = await days_kept(hass)
    await act(hass, "strike_days", start_date=min(own))
    before = await saved(hass, hass_storage)
    path = Path(hass.config.path(DOMAIN), exported["file"])
    await act(hass, "import_room", file=path.name, confirm=True)
    await pass_time(hass, clock, 26 * HOUR, {PM25: usual})
    again = await act(hass, "export_room")  # With the entry of the import in it.
    await act(hass, "strike_days", start_date=max(own))
    for name in (path.name, again["file"], path.name):
        await act(hass, "import_room", file=name, confirm=True)
    assert len(await days_kept(hass)) > 30
    await restart(hass, entry, hass_storage)
    await act(hass, "undo")
    after = await saved(hass, hass_storage)
    assert after["days"][:2] == before["days"], "the own days are back"
    assert len(after["days"]) == 3, "with the day since"
    kinds = [correction["kind"] for correction in await corrections(hass)]
    assert kinds == ["strike", "strike"], "and what was said before and between"
    await restart(hass, entry, hass_storage)
    assert len(await days_kept(hass)) == 3
    await act(hass, "undo")
    await act(hass, "undo")
    assert not await corrections(hass)


async def test_what_was_said_after_an_import_stays_when_it_is_undone(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    exported: dict[str, Any],
) -> None:
    entry = await a_new_home(hass, clock)
    await pass_time(hass, clock, 2 * DAY, {PM25: usual})
    own = await days_kept(hass)
    for _ in range(6):  # More than the file has.
        await act(hass, "strike_days", start_date=min(own), end_date=max(own))
        await act(hass, "strike_days", start_date=min(own))
    said = len(await corrections(hass))
    (made,) = (await act(hass, "import_room", file=exported["file"], confirm=True))["corrections"]
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    await act(hass, "correct_episode", verdict="normal")
    await act(hass, "undo", correction=made["correction"])
    assert len(await corrections(hass)) == said + 1
    await restart(hass, entry, hass_storage)
    ids = [one["id"] for one in await corrections(hass)]
    assert len({*ids}) == len(ids) == said + 1


async def test_days_from_before_a_long_pause_do_not_stretch_the_window(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    folder: Path,
) -> None:
    end = NOON - 60 * DAY
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)},
            BEDROOM: {Pollutant.PM25: learned(Pollutant.PM25, 36, end=end)},
        }
    )
    source = {"pm25_source": "sensor.bedroom_pm25"}
    rooms = (a_room(KITCHEN, "kitchen", Pollutant.PM25), a_room(BEDROOM, "bedroom"))
    entry = a_home(rooms[0], {**rooms[1], "data": {**rooms[0]["data"], **source, "area_id": "b"}})
    await set_up(hass, entry)
    answer = await act(hass, "export_room")
    before = await days_kept(hass, room=BEDROOM)
    bedroom = device_id(hass, BEDROOM)
    await act(hass, "import_room", device_id=bedroom, file=answer["file"], confirm=True)
    kept = sorted(map(date.fromisoformat, await days_kept(hass, room=BEDROOM)))
    assert len(kept) > 36
    assert kept[-1] - kept[0] < 90 * DAY
    await restart(hass, entry, hass_storage)
    assert len(await days_kept(hass, room=BEDROOM)) == len(kept)
    await act(hass, "undo", device_id=bedroom)
    assert await days_kept(hass, room=BEDROOM) == before


async def test_the_own_days_of_the_new_home_stay(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, exported: dict[str, Any]
) -> None:
    await a_new_home(hass, clock)
    await pass_time(hass, clock, 2 * DAY, {PM25: usual})
    own = (await act(hass, "get_ledger"))["quantities"]["pm25"]["days"]
    preview = await act(hass, "import_room", file=exported["file"])
    assert preview["quantities"]["pm25"]["own_days_kept"] == len(own) == 2
    await act(hass, "import_room", file=exported["file"], confirm=True)
    days = (await act(hass, "get_ledger"))["quantities"]["pm25"]["days"]
    assert [day["day"] for day in days][-2:] == [day["day"] for day in own]
    assert [day["parts"] for day in days][-2:] == [day["parts"] for day in own]


async def test_names_are_written_only_if_asked(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    exported: dict[str, Any],
) -> None:
    folder = Path(hass.config.path(DOMAIN))
    without = (folder / exported["file"]).read_text("utf-8")
    assert not any(name in without for name in ("Kitchen", "kitchen", CANDLES, PM25))
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    await a_new_home(hass, clock)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    await act(hass, "name_episode", name=CANDLES)
    answer = await act(hass, "export_room", names=True)
    content = json.loads((folder / answer["file"]).read_text("utf-8"))
    assert content["room"] == "Kitchen"
    assert CANDLES in json.dumps(content)


async def test_no_file_takes_the_place_of_another(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    clock: FrozenDateTimeFactory,
    folder: Path,
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    answers = [await act(hass, "export_room", names=names) for names in (False, False, True, True)]
    names = [answer["file"] for answer in answers]
    assert len({*names}) == 4
    assert files_in(folder) == sorted(names)
    (folder / names[0]).rename(folder / "kept.json")
    (folder / names[0]).symlink_to(folder / "elsewhere")
    assert (await act(hass, "export_room"))["file"] not in names
    assert not (folder / "elsewhere").exists()
    for name in names[1:]:
        preview = await act(hass, "import_room", file=name)
        assert preview["quantities"]["pm25"]["days_of_file"] == 36


async def test_a_long_name_of_a_room_fits_a_name_of_a_file(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    clock: FrozenDateTimeFactory,
    folder: Path,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    (room,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, room, title="Salon " * 100)
    await hass.async_block_till_done()
    answer = await act(hass, "export_room", names=True)
    assert (folder / answer["file"]).is_file()


@pytest.mark.parametrize("trouble", ["a file", "read-only", "full"])
async def test_a_file_that_cannot_be_written_is_said(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    clock: FrozenDateTimeFactory,
    folder: Path,
    trouble: str,
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    fails = patch.object(Path, "mkdir", side_effect=PermissionError(EACCES, "read-only"))
    full = patch(
        "custom_components.air_baseline.room_file.write_utf8_file_atomic",
        side_effect=WriteError(OSError(ENOSPC, "full")),
    )
    taken = patch.object(Path, "mkdir", side_effect=FileExistsError(EEXIST, "a file"))
    patches = {"a file": taken, "read-only": fails, "full": full}
    with patches[trouble], pytest.raises(HomeAssistantError) as error:
        await act(hass, "export_room")
    assert error.value.translation_key == "file_not_written"
    assert str(folder) in str(error.value)
    assert not files_in(folder), "no empty file stays"


async def test_all_corrections_are_rows_that_can_be_read(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    clock: FrozenDateTimeFactory,
    folder: Path,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    for day in range(1, 21):
        await act(hass, "strike_days", start_date=f"2026-02-{day:02d}")
    path = folder / (await act(hass, "export_room"))["file"]
    content = json.loads(path.read_text("utf-8"))
    assert "entries_packed" not in of(content)
    assert len(of(content)["entries"]) == 20
    ledger = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25].ledger
    packed = dump_ledger(ledger)  # As it was written before.
    assert "entries_packed" in packed
    of(content).update(packed)
    (folder / "before.json").write_text(json.dumps(content), "utf-8")
    await act(hass, "reset")
    for name in (path.name, "before.json"):
        await act(hass, "import_room", file=name, confirm=True)
        assert len([one for one in await corrections(hass) if one["kind"] == "strike"]) == 20


def damaged(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def apply(text: str) -> str:
        content = json.loads(text)
        change(content)
        return json.dumps(content)

    return apply


def of(content: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = content["quantities"]["pm25"]
    return part


def deep(levels: int) -> list[Any]:
    return [deep(levels - 1)] if levels else []


class Row:
    """A row of a table in a file, which can be changed by its columns."""

    def __init__(self, content: dict[str, Any], table: str) -> None:
        self._row = of(content)[table][0]
        self._columns = of(content)[f"{table}_columns"]

    def update(self, values: dict[str, Any]) -> None:
        for column, value in values.items():
            self._row[self._columns.index(column)] = value


def entry_of(content: dict[str, Any]) -> Row:
    return Row(content, "entries")


def episode_of(content: dict[str, Any]) -> Row:
    return Row(content, "episodes")


def dict_of(content: dict[str, Any]) -> dict[str, Any]:
    return content


def changed(part: Callable[[dict[str, Any]], Any], values: dict[str, Any]) -> Callable[[str], str]:
    """Return what changes some values in a part of a file."""
    return damaged(lambda all_: part(all_).update(values))


WRONG: list[dict[str, Any]] = [
    {"root": 2**53},
    {"root": 2**53 - 1},
    {"root": 12345},
    {"root": 1},
    {"day_hours": None},
    {"unit": "ppb"},
    {"unit": None},
    {"first_day": "2020-01-01"},
    {"last_day": None},
    {"step": 1e9},
    {"step": 1001.0},
    {"step": float("nan")},
]
WRONG_EPISODES: list[dict[str, Any]] = [
    {"end": None},
    {"end": 1.0},
    {"day": 739_000},
    {"peak": 9e5},
    {"compared": 2**53},
    {"beaten": 91},
    {"rarity": 10**9},
]
FUTURE_EPISODES: list[dict[str, Any]] = [
    {"id": 1_861_920_000, "day": 740_713, "end": 1_861_930_000.0},
    {"id": 32_503_672_800, "day": 1_095_363, "end": 32_503_676_400.0},
    {"end": 1_861_920_000.0},
]


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize(
    "wrong",
    [
        (lambda text: text[:-20], "file_unreadable"),
        (lambda _: "[]", "file_unreadable"),
        (damaged(lambda all_: of(all_)["days"].pop()), "file_unreadable"),
        (damaged(lambda all_: of(all_).pop("root")), "file_unreadable"),
        (damaged(lambda all_: of(all_).update(quantity="voc_ratio")), "file_unreadable"),
        (damaged(lambda all_: of(all_).update(version=99)), "file_newer"),
        (damaged(lambda all_: all_.update(air_baseline_room=99)), "file_newer"),
        (
            damaged(lambda all_: of(all_).update(day_hours=[1.77e9, 32400, 32400])),
            "file_other_hours",
        ),
        (damaged(lambda all_: all_["quantities"].clear()), "file_of_others"),
        (lambda _: "[" * 200_000, "file_unreadable"),
        (lambda text: text[:-2] + ',"x":' + "[" * 100_000 + "]" * 100_000 + "}", "file_unreadable"),
        (changed(of, {"entries": deep(900)}), "file_unreadable"),
        *(
            (changed(dict_of, {"air_baseline_room": version}), "file_unreadable")
            for version in (True, 1.0, "1", 0, None)
        ),
        *((changed(of, values), "file_unreadable") for values in WRONG),
        *(
            (changed(entry_of, {"id": number}), "file_unreadable")
            for number in (2**53, 2**53 - 1, 10**12)
        ),
        (changed(entry_of, {"at": 4e9}), "file_outdated"),
        *((changed(episode_of, values), "file_unreadable") for values in WRONG_EPISODES),
        *((changed(episode_of, values), "file_outdated") for values in FUTURE_EPISODES),
        (
            damaged(lambda all_: of(all_)["episodes"].append(of(all_)["episodes"][0])),
            "file_unreadable",
        ),
    ],
)
async def test_what_is_not_right_is_refused_and_changes_nothing(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    exported: dict[str, Any],
    wrong: tuple[Callable[[str], str], str],
) -> None:
    change, key = wrong
    await a_new_home(hass, clock)
    path = Path(hass.config.path(DOMAIN), exported["file"])
    rewrite(path, change)
    before = await saved(hass, hass_storage)
    for confirm in (False, True):
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, "import_room", file=path.name, confirm=confirm)
        assert error.value.translation_key == key
    assert await saved(hass, hass_storage) == before


async def test_an_old_file_is_refused(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, exported: dict[str, Any]
) -> None:
    clock.tick(100 * DAY)
    await a_new_home(hass, clock)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "import_room", file=exported["file"], confirm=True)
    assert error.value.translation_key == "file_outdated"


async def test_a_file_of_another_room_s_sensors_is_refused(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, exported: dict[str, Any]
) -> None:
    await a_new_home(hass, clock, Pollutant.VOC_RATIO)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "import_room", file=exported["file"])
    assert error.value.translation_key == "file_of_others"


async def test_no_link_leads_out_of_the_folder(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, exported: dict[str, Any], folder: Path
) -> None:
    await a_new_home(hass, clock)
    outside = Path(hass.config.path("elsewhere.json"))
    (folder / exported["file"]).replace(outside)
    (folder / "link.json").symlink_to(outside)
    (folder / "inside.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    for name in ("link.json", "inside.json", "pipe.json"):
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, "import_room", file=name)
        assert error.value.translation_key == "file_unreadable"


@pytest.mark.parametrize(
    "name",
    [
        "../secrets.json",
        "/etc/passwd",
        "a/b.json",
        "x.yaml",
        "",
        "a.json\n",
        "a.json\n\n",
        "\na.json",
    ],
)
async def test_no_other_file_is_read(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, name: str
) -> None:
    await a_new_home(hass, clock)
    with pytest.raises(vol.Invalid, match="file"):
        await act(hass, "import_room", file=name)


async def test_only_administrators_touch_files(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, exported: dict[str, Any]
) -> None:
    entry = await a_new_home(hass, clock)
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "everyone_may_correct": True}
    )
    await hass.async_block_till_done()
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": True})
    for action, given in (("export_room", {}), ("import_room", {"file": exported["file"]})):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN,
                action,
                {"device_id": device_id(hass), **given},
                blocking=True,
                return_response=True,
                context=Context(user_id=user.id),
            )
