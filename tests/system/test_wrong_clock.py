"""A clock that is wrong, either way, deletes nothing and claims nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.past.history_import import Past
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.home_history import relearn
from custom_components.air_baseline.storage.question_record import QuestionRecord
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.conftest import Fixer
from tests.home import (
    BEDROOM,
    KITCHEN,
    NOON,
    PM25,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    act,
    days_of,
    found,
    issues,
    learned,
    pass_time,
    report,
    saved,
    set_up,
    settle,
    shown,
    steady,
    usual,
)
from tests.stored import continued

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNUSUAL, GUIDELINE = (
    "binary_sensor.kitchen_pm25_unusual",
    "binary_sensor.kitchen_pm25_above_guideline",
)
COMPARED, LEARNING = "sensor.kitchen_pm25_compared", "sensor.kitchen_pm25_learning"
CLAIMS = (
    UNUSUAL,
    GUIDELINE,
    COMPARED,
    "sensor.kitchen_pm25_confidence",
    "sensor.kitchen_pm25_usual_low",
    "sensor.kitchen_pm25_usual_high",
)
WRONG = {
    "1970": datetime(1970, 1, 1, 0, 0, 30, tzinfo=UTC),
    "2000": datetime(2000, 1, 1, 0, 0, 30, tzinfo=UTC),
    "last month": NOON - 30 * DAY,
    "3 days": NOON - 3 * DAY,
    "25 hours": NOON - 25 * HOUR,
}


def set_clock(hass: HomeAssistant, clock: FrozenDateTimeFactory, to: datetime) -> None:
    """Set the clock while Home Assistant runs; what it waits for comes when it would have."""
    before = hass.loop.time()
    clock.move_to(to)
    for timer in get_scheduled_timer_handles(hass.loop):
        timer._when += hass.loop.time() - before  # type: ignore[attr-defined]  # noqa: SLF001


def thick(at: float) -> float:
    """Return what a room is never like."""
    return 40 * usual(at)


def days(channel: dict[str, Any]) -> list[str]:
    return [day["day"] for day in days_of(channel)]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_a_start_with_a_clock_that_is_behind_loses_nothing(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    wrong: datetime,
) -> None:
    kept = learned(Pollutant.PM25, 36)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: kept}})
    clock.move_to(wrong)
    report(hass, PM25, 300)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    for _ in range(2):
        for claim in CLAIMS:
            assert shown(hass, claim).state == "unknown", claim
        assert shown(hass, LEARNING).state == "clock_wrong"
        assert shown(hass, UNUSUAL).attributes["reason"] == "clock_wrong"
        assert issues(hass) == ["clock_behind"]
        assert await saved(hass, hass_storage) == kept
        await pass_time(hass, clock, 2 * HOUR, {PM25: steady(300)})
    set_clock(hass, clock, NOON + 3 * HOUR)
    await pass_time(hass, clock, HOUR, {PM25: steady(300)})
    assert issues(hass) != []
    assert "clock_behind" not in issues(hass)
    assert shown(hass, UNUSUAL).state == "on"
    assert shown(hass, COMPARED).state == "unusual"
    assert days(await saved(hass, hass_storage)) == days(kept)
    assert shown(hass, LEARNING).state == "learned"


async def test_a_clock_that_goes_wrong_and_right_again_while_running_costs_only_that_time(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It goes back to 1970 and on, for two hours; rounds and readings continue."""
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(300)})
    assert shown(hass, UNUSUAL).state == "on"
    before = await saved(hass, hass_storage)
    set_clock(hass, clock, WRONG["1970"])
    await pass_time(hass, clock, timedelta(minutes=5))
    assert "shows 1970-01-01T00:05+00:00, but it was already 2026-03-02T13:00+00:00" in caplog.text
    assert {shown(hass, claim).state for claim in CLAIMS} == {"unknown"}
    assert "clock_behind" in issues(hass)
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(5)})
    assert shown(hass, LEARNING).state == "clock_wrong"
    assert await saved(hass, hass_storage) == before
    set_clock(hass, clock, NOON + 3 * HOUR)
    await pass_time(hass, clock, timedelta(minutes=1))
    assert shown(hass, LEARNING).state == "learned"
    assert "clock_behind" not in issues(hass)
    await pass_time(hass, clock, HOUR, {PM25: steady(5)})
    assert shown(hass, UNUSUAL).state == "off"
    after = await saved(hass, hass_storage)
    assert days(after) == days(before)
    (episode,) = (
        dict(zip(after["episodes_columns"], row, strict=True)) for row in after["episodes"]
    )
    assert episode["outcome"] == "unknown", "nobody knows how the episode ended"


