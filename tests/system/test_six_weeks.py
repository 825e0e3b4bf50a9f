"""Six weeks in a kitchen, from the first reading to an alert that is answered and undone."""

from datetime import date, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.air_baseline.core.pollutant import Pollutant
from tests.conftest import Fixer
from tests.home import (
    KITCHEN,
    PM25,
    a_home,
    a_room,
    act,
    issues,
    pass_time,
    report,
    restart,
    set_up,
    shown,
    usual,
)

LEARNING = "sensor.kitchen_pm25_learning"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
COMPARED = "sensor.kitchen_pm25_compared"
HIGH = "sensor.kitchen_pm25_usual_high"
INFERENCE = "event.kitchen_inference"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def live(hass: HomeAssistant, clock: FrozenDateTimeFactory, duration: timedelta) -> None:
    """Let time pass in steps of five minutes, with a reading every ten."""
    end = dt_util.utcnow() + duration
    while (now := dt_util.utcnow()) < end:
        report(hass, PM25, usual(now.timestamp()))
        await pass_time(hass, clock, timedelta(minutes=10))


def first_days(changes: list[Any], entity_id: str) -> dict[str, date]:
    """Return on which day an entity first had each of its states."""
    days: dict[str, date] = {}
    for change in changes:
        state = change.data["new_state"]
        if change.data["entity_id"] == entity_id and state is not None:
            days.setdefault(state.state, dt_util.as_local(state.last_changed).date())
    return days


async def test_a_room_learns_raises_an_alert_and_starts_over_in_six_weeks(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    await live(hass, clock, 10 * DAY)
    await restart(hass, entry, hass_storage)
    assert issues(hass) == []
    await live(hass, clock, 14 * DAY)
    a_range_was_learned(hass, changes)
    await live(hass, clock, 18 * DAY)
    alerts_became_possible(hass, changes)
    high = float(shown(hass, HIGH).state)
    await a_plume_is_noticed(hass, clock)
    await it_is_explained_and_the_room_starts_over(hass, fixer)
    await live(hass, clock, 2 * DAY)
    assert shown(hass, LEARNING).state == "collecting"
    assert shown(hass, HIGH).state == "unknown"
    await act(hass, "undo")
    assert shown(hass, LEARNING).state == "learned"
    assert abs(float(shown(hass, HIGH).state) - high) <= 2
    await live(hass, clock, DAY)
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, UNUSUAL).state == "off"


def a_range_was_learned(hass: HomeAssistant, changes: list[Any]) -> None:
    """Check the first 24 days: provisional after one week, learned after three."""
    states = first_days(changes, LEARNING)
    states.pop("unavailable")  # While it was restarted.
    assert list(states) == ["no_source", "collecting", "provisional", "learned"]
    assert states["provisional"] == date(2026, 3, 9)
    assert states["learned"] == date(2026, 3, 23)
    event = shown(hass, INFERENCE)
    assert event.attributes["event_type"] == "range_learned"
    assert event.state.startswith("2026-03-23T04:00:0")
    assert issues(hass) == [f"range_learned_{KITCHEN}_0"]
    assert shown(hass, UNUSUAL).attributes["reason"] == "reference_days"


def alerts_became_possible(hass: HomeAssistant, changes: list[Any]) -> None:
    """Check six weeks, with a change of the clocks: an alert is possible from the 35th day."""
    days = first_days(changes, UNUSUAL)
    assert days["off"] == date(2026, 4, 6)
    assert "on" not in days, "no false alarm"
    assert issues(hass) == [], "unanswered for two weeks"
    assert 8 <= float(shown(hass, HIGH).state) <= 14


async def a_plume_is_noticed(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    """Let a plume rise for an hour: one episode, which ends."""
    for _ in range(6):
        report(hass, PM25, 90)
        await pass_time(hass, clock, timedelta(minutes=10))
    assert shown(hass, UNUSUAL).state == "on"
    assert shown(hass, COMPARED).state == "unusual"
    assert shown(hass, INFERENCE).attributes["event_type"] == "unusual_started"
    await live(hass, clock, HOUR)
    assert shown(hass, UNUSUAL).state == "off"
    assert shown(hass, INFERENCE).attributes["event_type"] == "unusual_ended"


async def it_is_explained_and_the_room_starts_over(hass: HomeAssistant, fixer: Fixer) -> None:
    """Answer the repair as the frontend does."""
    (asked,) = issues(hass)
    page = await fixer.begin(asked)
    explained = page["description_placeholders"]
    assert "90 μg/m³" in explained["measured"]
    assert "41 comparable days" in explained["inferred"]
    assert "42" in explained["because"].splitlines()[0], "the usable days"
    page = await fixer.choose(page, "start_over")
    assert "needed for a range: 21" in page["description_placeholders"]["consequence"]
    assert shown(hass, LEARNING).state == "learned"
    done = await fixer.confirm(page)
    assert done["step_id"] == "started_over"
    assert shown(hass, LEARNING).state == "collecting"
    assert issues(hass) == []
