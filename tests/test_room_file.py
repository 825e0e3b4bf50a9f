"""A room that is written to a file, and continued in another Home Assistant."""

from collections.abc import Callable
from datetime import timedelta
import json
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    act,
    device_id,
    learned,
    pass_time,
    saved,
    set_up,
    steady,
    usual,
)

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


def damaged(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def apply(text: str) -> str:
        content = json.loads(text)
        change(content)
        return json.dumps(content)

    return apply


def of(content: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = content["quantities"]["pm25"]
    return part


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


@pytest.mark.parametrize("name", ["../secrets.json", "/etc/passwd", "a/b.json", "x.yaml", ""])
async def test_no_other_file_is_read(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, name: str
) -> None:
    await a_new_home(hass, clock)
    with pytest.raises(Exception, match="file"):
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