@pytest.mark.parametrize(
    ("back", "reported"), [(timedelta(minutes=20), False), (25 * HOUR, True), (3 * DAY, True)]
)
async def test_a_step_back_without_a_leap_is_waited_out(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    back: timedelta,
    reported: bool,  # noqa: FBT001
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(300)})
    before = await saved(hass, hass_storage)
    set_clock(hass, clock, NOON + HOUR - back)
    report(hass, PM25, 5)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert {shown(hass, claim).state for claim in CLAIMS} == {"unknown"}
    assert shown(hass, UNUSUAL).attributes["reason"] == "clock_wrong"
    assert ("clock_behind" in issues(hass)) is reported
    await pass_time(hass, clock, timedelta(minutes=14), {PM25: steady(5)})
    assert shown(hass, LEARNING).state == "clock_wrong"
    assert await saved(hass, hass_storage) == before
    clock.move_to(NOON + HOUR + timedelta(minutes=1))
    await pass_time(hass, clock, 35 * timedelta(minutes=1), {PM25: steady(5)})
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, COMPARED).state == "usual"
    assert "clock_behind" not in issues(hass)
    assert days(await saved(hass, hass_storage)) == days(before)


async def test_what_the_recorder_has_is_known_too(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """A store of weeks ago was restored, and the clock is between that and the newest record."""
    report(hass, PM25, 5)
    await async_wait_recording_done(hass)
    kept = learned(Pollutant.PM25, 36, end=NOON - 30 * DAY)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: kept}})
    clock.move_to(NOON - 20 * DAY)
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    assert shown(hass, LEARNING).state == "clock_wrong"
    assert issues(hass) == ["clock_behind"]
    entry.runtime_data.clock.async_trust()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == []
    await hass.config_entries.async_reload(entry.entry_id)
    assert shown(hass, LEARNING).state != "clock_wrong", "the record is known to be false"


async def test_history_waits_for_a_clock_that_is_right(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    room = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    clock.move_to(WRONG["2000"])
    await set_up(hass, a_home({**room, "data": {**room["data"], "use_history": True}}))
    await settle()
    assert shown(hass, LEARNING).attributes["history"] == "waiting"
    set_clock(hass, clock, NOON)
    await pass_time(hass, clock, timedelta(minutes=5), {PM25: usual})
    assert shown(hass, LEARNING).attributes["history"] == "empty"


async def test_nobody_can_correct_anything_while_the_clock_is_wrong(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    kept = learned(Pollutant.PM25, 36)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: kept}})
    clock.move_to(WRONG["2000"])
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    for action, given in (
        ("strike_days", {"start_date": "2026-02-20"}),
        ("mark_change", {"date": "2026-02-20"}),
        ("reset", {}),
        ("undo", {}),
        ("relearn_from_history", {}),
        ("correct_episode", {"verdict": "real"}),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, **given)
        assert refused.value.translation_key == "clock_wrong", action
    switch = {"entity_id": found(hass, "switch.kitchen_keep_learning")}
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call("switch", "turn_off", switch, blocking=True)
    assert (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]["reason"] == "clock_wrong"
    assert len((await act(hass, "get_ledger"))["quantities"]["pm25"]["days"]) == 36
    assert await saved(hass, hass_storage) == kept


