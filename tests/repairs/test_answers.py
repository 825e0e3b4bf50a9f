"""What a person can answer to an inference, over the API that the frontend uses."""

from dataclasses import replace
from datetime import timedelta
import json
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.coordinator import loaded_rooms
from custom_components.air_baseline.core.codes import OtherRooms
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import Answer, Fixer
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
    device_id,
    issue,
    issues,
    learned,
    pass_time,
    report,
    restart,
    saved,
    set_up,
    shown,
    steady,
    usual,
)
from tests.words import words

LEARNING = "sensor.kitchen_pm25_learning"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEDGER = ("days", "entries", "episodes", "root")
BEDROOM_PM25 = "sensor.bedroom_pm25"


@pytest.fixture
async def episode(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen whose air was high from noon to two and is usual again at three."""
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(80)})
    await pass_time(hass, clock, HOUR, {PM25: usual})
    return entry


@pytest.fixture
async def range_asked(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen whose range was learned this morning."""
    entry = await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, 17 * HOUR, {PM25: usual})
    return entry


@pytest.fixture
async def shifted(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen whose air is four times what it was for nine days."""
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, 9 * DAY, {PM25: lambda at: 4 * usual(at)}, step=10 * MINUTE)
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, LEARNING).attributes["suspected_since"] == "2026-03-02"
    return entry


async def ledger(hass: HomeAssistant, files: dict[str, Any]) -> str:
    """Return all that undo has to restore, byte for byte."""
    kept = await saved(hass, files)
    return json.dumps({name: kept[name] for name in LEDGER})


async def to_page(fixer: Fixer, asked: str, *choices: str) -> Answer:
    """Open a repair and follow its menus."""
    page = await fixer.begin(asked)
    for choice in choices:
        page = await fixer.choose(page, choice)
    return page


def text_of(page: Answer, name: str) -> str:
    text: str = page["description_placeholders"][name]
    return text


@pytest.mark.usefixtures("episode")
async def test_it_was_real_shows_what_will_be_excluded_and_excludes_it(
    hass: HomeAssistant, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    before = await ledger(hass, hass_storage)
    (asked,) = issues(hass)
    page = await to_page(fixer, asked, "real")
    assert page["menu_options"] == ["keep_out", "init"]
    assert text_of(page, "preview") == "> - PM2.5: 2 March, 10:00–16:00"
    assert "usable days left: 36;" in text_of(page, "consequence")
    assert "Alerts continue." in text_of(page, "consequence")
    assert await ledger(hass, hass_storage) == before, "nothing happens before it is confirmed"
    done = await fixer.confirm(page)
    assert (done["type"], done["step_id"]) == ("menu", "kept_out")
    assert issue(hass, asked) is None
    (entry,) = (await saved(hass, hass_storage))["entries"]
    assert "episode_real" in entry
    assert shown(hass, UNUSUAL).attributes["corrections"] == 1
    await act(hass, "undo")
    assert await ledger(hass, hass_storage) == before
    assert shown(hass, UNUSUAL).attributes["corrections"] == 0


@pytest.mark.usefixtures("episode")
async def test_normal_here_shows_the_level_before_and_after_and_until_when(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    before = await ledger(hass, hass_storage)
    high = shown(hass, "sensor.kitchen_pm25_usual_high").state
    (asked,) = issues(hass)
    page = await to_page(fixer, asked, "normal")
    preview = text_of(page, "preview")
    assert "late in the morning" in preview, "the part of the day in which it was noticed"
    assert "above 92 μg/m³ instead of" in preview
    assert preview.endswith("until 1 May.")
    level = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]["day_ranges"][2]
    assert f"instead of {level['alert_level']:.3g} " in preview
    done = await fixer.confirm(page)
    assert done["step_id"] == "level_lifted"
    level = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]["day_ranges"][2]
    assert level["alert_level"] == pytest.approx(92.0)
    assert shown(hass, "sensor.kitchen_pm25_usual_high").state == high, "the range stays"
    assert issues(hass) == []
    await act(hass, "undo")
    assert await ledger(hass, hass_storage) == before


@pytest.mark.usefixtures("episode")
async def test_the_hours_of_an_episode_can_be_seen_in_the_history(
    hass: HomeAssistant, fixer: Fixer
) -> None:
    page = await fixer.begin(issues(hass)[0])
    assert text_of(page, "history") == (
        "/history?entity_id=sensor.kitchen_pm25"
        "&start_date=2026-03-02T10%3A00%3A00%2B00%3A00"
        "&end_date=2026-03-02T15%3A00%3A03%2B00%3A00"
    )


@pytest.mark.parametrize(
    ("rose", "sentence"),
    [
        (True, "Outdoor PM2.5 rose too: 30 μg/m³, previously 8."),
        (False, "Outdoor PM2.5 did not rise: 30 μg/m³, previously 8."),
    ],
)
async def test_the_surroundings_of_an_episode_are_shown(
    hass: HomeAssistant,
    episode: MockConfigEntry,
    fixer: Fixer,
    rose: bool,  # noqa: FBT001 - both of them
    sentence: str,
) -> None:
    channel = episode.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    (known,) = channel.ledger.episodes
    surrounded = replace(
        known,
        outdoor=30.0,
        outdoor_before=8.0,
        outdoor_rose=rose,
        window_open=0.4,
        other_rooms=OtherRooms.ONLY_THIS_ROOM,
        rooms=(BEDROOM,),
    )
    channel.ledger = channel.ledger.with_episode(surrounded)
    page = await fixer.begin(issues(hass)[0])
    assert sentence in text_of(page, "measured")
    assert "A window was open in the hour before." in text_of(page, "measured")
    assert "Only this room" not in text_of(page, "inferred"), "the bedroom is gone"


async def test_stop_asking_ends_this_question_and_all_later_ones_and_can_be_undone(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 89)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    (asked,) = issues(hass)
    done = await to_page(fixer, asked, "stop_asking")
    assert (done["type"], done["step_id"]) == ("menu", "stopped_asking")
    await pass_time(hass, clock, 23 * HOUR, {PM25: usual})
    await pass_time(hass, clock, HOUR, {PM25: steady(900)})
    assert shown(hass, UNUSUAL).state == "on", "it is still shown"
    assert issues(hass) == []
    await restart(hass, entry, hass_storage)
    assert issues(hass) == []
    explained = await act(hass, "get_ledger")
    (stop,) = explained["quantities"]["pm25"]["corrections"]
    assert stop["kind"] == "stop_asking"
    await act(hass, "undo", correction=stop["id"])
    await act(hass, "correct_episode", verdict="real")
    await pass_time(hass, clock, 23 * HOUR, {PM25: usual})
    await pass_time(hass, clock, HOUR, {PM25: steady(950)})
    assert len(issues(hass)) == 1


@pytest.mark.usefixtures("range_asked")
async def test_no_more_questions_about_ranges_keeps_those_about_episodes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    (asked,) = issues(hass)
    await to_page(fixer, asked, "stop_asking")
    assert issues(hass) == []
    await pass_time(hass, clock, 14 * DAY, {PM25: usual}, step=HOUR / 2)
    await pass_time(hass, clock, HOUR, {PM25: steady(150)})
    assert [one.startswith("unusual_episode") for one in issues(hass)] == [True]


@pytest.mark.parametrize("similar", [False, True])
@pytest.mark.usefixtures("range_asked")
async def test_something_is_off_because_the_sensor_was_moved(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    fixer: Fixer,
    similar: bool,  # noqa: FBT001 - both of them
) -> None:
    before = await ledger(hass, hass_storage)
    (asked,) = issues(hass)
    page = await to_page(fixer, asked, "something_off", "changed")
    default = {field["name"]: field.get("default") for field in page["data_schema"]}
    assert default == {"date": "2026-03-03", "similar": False}
    for day, why in (("2026-03-04", "day_in_future"), ("2025-12-01", "day_too_old")):
        page = await fixer.answer(page, date=day, similar=similar)
        assert (page["step_id"], page["errors"]) == ("changed", {"date": why})
    page = await fixer.answer(page, date="2026-02-20", similar=similar)
    assert page["step_id"] == "changed_confirm"
    assert text_of(page, "date") == "20 February"
    usable = f"usable days left: {21 if similar else 11};"
    assert usable in text_of(page, "consequence")
    assert "Weeks until alerts resume: about" in text_of(page, "consequence")
    assert await ledger(hass, hass_storage) == before
    done = await fixer.confirm(page)
    assert done["step_id"] == "change_told"
    assert shown(hass, LEARNING).state == ("changing" if similar else "provisional")
    assert issues(hass) == []
    await act(hass, "undo")
    assert await ledger(hass, hass_storage) == before
    assert shown(hass, LEARNING).state == "learned"


@pytest.mark.usefixtures("range_asked")
async def test_days_that_were_not_as_usual_are_excluded(
    hass: HomeAssistant, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    before = await ledger(hass, hass_storage)
    (asked,) = issues(hass)
    page = await to_page(fixer, asked, "something_off", "strike")
    (field,) = page["data_schema"]
    options = field["selector"]["select"]["options"]
    assert [option["value"] for option in options[:2]] == ["2026-03-02", "2026-03-01"]
    assert len(options) == 21
    assert options[0]["label"].startswith("2 March: PM2.5 12.3 μg/m³")
    assert options[0]["label"].endswith("μg/m³")
    page = await fixer.answer(page, days=[])
    assert page["step_id"] == "init", "no day leads back"
    page = await to_page(fixer, asked, "something_off", "strike")
    await fixer.refused(page, {"days": ["2026-03-05"]})
    page = await fixer.answer(page, days=["2026-03-01", "2026-02-20"])
    assert page["step_id"] == "strike_confirm"
    assert text_of(page, "days") == "20 February, 1 March"
    assert "usable days left: 19;" in text_of(page, "consequence")
    done = await fixer.confirm(page)
    assert done["step_id"] == "days_struck"
    assert shown(hass, LEARNING).attributes["usable_days"] == 19
    assert shown(hass, UNUSUAL).attributes["corrections"] == 1
    await act(hass, "undo")
    assert await ledger(hass, hass_storage) == before


def the_change(hass: HomeAssistant) -> str:
    """Return the question about the suspected change; the alerts before it are asked about too."""
    (asked,) = (one for one in issues(hass) if one.startswith("change_suspected"))
    return asked


def no_change_asked(hass: HomeAssistant) -> bool:
    return not any(one.startswith("change_suspected") for one in issues(hass))


@pytest.mark.usefixtures("shifted")
async def test_a_suspected_change_is_explained(hass: HomeAssistant, fixer: Fixer) -> None:
    asked = the_change(hass)
    assert asked.startswith(f"change_suspected_{KITCHEN}_pm25_")
    page = await fixer.begin(asked)
    assert page["menu_options"] == ["changed", "season", "at_fault", "not_now"]
    assert "Since about 2 March" in text_of(page, "inferred")
    assert "alerts go on" in text_of(page, "inferred")
    assert "since 2 March" in text_of(page, "measured")
    page = await fixer.choose(page, "changed")
    assert page["data_schema"][0]["default"] == "2026-03-02", "as it is suspected"


@pytest.mark.usefixtures("shifted")
async def test_the_answer_that_it_is_the_season_withdraws_the_question(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    before = await ledger(hass, hass_storage)
    asked = the_change(hass)
    page = await to_page(fixer, asked, "season")
    assert page["menu_options"] == ["dismiss", "init"]
    done = await fixer.confirm(page)
    assert done["step_id"] == "withdrawn"
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, LEARNING).attributes["suspected_since"] is None
    assert no_change_asked(hass)
    await act(hass, "undo")
    assert await ledger(hass, hass_storage) == before
    assert shown(hass, LEARNING).attributes["suspected_since"] == "2026-03-02"
    assert the_change(hass) == asked, "the answer is gone, so it is asked again"


@pytest.mark.usefixtures("shifted")
async def test_a_reported_change_replaces_the_suspected_one(
    hass: HomeAssistant, fixer: Fixer
) -> None:
    asked = the_change(hass)
    page = await to_page(fixer, asked, "changed")
    page = await fixer.answer(page, date="2026-03-01", similar=False)
    done = await fixer.confirm(page)
    assert done["step_id"] == "change_told"
    explained = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]
    assert explained["state"] in ("collecting", "provisional")
    assert explained["change"] is None
    assert no_change_asked(hass)


@pytest.mark.usefixtures("shifted")
async def test_a_sensor_at_fault_is_excluded_from_the_day_on_and_paused(
    hass: HomeAssistant, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    asked = the_change(hass)
    page = await to_page(fixer, asked, "at_fault")
    assert page["data_schema"][0]["default"] == "2026-03-02"
    page = await fixer.answer(page, date="2026-03-20")
    assert page["errors"] == {"date": "day_in_future"}
    page = await fixer.answer(page, date="2026-03-03")
    assert text_of(page, "date") == "3 March"
    assert "No alerts while learning is paused" in text_of(page, "consequence")
    assert shown(hass, LEARNING).state == "learned"
    done = await fixer.confirm(page)
    assert done["step_id"] == "at_fault_paused"
    assert shown(hass, LEARNING).state == "paused"
    kept = await saved(hass, hass_storage)
    assert kept["paused"] is True
    found = (await act(hass, "get_ledger"))["quantities"]["pm25"]
    counts = {day["day"]: day["counts"] for day in found["days"]}
    assert counts["2026-03-03"] == 0.0
    assert counts["2026-03-02"] == counts["2026-02-20"] == 1.0
    assert no_change_asked(hass)


async def test_a_source_can_be_paused_from_its_repair(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    await a_kitchen(hass, hass_storage, 3, Pollutant.PM25, Pollutant.VOC_RATIO)
    voc = {VOC: lambda at: usual(at, Pollutant.VOC_RATIO)}
    await pass_time(hass, clock, 25 * HOUR, {PM25: steady(6), **voc})
    assert issues(hass) == [f"source_stuck_{KITCHEN}_pm25"]
    page = await to_page(fixer, issues(hass)[0], "pause")
    done = await fixer.confirm(page)
    assert done["reason"] == "paused"
    assert shown(hass, LEARNING).state == "paused"
    assert shown(hass, "sensor.kitchen_voc_learning").state != "paused", "the other goes on"
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(6), **voc})
    assert issues(hass) == []


async def test_the_repair_of_a_source_lists_what_was_answered_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    await a_kitchen(hass, hass_storage, 3, Pollutant.PM25, Pollutant.VOC_RATIO)
    voc = {VOC: lambda at: usual(at, Pollutant.VOC_RATIO)}
    await pass_time(hass, clock, 25 * HOUR, {PM25: steady(6), **voc})
    stuck = f"source_stuck_{KITCHEN}_pm25"
    page = await fixer.begin(stuck)
    assert "earlier" not in page["menu_options"], "nothing was answered"
    await act(hass, "strike_days", start_date="2026-03-01")
    page = await to_page(fixer, stuck, "earlier")
    ((value, label),) = [
        (one["value"], one["label"])
        for field in page["data_schema"]
        for one in field["selector"]["select"]["options"]
        if "PM2.5" in one["label"]
    ]
    assert label.endswith("PM2.5: Days excluded")
    undone = await fixer.answer(page, answers=[value])
    assert (undone["type"], undone["reason"]) == ("abort", "undone")
    assert (await saved(hass, hass_storage))["entries"] == []
    assert stuck in issues(hass)


async def test_rooms_that_rose_at_once_are_answered_at_once(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    rooms = {room: {Pollutant.PM25: learned(Pollutant.PM25, 36)} for room in (KITCHEN, BEDROOM)}
    hass_storage[LEDGER_KEY] = a_store(rooms)
    bedroom = a_room(BEDROOM, "bedroom", Pollutant.PM25, pm25_source=BEDROOM_PM25)
    bedroom["title"] = "<b>*Bed* [room](http://x)</b>\n# {measured}"
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25), bedroom)
    await set_up(hass, entry)

    def later(at: float) -> float:
        return 90 if at > NOON.timestamp() + 1200 else usual(at)

    attributes = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
    for _ in range(18):
        clock.tick(5 * MINUTE)
        report(hass, BEDROOM_PM25, later(clock.time_to_freeze.timestamp()), **attributes)
        await pass_time(hass, clock, timedelta(0))
        report(hass, PM25, 80)
        await pass_time(hass, clock, timedelta(seconds=1))
    (asked,) = issues(hass)
    found = issue(hass, asked)
    assert found is not None
    assert found.translation_placeholders == {"room": f"Kitchen, {bedroom['title']}"}
    await restart(hass, entry, hass_storage)
    assert issues(hass) == [asked]
    page = await fixer.begin(asked)
    assert page["menu_options"] == ["real", "normal", "not_now", "stop_asking"]
    assert "Kitchen: PM2.5: sustained peak of 80 μg/m³" in text_of(page, "measured")
    escaped = r"\<b\>\*Bed\* \[room\]\(http\://x\)\</b\> \# \{measured\}"
    assert f"{escaped}: PM2.5: sustained peak of 90 μg/m³" in text_of(page, "measured"), (
        "never as markup"
    )
    assert f"in the same hour: {escaped}." in text_of(page, "inferred")
    real = await to_page(fixer, asked, "real")
    assert [
        line.removeprefix("> ").split(":")[0] for line in text_of(real, "consequence").splitlines()
    ] == [
        "- Kitchen",
        f"- {escaped.split(':', maxsplit=1)[0]}",
    ]
    page = await fixer.choose(page, "normal")
    assert len(text_of(page, "preview").splitlines()) == 2
    assert f"> - {escaped}: PM2.5: alerts" in text_of(page, "preview")
    await fixer.confirm(page)
    assert issues(hass) == []
    for room in (KITCHEN, BEDROOM):
        (entry_row,) = (await saved(hass, hass_storage, room))["entries"]
        assert "episode_normal" in entry_row


@pytest.mark.usefixtures("episode")
async def test_what_was_corrected_elsewhere_meanwhile_is_no_longer_asked(
    hass: HomeAssistant, fixer: Fixer
) -> None:
    (asked,) = issues(hass)
    page = await to_page(fixer, asked, "real")
    await act(hass, "correct_episode", verdict="normal")
    assert issues(hass) == []
    done = await fixer.confirm(page)
    assert (done["type"], done["reason"]) == ("abort", "gone")
    found = (await act(hass, "get_ledger"))["quantities"]["pm25"]
    assert [entry["kind"] for entry in found["corrections"]] == ["episode_normal"]


@pytest.mark.usefixtures("range_asked")
async def test_a_page_that_was_left_open_too_long_changes_nothing(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    (asked,) = issues(hass)
    page = await to_page(fixer, asked, "something_off", "changed")
    page = await fixer.answer(page, date="2025-12-04", similar=False)
    assert page["step_id"] == "changed_confirm"
    clock.tick(9 * DAY)
    await fixer.sign_in()
    page = await fixer.confirm(page)
    assert (page["type"], page["reason"]) == ("abort", "refused")
    assert (await saved(hass, hass_storage))["entries"] == []


ANY = {"date": "2026-03-02", "similar": False, "days": ["2026-03-01"]}


async def ends_as_gone(
    hass: HomeAssistant, fixer: Fixer, entry: MockConfigEntry, page: Answer
) -> bool:
    """Remove the room and confirm the open page; return whether that says it is gone."""
    fields = {field["name"] for field in page["data_schema"]} & ANY.keys()
    hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    given = {name: ANY[name] for name in fields}
    done = await (fixer.answer(page, **given) if given else fixer.confirm(page))
    return (done["type"], done["reason"]) == ("abort", "gone")


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("choice", ["changed", "strike", "start_over"])
async def test_a_room_removed_while_its_range_is_corrected_is_reported_as_gone(
    hass: HomeAssistant,
    range_asked: MockConfigEntry,
    fixer: Fixer,
    choice: str,
    confirmed: bool,  # noqa: FBT001 - the first page or the second
) -> None:
    page = await to_page(fixer, issues(hass)[0], "something_off", choice)
    asked = {field["name"] for field in page["data_schema"]}
    fields = {name: given for name, given in ANY.items() if name in asked}
    page = await fixer.answer(page, **fields) if confirmed and fields else page
    assert await ends_as_gone(hass, fixer, range_asked, page)


@pytest.mark.parametrize("choice", ["real", "normal"])
async def test_a_room_removed_while_its_episode_is_corrected_is_reported_as_gone(
    hass: HomeAssistant, episode: MockConfigEntry, fixer: Fixer, choice: str
) -> None:
    page = await to_page(fixer, issues(hass)[0], choice)
    assert await ends_as_gone(hass, fixer, episode, page)


@pytest.mark.parametrize("choices", [["season"], ["at_fault"], ["at_fault", "2026-03-02"]])
async def test_a_room_removed_while_its_change_is_answered_is_reported_as_gone(
    hass: HomeAssistant, shifted: MockConfigEntry, fixer: Fixer, choices: list[str]
) -> None:
    page = await to_page(fixer, the_change(hass), choices[0])
    for day in choices[1:]:
        page = await fixer.answer(page, date=day)
    assert await ends_as_gone(hass, fixer, shifted, page)


@pytest.mark.usefixtures("episode")
async def test_without_alerts_at_present_the_future_level_is_shown(
    hass: HomeAssistant, fixer: Fixer
) -> None:
    await act(hass, "strike_days", start_date="2026-02-20", end_date="2026-02-25")
    page = await to_page(fixer, issues(hass)[0], "normal")
    preview = text_of(page, "preview")
    assert "once alerts are possible, those late in the morning" in preview
    assert "start above 92 μg/m³" in preview


@pytest.mark.usefixtures("episode")
async def test_the_last_page_undoes_the_answer_and_the_question_is_back(
    hass: HomeAssistant, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    before = await ledger(hass, hass_storage)
    (asked,) = issues(hass)
    for answer in ("real", "normal"):
        done = await fixer.confirm(await to_page(fixer, asked, answer))
        assert done["menu_options"] == ["undo", "close"]
        assert issues(hass) == []
        undone = await fixer.choose(done, "undo")
        assert (undone["type"], undone["reason"]) == ("abort", "undone")
        assert await ledger(hass, hass_storage) == before
        assert issues(hass) == [asked]
    done = await fixer.confirm(await to_page(fixer, asked, "real"))
    assert (await fixer.choose(done, "close"))["type"] == "create_entry"
    assert issues(hass) == []


@pytest.mark.usefixtures("episode")
async def test_an_answer_undone_elsewhere_brings_its_question_back_too(
    hass: HomeAssistant, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    (asked,) = issues(hass)
    await fixer.confirm(await to_page(fixer, asked, "real"))
    await act(hass, "undo")
    assert issues(hass) == [asked]
    await to_page(fixer, asked, "stop_asking")
    assert issues(hass) == []
    await act(hass, "undo")
    assert issues(hass) == [asked]


@pytest.mark.usefixtures("episode")
async def test_every_page_of_an_answer_leads_back(
    hass: HomeAssistant, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    before = await ledger(hass, hass_storage)
    (asked,) = issues(hass)
    page = await fixer.begin(asked)
    for answer in ("real", "normal", "start_over"):
        page = await fixer.choose(page, answer)
        page = await fixer.choose(page, "init")
        assert page["step_id"] == "init"
    page = await fixer.choose(page, "changed")
    page = await fixer.answer(page, date="2026-02-20", similar=False)
    page = await fixer.choose(page, "changed")
    assert page["type"] == "form"
    page = await fixer.answer(page, date="2026-02-21", similar=False)
    assert text_of(page, "date") == "21 February"
    page = await fixer.choose(page, "init")
    assert page["step_id"] == "init"
    assert await ledger(hass, hass_storage) == before


@pytest.mark.usefixtures("episode")
async def test_what_is_said_is_one_block_with_a_link_to_the_card(
    hass: HomeAssistant, fixer: Fixer
) -> None:
    (asked,) = issues(hass)
    description = words()["issues"]["unusual_episode"]["fix_flow"]["step"]["init"]["description"]
    page = await fixer.begin(asked)
    shown_page = description.format(**page["description_placeholders"])
    note, block, history = shown_page.split("\n\n")
    assert note == (
        "*The indented text is in this system's language. "
        f"[The card of the room](/air_baseline/room/{device_id(hass)}) shows it in yours.*"
    )
    assert all(line.startswith(">") for line in block.splitlines())
    assert history.startswith("[See these hours in the history](/history?")
    for answer in ("real", "normal", "start_over"):
        page = await to_page(fixer, asked, answer)
        text = words()["issues"]["unusual_episode"]["fix_flow"]["step"][answer]["description"]
        given = text.format(**page["description_placeholders"])
        assert given.startswith(note)
        assert not re.search("^- ", given, re.MULTILINE), "prose is set off"


@pytest.mark.usefixtures("episode")
async def test_a_repair_lists_what_was_answered_earlier_and_undoes_it(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    (asked,) = issues(hass)
    assert "earlier" not in (await fixer.begin(asked))["menu_options"], "nothing was answered"
    await act(hass, "strike_days", start_date="2026-02-20")
    await act(hass, "name_episode", name="*Candles*")
    page = await fixer.begin(asked)
    assert page["menu_options"][-1] == "earlier"
    page = await fixer.choose(page, "earlier")
    (field,) = page["data_schema"]
    options = {one["value"]: one["label"] for one in field["selector"]["select"]["options"]}
    assert [*options.values()] == [
        "Today 15:00, PM2.5: Named: *Candles*",
        "Today 15:00, PM2.5: Days excluded",
    ]
    page = await fixer.answer(page, answers=[])
    assert page["step_id"] == "init", "no answer leads back"
    page = await fixer.choose(page, "earlier")
    undone = await fixer.answer(page, answers=[*options])
    assert (undone["type"], undone["reason"]) == ("abort", "undone")
    assert (await saved(hass, hass_storage))["entries"] == []
    assert issues(hass) == [asked]


async def test_an_answer_to_a_running_episode_undone_in_another_repair_asks_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    assert shown(hass, UNUSUAL).state == "on"
    (asked,) = issues(hass)
    await fixer.confirm(await to_page(fixer, asked, "real"))
    assert issues(hass) == []
    room = loaded_rooms(hass)[KITCHEN]
    await room.async_correct(lambda at: room.channels[Pollutant.PM25].events.append(learned_at(at)))
    await pass_time(hass, clock, 5 * MINUTE, {PM25: steady(80)})
    (other,) = issues(hass)
    assert other.startswith("range_learned")
    page = await to_page(fixer, other, "earlier")
    ((value, label),) = [
        (one["value"], one["label"])
        for field in page["data_schema"]
        for one in field["selector"]["select"]["options"]
    ]
    assert re.fullmatch(r"Today \d\d:\d\d, PM2\.5: the episode \(today \d\d:\d\d\) was real", label)
    await fixer.answer(page, answers=[value])
    assert asked in issues(hass), "the episode runs, so its question is back"


def learned_at(at: float) -> Event:
    """Return the event of a range that was learned."""
    return Event(kind=EventKind.RANGE_LEARNED, at=at)
