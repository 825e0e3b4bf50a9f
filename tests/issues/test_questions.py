"""What a home is asked: little at a time, once, and only what can be known."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.card_client import Card
from tests.conftest import DOMAIN, Fixer
from tests.home import (
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
    set_up,
    shown,
    steady,
    usual,
)

MISSING = f"source_missing_{KITCHEN}_pm25"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AREAS = ("kitchen", "bath", "cellar", "den", "entry")
PARTICLES = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}


def source_of(area: str) -> str:
    return f"sensor.{area}_pm25"


def room_of(area: str) -> str:
    return f"01{area.upper()}"


def a_house() -> list[ConfigSubentryDataWithId]:
    """Return five rooms with PM2.5 sources."""
    return [
        a_room(room_of(area), area, Pollutant.PM25, pm25_source=source_of(area)) for area in AREAS
    ]


@pytest.fixture
async def house(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a house whose five rooms learn their ranges on five different mornings."""
    hass_storage[LEDGER_KEY] = a_store(
        {room_of(area): {Pollutant.PM25: learned(Pollutant.PM25, 36)} for area in AREAS}
    )
    entry = a_home(*a_house())
    await set_up(hass, entry)
    return entry


async def breathe(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    duration: timedelta,
    high: dict[str, float] | None = None,
) -> None:
    """Let time pass in all rooms, with high air in some of them."""
    levels = {source_of(area): (high or {}).get(area) for area in AREAS}
    steps = int(duration / (5 * MINUTE))
    for _ in range(steps):
        clock.tick(5 * MINUTE - SECOND)
        now = clock.time_to_freeze.timestamp()
        for source, level in levels.items():
            report(hass, source, usual(now) if level is None else level, **PARTICLES)
        await pass_time(hass, clock, SECOND)


def rooms_asked(hass: HomeAssistant) -> list[str]:
    return [one.removeprefix("unusual_episode_01").rpartition("_")[0] for one in issues(hass)]


