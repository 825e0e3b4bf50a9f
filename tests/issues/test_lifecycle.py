"""Which questions are asked, and for how long: once, until answered, never twice."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    VOC,
    Level,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    act,
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

RANGE = f"range_learned_{KITCHEN}_0"
STUCK = f"source_stuck_{KITCHEN}_pm25"
UNIT = f"source_unit_changed_{KITCHEN}_pm25"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def voc_usual(at: float) -> float:
    return usual(at, Pollutant.VOC_RATIO)


def kinds_asked(hass: HomeAssistant) -> list[str]:
    return [found.removesuffix(f"_{found.rsplit('_', 1)[1]}") for found in issues(hass)]


async def test_a_learned_range_is_asked_about_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, 15 * HOUR, {PM25: usual})
    assert issues(hass) == []
    await pass_time(hass, clock, 2 * HOUR, {PM25: usual})
    assert issues(hass) == [RANGE]
    asked = issue(hass, RANGE)
    assert asked is not None
    assert asked.is_fixable
    assert asked.severity is ir.IssueSeverity.WARNING
    assert asked.translation_key == "range_learned"
    assert asked.translation_placeholders == {"room": "Kitchen"}
    assert asked.data == {"subentry_id": KITCHEN, "epoch": 0}
    await restart(hass, entry, hass_storage)
    assert issues(hass) == [RANGE]
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert issues(hass) == [RANGE]


async def test_a_room_with_two_sources_is_asked_about_when_both_are_learned(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    known = {
        pollutant: learned(pollutant, days)
        for pollutant, days in ((Pollutant.PM25, 20), (Pollutant.VOC_RATIO, 19))
    }
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: known})
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", *known)))
    await pass_time(hass, clock, DAY, {PM25: usual, VOC: voc_usual})
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    assert issues(hass) == []
    await pass_time(hass, clock, DAY, {PM25: usual, VOC: voc_usual})
    assert shown(hass, "sensor.kitchen_voc_learning").state == "learned"
    assert issues(hass) == [RANGE]


async def test_a_range_learned_long_ago_is_not_asked_about(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert issues(hass) == []


async def test_an_unanswered_question_expires_after_two_weeks(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, DAY, {PM25: usual})
    await pass_time(hass, clock, 13 * DAY, {PM25: usual}, step=HOUR / 2)
    assert issues(hass) == [RANGE]
    await pass_time(hass, clock, 2 * DAY, {PM25: usual}, step=HOUR / 2)
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    assert issues(hass) == []


async def test_a_range_that_is_trusted_again_is_not_asked_about_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert issues(hass) == [RANGE]
    await pass_time(hass, clock, 11 * DAY, step=HOUR)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "stale"
    await pass_time(hass, clock, 6 * DAY, {PM25: usual}, step=HOUR / 2)
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    assert shown(hass, "event.kitchen_inference").attributes["event_type"] == "range_learned"
    assert issues(hass) == []


async def test_starting_over_withdraws_the_question_and_undo_asks_it_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, DAY, {PM25: usual})
    await act(hass, "reset")
    assert issues(hass) == []
    await act(hass, "undo")
    assert issues(hass) == [RANGE]


async def test_an_ignored_question_stays_ignored(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, DAY, {PM25: usual})
    ir.async_ignore_issue(hass, DOMAIN, RANGE, ignore=True)
    await pass_time(hass, clock, DAY, {PM25: usual})
    await restart(hass, entry, hass_storage)
    await act(hass, "reset")
    await act(hass, "undo")
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert issue(hass, RANGE) is not None
    assert issues(hass) == []


async def test_an_episode_is_asked_about_while_it_runs_and_after(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    (asked,) = issues(hass)
    episode = shown(hass, "event.kitchen_inference").attributes["episode"]
    assert asked == f"unusual_episode_{KITCHEN}_{episode}"
    found = issue(hass, asked)
    assert found is not None
    assert found.data == {
        "subentry_id": KITCHEN,
        "episode_pm25": episode,
        "epoch": episode,
    }
    await pass_time(hass, clock, HOUR, {PM25: usual})
    await restart(hass, entry, hass_storage)
    assert issues(hass) == [asked]
    await pass_time(hass, clock, 14 * DAY, {PM25: usual}, step=HOUR / 2)
    assert issues(hass) == []
    await restart(hass, entry, hass_storage)
    assert issues(hass) == []


@pytest.mark.parametrize(("later", "questions"), [(50, 1), (90, 2)])
async def test_pm25_and_voc_that_rise_within_an_hour_are_one_question(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    later: int,
    questions: int,
) -> None:
    await a_kitchen(hass, hass_storage, 36, Pollutant.PM25, Pollutant.VOC_RATIO)
    begin = (NOON + HOUR).timestamp()
    rise: dict[str, Level] = {
        PM25: lambda at: 80 if at > begin else usual(at),
        VOC: lambda at: 3000 if at > begin + later * 60 else voc_usual(at),
    }
    await pass_time(hass, clock, 2 * HOUR, rise)
    before = issues(hass)
    await pass_time(hass, clock, 2 * HOUR, rise)
    (asked,) = issues(hass)  # A newer one replaces an older one.
    assert (asked == before[0]) is (questions == 1)
    found = issue(hass, asked)
    assert found is not None
    assert found.data is not None
    episodes = {key for key in found.data if key.startswith("episode")}
    both = {"episode_pm25", "episode_voc_ratio"}
    assert episodes == (both if questions == 1 else {"episode_voc_ratio"})


async def test_a_newer_episode_replaces_an_unanswered_one(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 89)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    (first,) = issues(hass)
    await pass_time(hass, clock, 23 * HOUR, {PM25: usual})
    await pass_time(hass, clock, HOUR, {PM25: steady(900)})
    (second,) = issues(hass)
    assert second != first
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert issues(hass) == [second]


async def test_a_question_about_days_that_no_longer_count_is_withdrawn(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    asked = issues(hass)
    await act(hass, "reset")
    assert issues(hass) == []
    await act(hass, "undo")
    assert issues(hass) == asked


async def test_old_questions_are_deleted_in_the_end(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    (asked,) = issues(hass)
    await pass_time(hass, clock, 89 * DAY, step=6 * HOUR)
    await restart(hass, entry, hass_storage)
    assert asked in hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["asked"]
    await pass_time(hass, clock, 2 * DAY, step=6 * HOUR)
    await restart(hass, entry, hass_storage)
    assert asked not in hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["asked"]


async def test_a_question_expires_even_without_readings(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    (asked,) = issues(hass)
    await pass_time(hass, clock, 13 * DAY, step=6 * HOUR)
    assert asked in issues(hass)
    await pass_time(hass, clock, 2 * DAY, step=6 * HOUR)
    assert asked not in issues(hass)


@pytest.mark.parametrize("days", [1, 36])
async def test_a_source_that_repeats_one_value_is_reported_until_it_changes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], days: int
) -> None:
    await a_kitchen(hass, hass_storage, days)
    await pass_time(hass, clock, 24 * HOUR, {PM25: steady(6)})
    assert issues(hass) == []
    await pass_time(hass, clock, HOUR, {PM25: steady(6)})
    assert issues(hass) == [STUCK]
    await pass_time(hass, clock, 10 * MINUTE, {PM25: steady(7)})
    assert issues(hass) == []


async def test_a_stuck_source_is_reported_again_after_a_restart(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, 25 * HOUR, {PM25: steady(6)})
    await restart(hass, entry, hass_storage)
    assert issues(hass) == [STUCK]


async def test_an_ignored_wrong_unit_is_reported_again_once_it_had_been_right_for_a_week(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 3)

    async def breathe(unit: str) -> None:
        for number in range(13):
            report(hass, PM25, 5 + number % 3, unit_of_measurement=unit)
            await pass_time(hass, clock, 10 * MINUTE)

    await breathe("ppm")
    assert issues(hass) == [UNIT]
    ir.async_ignore_issue(hass, DOMAIN, UNIT, ignore=True)
    await restart(hass, entry, hass_storage)
    await breathe("ppm")
    assert issues(hass) == []
    await breathe("μg/m³")
    await breathe("ppm")
    assert issues(hass) == [], "what was ignored this week is the same trouble"
    await breathe("μg/m³")
    await pass_time(hass, clock, 7 * DAY, {PM25: usual}, step=HOUR)
    assert issue(hass, UNIT) is None
    await breathe("ppm")
    assert issues(hass) == [UNIT]


async def test_a_loss_is_reported_until_somebody_has_seen_it(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    stored = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 3)}})
    stored["data"]["rooms"][KITCHEN]["channels"]["pm25"]["days"] = "lost"
    hass_storage[LEDGER_KEY] = stored
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    reported = issue(hass, "store_recovered")
    assert reported is not None
    assert reported.is_persistent
    assert reported.severity is ir.IssueSeverity.ERROR
    assert reported.data == {"lost": KITCHEN, "recovered": ""}
    for _ in range(2):
        await restart(hass, entry, hass_storage)
    assert issues(hass) == ["store_recovered"]


async def test_unloading_removes_every_question_and_loading_asks_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    asked = issues(hass)
    assert len(asked) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert issues(hass) == []
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == asked


async def test_an_episode_whose_question_was_lost_is_asked_about_on_loading(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    asked = issues(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["asked"].clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == asked
