"""What a quick look into the recorder tells of many sensors at once."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy.exc import OperationalError

from custom_components.air_baseline.home_history.glance import async_days, async_seen
from custom_components.air_baseline.inputs.described import Seen
from tests.home import PM25, VOC, report
from tests.recorded import HOUR, keep

SHELF = "sensor.shelf"


@pytest.fixture
async def past(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> HomeAssistant:
    """Give Home Assistant a recorder, and stop the clock."""
    return hass


async def show(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, values: list[str], step: timedelta
) -> None:
    """Show values one after the other; time passes after each."""
    for value in values:
        hass.states.async_set(SHELF, value)
        await async_wait_recording_done(hass)
        clock.tick(step)


async def test_the_values_of_the_last_hours_are_seen(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await show(past, clock, ["9", "Normal", "12", "unavailable", "13"], timedelta(minutes=50))
    past.states.async_set(SHELF, "unavailable")
    seen = await async_seen(past, [SHELF, PM25])
    assert seen[SHELF] == Seen((12.0, 13.0), words=1), "with what was shown as they began"
    assert not seen[PM25].numbers


async def test_words_of_a_sensor_that_is_away_are_seen(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await show(past, clock, ["Normal", "unavailable"], timedelta(hours=1))
    assert (await async_seen(past, [SHELF]))[SHELF].is_text


async def test_days_are_those_of_the_statistics(past: HomeAssistant) -> None:
    report(past, PM25, 5)
    await keep(past, HOUR, 45)
    days = await async_days(past, [PM25, VOC])
    assert days == {PM25: pytest.approx(45, abs=0.5), VOC: 0}


async def test_without_statistics_days_are_those_of_the_states(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await show(past, clock, ["5", "unavailable", "6"], timedelta(days=2))
    assert (await async_days(past, [SHELF]))[SHELF] == pytest.approx(4, abs=0.5)


async def test_nothing_is_asked_of_a_recorder_that_is_not_there(hass: HomeAssistant) -> None:
    hass.states.async_set(SHELF, "7")
    assert (await async_seen(hass, [SHELF]))[SHELF].numbers == (7.0,)
    assert await async_days(hass, [SHELF]) == {}


async def test_a_recorder_that_fails_is_no_reason_to_fail(
    past: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("", {}, ValueError())

    past.states.async_set(SHELF, "7")
    monkeypatch.setattr(get_instance(past), "async_add_executor_job", fail)
    assert (await async_seen(past, [SHELF]))[SHELF].numbers == (7.0,)
    assert await async_days(past, [SHELF]) == {}
    assert "The recorder cannot be asked about sensors" in caplog.text
