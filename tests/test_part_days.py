"""What a room shows of a source that is off each night."""

from datetime import datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.card_client import Card, channels
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    ZONE,
    a_home,
    a_room,
    a_store,
    act,
    issues,
    pass_time,
    report,
    restart,
    set_up,
    shown,
    steady,
    usual,
)

COMPARED = "sensor.kitchen_pm25_compared"
LEARNING = "sensor.kitchen_pm25_learning"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
HIGH = "sensor.kitchen_pm25_usual_high"
HOUR = timedelta(hours=1)


def off_at_night(days: int, first: int = 7, last: int = 22) -> dict[str, Any]:
    """Return a stored channel that has read a source which is on from one hour to another."""
    channel = Channel(POLLUTANTS[Pollutant.PM25], ZONE, MONTH_DAYS)
    at = (NOON - timedelta(days=days)).timestamp() // 300 * 300
    while at <= NOON.timestamp():
        if first <= datetime.fromtimestamp(at, ZONE).hour < last:
            channel.read(at, usual(at))
        else:
            channel.lose(at)
        at += 300
    channel.advance(NOON.timestamp())
    channel.take_events()
    stored: dict[str, Any] = json.loads(json.dumps(dump_channel(channel)))
    return stored


async def a_night_kitchen(
    hass: HomeAssistant, files: dict[str, Any], **given: int
) -> MockConfigEntry:
    files[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: off_at_night(**given)}})
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    return entry


async def test_a_purifier_that_is_off_at_night_is_learned_by_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_night_kitchen(hass, hass_storage, days=37)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    learning = shown(hass, LEARNING)
    assert (learning.state, learning.attributes["not_seen"]) == ("learned", ["22:00-07:00"])
    assert shown(hass, UNUSUAL).state == "off"
    assert float(shown(hass, HIGH).state) > 0
    await pass_time(hass, clock, HOUR, {PM25: steady(200)})
    assert shown(hass, UNUSUAL).state == "on"
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, UNUSUAL).state == "off"
    await restart(hass, entry, hass_storage)
    assert shown(hass, LEARNING).attributes["not_seen"] == ["22:00-07:00"]


async def test_at_night_it_is_unknown_and_never_usual_and_no_repair_says_it_is_missing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_night_kitchen(hass, hass_storage, days=37)
    await pass_time(hass, clock, 10 * HOUR, {PM25: usual})
    report(hass, PM25, "unavailable")
    await pass_time(hass, clock, 8 * HOUR, step=HOUR)
    for entity_id, state in (
        (COMPARED, "not_enough_data"),
        (UNUSUAL, "unknown"),
        (HIGH, "unknown"),
    ):
        assert shown(hass, entity_id).state == state
    assert shown(hass, UNUSUAL).attributes["reason"] == "not_seen"
    assert issues(hass) == []
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(300)})
    assert shown(hass, COMPARED).state == "unusual", "07:00 to 10:00 is seen"


async def test_a_night_that_is_seen_by_way_of_exception_alerts_nobody(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_night_kitchen(hass, hass_storage, days=37)
    await pass_time(hass, clock, 11 * HOUR, {PM25: usual})
    await pass_time(hass, clock, 3 * HOUR, {PM25: steady(300)})
    assert shown(hass, COMPARED).state == "not_enough_data"
    assert shown(hass, UNUSUAL).state == "unknown"
    said = (await act(hass, "explain"))["quantities"]["pm25"]
    assert "22:00–07:00" in said["words"]["because"]
    assert said["words"]["inferred"] == (
        "PM2.5: nothing at this time of day. On most days the sensor gives no values now."
    )
    assert said["numbers"]["evidence"]["not_seen"] == ("22:00-07:00",)


async def test_the_card_names_what_is_not_seen_and_draws_no_range_there(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], card: Card
) -> None:
    await a_night_kitchen(hass, hass_storage, days=37)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    sent = channels(await card.open())["pm25"]
    assert (sent["not_seen"], len(sent["parts"])) == (["22:00-07:00"], 5)
    await card.close()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"days": 12, "first": 18, "last": 23}, "No range will come like this: the sensor has"),
        ({"days": 4, "first": 8, "last": 22}, "on 4 of the last 4 days"),
    ],
)
async def test_what_will_not_come_is_said(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    given: dict[str, int],
    words: str,
) -> None:
    await a_night_kitchen(hass, hass_storage, **given)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert words in (await act(hass, "explain"))["quantities"]["pm25"]["words"]["next"]
    assert shown(hass, LEARNING).attributes["earliest_moved"] >= 0


async def test_a_source_that_is_missing_by_day_is_reported(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_night_kitchen(hass, hass_storage, days=37)
    report(hass, PM25, "unavailable")
    await pass_time(hass, clock, 8 * HOUR, step=HOUR)
    assert issues(hass) == [f"source_missing_{KITCHEN}_pm25"]