@pytest.mark.usefixtures("house")
async def test_at_most_three_new_questions_a_day_and_the_rest_wait(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    house: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await breathe(hass, clock, HOUR)
    for number, area in enumerate(AREAS):
        await breathe(hass, clock, HOUR, {area: 90 + 10 * number})
        await breathe(hass, clock, 30 * MINUTE)
    assert rooms_asked(hass) == ["KITCHEN", "BATH", "CELLAR"]
    await restart(hass, house, hass_storage)
    assert rooms_asked(hass) == ["KITCHEN", "BATH", "CELLAR"], "a restart is not a new day"
    await breathe(hass, clock, 2 * HOUR)
    assert rooms_asked(hass) == ["KITCHEN", "BATH", "CELLAR"]
    assert clock.time_to_freeze < (NOON + 16 * HOUR).replace(tzinfo=None)
    await breathe(hass, clock, 8 * HOUR)
    assert rooms_asked(hass) == ["KITCHEN", "BATH", "CELLAR", "DEN", "ENTRY"], "four in the morning"


@pytest.mark.usefixtures("house")
async def test_a_waiting_question_is_not_asked_once_it_was_answered(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await breathe(hass, clock, HOUR)
    for number, area in enumerate(AREAS):
        await breathe(hass, clock, HOUR, {area: 90 + 10 * number})
        await breathe(hass, clock, 30 * MINUTE)
    den = device_id(hass, room_of("den"))
    await act(hass, "correct_episode", device_id=den, verdict="real")
    await breathe(hass, clock, 10 * HOUR)

    assert rooms_asked(hass) == ["KITCHEN", "BATH", "CELLAR", "ENTRY"]


@pytest.mark.usefixtures("house")
async def test_a_rise_in_the_whole_house_is_one_question(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await breathe(hass, clock, HOUR)
    await breathe(hass, clock, HOUR, dict.fromkeys(AREAS, 90.0))
    (asked,) = issues(hass)
    found = issue(hass, asked)
    assert found is not None
    assert found.translation_placeholders is not None
    rooms = found.translation_placeholders["room"].split(", ")
    assert sorted(rooms) == sorted(area.capitalize() for area in AREAS)


async def other_rooms(hass: HomeAssistant, area: str) -> list[tuple[str, list[str]]]:
    """Return what is stored about the other rooms with the episodes of a room."""
    ledger = await act(hass, "get_ledger", device_id=device_id(hass, room_of(area)))
    episodes = ledger["quantities"]["pm25"]["episodes"]
    return [(episode["together"], episode["rooms"]) for episode in episodes]


@pytest.mark.usefixtures("house")
async def test_whether_other_rooms_rose_too_is_stored(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    calm = dict.fromkeys(AREAS, 6.0)  # Inside every range, which usual air is not all the time.
    await breathe(hass, clock, 3 * HOUR, calm)
    await breathe(hass, clock, 35 * MINUTE, {**calm, "kitchen": 90})
    others = sorted(room_of(area) for area in AREAS if area != "kitchen")
    ((finding, rooms),) = await other_rooms(hass, "kitchen")
    assert (finding, sorted(rooms)) == ("only_this_room", others)
    await breathe(hass, clock, 35 * MINUTE, {**calm, "kitchen": 90, "den": 90})
    assert await other_rooms(hass, "kitchen") == [("shared", [room_of("den")])]
    assert await other_rooms(hass, "den") == [("shared", [KITCHEN])]


@pytest.mark.usefixtures("house")
async def test_a_room_that_stopped_asking_is_not_part_of_a_question(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    await breathe(hass, clock, HOUR)
    await breathe(hass, clock, HOUR, {"kitchen": 90})
    await fixer.choose(await fixer.begin(issues(hass)[0]), "stop_asking")
    await breathe(hass, clock, 8 * HOUR)
    await breathe(hass, clock, HOUR, {"kitchen": 150, "bath": 150})
    assert rooms_asked(hass) == ["BATH"]


@pytest.mark.parametrize("state", [None, "unavailable", "unknown"])
async def test_a_source_that_is_gone_is_reported_after_six_hours(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    state: str | None,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    if state is None:
        hass.states.async_remove(PM25)
    else:
        report(hass, PM25, state)
    await pass_time(hass, clock, 5 * HOUR, step=HOUR)
    assert issues(hass) == []
    await pass_time(hass, clock, 2 * HOUR, step=HOUR)
    assert issues(hass) == [MISSING]
    await restart(hass, entry, hass_storage)
    await pass_time(hass, clock, HOUR, step=HOUR)
    assert issues(hass) == [MISSING], "what was proven before need not be proven again"
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert issues(hass) == []


async def test_a_silent_source_is_reported_after_a_day_and_six_hours(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    await pass_time(hass, clock, 29 * HOUR, step=HOUR)
    assert issues(hass) == []
    await pass_time(hass, clock, 3 * HOUR, step=HOUR)
    assert issues(hass) == [MISSING]


async def test_nothing_is_reported_missing_while_home_assistant_starts(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass.set_state(CoreState.starting)
    await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, 8 * HOUR, step=HOUR)
    assert issues(hass) == []
    hass.set_state(CoreState.running)
    await pass_time(hass, clock, 6 * HOUR, step=HOUR)
    assert issues(hass) == [], "the hours before do not prove anything"
    await pass_time(hass, clock, 2 * HOUR, step=HOUR)
    assert issues(hass) == [MISSING]


async def test_a_network_that_is_down_does_not_flood_the_repairs(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await breathe(hass, clock, 30 * MINUTE)
    for area in AREAS:
        report(hass, source_of(area), "unavailable", **PARTICLES)
    await pass_time(hass, clock, 8 * HOUR, step=HOUR)
    assert len(issues(hass)) == 3
    await pass_time(hass, clock, 10 * HOUR, step=HOUR)
    assert len(issues(hass)) == 5


@pytest.mark.usefixtures("house")
async def test_sources_and_questions_share_the_limit_of_three_a_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await breathe(hass, clock, HOUR)
    for number, area in enumerate(("kitchen", "bath")):
        await breathe(hass, clock, HOUR, {area: 90 + 10 * number})
        await breathe(hass, clock, 30 * MINUTE)
    hass.states.async_remove(source_of("den"))
    hass.states.async_remove(source_of("entry"))
    await pass_time(hass, clock, 8 * HOUR, step=HOUR)
    missing = [one for one in issues(hass) if one.startswith("source_missing")]
    assert (len(issues(hass)), len(missing)) == (3, 1)


@pytest.mark.usefixtures("house")
async def test_a_question_waits_where_three_sources_were_reported_that_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await breathe(hass, clock, HOUR)
    for area in ("cellar", "den", "entry"):
        hass.states.async_remove(source_of(area))
    await pass_time(hass, clock, 8 * HOUR, {PM25: usual})
    missing = issues(hass)
    assert len(missing) == 3
    await pass_time(hass, clock, HOUR, {PM25: steady(90)})
    assert issues(hass) == missing
    await pass_time(hass, clock, 8 * HOUR, {PM25: usual})
    (question,) = (one for one in issues(hass) if one not in missing)
    assert question.startswith(f"unusual_episode_{KITCHEN}")


@pytest.mark.usefixtures("house")
async def test_the_repairs_of_a_room_are_removed_with_it_even_ignored_ones(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await breathe(hass, clock, HOUR)
    await breathe(hass, clock, HOUR, {"kitchen": 90})
    await breathe(hass, clock, 30 * MINUTE)
    await breathe(hass, clock, HOUR, {"bath": 100})
    first, second = issues(hass)
    ir.async_ignore_issue(hass, DOMAIN, first, ignore=True)
    hass.config_entries.async_remove_subentry(house, room_of("kitchen"))
    await hass.async_block_till_done()
    assert issue(hass, first) is None
    assert issues(hass) == [second]


@pytest.fixture
async def joint(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, house: MockConfigEntry
) -> MockConfigEntry:
    """Set up a house in which the kitchen and then also the bath was high; all is usual again."""
    await breathe(hass, clock, HOUR)
    await breathe(hass, clock, 35 * MINUTE, {"kitchen": 90})
    await breathe(hass, clock, HOUR, {"kitchen": 90, "bath": 90})
    await breathe(hass, clock, HOUR)
    assert rooms_asked(hass) == ["KITCHEN"]
    assert rooms_named(hass) == ["Kitchen, Bath"]
    return house


def rooms_named(hass: HomeAssistant) -> list[str]:
    found = [issue(hass, asked) for asked in issues(hass)]
    named = [one.translation_placeholders for one in found if one is not None]
    return [given["room"] for given in named if given is not None]


async def test_a_joint_question_continues_for_the_other_room_when_one_is_removed(
    hass: HomeAssistant, joint: MockConfigEntry, fixer: Fixer
) -> None:
    hass.config_entries.async_remove_subentry(joint, room_of("kitchen"))
    await hass.async_block_till_done()
    (asked,) = issues(hass)
    assert rooms_named(hass) == ["Bath"]
    page = await fixer.begin(asked)
    assert {"changed", "start_over"} < set(page["menu_options"])
    page = await fixer.choose(page, "real")
    assert (await fixer.confirm(page))["step_id"] == "kept_out"
    assert issues(hass) == []


async def test_an_ignored_joint_question_is_not_asked_again_for_the_other_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, joint: MockConfigEntry
) -> None:
    ir.async_ignore_issue(hass, DOMAIN, issues(hass)[0], ignore=True)
    hass.config_entries.async_remove_subentry(joint, room_of("kitchen"))
    await hass.async_block_till_done()
    await breathe(hass, clock, HOUR)
    assert issues(hass) == []


@pytest.mark.usefixtures("joint")
async def test_a_joint_question_continues_for_the_other_room_when_one_is_corrected(
    hass: HomeAssistant, fixer: Fixer
) -> None:
    bath, kitchen = (device_id(hass, room_of(area)) for area in ("bath", "kitchen"))
    await act(hass, "correct_episode", device_id=kitchen, verdict="real")
    assert rooms_named(hass) == ["Bath"]
    page = await fixer.begin(issues(hass)[0])
    assert "start_over" not in page["menu_options"], "it would start the kitchen over"
    await act(hass, "correct_episode", device_id=bath, verdict="real")
    assert issues(hass) == []


@pytest.mark.usefixtures("joint")
async def test_a_joint_question_is_shown_on_the_cards_of_both_rooms(
    hass: HomeAssistant, card: Card
) -> None:
    async def waiting(area: str) -> int:
        message = await card.open(device_id(hass, room_of(area)))
        await card.close()
        return len(message["questions"])

    assert [await waiting(area) for area in ("kitchen", "bath", "den")] == [1, 1, 0]
    bath = device_id(hass, room_of("bath"))
    await act(hass, "correct_episode", device_id=bath, verdict="real")
    assert [await waiting(area) for area in ("kitchen", "bath")] == [1, 0]


@pytest.mark.usefixtures("joint")
async def test_a_joint_question_stays_when_one_room_is_paused(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    target = {"entity_id": "switch.kitchen_keep_learning"}
    await hass.services.async_call("switch", "turn_off", target, blocking=True)
    await breathe(hass, clock, HOUR)
    assert rooms_named(hass) == ["Kitchen, Bath"]


@pytest.mark.usefixtures("house")
async def test_an_ignored_question_is_not_joined_by_later_rises(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await breathe(hass, clock, HOUR)
    await breathe(hass, clock, 35 * MINUTE, {"kitchen": 90})
    (first,) = issues(hass)
    ir.async_ignore_issue(hass, DOMAIN, first, ignore=True)
    await breathe(hass, clock, 35 * MINUTE, {"kitchen": 90, "bath": 100})
    assert rooms_asked(hass) == ["BATH"]
    assert issue(hass, first) is not None


async def test_a_change_is_asked_about_once_and_for_two_weeks(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    louder = {PM25: lambda at: 4 * usual(at)}
    await pass_time(hass, clock, 9 * DAY, louder, step=10 * MINUTE)
    (asked,) = (one for one in issues(hass) if one.startswith("change_suspected"))
    await restart(hass, entry, hass_storage)
    assert asked in issues(hass)
    await pass_time(hass, clock, 14 * DAY, louder, step=15 * MINUTE)
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    assert not any(one.startswith("change_suspected") for one in issues(hass))


async def test_a_question_from_an_older_version_can_still_be_answered(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36, Pollutant.PM25, Pollutant.VOC_RATIO)
    await pass_time(hass, clock, HOUR, {PM25: steady(80), VOC: steady(3000)})
    (asked,) = issues(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    kept = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["asked"][asked]
    for added in ("asked_at", "others"):
        del kept[added]
    hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["asked"]["unusual_episode_x"] = {
        **kept,
        "episodes": {},
    }
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == [asked]
    page = await fixer.choose(await fixer.begin(asked), "real")
    assert (await fixer.confirm(page))["step_id"] == "kept_out"