async def test_a_wrong_clock_costs_neither_the_good_copy_nor_what_was_set_aside(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    channels = {one: learned(one, 36) for one in (Pollutant.PM25, Pollutant.VOC_RATIO)}
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: channels})
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    await pass_time(hass, clock, 2 * HOUR, {PM25: usual}, step=timedelta(minutes=30))
    assert await hass.config_entries.async_unload(entry.entry_id)
    before = json.loads(json.dumps(hass_storage))
    clock.move_to(WRONG["1970"])
    assert await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, clock, 3 * HOUR, {PM25: usual})
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage[GOOD_KEY] == before[GOOD_KEY]
    after = json.loads(json.dumps(hass_storage))
    rooms = [
        continued(one[LEDGER_KEY], one.get(OPEN_KEY))["data"]["rooms"] for one in (before, after)
    ]
    assert rooms[0] == rooms[1]
    assert "clock_behind" not in issues(hass), "nobody waits for it any more"


async def test_a_person_can_say_that_the_clock_is_right(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    """A home that began with a clock two years ahead, of which nothing is known."""
    ahead = 730 * DAY
    kept = learned(Pollutant.PM25, 36, end=NOON + ahead)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: kept}})
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert issues(hass) == ["clock_behind"]
    page = await fixer.begin("clock_behind")
    assert page["description_placeholders"] == {
        "shown": "2 March 2026 12:00",
        "known": "1 March 2028 12:00",
    }
    page = await fixer.choose(page, "it_is_right")
    page = await fixer.choose(page, "init")
    page = await fixer.confirm(await fixer.choose(page, "it_is_right"))
    assert page["reason"] == "trusted"
    await hass.async_block_till_done(wait_background_tasks=True)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert issues(hass) == ["clock_ahead"]
    assert shown(hass, LEARNING).state == "collecting"
    stored = await saved(hass, hass_storage)
    assert days(stored) == []
    page = await fixer.begin("clock_ahead")
    said = page["description_placeholders"]
    assert (said["before"], said["after"]) == ("1 March 2028 12:00", "2 March 2026 12:00")
    page = await fixer.choose(await fixer.choose(page, "count"), "init")
    page = await fixer.confirm(await fixer.choose(page, "count"))
    assert page["reason"] == "counted"
    assert issues(hass) in ([], ["range_learned_01KITCHEN_0"])
    assert shown(hass, LEARNING).state in ("provisional", "learned")
    returned = days(await saved(hass, hass_storage))
    assert (returned[-1], len(returned)) == ("2026-03-01", 36)


async def test_a_backup_that_is_restored_weeks_later_is_not_a_wrong_clock(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    kept = learned(Pollutant.PM25, 36)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: kept}})
    clock.move_to(NOON + 21 * DAY)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    await pass_time(hass, clock, 20 * HOUR, {PM25: usual}, step=timedelta(minutes=15))
    assert issues(hass) == []
    assert shown(hass, LEARNING).state in ("learned", "stale")
    stored = await saved(hass, hass_storage)
    assert days(stored)[: len(days(kept))] == days(kept)
    assert days(stored)[-1] == "2026-03-23"


async def a_start_ahead(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    files: dict[str, Any],
    ahead: timedelta,
    pollutant: Pollutant = Pollutant.PM25,
) -> MockConfigEntry:
    """Start with a clock that is ahead, ten minutes after Home Assistant was stopped."""
    files[LEDGER_KEY] = a_store({KITCHEN: {pollutant: learned(pollutant, 36)}})
    clock.move_to(NOON + 10 * timedelta(minutes=1) + ahead)
    entry = a_home(a_room(KITCHEN, "kitchen", pollutant))
    await set_up(hass, entry)
    return entry


async def go_right(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, ahead: timedelta, entry: MockConfigEntry
) -> None:
    """Set the clock right while Home Assistant runs."""
    set_clock(hass, clock, dt_util.utcnow() - ahead)


async def restart_right(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, ahead: timedelta, entry: MockConfigEntry
) -> None:
    """Start again with a clock that is right."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    clock.move_to(dt_util.utcnow() - ahead)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("ahead", [8 * HOUR, 3 * DAY, 365 * DAY], ids=str)
@pytest.mark.parametrize("come_right", [go_right, restart_right])
async def test_a_clock_that_was_ahead_returns_to_what_was_known_before(  # noqa: PLR0913, PLR0917 - who was ahead, how, and what a person says
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
    ahead: timedelta,
    come_right: Callable[..., Awaitable[None]],
) -> None:
    entry = await a_start_ahead(hass, clock, hass_storage, ahead)
    kept = learned(Pollutant.PM25, 36)
    await pass_time(hass, clock, 26 * HOUR, {PM25: thick}, step=timedelta(minutes=15))
    set_aside = json.loads(json.dumps(await saved(hass, hass_storage)))
    assert {day for day in days(kept) if day > "2026-02-01"} <= {
        *days(set_aside),
        *(line.split(" ")[0] for leap in set_aside["leaps"] for line in leap_days(leap)),
    }
    await come_right(hass, clock, ahead, entry)
    report(hass, PM25, 5)
    await hass.async_block_till_done(wait_background_tasks=True)
    for claim in CLAIMS[:3]:
        assert shown(hass, claim).state == "unknown", claim
    assert shown(hass, UNUSUAL).attributes["reason"] == "silent"
    assert shown(hass, LEARNING).state == "learned"
    await pass_time(hass, clock, HOUR, {PM25: steady(5)})
    assert shown(hass, COMPARED).state == "usual"
    assert shown(hass, UNUSUAL).state == "off"
    stored = await saved(hass, hass_storage)
    assert days(stored)[: len(days(kept))] == days(kept)
    assert days(stored)[len(days(kept)) :] == ["2026-03-02"], "the morning before the clock leaped"
    assert stored["episodes"] == kept["episodes"] == []
    assert "clock_ahead" in issues(hass)
    page = await fixer.begin("clock_ahead")
    assert "- Kitchen: 2 March" in page["description_placeholders"]["days"]
    page = await fixer.choose(page, "count")
    assert (await fixer.confirm(page))["reason"] == "counted"
    assert "clock_ahead" not in issues(hass)
    more = await saved(hass, hass_storage)
    assert days(more) == days(stored)
    left = more.get("set_aside", {}).get("days", [])
    assert [line.split(" ")[0] for line in left] in ([], ["2026-03-03"]), "today is not over"
    assert observed(days_of(more)[-1]) > observed(days_of(stored)[-1])


async def test_eight_hours_ahead_for_an_hour_costs_that_hour(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """No claim comes from what the false evening held, and the real one is learned."""
    await a_start_ahead(hass, clock, hass_storage, 8 * HOUR)
    await pass_time(hass, clock, HOUR, {PM25: steady(300)})
    assert shown(hass, UNUSUAL).state == "on"
    set_clock(hass, clock, dt_util.utcnow() - 8 * HOUR)
    report(hass, PM25, 5)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(hass, UNUSUAL).state == "unknown"
    assert shown(hass, COMPARED).state == "unknown"
    await pass_time(hass, clock, 40 * timedelta(minutes=1), {PM25: steady(300)})
    assert shown(hass, UNUSUAL).state == "on", "the air is high now, whatever it was before"
    await pass_time(hass, clock, HOUR, {PM25: steady(5)})
    assert shown(hass, UNUSUAL).state == "off"
    assert "clock_ahead" not in issues(hass), "no day was learned meanwhile"
    stored = await saved(hass, hass_storage)
    assert days(stored) == days(learned(Pollutant.PM25, 36))
    at = dt_util.utcnow().timestamp()
    assert all(slot * 300 <= at for slot, _ in stored["today"]["recent"])
    assert all(bucket * 3600 <= at for bucket, *_ in stored["facts"])


async def test_rounds_go_on_after_the_clock_was_set_back_by_a_year(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """Nothing reports, and the room still notices that its sensor is silent."""
    await a_start_ahead(hass, clock, hass_storage, 365 * DAY)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    set_clock(hass, clock, dt_util.utcnow() - 365 * DAY)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, UNUSUAL).state == "off"
    await pass_time(hass, clock, 2 * HOUR)
    assert shown(hass, UNUSUAL).attributes["reason"] == "silent"


def leap_days(leap: dict[str, Any]) -> Sequence[str]:
    lines: Sequence[str] = leap.get("left", {}).get("days", ())
    return lines


def observed(day: dict[str, str]) -> int:
    """Return how many slots of a stored day were observed."""
    return sum(sum(part) for part in decode_counts(day["histogram"]))


@pytest.mark.parametrize(("place", "kept"), [(0, False), (20, True)])
async def test_a_good_copy_is_kept_while_it_has_days_that_were_lost(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    place: int,
    *,
    kept: bool,
) -> None:
    """A day from the middle is lost by a fault; the oldest one leaves by the calendar."""
    entry = await a_kitchen(hass, hass_storage, 90)
    await pass_time(hass, clock, 2 * HOUR, {PM25: usual}, step=HOUR / 2)
    before = hass_storage[GOOD_KEY]["data"]["kept_at"]
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    known = list(channel.ledger.days)
    del known[place]
    channel.ledger = replace(channel.ledger, days=tuple(known))
    await pass_time(hass, clock, 26 * HOUR, {PM25: usual}, step=HOUR / 2)
    assert (hass_storage[GOOD_KEY]["data"]["kept_at"] == before) is kept


async def test_an_answer_is_not_forgotten_while_the_clock_is_a_year_ahead(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """Answers are kept for 90 days; the question would be asked again."""
    entry = await a_kitchen(hass, hass_storage, 36)
    at, asked = NOON.timestamp(), f"range_learned_{KITCHEN}_0"
    records = entry.runtime_data.rooms[KITCHEN].stored.question_records
    records[asked] = QuestionRecord(what="range_learned", at=at, asked_at=at, answered=True)
    await hass.config_entries.async_unload(entry.entry_id)
    clock.tick(365 * DAY)
    await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, clock, 2 * HOUR, {PM25: usual})
    await restart_right(hass, clock, 365 * DAY, entry)
    assert entry.runtime_data.rooms[KITCHEN].stored.question_records[asked].answered


async def test_history_is_read_again_if_the_clock_is_set_back_meanwhile(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It starts a year ahead, and is right before the recorder has answered."""
    kept = learned(Pollutant.VOC_INDEX, 36)
    hass_storage[LEDGER_KEY] = a_store({BEDROOM: {Pollutant.VOC_INDEX: kept}})
    bedroom = a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX)
    kitchen = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    asked: list[datetime] = []

    async def read(*_: object) -> Past:
        asked.append(dt_util.utcnow())
        if len(asked) == 1:
            set_clock(hass, clock, NOON + timedelta(minutes=10))
            report(hass, PM25, 5)
            await settle()  # The rooms follow the clock.
        return Past()

    monkeypatch.setattr(relearn, "async_read", read)
    clock.move_to(NOON + 365 * DAY)
    await set_up(
        hass, a_home(bedroom, {**kitchen, "data": {**kitchen["data"], "use_history": True}})
    )
    await pass_time(hass, clock, timedelta(minutes=15), {PM25: usual})
    assert shown(hass, LEARNING).attributes["history"] == "empty"
    assert [at.year for at in asked] == [2027, 2026]
